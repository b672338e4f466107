#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What cannot work: one clear line on stderr and a non-zero exit, and nothing attached.
. "$(dirname "$0")/../lib/live.sh"

pair
# refuses WHAT WORDS COMMAND…: it must fail by itself (a loaded machine takes 12 s to verify programs), with one line that has the words
refuses() {
	local what=$1 words=$2 status=0
	shift 2
	timeout $((60 * SLOW)) "$@" >"$WORK/refuses.out" 2>"$WORK/refuses.err" || status=$?
	sed "s/^/$what: /" "$WORK/refuses.err"
	[ $status != 0 ] && [ $status -lt 124 ] || fail "$what: exit status $status"
	same "$what: lines" "$(grep -c . "$WORK/refuses.err")" 1
	grep -Eiq -- "$words" "$WORK/refuses.err" || fail "$what: \"$words\" is not in: $(cat "$WORK/refuses.err")"
}
# tcpwhy's own directory may not be readable for somebody else
cp "$TCPWHY" "$WORK/tcpwhy"
chmod 755 "$WORK" "$WORK/tcpwhy"
run=(ip netns exec "$(ns s)" "$WORK/tcpwhy" run)
refuses "not root" "root|CAP_" setpriv --reuid=65534 --regid=65534 --clear-groups "$WORK/tcpwhy" run -i lo -w /dev/null
refuses "no such interface" "no-such" "${run[@]}" -i no-such -w "$WORK/x"
refuses "no such directory" "$WORK/no/where.*No such file" "${run[@]}" -i s0 -w "$WORK/no/where"
refuses "a directory as log" "$WORK.*directory" "${run[@]}" -i s0 -w "$WORK"
mkdir "$WORK/ro"
mount -t tmpfs -o ro none "$WORK/ro"
cleanup() { umount "$WORK/ro"; }
refuses "a read-only file system" "$WORK/ro/log.*[Rr]ead-only" "${run[@]}" -i s0 -w "$WORK/ro/log"
refuses "few open files" "ulimit -n" bash -c 'ulimit -n 8; exec "$@"' few "${run[@]}" -i s0 -w "$WORK/x"
refuses "output that does not arrive" "standard output: No space left" bash -c '"$1" run --help >/dev/full' full "$WORK/tcpwhy"
# What is opened next must not take the place of standard output: lines would go to a socket, or into a kernel's table.
refuses "no standard output" "standard output: Bad file descriptor" bash -c '"$@" 2> >(grep --line-buffered "cannot write" >&2) >&-' closed \
	"${run[@]}" -i s0 -d 0.2
usage() {
	local what=$1 words=$2 status=0
	shift 2
	timeout $((60 * SLOW)) "$@" >"$WORK/refuses.out" 2>"$WORK/refuses.err" || status=$?
	[ $status != 0 ] && [ $status -lt 124 ] || fail "$what: exit status $status"
	grep -Eq -- "$words" "$WORK/refuses.err" || fail "$what: \"$words\" is not in: $(cat "$WORK/refuses.err")"
}
usage "unknown hook" "auto, xdp, xdp-generic" "${run[@]}" -i s0 --ingress tea
usage "unknown option" "nonsense" "${run[@]}" --nonsense
usage "unknown rule" "no such rule" "${run[@]}" -i s0 --rule nonsense:threshold=1
usage "unknown command" "nonsense" "$WORK/tcpwhy" nonsense
same "what is attached" "$(attached_to s s0)" ""
