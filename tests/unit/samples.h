#pragma once

#include <string_view>

namespace Weave {

// Lines as the Python SDK writes them: blanks after commas and colons, ASCII only, null fields
// kept.
inline constexpr std::string_view StartLine =
    R"({"method": "call_start", "payload": {"start": {"project_id": "acme/support-bot", )"
    R"("id": "0199b7a2-4c2e-7d31-8b5a-6e0f9a1b2c3d", "op_name": )"
    R"("weave:///acme/support-bot/op/openai.chat.completions.create:Tq3vXk0cYhL2mD8pRZ5wN1s", )"
    R"("display_name": null, "trace_id": "0199b7a2-4c10-7a42-b3d9-5c7e1f2a3b4c", )"
    R"("parent_id": "0199b7a2-4c11-7f5e-9a37-2f6f3c8d1a01", "thread_id": null, )"
    R"("started_at": "2026-11-23T10:15:30.123456Z", "attributes": {"weave": )"
    R"({"client_version": "0.53.1", "source": "python-sdk", "sys_version": )"
    R"("3.11.7 (main, Jan  5 2024, 10:00:00) [GCC 12.2.0]", "os_name": "Linux"}}, )"
    R"("inputs": {"model": "gpt-4o-mini", "messages": [{"role": "system", "content": )"
    R"("You are a support agent for ACME. Answer in \"two\" sentences.\n"}, {"role": )"
    R"("user", "content": "My order 10442 arrived cracked \u2013 can I get a new one?"}], )"
    R"("temperature": 0.2, "max_tokens": 256, "seed": 12345678901234567890123, )"
    R"("stop": [], "extra": {}, "stream": false}, "otel_dump": null, "wb_run_step": null}}})";

inline constexpr std::string_view EndLine =
    R"({"method":"call_end","payload":{"end":{"project_id":"acme/support-bot",)"
    R"("id":"0199b7a2-4c2e-7d31-8b5a-6e0f9a1b2c3d","ended_at":"2026-11-23T10:15:31.987654Z",)"
    R"("exception":null,"output":{"id":"chatcmpl-mock001","created":1795428931,"choices":)"
    R"([{"index":0,"finish_reason":"stop","logprobs":null,"message":{"role":"assistant",)"
    R"("content":"Sorry about the lid \ud83d\ude4f. A new one is on its way.","refusal":null}}],)"
    R"("usage":{"prompt_tokens":57,"completion_tokens":38,"total_tokens":95}},"summary":)"
    R"({"usage":{"gpt-4o-mini":{"requests":1,"latency":-1.25e-3}},"status_counts":)"
    R"({"success":1,"error":0}},"started_at":"2026-11-23T10:15:30.123456Z"}}})";

} // namespace Weave
