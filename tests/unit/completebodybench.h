#pragma once

#include "batching/calltext.h"
#include "batching/completebody.h"
#include "spool/memoryspool.h"

#include <QByteArray>

#include <string>
#include <string_view>
#include <vector>

namespace Weave {

// Calls in a spool, as a batch of complete calls has them.
struct Calls
{
    MemorySpool spool{1000000, 10000};
    std::vector<RecordRef> records;

    void add(CallKind kind, std::string_view payload)
    {
        records.push_back(*spool.append({kind, "acme/bot", "id", payload}));
    }

    // Of a start and its end, the inside of their objects.
    void addPair(std::string_view start, std::string_view end)
    {
        add(CallKind::Start, R"({"start":{)" + std::string(start) + "}}");
        add(CallKind::End, R"({"end":{)" + std::string(end) + "}}");
    }

    [[nodiscard]] RequestBody body() const { return completeBody(records, spool); }

    // As pairing would have seen them.
    [[nodiscard]] std::vector<MembersPlace> places() const
    {
        std::vector<MembersPlace> places;
        CallText text;
        for (const RecordRef &record : records) {
            const std::string_view payload = spool.payload(record);
            readCallText(record.kind, payload, text);
            places.push_back(text.membersPlace(payload));
        }
        return places;
    }
};

inline QByteArray textOf(RequestBody body, std::size_t pieceSize = 4096)
{
    QByteArray text;
    QByteArray piece(static_cast<qsizetype>(pieceSize), '#');
    while (const std::size_t length = body.read(piece.data(), pieceSize))
        text += piece.first(static_cast<qsizetype>(length));
    return text;
}

} // namespace Weave
