#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# IPv4 options and fragments, IPv6 extension headers: followed. Malformed and truncated packets: counted by reason.
# Whatever it is, it arrives untouched.
. "$(dirname "$0")/../lib/live.sh"
CAPTURES= # tshark reads on where we refuse: those packets are counted here, one by one

pair
watch c c0
watch s s0
tcpwhy s -i s0
mac="eth $(mac_of s s0) 02:00:00:00:00:01"
a=192.0.2.1 b=192.0.2.2 six="2001:db8::1 2001:db8::2"
good=(
	"$mac / ip4 $a $b opts=94040000 / tcp 4001 80 S seq=1 mss=1460" # router alert
	"$mac / ip4 $a $b opts=$(printf '01%.0s' {1..40}) / tcp 4002 80 S seq=1 mss=1461 sackok ts=1:0 ws=7"
	"$mac / ip4 $a $b mf=1 / tcp 4003 80 S seq=1 mss=1462" # a first fragment with the whole TCP header
	"$mac / ip6 $six / hbh / tcp 4004 80 S seq=1 mss=1463"
	"$mac / ip6 $six / hbh 2 / rt 2 / dst / tcp 4005 80 S seq=1 mss=1464 sackok"
	"$mac / ip6 $six / frag6 0 1 77 / tcp 4006 80 S seq=1 mss=1465"
	"$mac / ip4 $a $b / tcp 4007 80 S seq=1 mss=1466 / data 5" # payload on a SYN
)
# reason:packet
bad=(
	"fragment:$mac / ip4 $a $b frag=1480 mf=1 proto=6 / data 100"
	"fragment:$mac / ip6 $six / frag6 1480 0 77 next=6 / data 60"
	"truncated:$mac / ip4 $a $b / tcp 4011 80 S seq=1 / cut 44"
	"truncated:$mac / ip4 $a $b / tcp 4010 80 S seq=1 mss=1466 / data 5 / cut 59" # of the payload
	"truncated:$mac / ip6 $six / tcp 4012 80 S seq=1 mss=1460 / cut 70"
	"bad_ip_header:$mac / ip4 $a $b ihl=4 / tcp 4013 80 S seq=1"
	"bad_ip_header:$mac / ip4 $a $b ver=5 / tcp 4014 80 S seq=1"
	"bad_ip_header:$mac / ip6 $six ver=4 / tcp 4015 80 S seq=1"
	"bad_tcp_header:$mac / ip4 $a $b / tcp 4016 80 S seq=1 off=4"
	"bad_tcp_header:$mac / ip6 $six / tcp 4017 80 S seq=1 off=3"
	"bad_tcp_flags:$mac / ip4 $a $b / tcp 4018 80 SF seq=1"
	"bad_tcp_flags:$mac / ip4 $a $b / tcp 4019 80 . seq=1"
	"bad_extension:$mac / ip6 $six / hbh / dst / dst / dst / dst / dst / dst / dst / dst / tcp 4020 80 S seq=1"
	"bad_quote:$mac / ip4 192.0.2.9 $a / icmp 3 4 rest=1200 / hex 4500"
	"not_tcp:$mac / ip4 $a $b / udp 5000 53 / data 20"
)
send_raw c c0 "${good[@]}" "${bad[@]#*:}"
log_has s 5 '.event=="syn" and .orig_port==4007'
unwatch c c0
unwatch s s0
stop s

# what arrived is what was sent, byte for byte
hexdump_of() { tcpdump -n -r "$WORK/$1.pcap" -xx -t 'ether src 02:00:00:00:00:01' 2>/dev/null | grep '^\s*0x'; }
same "bytes that arrived" "$(hexdump_of s-s0 | md5sum)" "$(hexdump_of c-c0 | md5sum)"
for i in 1 2 3 4 5 6 7; do
	events s 1 ".event==\"syn\" and .orig_port==400$i and .isn==1 and .mss==$((1459 + i))"
done
events s 7 '.event=="syn" and .orig_port>=4000 and .orig_port<4100'
events s 1 '.event=="syn" and .orig_port==4007 and .len==5'
events s 0 '.orig_port>=4010 and .orig_port<=4020'
for reason in fragment truncated bad_ip_header bad_tcp_header bad_tcp_flags bad_extension bad_quote; do
	want=$(printf '%s\n' "${bad[@]}" | grep -c "^$reason:")
	same "counted as $reason" "$(sed 's/,//g' "$WORK/tcpwhy-s.err" | grep -oE "[0-9]+ $reason" | cut -d' ' -f1)" "$want"
done
