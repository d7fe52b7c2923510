#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace Weave {

struct NameHash
{
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const
    {
        return std::hash<std::string_view>()(name);
    }
};

// A map that is searched with a name as it stands in somebody's buffer: a project is looked up for
// every call, and a string made for that would be an allocation a call.
template <class Value>
using ByName = std::unordered_map<std::string, Value, NameHash, std::equal_to<>>;

} // namespace Weave
