#pragma once

#include "common/uniquefd.h"
#include "forwarding/transport.h"

#include <QObject>

#include <string>

namespace Weave {

// "Delivers" calls to a local file: each becomes one line, {"mode":"start","req":…} as in an
// upsert batch. For trying the sidecar without an account, and for tests.
//
// The file is made with mode 0600 and appended to. A batch that could not be written whole is
// taken back out, so that its next attempt leaves no half lines; half a line that a killed process
// has left stays one of its own. When the file has been deleted or
// renamed, the next batch begins a new one.
class FileTransport final : public QObject, public Transport
{
    Q_OBJECT

public:
    explicit FileTransport(std::string path);

    void send(OutgoingRequest request, Done done) override;
    void cancelAll() override;

private:
    [[nodiscard]] SendResult write(const RequestBody &body);

    const std::string m_path;
    UniqueFd m_file;
    std::uint64_t m_generation = 0; // cancelAll() makes what is under way stale
};

} // namespace Weave
