#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Why real kernels send a RST, beside refusing and aborting: keep-alives unanswered, data after close(), a scan's
# SYN-ACK that nobody wanted, a listener that was closed, a tuple that nobody knows.
. "$(dirname "$0")/../lib/live.sh"

wired
wire "> port 5001 from 5 drop" "< port 5001 from 4 drop" "> delay 2ms" "< delay 2ms"
watch c c0
tcpwhy c -i c0
# keep-alive probes into the void
serve void s $S4 5001 -n 1 recv:100 send:100 idle
connect alive c $S4 5001 keepalive:1,1,3 send:100 recv:100 idle
# data after close(): the server has closed, the client goes on sending
serve closed s $S4 5002 -n 1 recv:10 close
talk c $S4 5002 send:10 sleep:0.1 send:3000 sleep:0.1 close
await_ok closed 5
# a scanner's SYN: the client's kernel knows nothing of it and resets the SYN-ACK
serve scanned s $S4 5003 idle
send_raw c c0 "eth $(mac_of s s0) $(mac_of c c0) / ip4 $C4 $S4 / tcp 45003 5003 S seq=777 mss=1460"
log_has c 5 '.event=="reset" and .resp_port==5003'
# a segment of a connection that nobody knows
send_raw c c0 "eth $(mac_of s s0) $(mac_of c c0) / ip4 $C4 $S4 / tcp 45004 5004 A seq=1 ack=1000"
log_has c 5 '(.event=="reset") and (.resp_port==5004 or .orig_port==5004)'
log_has c 15 '.event=="reset" and .resp_port==5001'
await alive
end void
unwatch c c0
stop c

same "resets on the link" "$(seen c c0 tcp.flags.reset==1)" "$(count c '.event=="reset"')"
events c 1 '.event=="reset" and .resp_port==5001 and .cause=="gave_up" and .dir=="out"'
events c 1 '.event=="connection" and .resp_port==5001 and .end=="reset" and .orig_keep_alives==3'
events c 1 '.event=="reset" and .resp_port==5002 and .cause=="data_after_close" and .dir=="in"'
events c 1 '.event=="reset" and .resp_port==5003 and .cause=="half_open_reset" and .dir=="out" and .stage=="post_syn"'
events c 1 '.event=="connection" and .resp_port==5003 and .state=="RSTOS0" or
	.event=="connection" and .resp_port==5003 and .state=="RSTO"'
events c 0 'has("suspect") or has("forged")'
