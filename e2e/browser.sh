#!/bin/sh
# Makes sure that there is a browser for the journeys: Chromium or Chrome. On
# Debian and Ubuntu it is installed when missing; elsewhere this says what to do.
set -eu
for name in chromium chromium-browser google-chrome google-chrome-stable chrome; do
	command -v "$name" >/dev/null 2>&1 && exit 0
done
[ -d "/Applications/Google Chrome.app" ] && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
	echo 'installing chromium for the browser tests'
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -qq
	exec apt-get install -y -qq chromium
fi
echo 'the browser tests need Chromium or Chrome: install one (Debian: apt-get install chromium) and run this again' >&2
exit 1
