#include "sidecar/spoolfactory.h"

#include "spool/diskspool.h"
#include "spool/memoryspool.h"

#include <chrono>

namespace Weave {

namespace {

std::int64_t wallClock()
{
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

} // namespace

Result<std::unique_ptr<Spool>> makeSpool(const Config &config)
{
    if (config.spoolDirectory.empty())
        return std::unique_ptr<Spool>(std::make_unique<MemorySpool>(config.spoolMaxBytes));
    DiskSpoolOptions options;
    options.directory = config.spoolDirectory;
    options.maxBytes = config.spoolMaxBytes;
    options.collectsAppended = config.spoolSync == SpoolSync::Always;
    auto spool = DiskSpool::open(options, wallClock);
    if (!spool)
        return spool.error();
    return std::unique_ptr<Spool>(std::move(*spool));
}

} // namespace Weave
