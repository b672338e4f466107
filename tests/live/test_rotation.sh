#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The log is rotated under the running program: no line is lost or written twice, and "tcpwhy tail" follows.
. "$(dirname "$0")/../lib/live.sh"

pair
tcpwhy c -i c0
start tail "$TCPWHY" tail "$LOG"
for port in 5001 5002 5003; do
	talk c $S4 $port close
	log_has c 5 ".event==\"reset\" and .resp_port==$port"
	until_true 5 "tail to show $port" said tail.out "$port"
	[ $port = 5003 ] && break
	mv "$LOG" "$LOG.$port"
	kill -USR1 "${STARTED[tcpwhy-c]}"
	until_true 5 "the new log" test -e "$LOG"
done
end tcpwhy-c INT
same "exit status" "$ENDED" 0
until_true 5 "tail to show the end" said tail.out "stopped"
alive tail || fail "tail ended by itself"
end tail INT
cat "$LOG.5001" "$LOG.5002" "$LOG" >"$WORK/all"
mv "$WORK/all" "$LOG"
check_log c
for port in 5001 5002 5003; do
	events c 1 ".event==\"reset\" and .resp_port==$port"
	events c 1 ".event==\"syn\" and .resp_port==$port"
done
same "lines without colour" "$(grep -c $'\033' "$WORK/tail.out" || true)" 0
