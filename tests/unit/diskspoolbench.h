#pragma once

#include "spool/diskspool.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace Weave {

inline std::string payloadOf(const std::string &id, std::size_t length)
{
    return R"({"start":{"id":")" + id + R"(","text":")" + std::string(length, 'z') + "\"}}";
}

inline std::string payloadOf(const std::string &id)
{
    return payloadOf(id, id.size() * 7 % 200);
}

// A spool in a folder of its own, with a clock that goes on at each look, and the files in there. A
// test inherits it, and takes a new folder in its init().
class DiskSpoolBench
{
protected:
    void useNewFolder() { m_directory.emplace(); }

    [[nodiscard]] DiskSpoolOptions options() const
    {
        DiskSpoolOptions options;
        options.directory = m_directory->filePath(QStringLiteral("spool")).toStdString();
        options.maxBytes = 2000000;
        options.minSegmentBytes = 64 * 1024;
        options.maxSegmentBytes = 256 * 1024;
        options.removalPatience = std::chrono::seconds(10); // the machine may be busy
        return options;
    }

    [[nodiscard]] WallClock clock()
    {
        return [this] { return m_now++; };
    }

    [[nodiscard]] std::unique_ptr<DiskSpool> open()
    {
        auto spool = DiskSpool::open(options(), clock());
        if (!spool)
            qFatal("%s", spool.error().message.c_str());
        return std::move(*spool);
    }

    RecordRef append(DiskSpool &spool, const std::string &project, const std::string &id)
    {
        m_payloads[id] = payloadOf(id);
        const auto record = spool.append({CallKind::Start, project, id, m_payloads[id]});
        if (!record)
            qFatal("%s", record.error().message.c_str());
        return *record;
    }

    static std::map<std::string, std::vector<RecordRef>> recoverRefs(DiskSpool &spool)
    {
        std::vector<std::string> projects;
        while (spool.recover(std::chrono::milliseconds(100), projects)) { }
        std::map<std::string, std::vector<RecordRef>> found;
        for (const std::string &project : projects) {
            while (const auto record = spool.next(project))
                found[project].push_back(*record);
        }
        return found;
    }

    static std::map<std::string, std::vector<std::string>> recoverAll(DiskSpool &spool)
    {
        std::map<std::string, std::vector<std::string>> found;
        for (const auto &[project, refs] : recoverRefs(spool)) {
            for (const RecordRef &ref : refs)
                found[project].emplace_back(spool.payload(ref));
        }
        return found;
    }

    QByteArray writeThree()
    {
        auto spool = open();
        for (const char *id : {"1", "2", "3"})
            append(*spool, "p", id);
        const QString path = segmentFiles().constFirst();
        spool.reset();
        return readAll(path);
    }

    [[nodiscard]] QStringList segmentFiles() const
    {
        return listFiles(QString::fromStdString(options().directory), QStringLiteral("*.seg"));
    }
    [[nodiscard]] QStringList quarantineFiles() const
    {
        return listFiles(QString::fromStdString(options().directory)
                             + QStringLiteral("/quarantine"),
                         QStringLiteral("*"));
    }

    static QByteArray readAll(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    static void overwrite(const QString &path, const QByteArray &bytes)
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        QCOMPARE(file.write(bytes), bytes.size());
    }

    std::map<std::string, std::string> m_payloads; // by id

private:
    [[nodiscard]] QStringList listFiles(const QString &folder, const QString &pattern) const
    {
        QStringList paths;
        const QDir dir(folder);
        for (const QString &name : dir.entryList({pattern}, QDir::Files, QDir::Name))
            paths << dir.filePath(name);
        return paths;
    }

    std::optional<QTemporaryDir> m_directory;
    std::int64_t m_now = 1700000000000;
};

} // namespace Weave
