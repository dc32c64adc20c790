#!/bin/sh
# Provides the real programs that the files of this folder are for. On Debian and Ubuntu the
# script installs missing ones; what cannot be proven on this machine is said here, because
# go test does not show why a test was skipped. "needs.sh packages" adds what the packages
# are installed with.
set -eu
cd "$(dirname "$0")"
needs() { # COMMAND PACKAGE
	command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || sh ../tools/install.sh "$2" 'the files of deploy/' ||
		echo "NOT PROVEN on this machine, $1 is missing: its files in deploy/"
}
needs systemd-analyze systemd
needs nginx nginx-light
needs caddy caddy
needs promtool prometheus
if [ "${1:-}" = packages ]; then
	needs debootstrap debootstrap
	needs rpm rpm
fi
