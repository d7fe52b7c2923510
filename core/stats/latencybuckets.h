#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace Weave {

// Counts times in the buckets of a Prometheus histogram, exactly: Histogram's own edges are no
// numbers that anybody would ask for.
class LatencyBuckets
{
public:
    struct Edge
    {
        std::uint64_t microseconds; // a value of just this is still below
        std::string_view seconds; // as the label `le` has it
    };
    static constexpr std::array<Edge, 13> Edges{{{5'000, "0.005"},
                                                 {10'000, "0.01"},
                                                 {25'000, "0.025"},
                                                 {50'000, "0.05"},
                                                 {100'000, "0.1"},
                                                 {250'000, "0.25"},
                                                 {500'000, "0.5"},
                                                 {1'000'000, "1"},
                                                 {2'500'000, "2.5"},
                                                 {5'000'000, "5"},
                                                 {10'000'000, "10"},
                                                 {30'000'000, "30"},
                                                 {60'000'000, "60"}}};

    void record(std::uint64_t microseconds)
    {
        for (std::size_t i = 0; i < Edges.size(); ++i) {
            if (microseconds <= Edges[i].microseconds) {
                ++m_counts[i];
                return;
            }
        }
    }

    // How many values were not above that edge.
    [[nodiscard]] std::uint64_t upTo(std::size_t edge) const
    {
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i <= edge; ++i)
            sum += m_counts[i];
        return sum;
    }

private:
    std::array<std::uint64_t, Edges.size()> m_counts{};
};

} // namespace Weave
