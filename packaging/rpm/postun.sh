# The user and the spool stay: calls that were not delivered yet are there after the next installation.
# The socket unit is not restarted on an upgrade, so that clients find the socket's path all the time.
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload >/dev/null 2>&1 || :
    if [ "$1" -ge 1 ]; then
        systemctl try-restart weave-sidecar.service >/dev/null 2>&1 || :
    fi
fi
