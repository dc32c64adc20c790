#!/bin/sh
# Provides the interpreters of the example shops. On Debian and Ubuntu the script installs
# missing ones; what cannot be proven on this machine is said here, because go test does not
# show why a test was skipped.
set -eu
cd "$(dirname "$0")"
needs() { # COMMAND PACKAGE
	command -v "$1" >/dev/null 2>&1 || sh ../tools/install.sh "$2" 'the example shops' ||
		echo "NOT PROVEN on this machine, $1 is missing: the example shop that needs it"
}
needs node nodejs
needs php php-cli
needs python3 python3
