#pragma once

#include "protocol/framereader.h"
#include "unit/text.h"

#include <QByteArray>
#include <QList>

#include <array>
#include <cstddef>

namespace Weave {

inline constexpr std::size_t KiB = 1024;
inline constexpr std::size_t MiB = 1024 * KiB;
inline constexpr std::size_t NoLimit = 1024 * MiB;

// A frame that keeps its text.
struct Seen
{
    Frame::Status status = Frame::Status::Incomplete;
    QByteArray text;

    bool operator==(const Seen &other) const = default;
};

inline Seen seen(const Frame &frame)
{
    return {frame.status, toBytes(frame.text)};
}

inline Seen line(const QByteArray &text)
{
    return {Frame::Status::Line, text};
}

inline const Seen Incomplete{};
inline const Seen TooLong{Frame::Status::TooLong, {}};
inline const Seen OverBudget{Frame::Status::OverBudget, {}};

inline QByteArray shown(const QList<Seen> &frames)
{
    constexpr std::array<const char *, 4> Names{"", "TooLong", "OverBudget", "Incomplete"};
    QByteArray text;
    for (const Seen &frame : frames)
        text += Names.at(static_cast<std::size_t>(frame.status)) + frame.text + "|";
    return text;
}

// Every frame that the bytes complete; the closing Incomplete left out.
inline QList<Seen> framesOf(FrameReader &reader, std::string_view bytes)
{
    QList<Seen> frames;
    reader.feed(bytes);
    for (Seen frame = seen(reader.next()); frame != Incomplete; frame = seen(reader.next()))
        frames << frame;
    return frames;
}

inline QList<Seen> framesOf(FrameReader &reader, const QByteArray &bytes)
{
    return framesOf(reader, toView(bytes));
}

} // namespace Weave
