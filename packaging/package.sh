#!/usr/bin/env bash
# package.sh BUILD OUTPUT: packs what was built in BUILD into OUTPUT, with checksums and a list of materials, and
# checks it. ./dev package calls it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$(cd "$1" && pwd)
rm -rf "$2"
mkdir -p "$2"
output=$(cd "$2" && pwd)
staging=$build/packages
version=$(sed -n 's/^CMAKE_PROJECT_VERSION:STATIC=//p' "$build/CMakeCache.txt")

say() { printf '%s\n' "$*" >&2; }
pack() { # KINDS [cpack options]
    rm -rf "$staging"
    # cpack goes on after a script of ours that failed.
    { (cd "$build" && cpack -G "$1" -B "$staging" "${@:2}" >"$build/cpack.log" 2>&1) \
        && ! grep -q 'CMake Error' "$build/cpack.log"; } || {
        cat "$build/cpack.log" >&2
        say "package.sh: cpack failed"
        exit 1
    }
    find "$staging" -maxdepth 1 -type f \( -name '*.deb' -o -name '*.rpm' -o -name '*.tar.gz' -o -name '*.dmg' \) \
        -exec mv {} "$output/" \;
    rm -rf "$staging"
}

if [ "$(uname)" = Darwin ]; then
    pack DragNDrop
    (cd "$output" && shasum -a 256 -- * > SHA256SUMS)
    say "packages are in $output"
    exit
fi

kinds=()
if command -v dpkg-shlibdeps >/dev/null; then kinds+=(DEB TGZ); else say "no dpkg-dev: no deb, no tar.gz"; fi
if command -v rpmbuild >/dev/null; then kinds+=(RPM); else say "no rpmbuild: no rpm"; fi
[ ${#kinds[@]} -gt 0 ] || { say "package.sh: this system can make no package"; exit 1; }
pack "$(IFS=';'; echo "${kinds[*]}")"

if command -v dpkg-query >/dev/null; then
    python3 "$here/sbom.py" --packages "$output" --programs "$build/bin" --version "$version" \
        --output "$output/weave-sidecar-$version.cdx.json"
else
    say "no dpkg: no list of materials"
fi
(cd "$output" && sha256sum -- * > SHA256SUMS)
python3 "$here/../tests/packages/contents.py" --packages "$output" --version "$version"
say "packages are in $output"
