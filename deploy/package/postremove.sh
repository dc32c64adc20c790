#!/bin/sh
# Orders outlive the package: what is in /var/lib/antom-checkout stays, and so does its user.
set -e
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
fi
if [ "$1" = purge ] && [ -d /var/lib/antom-checkout ]; then
	rmdir /var/lib/antom-checkout 2>/dev/null ||
		echo 'The orders stay in /var/lib/antom-checkout. Delete it, and the user antom-checkout, when they are no longer needed.'
fi
