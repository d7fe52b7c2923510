#pragma once

#include "batching/batch.h"
#include "common/call.h"

#include <string>
#include <string_view>
#include <unordered_map>

namespace Weave {

// Remembers by which of the server's two write paths each project's calls go, as far as the server
// has said so.
class WritePaths
{
public:
    explicit WritePaths(CallsMode mode);

    [[nodiscard]] bool usesComplete(const std::string &project) const;

    // The project's clients hand over complete calls: until the server says otherwise its calls
    // go by the complete path.
    void preferComplete(const std::string &project);

    // What the server's answer means for the project.
    enum class Move {
        Now, // the other path from here on
        Later, // the same, but the two paths have just sent us to each other: after a pause
        No, // there is no other path for it
    };
    // The server wants the project's calls by the complete path.
    [[nodiscard]] Move moveToComplete(const std::string &project);
    // The server does not have the complete path.
    [[nodiscard]] Move moveToUpsert(const std::string &project);
    // The project's path works.
    void noteDelivered(const std::string &project);

private:
    struct Path
    {
        bool isComplete = false;
        int movesInARow = 0; // without a delivery between them
    };
    Path &pathOf(const std::string &project);
    static Move moved(Path &path, bool toComplete);

    CallsMode m_mode;
    std::unordered_map<std::string, Path> m_learned;
};

// The request path of a batch, behind the backend's URL. Names in it are percent-encoded.
[[nodiscard]] std::string requestPath(const Batch &batch);

// Whether the name can stand in the complete path's URLs: "entity/project", cut at its first slash
// (as wandb/weave does), and neither part one that a URL would resolve away.
[[nodiscard]] bool fitsCompletePath(std::string_view project);

} // namespace Weave
