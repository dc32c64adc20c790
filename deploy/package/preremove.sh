#!/bin/sh
# Stops the server before its program goes. An upgrade leaves it running.
set -e
case $1 in
upgrade | 1) exit 0 ;; # of dpkg, of rpm
esac
if [ -d /run/systemd/system ]; then
	systemctl disable --now antom-checkout.service
fi
