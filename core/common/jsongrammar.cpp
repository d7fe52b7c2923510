#include "common/jsongrammar.h"

namespace Weave {

struct JsonGrammar::Tables
{
    static constexpr std::array<std::uint8_t, 256> columns()
    {
        std::array<std::uint8_t, 256> columns{}; // whatever else there is begins a scalar, or none
        columns['{'] = OpenObject;
        columns['}'] = CloseObject;
        columns['['] = OpenArray;
        columns[']'] = CloseArray;
        columns[':'] = Colon;
        columns[','] = Comma;
        columns['"'] = String;
        return columns;
    }

    static constexpr Table verdicts(bool isObject)
    {
        Table table{};
        for (unsigned trail = 0; trail <= TrailMask; ++trail)
            table[trail] = verdict(isObject, trail >> 2 * ColumnBits,
                                   trail >> ColumnBits & ColumnMask, trail & ColumnMask);
        return table;
    }

    static constexpr Table watchedVerdicts()
    {
        Table table = verdicts(true);
        for (unsigned trail = 0; trail <= TrailMask; ++trail) {
            if ((trail & ColumnMask) == Colon && table[trail] == Verdict::Good)
                table[trail] = Verdict::Key;
        }
        return table;
    }
};

constexpr std::array<std::uint8_t, 256> JsonGrammar::Columns = Tables::columns();
constexpr std::array<JsonGrammar::Table, 3> JsonGrammar::Verdicts{
    Tables::verdicts(false), Tables::verdicts(true), Tables::watchedVerdicts()};

} // namespace Weave
