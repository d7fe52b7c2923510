#pragma once

#include <QByteArray>
#include <QList>

namespace Weave {

// Calls as bytes: what a client sends, and what has to arrive at the backend.

// {"start":{"project_id":…,"id":…}} with extra (text that begins with a comma) behind the id.
[[nodiscard]] QByteArray startPayload(const QByteArray &project, const QByteArray &id,
                                      const QByteArray &extra = {});
[[nodiscard]] QByteArray endPayload(const QByteArray &project, const QByteArray &id,
                                    const QByteArray &extra = {});

// The line that carries a payload, with its newline.
[[nodiscard]] QByteArray startLine(const QByteArray &payload);
[[nodiscard]] QByteArray endLine(const QByteArray &payload);

// The item that it becomes in an upsert body.
[[nodiscard]] QByteArray startItem(const QByteArray &payload);
[[nodiscard]] QByteArray endItem(const QByteArray &payload);

// The items of an upsert body, each as it stands there byte for byte. Empty when the body does not
// have exactly that form.
[[nodiscard]] QList<QByteArray> upsertItems(const QByteArray &body);

} // namespace Weave
