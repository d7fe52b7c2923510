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

  --prefix DIR     copy to DIR instead of the place in the first line
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
case $prefix in
/*) ;;
*) die "--prefix has to be an absolute path: $prefix" ;;
esac

icons=$data/icons/hicolor
entry=$data/applications/weave-sidecar-tray.desktop

# Asks the service manager of the scope; nothing and no success where there is none.
control() {
    if [ "$scope" = system ]; then systemctl "$@"; else systemctl --user "$@"; fi 2>/dev/null
}

uninstall() {
    [ -e "$prefix/bin/weave-sidecar" ] || die "nothing is installed in $prefix"
    # Else the daemon would go on without its program, and the links of its units would lead nowhere.
    if [ -e "$units/weave-sidecar.service" ]; then
        control disable --now weave-sidecar.socket weave-sidecar.service || true
    fi
    for unit in "$here/share/weave-sidecar/systemd/$scope"/*; do
        [ ! -e "$unit" ] || rm -f "$units/${unit##*/}"
    done
    rm -f "$bin/weave-sidecar" "$bin/weave-sidecar-tray" "$entry" "$icons"/*/apps/weave-sidecar-tray.*
    rm -rf "${prefix:?}/bin" "${prefix:?}/lib" "$prefix/plugins" "$prefix/share" "$prefix/README" \
        "$prefix/LICENSE" "$prefix/install.sh"
    rmdir "$prefix" 2>/dev/null || true
    control daemon-reload || true
}

install_files() {
    [ "$prefix" != "$here" ] || die "$prefix is where this script lies"
    mkdir -p "$prefix" "$bin" "$data/applications" "$icons" "$units"
    # An older version may have had files that this one has not.
    rm -rf "${prefix:?}/bin" "${prefix:?}/lib" "$prefix/plugins" "$prefix/share"
    cp -R "$here/bin" "$here/lib" "$here/plugins" "$here/share" "$here/README" "$here/LICENSE" \
        "$here/install.sh" "$prefix/"
    # Who unpacked it may have kept its files to themselves, and cp goes by their modes.
    [ "$scope" = user ] || chmod -R u=rwX,go=rX "$prefix"
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
