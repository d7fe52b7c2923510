#include "common/textnumber.h"

#include <charconv>

namespace Weave {

Result<std::uint64_t> parseUnsigned(std::string_view text, int base)
{
    std::uint64_t value = 0;
    const char *end = text.data() + text.size();
    const auto [rest, status] = std::from_chars(text.data(), end, value, base);
    if (status == std::errc::result_out_of_range)
        return Error{ErrorCode::TooLarge, "the number is too large"};
    if (status != std::errc() || rest != end)
        return Error{ErrorCode::InvalidArgument, "not a whole number"};
    return value;
}

} // namespace Weave
