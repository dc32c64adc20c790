#!/bin/sh
# install.sh PACKAGE PURPOSE: installs a package on Debian and Ubuntu when run as root.
# Elsewhere it fails, and its caller says what is missing.
set -eu
command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ] || exit 1
echo "installing $1 for $2"
export DEBIAN_FRONTEND=noninteractive
# The lists of packages are fetched where they are missing or too old.
apt-get install -y -qq "$1" 2>/dev/null || {
	apt-get update -qq
	apt-get install -y -qq "$1"
}
