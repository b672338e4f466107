#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# After Ctrl-C, SIGTERM, SIGKILL and a crash nothing of the program is left on the interface or in the kernel; where
# the kernel cannot know that its owner died (no tcx), the next start removes it.
. "$(dirname "$0")/../lib/live.sh"

pair
tcx=$(in_ns s bpftool net show 2>/dev/null | grep -c tcx || true) # before: nothing

# what is on the interface, without what differs by itself
left() {
	in_ns s bpftool net show dev s0 | grep -v '^$'
	in_ns s tc qdisc show dev s0
	in_ns s tc filter show dev s0 ingress
	in_ns s tc filter show dev s0 egress
	ip -n "$(ns s)" -d link show s0 | grep -o 'prog/xdp.*' || true
}
# programs and maps named as ours (other runs of the program may be on the machine: only those that this one loaded)
held() { bpftool -j prog show | jq -r '.[] | select(.pids // [] | map(.pid) | index('"$1"')) | .id' | wc -l; }
has_left() { [ "$(left)" != "$before" ]; }
gone() { [ "$(left)" = "$before" ]; }

before=$(left)
for ingress in tc xdp xdp-generic; do
	for how in INT TERM KILL SEGV; do
		INGRESS=$ingress
		rm -f "$WORK/s.ndjson"
		tcpwhy s -i s0
		has_left || fail "nothing attached with $ingress"
		ulimit -c 0
		kill -$how "${STARTED[tcpwhy-s]}"
		until_true 10 "its end by $how" is_dead tcpwhy-s
		await tcpwhy-s
		if ! gone; then
			case $how in
			INT | TERM) fail "$ingress, $how: left behind: $(left)" ;;
			esac
			left
			# clsact outlives its owner; the next start sees to it
			! left | grep -q -e tcx -e xdp || until_true 5 "the kernel to remove links" \
				sh -c "! bpftool net show dev s0 | grep -q -e tcx -e xdp"
		fi
		# the next start works, and after it nothing is left of either
		rm -f "$WORK/s.ndjson"
		tcpwhy s -i s0
		stop s
		until_true 5 "nothing left after $ingress, $how and another run" gone
	done
done
