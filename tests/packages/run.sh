#!/usr/bin/env bash
# run.sh BUILD PACKAGES ROOTS [kind…]: the packages in clean systems; kinds: deb rpm portable (default: all there are).
# ./dev test-packages calls it. ROOTS keeps the systems for the next time.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$(cd "$1" && pwd)
packages=$(cd "$2" && pwd)
mkdir -p "$3"
roots=$(cd "$3" && pwd)
shift 3
[ $# -gt 0 ] || set -- deb rpm portable

# The version before: the same programs under a lower number.
older() { # KIND
    rm -rf "$build/older/$1"
    mkdir -p "$build/older/$1"
    (cd "$build" && cpack -G "$1" -B "$build/older/work" -D CPACK_PACKAGE_VERSION=0.0.9 >"$build/older/cpack.log" 2>&1) \
        || { cat "$build/older/cpack.log" >&2; exit 1; }
    mv "$build/older/work"/*."${1,,}" "$build/older/$1/"
    rm -rf "$build/older/work"
}

export PYTHONDONTWRITEBYTECODE=1
for kind in "$@"; do
    case $kind in
    deb | rpm)
        older "${kind^^}"
        python3 "$here/$kind.py" --packages "$packages" --old "$build/older/${kind^^}" --bases "$roots"
        if [ "$kind" = deb ]; then
            python3 "$here/booted.py" --packages "$packages" --old "$build/older/DEB" --bases "$roots" \
                || [ $? = 77 ]
        fi
        ;;
    portable)
        for archive in "$packages"/weave-sidecar-*-linux-*.tar.gz; do
            python3 "$here/portable.py" --archive "$archive" --bases "$roots"
        done
        ;;
    *)
        echo "run.sh: unknown kind: $kind (deb, rpm, portable)" >&2
        exit 2
        ;;
    esac
done
