#include "stats/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace Weave {

// Values below 8 have a bucket each; above, the leading bit says the power and the next three bits
// the place within it.
std::size_t Histogram::bucketOf(std::uint64_t value)
{
    constexpr std::uint64_t Sub = 1U << SubBits;
    if (value < Sub)
        return static_cast<std::size_t>(value);
    const auto power = static_cast<unsigned>(std::bit_width(value)) - 1U;
    const unsigned shift = power - SubBits;
    return ((shift + 1U) << SubBits) + static_cast<std::size_t>((value >> shift) - Sub);
}

std::uint64_t Histogram::upperEdge(std::size_t bucket)
{
    constexpr std::size_t Sub = 1U << SubBits;
    if (bucket < Sub)
        return bucket;
    const std::size_t shift = (bucket >> SubBits) - 1U;
    const std::uint64_t first = (std::uint64_t{bucket % Sub} + Sub) << shift;
    return first + ((std::uint64_t{1} << shift) - 1U);
}

void Histogram::record(std::uint64_t value)
{
    ++m_buckets[bucketOf(value)];
    ++m_count;
    m_sum += value;
    m_max = std::max(m_max, value);
}

std::uint64_t Histogram::quantile(double share) const
{
    if (m_count == 0)
        return 0;
    const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(m_count)));
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < BucketCount; ++bucket) {
        seen += m_buckets[bucket];
        if (seen >= wanted && seen != 0)
            return std::min(upperEdge(bucket), m_max);
    }
    return m_max;
}

} // namespace Weave
