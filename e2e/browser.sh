#!/bin/sh
# Provides what the journeys need: Chromium or Chrome, and axe from npm. On Debian and
# Ubuntu the script installs missing packages; on other systems it names them.
# Chromium's headless shell is preferred even if Chromium is installed: it opens the
# same pages in half the time.
set -eu
cd "$(dirname "$0")"

# has COMMAND…: one of the commands exists.
has() {
	for command; do
		command -v "$command" >/dev/null 2>&1 && return
	done
	return 1
}

# installs PACKAGE, if it can.
installs() {
	sh ../tools/install.sh "$1" 'the browser tests'
}

# lacks NAME PACKAGE: ends the script, because the tests require it.
lacks() {
	echo "the browser tests need $1: install it (Debian: apt-get install $2) and run this again" >&2
	exit 1
}

has chromium-headless-shell || installs chromium-headless-shell ||
	has chromium chromium-browser google-chrome google-chrome-stable chrome || [ -d "/Applications/Google Chrome.app" ] ||
	installs chromium || lacks 'Chromium or Chrome' chromium
if ! cmp -s package-lock.json node_modules/.installed; then
	has npm || installs npm || lacks npm npm
	npm ci --fetch-retries 5 --ignore-scripts --no-audit --no-fund --loglevel error >/dev/null
	cp package-lock.json node_modules/.installed
fi
