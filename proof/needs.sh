#!/bin/sh
# Makes sure that everything can be proven: strace, to watch system calls, and the
# right to mount a small disk. On Debian and Ubuntu strace is installed when
# missing. What cannot be proven on this machine is said here, because go test
# does not show why a test was skipped.
set -eu
[ "$(uname)" = Linux ] || { echo 'NOT PROVEN on this system: write, sync and answer; power cut; full disk'; exit 0; }
cd "$(dirname "$0")"
command -v strace >/dev/null 2>&1 || sh ../tools/install.sh strace 'the proofs' || true # said below
strace -f -o /dev/null true 2>/dev/null || echo 'NOT PROVEN on this machine, strace is missing or cannot attach: write, sync and answer; power cut'
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || sh ../tools/install.sh postgresql 'the tests on PostgreSQL' || echo 'NOT TESTED on this machine, PostgreSQL is missing: the Store on it, and its failures'
folder=$(mktemp -d)
if mount -t tmpfs -o size=8m proof "$folder" 2>/dev/null; then
	umount "$folder"
else
	echo 'NOT PROVEN on this machine, a small disk cannot be mounted: full disk'
fi
rmdir "$folder"
case $(cat /proc/sys/kernel/core_pattern) in
'|'* | /* | @*) echo 'NOT PROVEN on this machine, its core dumps are not put where a test can look: a dead program leaves no card in a core dump' ;;
esac
