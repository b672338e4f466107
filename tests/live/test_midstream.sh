#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Connections that were open before: who opened them and whose they are is known from the socket table, whoever
# speaks first; nothing false is said of a handshake nobody saw, or of sequence numbers not known yet.
. "$(dirname "$0")/../lib/live.sh"

ln -s "$PYTHON" "$WORK/the-client"
ln -s "$PYTHON" "$WORK/the-server"
pair

# opened NAME ADDR PORT SERVER'S STEPS / CLIENT'S STEPS: ten bytes go over before, the steps are walked afterwards
opened() {
	local name=$1 addr=$2 port=$3 steps=()
	shift 3
	while [ "$1" != / ]; do steps+=("$1"); shift; done
	shift
	start_in s "$name" "$WORK/the-server" "$LIB/actor.py" serve "${LISTEN:-$addr}" "$port" -n "${TAKES:-1}" recv:10 "touch:$WORK/$name.open" \
		"wait:$WORK/go" "${steps[@]}" eof close
	until_true 10 "the server $name" said "$name.out" ready
	start_in c "to-$name" "$WORK/the-client" "$LIB/actor.py" connect "$addr" "$port" send:10 "wait:$WORK/go" "$@" shut eof close
	until_true 10 "$name to be open" test -e "$WORK/$name.open"
}
opened request $S4 5000 recv:200000 send:300000 / send:200000 recv:300000
# one listener stays, the others are gone after their only connection
TAKES=2 opened push $S6 5001 send:200000 recv:100 / recv:200000 send:100
LISTEN=:: opened mapped $S4 5002 send:100 recv:100 / recv:100 send:100
# this one is in full swing as the programs are attached
serve swing s $S4 5003 -n 1 "touch:$WORK/swing.open" times:800 send:10000 sleep:0.005 end "wait:$WORK/go" eof close
connect to-swing c $S4 5003 recv:8000000 "wait:$WORK/go" shut eof close
until_true 10 "swing" test -e "$WORK/swing.open"

tcpwhy c -i c0
tcpwhy s -i s0
touch "$WORK/go"
for i in request push mapped swing; do
	[ $i = push ] || await_ok $i 20
	await_ok to-$i 20
done
for n in c s; do log_has $n 15 '.event=="connection"' 4; done
stop c
stop s

is='.event=="connection"'
resent=$(($(kernel c TcpRetransSegs) + $(kernel s TcpRetransSegs))) # none, on a machine that is not too slow
for n in c s; do
	[ "$resent" != 0 ] || healthy $n
	events $n 0 '.event | IN("syn","syn_ack","established","connect_timeout","accept_timeout","reset","handshake_bad_ack")'
	events $n 4 "$is and .midstream and .end==\"fin\""
	events $n 4 "$is and (.resp_port | . >= 5000 and . <= 5003)"
done
events c 4 "$is and .side==\"originator\""
events s 4 "$is and .side==\"responder\""
# what was sent again counts, too; a FIN takes a number and is no payload
first() { echo "(.$1_bytes - $2 | . >= 0 and . <= \$r.$1_retransmit_bytes)"; }
events c 1 "$is and .resp_port==5000 and (. as \$r | $(first orig 200000) and $(first resp 300000))"
events s 1 "$is and .resp_port==5001 and (. as \$r | $(first orig 100) and $(first resp 200000))"
if [ -e /sys/kernel/btf/vmlinux ]; then
	events c 3 "$is and .comm==\"the-client\""
	events s 3 "$is and .comm==\"the-server\""
fi
