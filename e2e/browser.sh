#!/bin/sh
# Makes sure that there is what the journeys need: Chromium or Chrome, and axe from
# npm. On Debian and Ubuntu what is missing is installed; elsewhere this says what
# to do.
set -eu
cd "$(dirname "$0")"

# need NAME PACKAGE COMMAND…: one of the commands is there, or the package is installed.
need() {
	name=$1 package=$2
	shift 2
	for command; do
		command -v "$command" >/dev/null 2>&1 && return
	done
	if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
		echo "installing $package for the browser tests"
		export DEBIAN_FRONTEND=noninteractive
		apt-get update -qq
		apt-get install -y -qq "$package"
		return
	fi
	echo "the browser tests need $name: install it (Debian: apt-get install $package) and run this again" >&2
	exit 1
}

[ -d "/Applications/Google Chrome.app" ] ||
	need 'Chromium or Chrome' chromium chromium chromium-browser google-chrome google-chrome-stable chrome
if ! cmp -s package-lock.json node_modules/.installed; then
	need npm npm npm
	npm ci --fetch-retries 5 --ignore-scripts --no-audit --no-fund --silent
	cp package-lock.json node_modules/.installed
fi
