# $1 is 1 on the first installation and 2 on an upgrade.
if command -v systemd-sysusers >/dev/null 2>&1; then
    systemd-sysusers weave-sidecar.conf || :
elif ! getent passwd weave-sidecar >/dev/null; then
    useradd --system --user-group --home-dir /var/lib/weave-sidecar --no-create-home \
        --shell /sbin/nologin --comment "Weave Sidecar" weave-sidecar || :
fi
if command -v systemctl >/dev/null 2>&1; then
    # Whether a new service is enabled is the distribution's presets' to say.
    if [ "$1" -eq 1 ]; then
        systemctl --no-reload preset weave-sidecar.socket weave-sidecar.service >/dev/null 2>&1 || :
    fi
fi
