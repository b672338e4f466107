#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# faults.sh: makes docs/faults.md: runs the live tests that say with told() what they inject, Debian's bpfcc tools beside
# some of them on Debian's own kernel, and tshark on what was captured. As root.
#
#   GUEST=1    the tools on that kernel, too: it may take an hour, for the emulator is slow
#   RUNS=DIR   from what was left in DIR by runs with FAULTS=DIR, without running anything anew
set -eu
cd "$(dirname "$0")/../.."
export BUILD=${BUILD:-$PWD/build}
cache=${TCPWHY_CACHE:-/var/cache/tcpwhy-tests}
beside="peer_restarted outage late_handshake" # what the tools are run beside: all is slow there

# The headers of that kernel, which the tools compile against, unpacked into the cache.
get_headers() {
	local version
	version=$(ls "$cache/linux-6.1/lib/modules") || return
	[ -e "$cache/headers-6.1/usr/src/linux-headers-$version" ] && return
	rm -rf "$cache/headers-6.1"
	mkdir "$cache/headers-6.1" || return
	(cd "$cache/headers-6.1" && apt-get download -q "linux-headers-$version" "linux-headers-${version%-*}-common" &&
		for p in ./*.deb; do dpkg -x "$p" .; done && rm ./*.deb) >/dev/null 2>&1
}

if [ -z "${RUNS:-}" ]; then
	RUNS=$(mktemp -d)
	trap 'rm -rf "$RUNS"' EXIT
	for t in $(grep -l '^[^#]*\btold [a-z]' tests/live/test_*.sh); do
		FAULTS=$RUNS "$t" >&2 || FAULTS=$RUNS "$t" >&2 # a second try, as in tests/run
	done
	tests/faults/tools.sh - >"$RUNS/tools-here"
	[ -z "${GUEST:-}" ] || ! tests/lib/boot true || ! get_headers ||
		SLOW=8 tests/lib/boot tests/faults/tools.sh "$cache/headers-6.1" $beside >"$RUNS/tools-6.1" || true
fi
tests/faults/page.py "$RUNS" >"$BUILD/faults.md"
mv "$BUILD/faults.md" docs/faults.md
