#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# tcpwhy is killed, ended and started again under traffic: what goes on is picked up in its middle, well-known ports
# tell who opened it, and nothing is told that did not happen.
. "$(dirname "$0")/../lib/live.sh"

ROUNDS=3
GO=$WORK/go
pair
serve talk s $S4 802 -n 3 echo close
serve idle s $S4 803 -n 2 recv:10 "wait:$GO" send:10 eof close
serve push s $S6 804 -n 1 eof close
serve pull s $S6 805 -n 1 "until:$GO" send:50000 sleep:0.03 end close
serve churn s $S4 806 -n -1 recv:10 send:10 eof close
connect idle-c c $S4 803 -c 2 send:10 "wait:$GO" recv:10 shut eof close
connect talk-c c $S4 802 -c 3 "until:$GO" send:20 recv:20 sleep:0.02 end close
connect push-c c $S6 804 "until:$GO" send:50000 sleep:0.03 end close
connect pull-c c $S6 805 eof close
# Short connections all the time, so that some are in their handshake or in their end whenever it stops.
start_in c churn-c bash -c "until [ -e $GO ]; do $PYTHON $LIB/actor.py connect $S4 806 -c 20 send:10 recv:10 close; done"

begin() { tcpwhy "$1" -i "$1"0; }
for ((round = 0; round < ROUNDS; round++)); do
	for n in c s; do begin $n; mv "$WORK/$n.ndjson" "$WORK/$n.$round"; done
	sleep 1
	for n in c s; do
		[ $round = 1 ] && end "tcpwhy-$n" TERM || end "tcpwhy-$n" KILL
	done
done
for n in c s; do begin $n; done
sleep 1
touch "$GO"
for name in idle-c talk-c push-c pull-c churn-c idle talk push pull; do await_ok $name 60; done
for n in c s; do stop $n; mv "$WORK/$n.ndjson" "$WORK/$n.$ROUNDS"; done

# Nothing was lost or reordered on this link; what the kernels resent (tail loss probes, when the machine is slow) they tell.
never='["handshake_bad_ack","syn_ack_payload","syn_nonzero_ack","land","reset","out_of_order","duplicate_segment",
	"lost_segment_unseen","mss_exceeded","frag_needed","unreachable","pmtu_ignored","pmtu_black_hole","alert","events_lost",
	"table_full","connect_timeout","accept_timeout"]'
blames='["rejected_by_icmp","mss_ignored","pmtu_ignored","pmtu_black_hole","middlebox_broke_handshake","reset_forged","refused",
	"originator_never_completed","no_answer","gave_up_retransmitting","idle_timeout","reset_by_originator","reset_by_responder",
	"dropped_by_kernel"]'
resent=$(($(kernel c TcpRetransSegs) + $(kernel s TcpRetransSegs)))
for n in c s; do
	told=0
	for ((round = 0; round <= ROUNDS; round++)); do
		cp "$WORK/$n.$round" "$WORK/$n.ndjson"
		case $round in 1 | $ROUNDS) CHECK=() ;; *) CHECK=(killed) ;; esac
		check_log $n
		events $n 0 ".event as \$e | $never | index(\$e)"
		events $n 0 ".event==\"connection\" and ((.verdicts // []) - ((.verdicts // []) - $blames) | length > 0)"
		told=$((told + $(count $n '.event|IN("retransmit","syn_retransmit","syn_ack_retransmit")')))
	done
	within "retransmissions told by $n" $told 0 "$resent"
	# the long-lived ones, each picked up once by the last run, and who opened them
	[ $n = c ] && side=originator || side=responder
	events $n 7 '.event=="connection" and .midstream and .resp_port!=806 and .end=="fin"'
	events $n 7 ".event==\"connection\" and .midstream and .side==\"$side\" and (.resp_port>=802 and .resp_port<=805)"
done
