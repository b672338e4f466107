#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# After Ctrl-C, SIGTERM, SIGKILL and a crash nothing of the program is left on the interface or in the kernel; where
# the kernel cannot know that its owner died (no tcx), the next start removes it.
. "$(dirname "$0")/../lib/live.sh"

pair
# loaded: the ids in what attached_to says, and the maps of those programs
loaded() {
	local id
	for id in $(sed -n 's/.* id //p' <<<"$1"); do
		echo "prog $id"
		bpftool -j prog show id "$id" | jq -r '.map_ids[]? | "map \(.)"'
	done | sort -u
}
still_loaded() {
	local kind id
	while read -r kind id; do ! bpftool "$kind" show id "$id" >/dev/null 2>&1 || return 0; done <<<"$1"
	return 1
}
unloaded() { ! still_loaded "$1"; }
gone() { [ -z "$(attached_to s s0)" ]; }
no_links() { ! attached_to s s0 | grep -qE 'xdp|tcx'; }

for round in tc:INT tc:TERM tc:KILL tc:SEGV xdp:INT xdp:KILL xdp-generic:TERM xdp-generic:SEGV; do
	INGRESS=${round%:*} how=${round#*:}
	rm -f "$WORK/s.ndjson"
	tcpwhy s -i s0
	attached=$(attached_to s s0)
	loaded=$(loaded "$attached")
	[ "$(grep -c prog <<<"$loaded")" = 2 ] || fail "$INGRESS: attached is only: $attached"
	ulimit -c 0
	kill -"$how" "${STARTED[tcpwhy-s]}"
	until_true 10 "its end by $how" is_dead tcpwhy-s
	await tcpwhy-s
	case $how in
	INT | TERM) gone || fail "$round: left behind: $(attached_to s s0)" ;;
	*) # links vanish with their owner; clsact does not, and the next start sees to it
		until_true 5 "the end of links" no_links
		rm -f "$WORK/s.ndjson"
		tcpwhy s -i s0
		stop s
		until_true 5 "nothing left after $round and another run" gone
		;;
	esac
	until_true 10 "unloading after $round" unloaded "$loaded"
done
