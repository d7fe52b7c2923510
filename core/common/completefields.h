#pragma once

#include <array>
#include <string_view>

namespace Weave {

struct CompleteField
{
    std::string_view name;
    bool isTaken = true; // into a complete call
};

// The fields of a complete call (wandb/weave, types/v2_call_complete_params.py), by the half that
// has them in the SDK's own pairing (call_batch_processor.py), and in the order in which it writes
// them; of an end also the others that it writes.
inline constexpr std::array<CompleteField, 15> StartFields{{{"project_id"},
                                                            {"id"},
                                                            {"op_name"},
                                                            {"display_name"},
                                                            {"trace_id"},
                                                            {"parent_id"},
                                                            {"thread_id"},
                                                            {"turn_id"},
                                                            {"started_at"},
                                                            {"attributes"},
                                                            {"inputs"},
                                                            {"otel_dump"},
                                                            {"wb_user_id"},
                                                            {"wb_run_id"},
                                                            {"wb_run_step"}}};
inline constexpr std::array<CompleteField, 9> EndFields{{{"project_id", false},
                                                         {"id", false},
                                                         {"ended_at"},
                                                         {"exception"},
                                                         {"output"},
                                                         {"summary"},
                                                         {"wb_run_step_end"},
                                                         {"trace_id", false},
                                                         {"started_at", false}}};

} // namespace Weave
