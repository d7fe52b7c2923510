#!/bin/sh
# Builds packaging/container/Containerfile for real and runs the image, where there is no container engine and
# no registry of images: the base is made by debootstrap, the image by buildah, and runc runs it with a
# read-only root, as its own user and without capabilities. Takes as long as a build from nothing.
#
#   sudo tests/deploy/image.sh [FOLDER]     a folder to work in, kept for the next time (build/image)
#
# Needs: debootstrap buildah runc python3, root, 2 GB.
set -eu
project=$(cd "$(dirname "$0")/../.." && pwd)
work=${1:-$project/build/image}
name=weave-sidecar-image-test
image=localhost/$name
base=localhost/$name-base:12
export STORAGE_DRIVER="${STORAGE_DRIVER:-vfs}"

say() { printf '%s\n' "$*" >&2; }
fail() { say "image: $*"; exit 1; }

mkdir -p "$work/bundle/socket" "$work/bundle/state"
if ! buildah inspect --type image "$base" >/dev/null 2>&1; then
    say "the base: debootstrap"
    [ -d "$work/base" ] || debootstrap --variant=minbase bookworm "$work/base" >"$work/debootstrap.log"
    container=$(buildah from scratch)
    buildah add -q "$container" "$work/base" / >/dev/null
    buildah commit -q "$container" "$base" >/dev/null
    buildah rm "$container" >/dev/null
fi

say "the image: every line of the Containerfile"
buildah bud --layers --isolation chroot --pull-never --build-arg BASE="$base" --build-arg VERSION=test \
    -t "$image" -f "$project/packaging/container/Containerfile" "$project" >"$work/build.log" 2>&1 \
    || { tail -20 "$work/build.log"; fail "does not build"; }

container=$(buildah from --pull-never "$image")
trap 'runc delete -f "$name" >/dev/null 2>&1 || true; buildah rm "$container" >/dev/null' EXIT
root=$(buildah mount "$container")

# Volumes that are new take owner and mode of the image's folders.
for pair in socket:run/weave-sidecar state:var/lib/weave-sidecar; do
    folder=$work/bundle/${pair%%:*}
    rm -rf "$folder"
    cp -a "$root/${pair#*:}" "$folder"
done

# The image's own settings, as an engine would hand them to the runtime.
(cd "$work/bundle" && rm -f config.json && runc spec)
buildah inspect --type image "$image" | python3 -c '
import json, sys
folder, root = sys.argv[1:]
image = json.load(sys.stdin)["OCIv1"]["config"]
with open(folder + "/config.json") as file:
    spec = json.load(file)
user, group = map(int, image["User"].split(":"))
spec["root"] = {"path": root, "readonly": True}
spec["process"].update(
    terminal=False, user={"uid": user, "gid": group}, env=image["Env"], cwd=image["WorkingDir"],
    args=image["Entrypoint"] + image["Cmd"] + ["--backend=http://127.0.0.1:9", "--api-key=none",
                                               "--shutdown-timeout=1s"],
    capabilities={kind: [] for kind in spec["process"]["capabilities"]}, noNewPrivileges=True)
sources = {"/run/weave-sidecar": "socket", "/var/lib/weave-sidecar": "state"}
assert set(image["Volumes"]) == set(sources) and image["StopSignal"] == "SIGTERM"
spec["mounts"] = [mount for mount in spec["mounts"] if mount["type"] != "cgroup"] + [
    {"destination": place, "type": "bind", "source": folder + "/" + source, "options": ["bind", "rw"]}
    for place, source in sources.items()]
spec["linux"].pop("resources", None)
with open(folder + "/config.json", "w") as file:
    json.dump(spec, file)
' "$work/bundle" "$root"

run() {
    (cd "$work/bundle" && exec runc run "$name") >"$work/run.log" 2>&1 &
    runner=$!
    tries=0
    until [ -S "$work/bundle/socket/weave-sidecar.sock" ]; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || { cat "$work/run.log"; fail "the daemon does not start"; }
        sleep 0.1
    done
}
stop() {
    runc kill "$name" TERM
    wait $runner || fail "the daemon ends with $?"
    [ ! -e "$work/bundle/socket/weave-sidecar.sock" ] || fail "the socket is left behind"
}
inside() { runc exec "$name" "$@"; }

run
say "the health check's command, the daemon's user, and what it can write"
inside /usr/bin/weave-sidecar status --json | grep -q '"success":true' || fail "no status"
[ "$(inside id -u):$(inside id -g)" = 10001:10001 ] || fail "another user"
inside sh -c 'grep -q "^CapBnd:.0*$" /proc/self/status' || fail "there are capabilities"
for path in /usr/bin/new /etc/new /tmp/new /var/new; do
    if inside touch "$path" 2>/dev/null; then fail "$path can be written"; fi
done
[ "$(stat -c %a:%u "$work/bundle/socket/weave-sidecar.sock")" = 600:10001 ] || fail "the socket's mode"

say "a call is kept over a stop and a new start"
python3 -c '
import socket, sys
call = b"""{"method":"call_start","payload":{"start":{"project_id":"acme/demo","id":"1","trace_id":"1","op_name":"hello","started_at":"2026-01-01T00:00:00Z","attributes":{},"inputs":{}}}}\n"""
client = socket.socket(socket.AF_UNIX)
client.connect(sys.argv[1])
client.sendall(call)
assert client.recv(1000) == b"{\"success\":true}\n"
' "$work/bundle/socket/weave-sidecar.sock"
stop
run
inside /usr/bin/weave-sidecar status --json | grep -q '"recovered":1,' || fail "the call is gone"
inside /usr/bin/weave-sidecar spool verify | grep -q '1 waiting, 0 done, 0 problems' || fail "the spool"
stop
say "the image builds, and runs as it says"
