#!/bin/sh
# sources.sh FOLDER: beside the tar.gz in FOLDER, puts the source packages of the libraries in it whose licence
# asks for that (LGPL, GPL), as ...-sources.tar. Needs the distribution that the tar.gz was made on.
set -eu
packages=$(cd "$1" && pwd)
licences=$(cd "$(dirname "$0")/.." && pwd)/licences.tsv
archive=$(find "$packages" -name 'weave-sidecar-*-linux-*.tar.gz' | head -n 1)
[ -n "$archive" ] || { echo "sources.sh: no tar.gz in $packages" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -xzf "$archive" -C "$work" --wildcards --strip-components=4 '*/share/doc/weave-sidecar/bundled.tsv'
# Lists of source packages beside the system's own lists of binaries.
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
    [ ! -f "$list" ] || sed 's/^deb /deb-src /; s/^Types:.*/Types: deb-src/' "$list" > "$work/$(basename "$list")"
done
mkdir "$work/lists.d" "$work/lists" "$work/source"
for list in "$work"/*.list "$work"/*.sources; do [ ! -f "$list" ] || mv "$list" "$work/lists.d/"; done
apt() {
    apt-get -q -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$work/lists.d" \
        -o Dir::State::Lists="$work/lists" -o APT::Sandbox::User=root "$@"
}
apt update
cd "$work/source"
tail -n +2 "$work/bundled.tsv" | cut -f4,5 | sort -u | while IFS='	' read -r source version; do
    if grep -qE "^$source	.*GPL" "$licences"; then
        apt source --download-only "$source=$version"
    fi
done
tar -cf "${archive%.tar.gz}-sources.tar" --sort=name --owner=0 --group=0 -C "$work" source
cd "$packages"
sha256sum -- "$(basename "${archive%.tar.gz}")-sources.tar" >> SHA256SUMS
