#include "config/optiontable.h"

#include <algorithm>
#include <array>

namespace Weave {

namespace {

constexpr std::string_view Where = "Where calls come from and go to";
constexpr std::string_view Batches = "Batches";
constexpr std::string_view Delivery = "Delivery";
constexpr std::string_view Spool = "Spool";
constexpr std::string_view Access = "Access";
constexpr std::string_view Limits = "Limits";
constexpr std::string_view Running = "Running";

constexpr std::array<OptionSpec, 32> Table{{
    {"backend", "URL", "", "WEAVE_SIDECAR_BACKEND", Where,
     "Trace server to deliver to, for example https://trace.wandb.ai. A path in the URL is kept. "
     "file:PATH writes every delivered call as a line of JSON to PATH instead. Required."},
    {"socket", "PATH", "/tmp/weave_sidecar.sock", "WEAVE_SIDECAR_SOCKET", Where,
     "Unix domain socket that SDK processes connect to. A socket that a service manager hands over "
     "is used instead. A command without it looks for those of services first: "
     "$XDG_RUNTIME_DIR/weave-sidecar/weave-sidecar.sock, /run/weave-sidecar/weave-sidecar.sock.",
     OnReload::NeedsRestart},
    {"http", "HOST:PORT", "", "WEAVE_SIDECAR_HTTP", Where,
     "Speak HTTP here, too, for example 127.0.0.1:8319, for SDKs that know only the trace server: "
     "WF_TRACE_SERVER_URL=http://127.0.0.1:8319 leads them here. They need the daemon's own API "
     "key; requests with another one, and all that are not calls, are passed on.",
     OnReload::NeedsRestart},

    {"metrics", "HOST:PORT|unix:PATH", "", "WEAVE_SIDECAR_METRICS", Where,
     "Tell about the daemon here, for example 127.0.0.1:8320 or "
     "unix:/run/weave-sidecar/metrics.sock: "
     "/metrics for Prometheus, /status the same as JSON, /healthz, /readyz.",
     OnReload::NeedsRestart},

    {"flush-interval", "DURATION", "1s", "", Batches,
     "Send a batch this long after its first call."},
    {"flush-max-count", "CALLS", "2000", "", Batches, "Send a batch when it has this many calls."},
    {"flush-max-bytes", "SIZE", "10485760", "", Batches,
     "Send a batch before its request body grows over this size. A larger call goes alone."},

    {"calls-mode", "MODE", "auto", "", Delivery,
     "auto: /call/upsert_batch, and /v2/.../calls/complete for projects that the server keeps in "
     "its newer tables. complete: /v2/.../calls/complete from the start, where the server has it. "
     "upsert: never anything else."},
    {"pair-hold", "DURATION", "60s", "", Delivery,
     "Time that a started call waits for its end so that both travel as one complete call; then "
     "its start is sent on its own. Upsert batches do not wait."},

    {"api-key-file", "PATH", "", "", Delivery, "Read the API key from this file."},
    {"api-key", "KEY", "", "WANDB_API_KEY", Delivery,
     "The API key itself. Other users can see a command line: prefer --api-key-file or the "
     "environment. Without either, the key comes from the service manager's credential api-key "
     "($CREDENTIALS_DIRECTORY/api-key), else from the netrc entry of the backend's API host "
     "($NETRC, ~/.netrc, ~/_netrc)."},
    {"ca-file", "PATH", "", "", Delivery,
     "Trust the certificates in this PEM file besides the system's."},
    {"allow-http", "", "", "", Delivery,
     "Allow a plain http:// backend that is not on this machine. The API key and all calls then "
     "travel in the clear."},
    {"request-timeout", "DURATION", "30s", "", Delivery,
     "How long the backend may take to answer a request, or to take 256 KiB more of one. After "
     "that the batch is tried again."},
    {"senders", "N", "4", "", Delivery,
     "Requests in flight at a time. While all of them wait for slow answers, projects without one "
     "get up to as many again."},
    {"max-age", "DURATION", "24h", "", Delivery,
     "Give up a call that has waited longer when attempts to deliver it have failed for ten "
     "minutes; it goes to the dead letters."},

    {"spool-dir", "DIR", "", "", Spool,
     "Where calls are kept until they are delivered; they outlive the daemon. Default: "
     "$XDG_STATE_HOME/weave-sidecar/spool or ~/.local/state/weave-sidecar/spool, on macOS "
     "~/Library/Application Support/weave-sidecar/spool. none keeps them in memory. Where the "
     "default is not there, commands take the system service's, /var/lib/weave-sidecar/spool.",
     OnReload::NeedsRestart},
    {"spool-max-bytes", "SIZE", "1GiB", "", Spool,
     "Room for calls that are not delivered yet; with --spool-dir none 64MiB unless it is given. "
     "When it is full, new calls are refused and their clients send them directly."},
    {"spool-sync", "WHEN", "lazy", "", Spool,
     "lazy: calls that have waited for about a second are synced to the disk. always: every call "
     "is "
     "synced before it is answered; clients wait for the disk. never: the system decides. A killed "
     "daemon loses nothing either way; a power cut may, but for always.",
     OnReload::NeedsRestart},

    {"socket-mode", "MODE", "0600", "", Access,
     "Permissions of the socket, in octal: 0600 for its owner alone, 0660 for a group.",
     OnReload::NeedsRestart},
    {"socket-group", "GROUP", "", "", Access, "Group of the socket, by name or number.",
     OnReload::NeedsRestart},

    {"http-allow-remote", "", "", "", Access,
     "Allow an --http address that other machines reach. Keys and calls then travel in the clear; "
     "put a proxy with TLS in front.",
     OnReload::NeedsRestart},
    {"metrics-allow-remote", "", "", "", Access,
     "Allow a --metrics address that other machines reach, and tell them the same at --http. "
     "Nobody "
     "is asked for a key there; no page holds a call or a key, but /status and /readyz repeat the "
     "backend's errors, which may name projects.",
     OnReload::NeedsRestart},

    {"max-connections", "N", "1024", "", Limits,
     "Clients connected at a time, to the socket and again to --http. One more gets an error and "
     "is "
     "closed."},
    {"max-line-bytes", "SIZE", "33554432", "", Limits,
     "Longest line that is taken. A longer one is refused; the connection goes on.",
     OnReload::NeedsRestart},
    {"shutdown-timeout", "DURATION", "10s", "", Limits,
     "Time to deliver what is pending after SIGTERM or SIGINT."},

    {"config", "FILE", "", "WEAVE_SIDECAR_CONFIG", Running,
     "Read settings from this file alone, in TOML: the flags' names, for example "
     "flush-interval = \"2s\". Without it /etc/weave-sidecar/config.toml is read, and then "
     "$XDG_CONFIG_HOME/weave-sidecar/config.toml or ~/.config/weave-sidecar/config.toml, if they "
     "are "
     "there. Flags and the environment win over files. none reads no file.",
     OnReload::NotInFile},
    {"headless", "", "", "", Running,
     "Run without a display, as the daemon always does; weave-sidecar-tray is a program of its "
     "own.",
     OnReload::NotInFile},
    {"log-level", "LEVEL", "info", "", Running, "debug, info, warning or error."},
    {"log-format", "FORMAT", "text", "", Running,
     "text, or json for a JSON object a line. In systemd's journal lines have "
     "their priorities, and text has no time of its own.",
     OnReload::NeedsRestart},
    {"version", "", "", "", Running, "Print the version and exit.", OnReload::NotInFile},
    {"help", "", "", "", Running, "Print this page and exit.", OnReload::NotInFile},
}};

} // namespace

std::span<const OptionSpec> optionTable()
{
    return Table;
}

const OptionSpec *findOption(std::string_view name)
{
    const auto *const found = std::find_if(
        Table.begin(), Table.end(), [name](const OptionSpec &spec) { return spec.name == name; });
    return found == Table.end() ? nullptr : &*found;
}

} // namespace Weave
