#!/bin/sh
# Installs or removes the files that lie beside this script; --help says where.
set -eu

usage() {
    cat <<'TXT'
Usage: ./install.sh [--prefix DIR] [--uninstall]

Copies Weave Sidecar and starts nothing.

                   as root                      as another user
  everything       /opt/weave-sidecar           ~/.local/opt/weave-sidecar
  links to it in   /usr/local/bin               ~/.local/bin
  menu entry       /usr/local/share             ~/.local/share
  service          /etc/systemd/system          ~/.config/systemd/user
  settings         /etc/weave-sidecar           ~/.config/weave-sidecar

  --prefix DIR     copy to DIR, a folder of its own, instead of the place in the first line
  --uninstall      stop the service and remove what was installed; settings and undelivered calls stay
TXT
}

die() { echo "install.sh: $*" >&2; exit 1; }

here=$(cd "$(dirname "$0")" && pwd)
if [ "$(id -u)" = 0 ]; then
    prefix=/opt/weave-sidecar bin=/usr/local/bin data=/usr/local/share
    units=/etc/systemd/system settings=/etc/weave-sidecar scope=system
    umask 022 # the daemon's own user and everybody's shells read what root copies
else
    prefix=$HOME/.local/opt/weave-sidecar bin=$HOME/.local/bin data=${XDG_DATA_HOME:-$HOME/.local/share}
    units=${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user scope=user
    settings=${XDG_CONFIG_HOME:-$HOME/.config}/weave-sidecar
fi
action=install
while [ $# -gt 0 ]; do
    case $1 in
    --prefix)
        [ $# -gt 1 ] || die "--prefix needs a folder"
        prefix=$2
        shift
        ;;
    --uninstall) action=uninstall ;;
    --help | -h)
        usage
        exit 0
        ;;
    *) die "unknown argument: $1 (--help lists them)" ;;
    esac
    shift
done
while [ "$prefix" != "${prefix%/}" ]; do prefix=${prefix%/}; done
case $prefix in
/*) ;;
*) die "--prefix has to be an absolute path, and not the root: $prefix" ;;
esac

icons=$data/icons/hicolor
entry=$data/applications/weave-sidecar-tray.desktop

# Asks the service manager of the scope; nothing and no success where there is none.
control() {
    if [ "$scope" = system ]; then systemctl "$@"; else systemctl --user "$@"; fi 2>/dev/null
}

parts="bin lib plugins share README LICENSE install.sh"

# Else removing bin and share, from /usr/local for one, would take what others have there.
need_own_folder() {
    for found in "$prefix"/* "$prefix"/.* "$prefix"/bin/*; do
        case ${found#"$prefix"/} in
        . | .. | .new | bin/weave-sidecar | bin/weave-sidecar-tray) continue ;;
        esac
        case " $parts " in
        *" ${found#"$prefix"/} "*) continue ;;
        esac
        if [ -e "$found" ] || [ -L "$found" ]; then
            die "$prefix has other things in it ($found): $1"
        fi
    done
}

uninstall() {
    [ -e "$prefix/bin/weave-sidecar" ] || die "nothing is installed in $prefix"
    need_own_folder "remove ${prefix}/bin/weave-sidecar and what else came with it by hand"
    # Else the daemon would go on without its program, and the links of its units would lead nowhere.
    if [ -e "$units/weave-sidecar.service" ]; then
        control disable --now weave-sidecar.socket weave-sidecar.service || true
    fi
    for unit in "$here/share/weave-sidecar/systemd/$scope"/*; do
        [ ! -e "$unit" ] || rm -f "$units/${unit##*/}"
    done
    rm -f "$bin/weave-sidecar" "$bin/weave-sidecar-tray" "$entry" "$icons"/*/apps/weave-sidecar-tray.*
    for part in .new $parts; do rm -rf "${prefix:?}/$part"; done
    rmdir "$prefix" 2>/dev/null || true
    control daemon-reload || true
}

install_files() {
    [ "$(cd "$prefix" 2>/dev/null && pwd -P)" != "$(cd "$here" && pwd -P)" ] || die "$prefix is where this script lies"
    need_own_folder "name a folder of its own, such as $prefix/weave-sidecar"
    # A copy that fails, on a full disk for one, leaves the version of before; and that may have had
    # files which this one has not.
    new=$prefix/.new
    trap 'rm -rf "${new:?}"' EXIT
    rm -rf "${new:?}"
    mkdir -p "$new" "$bin" "$data/applications" "$icons" "$units"
    for part in $parts; do cp -R "$here/$part" "$new/"; done
    # Who unpacked it may have kept its files to themselves, and cp goes by their modes.
    [ "$scope" = user ] || chmod -R u=rwX,go=rX "$prefix"
    for part in $parts; do
        rm -rf "${prefix:?}/$part"
        mv "$new/$part" "$prefix/$part"
    done
    ln -sf "$prefix/bin/weave-sidecar" "$prefix/bin/weave-sidecar-tray" "$bin/"
    sed "s|^Exec=.*|Exec=\"$prefix/bin/weave-sidecar-tray\"|" \
        "$here/share/applications/weave-sidecar-tray.desktop" > "$entry"
    cp -R "$prefix/share/icons/hicolor/." "$icons/"
    for unit in "$here/share/weave-sidecar/systemd/$scope"/*; do
        [ -f "$unit" ] || continue
        sed "s|/usr/bin/weave-sidecar|$prefix/bin/weave-sidecar|g" "$unit" > "$units/${unit##*/}"
    done
    if [ ! -e "$settings/config.toml" ]; then
        mkdir -p "$settings"
        cp "$prefix/share/weave-sidecar/config.toml" "$settings/config.toml"
    fi
    [ "$scope" = user ] || add_user
    if [ "$scope" = system ]; then start=systemctl; else start="systemctl --user"; fi
    if control is-active --quiet weave-sidecar.service; then
        cat <<TXT
Weave Sidecar is in $prefix. The version of before runs on until it is restarted; no call is lost by that:
    $start daemon-reload
    $start restart weave-sidecar.service
TXT
        return
    fi
    cat <<TXT
Weave Sidecar is in $prefix.
Set the backend in $settings/config.toml, then run it as a service:
    $start daemon-reload
    $start enable --now weave-sidecar.socket weave-sidecar.service
TXT
}

add_user() {
    if command -v systemd-sysusers >/dev/null; then
        systemd-sysusers "$here/share/weave-sidecar/sysusers.d/weave-sidecar.conf"
    elif ! getent passwd weave-sidecar >/dev/null; then
        useradd --system --user-group --home-dir /var/lib/weave-sidecar --no-create-home \
            --shell /usr/sbin/nologin weave-sidecar
    fi
}

if [ "$action" = install ]; then install_files; else uninstall; fi
