#!/bin/sh
# Lints docs/openapi.json by Redocly's rules. On Debian and Ubuntu the script installs npm
# where it is missing.
set -eu
cd "$(dirname "$0")"

if ! cmp -s package-lock.json node_modules/.installed; then
	command -v npm >/dev/null 2>&1 || sh ../../tools/install.sh npm 'the linter of the specification' || {
		echo 'the linter of the specification needs npm: install it (Debian: apt-get install npm) and run this again' >&2
		exit 1
	}
	npm ci --fetch-retries 5 --ignore-scripts --no-audit --no-fund --loglevel error >/dev/null
	cp package-lock.json node_modules/.installed
fi
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
problems=$(node_modules/.bin/redocly lint --max-problems 100 --format=stylish ../../docs/openapi.json 2>&1) || { echo "$problems" >&2; exit 1; }
case $problems in
*warning.*) # "You have 1 warning."
	echo "$problems" >&2
	exit 1
	;;
esac
