# $1 is 0 when the package goes and 1 when a newer one takes its place.
if [ "$1" -eq 0 ] && command -v systemctl >/dev/null 2>&1; then
    systemctl --no-reload disable --now weave-sidecar.socket weave-sidecar.service >/dev/null 2>&1 || :
fi
