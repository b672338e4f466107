#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What limits a transfer: a small receive buffer, a slow writer, a small send buffer, a line of 5 Mbit/s. The sender's
# own kernel says it (ss -ti: busy, rwnd_limited, sndbuf_limited); so must the record there, and so far as packets can
# tell the one on the other host, which sees the same packets a round trip later.
. "$(dirname "$0")/../lib/live.sh"

# told PORT WORD: of ss -ti, in seconds; 0 where it says nothing
told() { sed -n "s/.* $2:\([0-9.]*\)ms.*/\1/p" "$WORK/ss.$1" | awk '{ v = $1 } END { print v / 1000 }'; }
# share NS PORT SIDE LIMIT
share() { get "$1" ".event==\"connection\" and .resp_port==$2" ".$3_limit_$4"; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { print b ? a / b : 0 }'; }
# near WHAT GOT WANTED POINTS
near() { within "$1" "$2" "$(minus "$3" "0.$4")" "$(plus "$3" "0.$4")"; }

# transfer NAME PORT SERVER-OPTION… -- CLIENT-STEP…: the client stays until ss was asked
transfer() {
	local name=$1 port=$2 server=()
	shift 2
	while [ "$1" != -- ]; do server+=("$1"); shift; done
	shift
	serve "$name" s $S4 "$port" -n 1 "${server[@]}" eof close
	connect "$name-c" c $S4 "$port" "$@" touch:"$WORK/to-$name" wait:"$WORK/asked-$name" shut eof close
}
acknowledged() { in_ns c ss -Htin "dport = :$1" >"$WORK/ss.$1" && ! grep -q "unacked:\|notsent:" "$WORK/ss.$1"; }
# ask NAME PORT: what ss says when all is acknowledged
ask() {
	until_true 40 "the end of $1's writing" test -e "$WORK/to-$1"
	until_true 40 "the last ACK of $1" acknowledged "$2"
	touch "$WORK/asked-$1"
	await_ok "$1-c" 20
	await_ok "$1" 20
	cat "$WORK/ss.$2"
}

wired
wire "> delay 10ms" "< delay 10ms"
tcpwhy c -i c0
tcpwhy s -i s0 --no-tracepoints
transfer window 5001 rcvbuf:8192 -- send:2000000
transfer slow 5002 -- nodelay times:150 send:20000 sleep:0.02 end
transfer buffer 5003 -- sndbuf:4096 send:1500000
transfer chat 5005 times:100 recv:100 send:1000 end -- nodelay times:100 send:100 recv:1000 end
# shellcheck disable=SC2086
for t in "window 5001" "slow 5002" "buffer 5003" "chat 5005"; do ask $t; done
in_ns m tc qdisc add dev ms root tbf rate 5mbit burst 10k latency 400ms
transfer line 5004 -- send:2500000
ask line 5004
for n in c s; do log_has $n 20 '.event=="connection"' 5; done
stop c
stop s

for port in 5001 5002 5003 5004; do
	busy=$(told $port busy)
	rwnd=$(ratio "$(told $port rwnd_limited)" "$busy") sndbuf=$(ratio "$(told $port sndbuf_limited)" "$busy")
	near "receiver, $port" "$(share c $port orig receiver)" "$rwnd" 05
	is=".event==\"connection\" and .resp_port==$port"
	near "busy, $port" "$(get c "$is" .orig_busy)" "$busy" 20
	near "send buffer, $port" "$(get c "$is" '.orig_sndbuf_limited / .orig_busy')" "$sndbuf" 05
	within "with the send buffer, the sender, $port" "$(share c $port orig sender)" "$(minus "$sndbuf" 0.05)" 1
	# packets alone, at the other end
	near "receiver, $port, seen at the receiver" "$(share s $port orig receiver)" "$rwnd" 15
done
for n in c s; do
	events $n 1 '.event=="connection" and .resp_port==5001 and .verdict=="receiver_limited"'
	events $n 1 '.event=="connection" and .resp_port==5002 and .verdict=="sender_limited"'
	within "the slow writer, $n" "$(share $n 5002 orig sender)" 0.8 1
	within "the line of 5 Mbit/s, $n" "$(share $n 5004 orig path)" 0.85 1
	events $n 0 '.event=="connection" and .resp_port>=5003 and (.verdicts|any(IN("receiver_limited","sender_limited")))'
	# small requests and their answers are no transfer
	events $n 1 '.event=="connection" and .resp_port==5005 and (.orig_limit_path//.resp_limit_path)==null'
done
events c 1 '.event=="connection" and .resp_port==5001 and .orig_limit_window<20000 and .orig_limit_window>2000'
# to whom the transfer waits for a window, the time is not the responder's
within "the responder's time, 5001 at the receiver" "$(get s '.event=="connection" and .resp_port==5001' .time_responder)" 0 1.5
