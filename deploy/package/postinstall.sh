#!/bin/sh
# A new installation waits for its settings. An upgrade restarts a server that runs.
set -e
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
	systemctl try-restart antom-checkout.service
fi
