#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Segments that overtake each other are out_of_order, not resent; what the sender then resends in vain is spurious.
. "$(dirname "$0")/../lib/live.sh"

wired
wire "> delay 5ms" "< delay 5ms" "> data every 40 behind 2/20ms"
watch s s0
tcpwhy c -i c0
tcpwhy s -i s0
serve sink s $S4 5000 -n 1 eof close
talk c $S4 5000 send:1500000 shut eof close
await_ok sink 30
unwatch s s0
stop c
stop s
end wire
swapped=$(awk '$4 == "behind"' "$WORK/wire.log" | wc -l)
within "segments overtaken" "$swapped" 10 100
resent=$(kernel c TcpRetransSegs)
same "resent, on the client" "$(get c '.event=="connection"' .orig_retransmits)" "$resent"
late=$(below_highest s s0 "tcp.dstport==5000")
same "below the highest, on the server" \
	"$(get s '.event=="connection"' '.orig_retransmits+.orig_out_of_order+.orig_duplicate_segments')" "$late"
same "out of order, on the server" "$(get s '.event=="connection"' .orig_out_of_order)" "$(minus "$late" "$resent")"
same "resent, on the server" "$(get s '.event=="connection"' .orig_retransmits)" "$resent"
events s 0 ".event==\"out_of_order\" and (.late_by<=0 or .late_by>$(slack 50))"
events c 0 '.event=="out_of_order"'
