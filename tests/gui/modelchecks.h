#pragma once

#include "client/snapshot.h"

#include <QAbstractItemModelTester>
#include <QString>

namespace Weave {

// Events for a model, and what it shows of them.

inline constexpr auto Fatal = QAbstractItemModelTester::FailureReportingMode::QtTest;

inline CallEvent start(const QString &id, const QString &parent = {})
{
    CallEvent event;
    event.isStart = true;
    event.time = 1000;
    event.project = QStringLiteral("a/b");
    event.id = id;
    event.parentId = parent;
    event.operation = QStringLiteral("weave:///a/b/op/answer:v3");
    event.startedAt = QStringLiteral("2026-01-01T00:00:00.100000Z");
    return event;
}

inline CallEvent end(const QString &id, const QString &error = {})
{
    CallEvent event;
    event.time = 1250;
    event.project = QStringLiteral("a/b");
    event.id = id;
    event.endedAt = QStringLiteral("2026-01-01T00:00:01.600000Z");
    event.error = error;
    return event;
}

inline QString cell(const QAbstractItemModel &model, int row, int column,
                    const QModelIndex &parent = {})
{
    return model.index(row, column, parent).data().toString();
}

} // namespace Weave
