#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A device in the middle drops, forges, rewrites and delays: compared, the logs of both hosts tell each of it, with the
# clocks two hours apart, and nothing of the connections that it left alone.
. "$(dirname "$0")/../lib/live.sh"
. "$(dirname "$0")/../lib/compare.sh"

wired
tune c net.ipv4.tcp_syn_retries=1
wire "> port 5001 syn first 1 drop" "> port 5002 syn drop" "< port 5003 synack first 1 drop" \
	"< port 5004 data nth 3 drop" "> port 5005 data nth 1 reset back ttl=33 id=0x4444" \
	"> port 5006 syn set mss=1300" "< port 5006 synack set mss=1280" "> port 5007 syn strip ts strip sack" \
	"> port 5008 syn reset back ttl=99 drop" "> port 5009 syn delay 700ms" "< port 5011 fin first 1 drop" \
	"< port 5012 rst first 1 drop" "> port 5013 syn set wscale=2" "> port 5016 syn set tos=40" \
	"> port 5017 set seq+=1000" "< port 5017 set ack+=4294966296" "> delay 2ms" "< delay 8ms"
tcpwhy c -i c0
tcpwhy s -i s0
for addr in $S4 $S6; do
	serve "h$addr" s $addr 5000 -n 3 recv:30000 send:200000 eof close
	for i in 1 2 3; do talk c $addr 5000 send:30000 recv:200000 shut eof close; done
	await_ok "h$addr" 10
done
for port in 5001 5003 5004 5006 5007 5009 5011 5013 5016 5017; do
	serve "s$port" s $S4 $port -n 1 recv:500 send:20000 eof close
	connect "c$port" c $S4 $port send:500 recv:20000 shut eof close
done
serve s5010 s $S4 5010 -n 1 recv:500 sleep:1.5 send:20000 eof close
connect c5010 c $S4 5010 send:500 recv:20000 shut eof close
serve s5005 s $S4 5005 -n 1 recv:500 sleep:0.3 abort
connect c5005 c $S4 5005 send:500 recv:5000 close
serve s5012 s $S4 5012 -n 1 recv:500 abort
connect c5012 c $S4 5012 send:500 sleep:0.5 close
serve s5014 s $S4 5014 -n 1 recv:500 abort # an honest RST
connect c5014 c $S4 5014 send:500 idle
talk c $S4 5015 close # an honest refusal
talk c $S4 5002 close
talk c $S4 5008 close
for name in c5001 c5003 c5004 c5005 c5006 c5007 c5009 c5010 c5011 c5012 c5013 c5014 c5016 c5017; do
	until_true 20 "the end of $name" is_dead "$name"
	await "$name"
done
for n in c s; do until_true 20 "the last FIN's ACK" no_sockets $n; done
sleep 2.5 # until all is final
stop c
stop s

compare --slow 1000000
# The forged RST of 5005 lets the client's kernel answer what the server still sends with honest ones.
found <<END
5001 lost_between syn b 1
5002 lost_between syn b $(count c '.resp_port==5002 and (.event=="syn" or .event=="syn_retransmit")')
5003 lost_between syn_ack a 1
5004 lost_between data a 1
5005 forged_between rst a -
5006 rewritten mss b -
5006 rewritten mss a -
5007 rewritten options b -
5008 lost_between syn b 1
5008 forged_between rst a -
5011 lost_between fin a 1
5012 lost_between rst a 1
5013 rewritten options b -
5016 rewritten dscp b -
5017 rewritten seq b -
END
one '.resp_port==5005 and .ttl==33 and .usual_ttl==64 and has("ts_a") and (has("ts_b")|not)'
one '.resp_port==5006 and .toward=="b" and .sent==1460 and .received==1300 and .packet=="syn"'
one '.resp_port==5006 and .toward=="a" and .sent==1460 and .received==1280 and .packet=="syn_ack"'
one '.resp_port==5007 and ((.sent-.received)|sort)==["sack_ok","ts_ok"]'
one '.resp_port==5013 and .received_wscale==2'
one '.resp_port==5016 and .sent==0 and .received==10'
one '.resp_port==5017 and .received==(.sent+1000)%4294967296'
one '.resp_port==5004 and .bytes>0 and .bytes<=1460 and has("seq")'
one '.resp_port==5008 and .ttl==99 and .usual_ttl==64'
# Where time went. On a machine that is too slow other packets are late too, and told.
compare --slow 0.5
# What the network added on the way there is told from what it takes anyway: ± half of the fastest round trip.
one '.event=="delay_split" and .resp_port==5009 and .of=="handshake" and .there>0.65 and .there>.back and .offset_error<0.3'
one ".resp_port==5009 and (.offset-$AHEAD/1000|fabs)<=.offset_error+0.001"
one '.event=="delay_split" and .resp_port==5010 and .of=="answer" and .host>=1.45 and .host>.there'
