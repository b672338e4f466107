#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A reader that stops: the window shuts, is probed without that being called loss, and opens again.
. "$(dirname "$0")/../lib/live.sh"

pair
watch c c0
tcpwhy c -i c0
tcpwhy s -i s0
serve stops s $S4 5000 -n 1 rcvbuf:8000 wait:"$WORK/go" eof close
connect fills c $S4 5000 fill shut touch:"$WORK/filled" eof close
until_true 10 "a full pipe" test -e "$WORK/filled"
log_has c 5 '.event=="zero_window"'
sleep 1.5 # a few probes
touch "$WORK/go"
await_ok stops 10
await_ok fills 10
unwatch c c0
stop c
stop s

within "probes, says the kernel" "$(kernel c TcpExtTCPWinProbe)" 1 20
first=$(fields c c0 "ip.src==$S4 && tcp.window_size_value==0 && tcp.flags.reset==0" frame.time_epoch | head -1)
open=$(fields c c0 "ip.src==$S4 && tcp.window_size_value>0 && frame.time_epoch>$first" frame.time_epoch | head -1)
stalled=$(awk -v a="$first" -v b="$open" 'BEGIN { print b - a }')
within "stalled, says tcpdump" "$stalled" 1 20
for n in c s; do
	events $n "$(count c '.event=="zero_window"')" '.event=="zero_window"'
	events $n "$(count c '.event=="zero_window"')" '.event=="window_open"'
	within "stalled_for, $n" "$(get $n '.event=="window_open"' .stalled_for | head -1)" \
		"$(minus "$stalled" "$(slack 20)")" "$(plus "$stalled" "$(slack 20)")"
	# a tail loss probe may come before the window shuts; in the shut window nothing is resent
	same "resent, $n" "$(total $n '.event=="connection"' .orig_retransmits)" "$(kernel c TcpRetransSegs)"
	# what waits for the kernel's word stands later in the log
	jq -sr 'map(select(.event|IN("zero_window","window_open","retransmit"))) | sort_by(.ts) | .[] | .event + " " + (.kind // "")' \
		"$WORK/$n.ndjson" >"$WORK/order"
	sed -n '/^zero_window/,/^window_open/p' "$WORK/order" | tee "$WORK/shut"
	! grep '^retransmit' "$WORK/shut" | grep -v window_probe || fail "$n: resent into a shut window"
	events $n 1 '.event=="connection" and .resp_zero_windows>=1 and .end=="fin"'
done
told c 5000 receiver_stalled "the server does not read for 2 s"
