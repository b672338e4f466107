#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The flight recorder: a connection to which something happens leaves its packets, with our words beside each, and one
# to which nothing happens leaves none. What tshark reads is what passed; read again, the packets give the same verdict.
. "$(dirname "$0")/../lib/live.sh"

wired
wire "> port 5002 data nth 2 drop" "> port 5003 data nth 1 reset back ttl=33 id=0x4444 win=1000" \
	"> port 5005 drop" "> delay 5ms" "< delay 20ms"
tune c net.ipv4.tcp_syn_retries=1
nft_rules s 'chain i { type filter hook input priority 0; tcp dport 5006 reject with icmpx type admin-prohibited; }'
watch c c0
mkdir "$WORK/capture"
record() { tcpwhy c -i c0 --capture "$WORK/capture/e.pcapng" --capture-depth 32 "$@"; }
record

connect silent c $S4 5005 close
for a in $S4 $S6; do
	talk c $a 5001 close
	same "what connect() says" "$(cat "$WORK/talk.out")" "ECONNREFUSED connect"
done
connect rejected c $S6 5006 close
# a segment is lost, and sent again (none is larger than one: the program sees what the stack hands to the driver)
serve lost s $S4 5002 -n 1 recv:3000 send:10 eof close
talk c $S4 5002 send:1000 sleep:0.1 send:1000 sleep:0.1 send:1000 recv:10 shut eof close
await_ok lost 5
# a RST that the server never sent
serve forged s $S4 5003 -n 1 recv:500 send:5000 eof
talk c $S4 5003 send:500 recv:5000 sleep:0.1 close
# all is well, with more packets than are kept
serve well s $S4 5004 -n 1 times:40 recv:10 send:10 end eof close
talk c $S4 5004 times:40 send:10 recv:10 end shut eof close
await_ok well 5
log_has c 20 '.event=="connection"' 3
log_has c 20 '.event=="connect_timeout"'
log_has c 20 '.event=="unreachable"'
await silent
await rejected
await forged
unwatch c c0
stop c

file=$(ls "$WORK"/capture/e_00001_*.pcapng)
same "files" "$(ls "$WORK/capture")" "$(basename "$file")"
what=(-e frame.time_epoch -e frame.interface_name -e tcp.srcport -e tcp.dstport -e tcp.seq -e tcp.ack -e tcp.flags -e ip.id
	-e frame.len -e frame.comment)
tshark -n -r "$file" -o tcp.relative_sequence_numbers:FALSE -T fields "${what[@]}" >"$WORK/kept"
cat "$WORK/kept"
# kept PORT [COMMENT]: packets of it whose comment matches
kept() { awk -F'\t' -v p="$1" -v c="${2:-.}" '($3 == p || $4 == p) && $10 ~ c' "$WORK/kept" | wc -l; }
same "of the healthy connection" "$(kept 5004)" 0
same "of the refused ones" "$(kept 5001)" 4
same "the interface" "$(cut -f2 "$WORK/kept" | sort -u)" c0

# every packet of the others, as the witness saw it, and each only once
columns() { awk -F'\t' -v OFS='\t' '$3 != 5004 && $4 != 5004 { print $3, $4, $5, $6, $7, $8, $9 }' | sort; }
columns <"$WORK/kept" >"$WORK/kept.fields"
tshark_read c-c0 -Y tcp -T fields "${what[@]}" 2>/dev/null | columns >"$WORK/seen.fields"
comm -23 "$WORK/kept.fields" "$WORK/seen.fields" >"$WORK/invented"
same "packets that the witness did not see" "$(cat "$WORK/invented")" ""
for port in 5001 5003 5005 5006; do
	same "packets of $port" "$(kept $port)" "$(grep -cw $port "$WORK/seen.fields")"
done

# our words
each_has() { same "$1: of $2 packets: $3" "$(kept "$1" "$3")" "$2"; }
each_has 5001 4 "; verdict refused.*\\[conn [0-9a-v]+\\]$"
each_has 5001 2 "^1 before reset; verdict refused "
each_has 5001 2 "^reset: RST from responder: refused after .*; verdict refused: The responder's host, or a firewall"
each_has 5002 "$(kept 5002)" "; verdict $(get c '.event=="connection" and .resp_port==5002' .verdict)"
each_has 5003 "$(kept 5003)" "; verdict reset_forged"
each_has 5003 1 "^reset: RST from responder: aborted .*forged\\? [a-z]*: ttl"
each_has 5006 "$(kept 5006)" "; verdict rejected_by_icmp"
each_has 5006 "$(count c '.event=="unreachable"')" "^unreachable: "
each_has 5005 2 "; verdict no_answer"
each_has 5005 1 "^syn_retransmit: .*; then connect_timeout: no answer to 2 SYNs"

# a packet has the time of the event that it caused, to the nanosecond
for event in syn_retransmit reset retransmit unreachable; do
	count=$(count c ".event==\"$event\"")
	[ "$count" -gt 0 ] || fail "no $event in the log"
	get c ".event==\"$event\"" .ts | while read -r ts; do date -d "$ts" +%s.%N; done | sort >"$WORK/times"
	awk -F'\t' -v e="(^|; )$event: " '$10 ~ e { print $1 }' "$WORK/kept" | sort | comm -12 - "$WORK/times" >"$WORK/both"
	same "packets at the time of a $event" "$(wc -l <"$WORK/both")" "$count"
done

# read again: the same verdicts, from packets alone
"$TCPWHY" read --local $C4 "$file" >"$WORK/again.ndjson"
verdicts() { get "$1" '.event=="connection" and .resp_port!=5004' '"\(.resp_port) \(.verdict) \(.cause) \(.forged)"' | sort; }
same "verdicts of the capture" "$(verdicts again)" "$(verdicts c)"
same "nothing of the healthy one" "$(count again '.resp_port==5004')" 0

# the ring goes on where it was, and keeps as many files as it may
for i in 2 3 4; do
	rm "$LOG"
	record --capture-files 2
	talk c $S4 5001 close
	stop c
done
same "the files that stay" "$(cd "$WORK/capture" && ls | cut -c1-7 | tr '\n' ' ')" "e_00003 e_00004 "
