#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The program stands still while events pour in: what found no room is counted, told, and the summary adds up.
. "$(dirname "$0")/../lib/live.sh"

pair
nft_rules s 'chain in { type filter hook prerouting priority -300; ip saddr 198.18.0.0/15 drop; }'
tcpwhy s -i s0 --ring 1 --event-budget 0 --no-tracepoints
kill -STOP "${STARTED[tcpwhy-s]}"
count=20000
send_raw c c0 flood $count 0 "$(mac_of s s0)" 198.18.0.1 $S4 5000
kill -CONT "${STARTED[tcpwhy-s]}"
log_has s 10 '.event=="events_lost"'
# its first events are lost too; its record is not
kill -STOP "${STARTED[tcpwhy-s]}"
send_raw c c0 flood 9000 0 "$(mac_of s s0)" 198.18.0.1 $S4 5009
serve unseen s $S4 5002 -n 1 idle close
connect unseen-c c $S4 5002 send:10 wait:"$WORK/over" close
until_true 10 "the connection" in_ns s sh -c 'ss -Htn state established sport = :5002 | grep -q .'
kill -CONT "${STARTED[tcpwhy-s]}"
serve after s $S4 5001 -n 1 recv:10 send:10 eof close
talk c $S4 5001 send:10 recv:10 shut eof close
await_ok after 5
CHECK=(lossy)
stop s

logged=$(count s '.event=="syn" and (.resp_port|IN(5000,5009))')
lost=$(total s '.event=="events_lost" and .where=="ring"' .count)
within "SYNs logged" "$logged" 4000 20000
# beside them only the unseen connection's: syn, syn_ack, and what it says when it is established
within "SYNs logged and lost" "$(plus "$logged" "$lost")" $((count + 9000 + 3)) $((count + 9000 + 4))
events s 1 '.event=="connection" and .resp_port==5001 and .end=="fin"'
events s 1 '.event=="connection" and .resp_port==5002 and .end=="eof" and .confidence!="high"'
events s 0 '.event=="syn" and .resp_port==5002'
# the summary: kernel emitted = logged + internal + unreadable, and what was lost is what the log says
read -r emitted rest <<<"$(sed -n 's/,//g; s/^ *events *\([0-9]*\) from the kernel = \([0-9]*\) logged + \([0-9]*\) internal + \([0-9]*\) unreadable/\1 \2 \3 \4/p' "$WORK/tcpwhy-s.err")"
same "emitted" "$emitted" "$(awk '{ print $1 + $2 + $3 }' <<<"$rest")"
same "logged, says the summary" "$(cut -d' ' -f1 <<<"$rest")" \
	"$(count s '.event|IN("connection","capture_started","capture_stopped","events_lost","alert","connect_timeout","accept_timeout")|not')"
same "lost, says the summary" "$(sed -n 's/,//g; s/^ *\([0-9]*\) lost because the ring was full.*/\1/p' "$WORK/tcpwhy-s.err")" "$lost"
same "lost, says capture_stopped" "$(get s '.event=="capture_stopped"' .lost_ring)" "$lost"
! said tcpwhy-s.err "does not add up" || fail "the summary does not add up"
