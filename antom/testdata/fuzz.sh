#!/bin/sh
# Runs every fuzz target of the antom package, 100,000 executions each, or as
# many as the first argument says. A finding is written to testdata/fuzz and
# fails from then on in every ordinary test run: commit it with its fix.
set -eu
cd "$(dirname "$0")/.."

for target in FuzzSignatureHeader FuzzNotification FuzzAnswer FuzzAmount; do
	go test -run '^$' -fuzz "^$target\$" -fuzztime "${1:-100000}x" .
done
