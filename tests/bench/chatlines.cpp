#include "chatlines.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>
#include <stdexcept>

namespace Weave {

namespace {

constexpr std::size_t RichLineSize = 1600; // below it the optional details do not fit
constexpr std::size_t ImageLineSize = 100'000;
constexpr std::size_t MessageLength = 1200;
constexpr std::string_view IdPlaceholder = "000000000000";

// Escaped as Python's json.dumps does it: ASCII only, so a dash is six bytes.
constexpr auto Sentences = std::to_array<std::string_view>({
    "Thanks for the details, that helps a lot. ",
    "The order left our warehouse on Monday and the carrier has scanned it twice since then. ",
    "In short \\u2013 you can return it free of charge within thirty days.\\n\\n",
    "The label on the box should read \\\"ACME Fulfilment 7\\\" next to the bar code. ",
    "If the lid is cracked, please do not use the kettle until the replacement has arrived. ",
    "Here is what I suggest:\\n\\n1. Take a photo of the damage.\\n2. Send it to this chat.\\n",
    "Our records show one open request for the same address, so I have merged the two. ",
    "It\\u2019s covered by the warranty, and no receipt is needed for orders of this year. ",
    "Sure \\u2013 done.\\n",
    "It says \\\"fragile\\\" on it. ",
    "You will get a message as soon as the courier has picked it up; usually in the afternoon. ",
    "Let me know whether the new lid fits, or whether the whole set should be exchanged.\\n",
});

// Longer than what the shortest sentence can leave over.
constexpr std::string_view Filler = "and so on until all is well again";

// Exactly `length` bytes of text; no escape is ever cut in two.
std::string chatText(std::size_t length, std::size_t variant)
{
    std::string text;
    text.reserve(length);
    std::size_t unfit = 0;
    for (std::size_t i = variant; unfit < Sentences.size(); ++i) {
        const std::string_view sentence = Sentences[i % Sentences.size()];
        if (sentence.size() <= length - text.size()) {
            text += sentence;
            unfit = 0;
        } else {
            ++unfit;
        }
    }
    return text.append(Filler.substr(0, length - text.size()));
}

// Exactly `length` characters of base64 that no compressor would like, as a real image's.
std::string imageText(std::size_t length, std::size_t variant)
{
    constexpr std::string_view Digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text(length, '\0');
    std::uint64_t state = 0x9e3779b97f4a7c15U + variant;
    for (char &c : text) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        c = Digits[state >> 58];
    }
    return text;
}

using Wrap = std::function<std::string(std::size_t index, const std::string &content)>;

// Joins `count` items so that the result has exactly `room` bytes: the wrapping of each is known,
// the rest is shared out among their contents.
std::string fillItems(std::size_t room, std::size_t count, std::size_t variant, const Wrap &wrap)
{
    std::size_t wrapping = 2 * (count - 1);
    for (std::size_t i = 0; i < count; ++i)
        wrapping += wrap(i, {}).size();
    if (wrapping > room)
        throw std::length_error("a line this short has no room for its keys");
    const std::size_t content = room - wrapping;
    std::string items;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t share = content / count + (i < content % count ? 1 : 0);
        items += (i == 0 ? "" : ", ") + wrap(i, chatText(share, variant + i));
    }
    return items;
}

std::size_t itemCount(std::size_t room)
{
    return std::max<std::size_t>(1, room / MessageLength);
}

ChatLine finish(std::string text)
{
    ChatLine line{std::move(text)};
    line.idAt = line.text.find(IdPlaceholder);
    line.traceIdAt = line.text.find(IdPlaceholder, line.idAt + IdDigits);
    return line;
}

std::string startHead(std::string_view prefix, bool isRich)
{
    std::string head = R"({"method": "call_start", "payload": {"start": {"project_id": )"
                       R"("acme/support-bot", "id": ")";
    head.append(prefix).append(IdPlaceholder);
    head += R"(", "op_name": "weave:///acme/support-bot/op/openai.chat.completions.create:)"
            R"(Tq3vXk0cYhL2mD8pRZ5wN1sB7eJ4uGfA9iKoVx6dQyE", "display_name": null, "trace_id": ")";
    head.append(prefix).append(IdPlaceholder);
    head += R"(", "parent_id": "0199b7a2-4c11-7f5e-9a37-2f6f3c8d1a01", "thread_id": null, )"
            R"("turn_id": null, "started_at": "2026-11-23T10:15:30.123456Z", "attributes": )"
            R"({"weave": {"client_version": "0.53.1", "source": "python-sdk", "sys_version": )";
    if (isRich) {
        head += R"("3.11.7 (main, Jan  5 2024, 10:00:00) [GCC 12.2.0]", "os_name": "Linux", )"
                R"("os_version": "#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1", "os_release": )"
                R"("6.1.0-18-amd64"}}, )";
    } else {
        head += R"("3.11.7", "os_name": "Linux", "os_release": "6.1.0-18-amd64"}}, )";
    }
    return head
        + R"("inputs": {"self": "weave:///acme/support-bot/object/Completions:9oQm3L", )"
          R"("model": "gpt-4o-mini", "messages": [{"role": "system", "content": "You are a )"
          R"(support agent for ACME. Answer in two sentences."}, )";
}

constexpr std::string_view StartTail =
    R"(], "temperature": 0.2, "max_tokens": 256, "stream": false}, "otel_dump": null, )"
    R"("wb_user_id": null, "wb_run_id": null, "wb_run_step": null}}})"
    "\n";

std::string inputMessage(std::size_t index, const std::string &content)
{
    return std::string(R"({"role": ")") + (index % 2 == 0 ? "user" : "assistant")
        + R"(", "content": ")" + content + R"("})";
}

std::string usage(bool isRich)
{
    std::string text = R"("prompt_tokens": 57, "completion_tokens": 38, "total_tokens": 95)";
    if (isRich) {
        text += R"(, "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0}, )"
                R"("completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0, )"
                R"("accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0})";
    }
    return text + "}";
}

std::string endHead(std::string_view prefix)
{
    std::string head = R"({"method": "call_end", "payload": {"end": {"project_id": )"
                       R"("acme/support-bot", "id": ")";
    head.append(prefix).append(IdPlaceholder);
    return head
        + R"(", "ended_at": "2026-11-23T10:15:31.987654Z", "exception": null, "output": )"
          R"({"id": "chatcmpl-B7mock001", "object": "chat.completion", "created": 1795428931, )"
          R"("model": "gpt-4o-mini-2024-07-18", "choices": [)";
}

std::string endTail(std::string_view prefix, bool isRich)
{
    std::string tail = R"(], "usage": {)" + usage(isRich)
        + R"(, "system_fingerprint": "fp_mock", "service_tier": "default"}, )"
          R"("summary": {"usage": {"gpt-4o-mini-2024-07-18": {"requests": 1, )"
        + usage(isRich)
        + R"(}, "status_counts": {"success": 1, "error": 0}}, )"
          R"("wb_run_step_end": null, "trace_id": ")";
    tail.append(prefix).append(IdPlaceholder);
    return tail + R"(", "started_at": "2026-11-23T10:15:30.123456Z"}}})" + "\n";
}

std::string outputChoice(std::size_t index, const std::string &content)
{
    return R"({"index": )" + std::to_string(index)
        + R"(, "finish_reason": "stop", "logprobs": null, "message": {"role": "assistant", )"
          R"("content": ")"
        + content + R"(", "refusal": null, "tool_calls": null}})";
}

// One message or choice that consists of a picture: its data URL takes all the room there is.
std::string imageItem(std::size_t room, std::size_t variant, std::string_view before)
{
    constexpr std::string_view After = R"("}}]})";
    std::string item(before);
    item += R"([{"type": "image_url", "image_url": {"url": "data:image/png;base64,)";
    item += imageText(room - item.size() - After.size(), variant);
    return item.append(After);
}

std::string fillLine(const std::string &head, std::string_view tail, std::size_t size,
                     unsigned variant, const Wrap &wrap, std::string_view beforeImage)
{
    std::string text = head;
    std::size_t room = size - std::min(size, head.size() + tail.size());
    if (size >= ImageLineSize) {
        const std::string question = wrap(0, chatText(MessageLength, variant)) + ", ";
        text += question;
        text += imageItem(room - question.size(), variant, beforeImage);
    } else {
        text += fillItems(room, itemCount(room), variant, wrap);
    }
    return text.append(tail);
}

} // namespace

std::string idPrefix(std::uint64_t unixMilliseconds)
{
    std::array<char, IdPrefixLength + 1> text{};
    std::snprintf(text.data(), text.size(), "%08x-%04x-7d31-8b5a-",
                  unsigned((unixMilliseconds >> 16) & 0xffffffffU),
                  unsigned(unixMilliseconds & 0xffffU));
    return text.data();
}

ChatLine makeCallStart(std::size_t size, unsigned variant, std::string_view idPrefix)
{
    constexpr std::string_view BeforeImage = R"({"role": "user", "content": )";
    return finish(fillLine(startHead(idPrefix, size >= RichLineSize), StartTail, size, variant,
                           inputMessage, BeforeImage));
}

ChatLine makeCallEnd(std::size_t size, unsigned variant, std::string_view idPrefix)
{
    constexpr std::string_view BeforeImage = R"({"index": 1, "finish_reason": "stop", "images": )";
    return finish(fillLine(endHead(idPrefix), endTail(idPrefix, size >= RichLineSize), size,
                           variant, outputChoice, BeforeImage));
}

void writeIdDigits(char *at, std::uint64_t number)
{
    constexpr std::uint64_t OddFactor = 0x9e3779b97f4a7c15U; // odd, so a bijection modulo 2^48
    constexpr std::string_view Digits = "0123456789abcdef";
    const std::uint64_t mixed = (number + 1) * OddFactor;
    for (std::size_t i = 0; i < IdDigits; ++i)
        at[i] = Digits[(mixed >> (4 * i)) & 0xfU];
}

} // namespace Weave
