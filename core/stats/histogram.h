#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace Weave {

// Counts values in buckets whose width grows with the value: eight buckets a power of two, so a
// quantile is right within an eighth. Fixed size, no allocation.
class Histogram
{
public:
    void record(std::uint64_t value);

    [[nodiscard]] std::uint64_t count() const { return m_count; }
    [[nodiscard]] std::uint64_t sum() const { return m_sum; }
    [[nodiscard]] std::uint64_t max() const { return m_max; }
    // The value below which the given share (0 to 1) of all values lies; 0 without values. Never
    // more than max().
    [[nodiscard]] std::uint64_t quantile(double share) const;

private:
    static constexpr unsigned SubBits = 3;
    static constexpr std::size_t BucketCount = (64U - SubBits + 1U) << SubBits;

    [[nodiscard]] static std::size_t bucketOf(std::uint64_t value);
    [[nodiscard]] static std::uint64_t upperEdge(std::size_t bucket);

    std::array<std::uint64_t, BucketCount> m_buckets{};
    std::uint64_t m_count = 0;
    std::uint64_t m_sum = 0;
    std::uint64_t m_max = 0;
};

} // namespace Weave
