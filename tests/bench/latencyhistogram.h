// Counts durations in buckets that grow with the value: 64 for each power of two, so every quantile
// is right within 1.6 % from a nanosecond to centuries, in 30 KB and without an allocation a value.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace Weave {

class LatencyHistogram final
{
public:
    void add(std::uint64_t nanoseconds)
    {
        ++m_counts[bucketOf(nanoseconds)];
        ++m_total;
        m_max = std::max(m_max, nanoseconds);
    }

    // The smallest bucket bound that at least `share` of the values do not exceed; 0 when empty.
    std::uint64_t quantile(double share) const
    {
        const auto wanted = static_cast<std::uint64_t>(std::ceil(share * double(m_total)));
        std::uint64_t seen = 0;
        for (std::size_t bucket = 0; bucket < m_counts.size(); ++bucket) {
            seen += m_counts[bucket];
            if (seen >= wanted && seen > 0)
                return std::min(upperBound(bucket), m_max);
        }
        return m_max;
    }

    std::uint64_t max() const { return m_max; }

private:
    static constexpr int SubBits = 6;
    static constexpr std::size_t SubBuckets = std::size_t(1) << SubBits;

    // Values below 128 have a bucket each; above, the leading 7 bits choose within the power of
    // two.
    static std::size_t bucketOf(std::uint64_t value)
    {
        const int shift = std::max(0, int(std::bit_width(value)) - (SubBits + 1));
        return std::size_t(shift) * SubBuckets + std::size_t(value >> shift);
    }

    static std::uint64_t upperBound(std::size_t bucket)
    {
        if (bucket < 2 * SubBuckets)
            return bucket;
        const std::size_t shift = bucket / SubBuckets - 1;
        const std::uint64_t leading = bucket - shift * SubBuckets;
        return ((leading + 1) << shift) - 1;
    }

    std::array<std::uint64_t, (64 - SubBits + 1) * SubBuckets> m_counts{};
    std::uint64_t m_total = 0;
    std::uint64_t m_max = 0;
};

} // namespace Weave
