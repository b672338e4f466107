#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A device in the middle forges RSTs: another TTL, no options, the sender goes on. An honest one is not suspected.
. "$(dirname "$0")/../lib/live.sh"

wired
wire "> port 5001 data nth 1 reset back ttl=33 id=0x4444 win=1000" \
	"> port 5002 data nth 1 reset back ttl=33 seq+=7000 win=1000" \
	"> delay 5ms" "< delay 20ms"
watch c c0
watch s s0
tcpwhy c -i c0
for port in 5001 5002; do
	serve "s$port" s $S4 $port -n 1 recv:500 send:5000 eof
	connect "c$port" c $S4 $port send:500 recv:5000 sleep:0.1 close
	until_true 5 "the end of the client" is_dead "c$port"
	await "c$port"
	await "s$port"
done
same "the client of the first" "$(cat "$WORK/c5001.out")" "ECONNRESET recv:5000"
same "the client of the second" "$(cat "$WORK/c5002.out")" "ok"
# honest: the server's own RST
serve honest s $S4 5003 -n 1 recv:500 sleep:0.05 abort
talk c $S4 5003 send:500 idle
await honest
sleep 2.2 # until a RST is final
unwatch c c0
unwatch s s0
stop c

same "forged RSTs on the client's link" "$(seen c c0 "tcp.flags.reset==1 && ip.src==$S4 && tcp.port in {5001,5002}")" 2
same "of these sent by the server" "$(seen s s0 "tcp.flags.reset==1 && ip.src==$S4 && tcp.port in {5001,5002}")" 0
for port in 5001 5002; do
	is=".event==\"reset\" and .dir==\"in\" and .resp_port==$port"
	events c 1 "$is and .cause==\"aborted\" and .stage==\"post_psh\" and .ttl==33 and .forged==\"high\""
	for fact in ttl faster_than_rtt tcp_options_absent; do events c 1 "$is and (.suspect|index(\"$fact\"))"; done
	is=".event==\"connection\" and .resp_port==$port and .forged==\"high\""
	events c 1 "$is and (.suspect|index(\"sender_kept_talking\"))"
done
events c 1 '.event=="reset" and .resp_port==5002 and (.suspect|index("seq_not_next"))'
events c 0 '.event=="reset" and .resp_port==5001 and (.suspect|index("seq_not_next") or index("seq_out_of_window"))'
events c 1 '.event=="reset" and .resp_port==5003 and .dir=="in" and .cause=="aborted" and (has("forged")|not)'
events c 0 '.event=="connection" and .resp_port==5003 and (has("forged") or has("suspect"))'
told c 5001 reset_forged "a device forges a RST in the server's name, with another TTL"
told c 5002 reset_forged "a device forges a RST that the client must ignore: its sequence number is not the next"
