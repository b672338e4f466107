#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A long path: the round-trip times are those of the wire, as each host sees them.
. "$(dirname "$0")/../lib/live.sh"

wired
wire "> delay 30ms" "< delay 20ms"
tcpwhy c -i c0
tcpwhy s -i s0
serve far s $S4 5000 -n 1 times:10 recv:100 send:100 end eof close
talk c $S4 5000 nodelay times:10 send:100 recv:100 end shut eof close
await_ok far 10
stop c
stop s

healthy c
healthy s
within "syn_rtt on the client" "$(get c '.event=="established"' .syn_rtt)" 0.050 0.070
within "ack_rtt on the client" "$(get c '.event=="established"' .ack_rtt)" 0 0.010
within "syn_rtt on the server" "$(get s '.event=="established"' .syn_rtt)" 0 0.010
within "ack_rtt on the server" "$(get s '.event=="established"' .ack_rtt)" 0.050 0.070
within "resp_rtt_min on the client" "$(get c '.event=="connection"' .resp_rtt_min)" 0.050 0.065
within "orig_rtt_min on the client" "$(get c '.event=="connection"' .orig_rtt_min)" 0 0.010
within "orig_rtt_min on the server" "$(get s '.event=="connection"' .orig_rtt_min)" 0.050 0.065
within "duration" "$(get c '.event=="connection"' .duration)" 0.55 1.5
