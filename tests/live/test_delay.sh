#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A long path: the round-trip times are those of the wire, as each host sees them.
. "$(dirname "$0")/../lib/live.sh"

wired
wire "> delay 30ms" "< delay 20ms"
watch c c0
watch s s0
tcpwhy c -i c0
tcpwhy s -i s0
serve far s $S4 5000 -n 1 times:10 recv:100 send:100 end eof close
talk c $S4 5000 nodelay times:10 send:100 recv:100 end shut eof close
await_ok far 10
unwatch c c0
unwatch s s0
stop c
stop s

# between CONDITION1 CONDITION2: seconds between the first packets of the table for which they hold
between() { minus "$(rows "$2" '$1' | head -1)" "$(rows "$1" '$1' | head -1)"; }
near() { within "$1" "$2" "$(minus "$3" "$(slack 2)")" "$(plus "$3" "$(slack 2)")"; }

healthy c
healthy s
syn='$2 == "0x0002"' syn_ack='$2 == "0x0012"' ack="\$2 == \"0x0010\" && \$3 == \"$C4\""
for n in s c; do
	table $n ${n}0 frame.time_epoch tcp.flags ip.src tcp.flags.fin
	near "syn_rtt, $n" "$(get $n '.event=="established"' .syn_rtt)" "$(between "$syn" "$syn_ack")"
	near "ack_rtt, $n" "$(get $n '.event=="established"' .ack_rtt)" "$(between "$syn_ack" "$ack")"
	near "rtt of the syn_ack, $n" "$(get $n '.event=="syn_ack"' .rtt)" "$(between "$syn" "$syn_ack")"
done
# the wire's delay is never less; the least of ten is hardly more, however busy the machine is
within "resp_rtt_min on the client" "$(get c '.event=="connection"' .resp_rtt_min)" 0.050 0.065
within "orig_rtt_min on the client" "$(get c '.event=="connection"' .orig_rtt_min)" 0 0.010
within "orig_rtt_min on the server" "$(get s '.event=="connection"' .orig_rtt_min)" 0.050 0.065
within "resp_rtt_min on the server" "$(get s '.event=="connection"' .resp_rtt_min)" 0 0.010
near "duration" "$(get c '.event=="connection"' .duration)" "$(between "$syn" "\$4 == 1 && \$3 == \"$S4\"")"
