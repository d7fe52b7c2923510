#pragma once

#include "common/result.h"
#include "config/backendaddress.h"
#include "config/environment.h"
#include "config/options.h"

#include <string>

namespace Weave {

struct Credentials
{
    std::string apiKey; // empty: none was found. Never logged.
    std::string source; // for people: "--api-key-file", "~/.netrc", …
};

// Looks for the API key in the order that the option table documents. That there is none is no
// error; a key file that cannot be read or holds no key is.
[[nodiscard]] Result<Credentials> findCredentials(const Options &options,
                                                  const BackendAddress &backend,
                                                  const Environment &environment);

} // namespace Weave
