#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Healthy connections of every closing style, IPv4 and IPv6: nobody is suspected, and no verdict blames the path.
. "$(dirname "$0")/../lib/live.sh"

CROWD=${CROWD:-$((SLOW > 1 ? 20 : 460))} # connections of each style and family
[ "$(ulimit -Hn)" = unlimited ] || [ "$(ulimit -Hn)" -ge $((2 * CROWD)) ] || skip "needs $((2 * CROWD)) open files"
ulimit -n $((CROWD < 500 ? 1024 : 2 * CROWD))

# Where all is slow, a few of each style, and one family for each: starting the actors is what takes the time.
AGAIN=$((SLOW > 1 ? 6 : 40))

pair
for n in c s; do tune $n net.ipv4.tcp_tw_reuse=1 net.ipv4.tcp_max_syn_backlog=8192 net.core.somaxconn=8192; done
tcpwhy c -i c0
tcpwhy s -i s0

total=0
# style PORT "SERVER STEPS" "CLIENT STEPS" [OPTION…]: the crowd does so, over IPv4 and over IPv6
style() {
	local port=$1 server=$2 client=$3 a name
	shift 3
	for a in $S4 $S6; do
		[ "$SLOW" = 1 ] || [ $((port % 2)) = $((${#a} % 2)) ] || continue
		# shellcheck disable=SC2086
		name=s$port-${#a}
		serve "$name" s "$a" "$port" -n "$CROWD" "$@" $server
		# shellcheck disable=SC2086
		talk c "$a" "$port" -c "$CROWD" "$@" $client >"$WORK/style.out" || fail "the clients of $port"
		same "clients of $port that came through" "$(grep -cv ' connect$' "$WORK/style.out")" "$CROWD"
		until_true 20 "the end of the servers of $port" is_dead "$name"
		await "$name"
		total=$((total + CROWD))
	done
}
style 5001 "recv:100 send:3000 eof" "send:100 recv:3000 shut eof close"                  # FIN, the client first
style 5002 "recv:100 send:3000 shut eof" "send:100 eof close"                            # FIN, the server first
style 5003 "recv:100 send:3000 shut eof" "send:100 recv:3000 shut eof close"             # both at once
style 5004 "recv:100 send:3000 abort" "send:100 recv:3000 idle"                          # SO_LINGER 0, the server
style 5005 "recv:100 send:3000 idle" "send:100 recv:3000 abort"                          # SO_LINGER 0, the client
style 5006 "recv:100 send:20000 idle" "send:100 recv:1000 close"                         # closed with unread data
style 5007 "eof send:20000" "send:5000 shut eof close"                                   # half-closed, then the answer
style 5008 "recv:100 send:100 eof" "send:100 sleep:3.5 recv:100 close" keepalive:1,1,5   # idle, keep-alives
style 5009 "recv:100 close" "send:100 sleep:0.05 send:1 sleep:0.05 idle"                 # RST after its FIN
style 5010 "times:5 recv:50 send:2000 end eof" "times:5 send:50 recv:2000 end close"     # five turns
style 5011 "eof" "shut eof close"                                                        # nothing was said
# the same ports again at once: new incarnations
serve reuse s $S4 5012 -n $AGAIN recv:10 send:10 eof
for ((i = 0; i < AGAIN; i++)); do
	talk c $S4 5012 -f $C4:40000 send:10 recv:10 "$([ $((i % 2)) = 0 ] && echo abort || echo close)" >/dev/null
	total=$((total + 1))
done
stop c
stop s

opened=$(kernel c TcpActiveOpens)
events c 0 '.event=="events_lost" or .event=="table_full"'
events s 0 '.event=="events_lost" or .event=="table_full"'
for n in c s; do
	events $n 0 '.event=="reset" and (.forged=="medium" or .forged=="high")'
	# what follows is about a few fields of the records: jq takes its time
	grep '"event":"connection"' "$WORK/$n.ndjson" | jq -c '{event, midstream, resp_port, verdict, verdicts, forged, duration} +
		with_entries(select(.key | startswith("time_")))' >"$WORK/records.ndjson"
	n=records
	is='.event=="connection"'
	events $n "$opened" "$is and .midstream==false"
	[ "$opened" -ge $total ] || fail "only $opened connections, expected $total"
	events $n 0 '.forged=="medium" or .forged=="high"'
	blames='["rejected_by_icmp","mss_ignored","pmtu_ignored","pmtu_black_hole","middlebox_broke_handshake","reset_forged",
		"originator_never_completed","no_answer","gave_up_retransmitting","idle_timeout","lossy_path","reordering_path",
		"dropped_by_kernel","refused","nat_state_lost","keep_alive_race","peer_lost_state"]'
	events $n 0 "$is and (.verdicts - (.verdicts - $blames) | length > 0)"
	events $n 0 "$is and .verdict==\"unknown\""
	events $n 0 "$is and .resp_port!=5009 and .verdict==\"closed_without_a_byte\"" # there it does just that
	each=$((SLOW > 1 ? CROWD : 2 * CROWD))
	for port in 5001 5002 5003 5007 5008 5010 5011; do events $n $each "$is and .resp_port==$port and .verdict==\"ok\""; done
	events $n $each "$is and .resp_port==5004 and .verdict==\"reset_by_responder\""
	events $n $each "$is and .resp_port==5005 and .verdict==\"reset_by_originator\""
	# the parts of the time sum to the duration, to the nanosecond
	events $n 0 "$is and ([.time_handshake,.time_zero_window,.time_recovery,.time_path,.time_transfer,.time_responder,.time_originator,
		.time_idle,.time_delayed_ack] | map(. * 1e9 | round) | add) != (.duration * 1e9 | round)"
done
