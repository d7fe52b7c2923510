#pragma once

#include "batching/requestbody.h"

#include <QIODevice>

namespace Weave {

// Lets Qt's HTTP client read a RequestBody piece by piece, and again from the start when it has to
// repeat the request on a new connection.
class BodyDevice final : public QIODevice
{
    Q_OBJECT

public:
    explicit BodyDevice(RequestBody body, QObject *parent = nullptr);

    bool isSequential() const override { return false; }
    qint64 size() const override;
    bool seek(qint64 position) override;

protected:
    qint64 readData(char *data, qint64 maxSize) override;
    qint64 writeData(const char *data, qint64 maxSize) override;

private:
    RequestBody m_body;
};

} // namespace Weave
