#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# --ingress auto: on a veth, where native XDP costs half the throughput, tc; one line says what and why. And with
# the stack's offloads on, where super-packets are seen.
. "$(dirname "$0")/../lib/live.sh"

pair
INGRESS=auto
tcpwhy s -i s0
serve bulk s $S4 5001 -n 1 recv:5000000 send:5000000 eof close
talk c $S4 5001 send:5000000 recv:5000000 shut eof close
await_ok bulk 30
stop s

same "lines that say what was chosen" "$(grep -Ec '^tcpwhy: s0: .*ingress by tc.*virtual link.*XDP' "$WORK/tcpwhy-s.err")" 1
events s 1 '.event=="capture_started" and .iface=="s0" and (.mode|test("xdp";"i")|not)'
events s 1 '.event=="connection" and .orig_bytes>=5000000 and .resp_bytes>=5000000 and .end=="fin"'
same "resent" "$(get s '.event=="connection"' .resp_retransmits)" "$(kernel s TcpRetransSegs)"
same "resent by the client" "$(get s '.event=="connection"' .orig_retransmits)" "$(kernel c TcpRetransSegs)"
# segments, not super-packets: each host counts those that it hands over and gets
within "segments from the server" "$(get s '.event=="connection"' .resp_data_segments)" \
	3300 "$(kernel s TcpOutSegs)"
