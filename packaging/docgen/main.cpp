// weave-docgen KIND PROGRAM OUTPUT [TEMPLATE]: writes the man page or a shell's completion of a
// program. A part of the build; it is not installed.

#include "docgen/bashcompletion.h"
#include "docgen/fishcompletion.h"
#include "docgen/manpage.h"
#include "docgen/zshcompletion.h"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <vector>

namespace {

using Weave::Error;
using Weave::ErrorCode;
using Weave::Result;

Result<std::string> readFile(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return Error{ErrorCode::Io, "cannot read " + path};
    return std::string(std::istreambuf_iterator<char>(file), {});
}

Result<std::string> generate(const std::string &kind, const std::string &name,
                             const std::string &templatePath)
{
    const Weave::ProgramSpec *const program = Weave::findProgram(name);
    if (!program)
        return Error{ErrorCode::InvalidArgument, name + " is not a program of this build"};
    if (kind == "bash")
        return Weave::bashCompletion(*program);
    if (kind == "zsh")
        return Weave::zshCompletion(*program);
    if (kind == "fish")
        return Weave::fishCompletion(*program);
    if (kind != "man")
        return Error{ErrorCode::InvalidArgument, kind + " is none of man, bash, zsh, fish"};
    const auto page = readFile(templatePath);
    return page ? Weave::manPage(*program, *page) : page;
}

int complain(const std::string &text)
{
    std::fprintf(stderr, "weave-docgen: %s\n", text.c_str());
    return 1;
}

} // namespace

int main(int argc, char **argv)
{
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() < 3)
        return complain("usage: weave-docgen KIND PROGRAM OUTPUT [TEMPLATE]");
    const auto text =
        generate(arguments[0], arguments[1], arguments.size() > 3 ? arguments[3] : std::string());
    if (!text)
        return complain(text.error().message);
    std::ofstream file(arguments[2], std::ios::binary | std::ios::trunc);
    file << *text;
    file.flush();
    return file ? 0 : complain("cannot write " + arguments[2]);
}
