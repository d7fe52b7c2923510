#pragma once

#include "forwarding/httptransport.h"

#include <QTest>

#include <chrono>
#include <optional>

namespace Weave {

inline OutgoingRequest request(std::string_view payload = "{}")
{
    RequestBody body(R"({"batch":[)", "]}");
    body.add({"", payload, ""});
    return {"/call/upsert_batch", "the-id", std::move(body)};
}

inline HttpTransportOptions options(const QString &backend,
                                    Milliseconds timeout = std::chrono::seconds(5))
{
    HttpTransportOptions result;
    result.backend = QUrl(backend);
    result.requestTimeout = timeout;
    result.userAgent = "test/1";
    return result;
}

// An answer within 15 s.
inline SendResult sendAndWait(HttpTransport &transport, OutgoingRequest outgoing = request())
{
    std::optional<SendResult> result;
    transport.send(std::move(outgoing), [&result](const SendResult &answer) { result = answer; });
    SendResult nothing;
    nothing.reason = "no answer";
    return QTest::qWaitFor([&result] { return result.has_value(); }, 15'000) ? *result : nothing;
}

} // namespace Weave
