#include "fakes/faketransport.h"

namespace Weave {

void FakeTransport::send(OutgoingRequest request, Done done)
{
    QByteArray body(static_cast<qsizetype>(request.body.size()), '\0');
    const std::size_t length = request.body.read(body.data(), request.body.size());
    body.truncate(static_cast<qsizetype>(length));
    m_waiting.push_back({std::move(request.path), std::move(request.retryId), std::move(body),
                         request.isBacklog, std::move(done), m_sentCount++});
}

FakeTransport::Request FakeTransport::answer(const SendResult &result, std::size_t index)
{
    Request request = m_waiting.at(index);
    m_waiting.erase(m_waiting.begin() + static_cast<std::ptrdiff_t>(index));
    request.done(result);
    return request;
}

FakeTransport::Request FakeTransport::answer(int status, std::size_t index,
                                             const std::string &reason)
{
    return answer(answered(status, reason), index);
}

SendResult FakeTransport::answered(int status, const std::string &reason)
{
    SendResult result;
    result.status = status;
    result.reason = reason;
    return result;
}

} // namespace Weave
