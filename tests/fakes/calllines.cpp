#include "fakes/calllines.h"

namespace Weave {

namespace {

QByteArray object(const char *kind, const QByteArray &project, const QByteArray &id,
                  const QByteArray &extra)
{
    return QByteArray("{\"") + kind + "\":{\"project_id\":\"" + project + "\",\"id\":\"" + id + "\""
        + extra + "}}";
}

} // namespace

QByteArray startPayload(const QByteArray &project, const QByteArray &id, const QByteArray &extra)
{
    return object("start", project, id, extra);
}

QByteArray endPayload(const QByteArray &project, const QByteArray &id, const QByteArray &extra)
{
    return object("end", project, id, extra);
}

QByteArray startLine(const QByteArray &payload)
{
    return R"({"method":"call_start","payload":)" + payload + "}\n";
}

QByteArray endLine(const QByteArray &payload)
{
    return R"({"method":"call_end","payload":)" + payload + "}\n";
}

QByteArray startItem(const QByteArray &payload)
{
    return R"({"mode":"start","req":)" + payload + "}";
}

QByteArray endItem(const QByteArray &payload)
{
    return R"({"mode":"end","req":)" + payload + "}";
}

QList<QByteArray> upsertItems(const QByteArray &body)
{
    constexpr QByteArrayView Head = R"({"batch":[)";
    constexpr QByteArrayView Tail = "]}";
    if (!body.startsWith(Head) || !body.endsWith(Tail))
        return {};
    const qsizetype end = body.size() - Tail.size();
    QList<QByteArray> items;
    qsizetype begin = Head.size();
    int depth = 0;
    bool inString = false;
    for (qsizetype i = begin; i < end; ++i) {
        const char c = body.at(i);
        if (inString) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                inString = false;
        } else if (c == '"') {
            inString = true;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if (c == '}' || c == ']') {
            --depth;
        } else if (c == ',' && depth == 0) {
            items << body.mid(begin, i - begin);
            begin = i + 1;
        }
    }
    if (depth != 0 || inString)
        return {};
    items << body.mid(begin, end - begin);
    return items;
}

} // namespace Weave
