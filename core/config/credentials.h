#pragma once

#include "common/result.h"
#include "config/backendaddress.h"
#include "config/environment.h"
#include "config/options.h"

#include <string>

namespace Weave {

// The source of a key that the service manager has handed over. It does so when the service starts,
// so another key needs a restart.
inline constexpr const char *ServiceCredential = "the credential api-key of the service manager";

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

// Whether that may be the key itself, given in the place of the path of its file. It is not to be
// shown then.
[[nodiscard]] bool mayBeKey(const std::string &keyFile);

} // namespace Weave
