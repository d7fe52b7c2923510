#pragma once

#include "http/requestreader.h"

#include <QByteArray>
#include <QList>

#include <algorithm>
#include <vector>

namespace Weave {

// Requests as bytes.

inline const QByteArray Host = "Host: a\r\n";

inline QByteArray post(const QByteArray &headers, const QByteArray &body = {})
{
    return "POST /x HTTP/1.1\r\n" + Host + headers + "\r\n" + body;
}

inline QByteArray withLength(const QByteArray &body)
{
    return post("Content-Length: " + QByteArray::number(body.size()) + "\r\n", body);
}

inline QByteArray chunked(const QByteArray &chunks)
{
    return post("Transfer-Encoding: chunked\r\n", chunks);
}

inline QList<QByteArray> cut(const QByteArray &bytes, qsizetype step)
{
    QList<QByteArray> pieces;
    for (qsizetype at = 0; at < bytes.size(); at += step)
        pieces << bytes.mid(at, step);
    return pieces;
}

// All that a RequestReader makes of some bytes.
struct RequestReading
{
    std::vector<HttpRequest> requests;
    RequestReader::State state = RequestReader::State::Head;
    int status = 0; // of a failure
    std::string text;
    bool isInRequest = false;
    std::size_t budgetUsed = 0; // at the end, the reader still there
};

// Reads as a session does that turns nothing away.
inline RequestReading readRequests(const QList<QByteArray> &pieces,
                                   const RequestReader::Limits &limits = {},
                                   std::size_t budgetBytes = 1'000'000'000)
{
    using State = RequestReader::State;
    ByteBudget budget(budgetBytes);
    RequestReader reader(limits, budget);
    RequestReading reading;
    for (const QByteArray &piece : pieces) {
        if (reader.state() == State::Failed)
            break;
        reader.feed({piece.constData(), static_cast<std::size_t>(piece.size())});
        for (;;) {
            if (reader.state() == State::Body)
                reader.readBody();
            if (reader.state() != State::Complete)
                break;
            reading.requests.push_back(reader.request());
            reader.next();
        }
    }
    reading.state = reader.state();
    reading.status = reader.failureStatus();
    reading.text = reader.failureText();
    reading.isInRequest = reader.isInRequest();
    reading.budgetUsed = budget.used();
    return reading;
}

inline RequestReading readRequests(const QByteArray &bytes,
                                   const RequestReader::Limits &limits = {},
                                   std::size_t budgetBytes = 1'000'000'000)
{
    return readRequests(QList<QByteArray>{bytes}, limits, budgetBytes);
}

inline QList<QByteArray> singleBytes(const QByteArray &bytes)
{
    QList<QByteArray> pieces;
    for (const char c : bytes)
        pieces << QByteArray(1, c);
    return pieces;
}

inline bool isSame(const HttpRequest &left, const HttpRequest &right)
{
    return left.method == right.method && left.target == right.target
        && left.headers == right.headers && left.body == right.body
        && left.isHttp10 == right.isHttp10 && left.keepsAlive == right.keepsAlive;
}

inline bool isSame(const RequestReading &left, const RequestReading &right)
{
    return left.state == right.state && left.status == right.status
        && left.isInRequest == right.isInRequest
        && std::equal(left.requests.begin(), left.requests.end(), right.requests.begin(),
                      right.requests.end(),
                      [](const HttpRequest &a, const HttpRequest &b) { return isSame(a, b); });
}

} // namespace Weave
