#!/bin/sh
# Verifies deliveries by Node and the reference library; see verify.mjs. On Debian and Ubuntu
# the script installs npm, which brings Node, where it is missing.
set -eu
cd "$(dirname "$0")"

if ! cmp -s package-lock.json node_modules/.installed; then
	command -v npm >/dev/null 2>&1 || sh ../../tools/install.sh npm 'the verification of webhooks' >&2 || {
		echo 'the verification of webhooks needs npm: install it (Debian: apt-get install npm) and run this again' >&2
		exit 1
	}
	npm ci --fetch-retries 5 --ignore-scripts --no-audit --no-fund --loglevel error >/dev/null
	cp package-lock.json node_modules/.installed
fi
exec node verify.mjs
