#pragma once

#include "fakes/calllines.h"

#include <QByteArray>
#include <QJsonObject>

namespace Weave {

// What watches and controls a daemon through its socket.

inline const QByteArray Pause = "{\"method\":\"pause\"}\n";
inline const QByteArray Resume = "{\"method\":\"resume\"}\n";
inline const QByteArray Retry = "{\"method\":\"retry\"}\n";
inline const QByteArray Flush = "{\"method\":\"flush\"}\n";

inline QByteArray calls(int count)
{
    QByteArray lines;
    for (int i = 0; i < count; ++i)
        lines += startLine(startPayload("a/b", QByteArray::number(i)));
    return lines;
}

inline QByteArray subscribeTo(const QByteArray &topics)
{
    return "{\"method\":\"subscribe\",\"payload\":{\"topics\":[" + topics + "]}}\n";
}

inline bool isSuccess(const QJsonObject &reply)
{
    return reply.value(QLatin1String("success")).toBool();
}

} // namespace Weave
