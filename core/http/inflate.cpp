#include "http/inflate.h"

#include "common/bytesize.h"

#include <zlib.h>

#include <algorithm>

namespace Weave {

namespace {

// Ends the stream with its scope.
class Inflater
{
public:
    Inflater()
    {
        constexpr int GzipOnly = 16;
        m_isReady = inflateInit2(&m_stream, GzipOnly + MAX_WBITS) == Z_OK;
    }
    ~Inflater()
    {
        if (m_isReady)
            inflateEnd(&m_stream);
    }
    Inflater(const Inflater &) = delete;
    Inflater &operator=(const Inflater &) = delete;

    [[nodiscard]] bool isReady() const { return m_isReady; }
    z_stream &stream() { return m_stream; }

private:
    z_stream m_stream{};
    bool m_isReady = false;
};

} // namespace

Result<std::string> inflateGzip(std::string_view packed, std::size_t maxBytes)
{
    constexpr std::size_t Step = 64 * KiB;
    Inflater inflater;
    if (!inflater.isReady())
        return Error{ErrorCode::Full, "no memory to unpack the body"};
    z_stream &stream = inflater.stream();
    // zlib does not write to its input; its type is from before const.
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(packed.data())); // NOLINT
    stream.avail_in = static_cast<uInt>(packed.size());
    std::string out;
    int status = Z_OK;
    while (status == Z_OK) {
        const std::size_t done = out.size();
        if (done > maxBytes)
            return Error{ErrorCode::TooLarge, "the unpacked body is too large"};
        out.resize(done + Step);
        stream.next_out = reinterpret_cast<Bytef *>(out.data() + done); // NOLINT
        stream.avail_out = static_cast<uInt>(Step);
        status = inflate(&stream, Z_NO_FLUSH);
        out.resize(out.size() - stream.avail_out);
    }
    if (status != Z_STREAM_END || stream.avail_in != 0)
        return Error{ErrorCode::Malformed, "the body is not one complete gzip stream"};
    if (out.size() > maxBytes)
        return Error{ErrorCode::TooLarge, "the unpacked body is too large"};
    return out;
}

} // namespace Weave
