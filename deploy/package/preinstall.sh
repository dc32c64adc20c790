#!/bin/sh
# Makes the user that the files of the package belong to.
set -e
getent passwd antom-checkout >/dev/null || useradd --system --user-group --no-create-home \
	--home-dir /var/lib/antom-checkout --shell /usr/sbin/nologin antom-checkout
