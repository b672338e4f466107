#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Both ends connect to each other at the same moment: the SYNs cross, and there is one connection.
. "$(dirname "$0")/../lib/live.sh"

wired
wire "> delay 300ms" "< delay 300ms"
tcpwhy c -i c0
in_ns c ping -qc 1 -W 5 $S4 >/dev/null # so that neither waits for ARP
connect one c $S4 5002 -f $C4:5001 -w "$WORK/go" send:100 recv:200 shut eof close
connect two s $C4 5001 -f $S4:5002 -w "$WORK/go" send:200 recv:100 shut eof close
until_true 10 "both to be ready" said one.out ready
until_true 10 "both to be ready" said two.out ready
touch "$WORK/go"
await_ok one 10
await_ok two 10
stop c
same "what both said" "$(tail -qn 1 "$WORK/one.out" "$WORK/two.out" | sort -u)" ok
events c 1 '.event=="simultaneous_open"'
events c 1 '.event=="connection" and .end=="fin"'
events c 1 '.event=="connection"'
events c 0 '.event|IN("handshake_bad_ack","retransmit","reset")'
same "bytes" "$(get c '.event=="connection"' '[.orig_bytes,.resp_bytes]|sort|@tsv')" "100	200"
