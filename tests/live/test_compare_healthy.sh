#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Hundreds of connections of every closing style through a router that only forwards: compared, the logs of both hosts have
# nothing to tell, whatever the offloads merge.
. "$(dirname "$0")/../lib/live.sh"
. "$(dirname "$0")/../lib/compare.sh"

routed
tcpwhy c -i c0
tcpwhy s -i s0
port=6000
# style ADDR SERVER CLIENT: 40 connections, 20 at a time; how each ends for the actors does not matter
style() {
	port=$((port + 1))
	# shellcheck disable=SC2086 # steps
	serve "s$port" s "$1" $port -n 40 $2
	# shellcheck disable=SC2086
	for i in 1 2; do talk c "$1" $port -c 20 $3 || true; done
}
for addr in $S4 $S6; do
	style $addr "recv:500 send:3000 eof close" "send:500 recv:3000 shut eof close"
	style $addr "recv:500 send:3000 close" "send:500 recv:3000 close"
	style $addr "recv:500 abort" "send:500 idle"
	style $addr "recv:500 send:70000 close" "send:500 recv:20 close" # data after close
	style $addr "send:10 eof close" "recv:10 abort"
	style $addr "recv:50000 send:50000 abort" "send:50000 recv:50000 close"
	talk c $addr 7777 -c 20 close || true # refused
done
for n in c s; do until_true 60 "the last FIN's ACK" no_sockets $n; done
sleep 2.5 # until all is final
stop c
stop s

compare --slow 1000000
found </dev/null
same "connections" "$(count c '.event=="connection" and .resp_port>6000 and .resp_port<7000')" 480
grep -q "^in both: 520" "$WORK/log" || fail "pairs: $(grep "^in both" "$WORK/log")"
