#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# /metrics says what the log says, also while a flood of SYNs comes in; /healthz tells when nothing is watched any more
# and when the log cannot be written. Nothing listens unless it was asked for.
. "$(dirname "$0")/../lib/live.sh"

# where PROCESS: the address that it serves at
where() { sed -n 's,.*metrics are at \(http://[^ ]*\)/metrics.*,\1,p' "$WORK/$1.err"; }
scrape() { in_ns s $PYTHON "$LIB/scrape.py" "$URL$1" $((5 * SLOW)) >"$WORK/page"; }
# metric SERIES: its value on the last page
metric() { awk -v s="$1" '$1 == s { print $2; n++ } END { exit n != 1 }' "$WORK/page" || fail "/metrics has no $1"; }
shows() { scrape /metrics && [ "$(metric "$1")" = "$2" ]; }

pair
tcpwhy s -i s0 --metrics 0 --max-half-open 1024
URL=$(where tcpwhy-s)
case $URL in http://127.0.0.1:*) ;; *) fail "it serves at '$URL'" ;; esac
scrape /healthz || fail "/healthz: $(cat "$WORK/page")"
same "/healthz" "$(cat "$WORK/page")" ok

# three healthy connections, and two that are refused
serve three s $S4 5001 -n 3 recv:1000 send:5000 eof close
for _ in 1 2 3; do talk c $S4 5001 send:1000 recv:5000 shut eof close; done
await_ok three 10
for port in 81 82; do talk c $S4 $port close; done
log_has s 10 '.event=="connection" and .verdict=="ok"' 3
until_true 10 "the three in /metrics" shows 'tcpwhy_connections_total{verdict="ok"}' 3
same "ended by FIN" "$(metric 'tcpwhy_connection_ends_total{end="fin"}')" 3
same "payload from clients" "$(metric 'tcpwhy_payload_bytes_total{sender="originator"}')" 3000
same "payload from the server" "$(metric 'tcpwhy_payload_bytes_total{sender="responder"}')" 15000
same "refused" "$(metric 'tcpwhy_resets_total{cause="refused"}')" 2
same "handshakes" "$(metric 'tcpwhy_handshake_seconds_count')" 3
same "handshakes of any length" "$(metric 'tcpwhy_handshake_seconds_bucket{le="+Inf"}')" 3
same "round-trip times" "$(metric 'tcpwhy_rtt_seconds_count{side="originator"}')" 3
same "interfaces" "$(metric tcpwhy_interfaces_attached)" 1
within "memory" "$(metric process_resident_memory_bytes)" 1000000 1000000000
within "tracked" "$(metric tcpwhy_connections_tracked)" 3 5
grep -q '^tcpwhy_alerts_active{rule="syn_flood"} 0$' "$WORK/page" || fail "a rule that was never raised does not show"
until_true 5 "SYNs in /metrics" shows 'tcpwhy_events_total{event="syn"}' 5

# a flood, and scrapes all the while: each is answered, and the numbers only rise
rises() { scrape /metrics || fail "a scrape: $(head -c 200 "$WORK/page")"; [ "$(metric 'tcpwhy_events_total{event="syn"}')" -gt "$1" ]; }
start_in c flood $PYTHON "$LIB/rawsend.py" c0 flood 10000000 3000 "$(mac_of s s0)" 198.18.0.1 $S4 5000
last=5
for _ in 1 2 3 4 5; do
	alive flood || fail "the flood ended by itself"
	until_true 20 "more SYNs than $last in /metrics" rises $last
	last=$(metric 'tcpwhy_events_total{event="syn"}')
done
until_true 20 "the alert in /metrics" shows 'tcpwhy_alerts_raised_total{rule="syn_flood"}' 1
same "room for attempts" "$(metric 'tcpwhy_map_capacity{map="half_open"}')" 1024
end flood KILL
written() { scrape /metrics && [ "$(metric tcpwhy_log_held_lines)" = 0 ] && [ "$(metric 'tcpwhy_events_total{event="syn"}')" = "$(grep -c '"event":"syn",' "$LOG")" ]; }
until_true 20 "as many SYNs in /metrics as in the log" written

# what the page says is what the log says
scrape /metrics
cp "$WORK/page" "$WORK/before"
end tcpwhy-s INT
same "exit status" "$ENDED" 0
jq -r '.event' "$LOG" | sort | uniq -c >"$WORK/events"
for event in syn syn_ack established; do
	same "$event in /metrics and in the log" "$(awk -v s="tcpwhy_events_total{event=\"$event\"}" '$1 == s { print $2 }' "$WORK/before")" \
		"$(awk -v e=$event '$2 == e { print $1 }' "$WORK/events")"
done

# the log cannot be written
start tcpwhy-full ip netns exec "$(ns s)" "$TCPWHY" run -w /dev/full -i s0 --metrics '[::1]:0'
until_true 60 "it to attach" said tcpwhy-full.err "s0: attached"
URL=$(where tcpwhy-full)
case $URL in 'http://[::1]:'*) ;; *) fail "it serves at '$URL'" ;; esac
unhealthy() { ! scrape /healthz && grep -q "$1" "$WORK/page"; }
until_true 5 "/healthz to tell of the full disk" unhealthy "^503 the log cannot be written: No space left"
# its port is taken
in_ns s timeout $((60 * SLOW)) "$TCPWHY" run -w /dev/null -i s0 --metrics "${URL#http://}" 2>"$WORK/second.err" && fail "two took one port"
said second.err "cannot listen at http://.*: Address already in use" || fail "it says: $(cat "$WORK/second.err")"
# the interface goes away
ip -n "$(ns s)" link del s0
until_true 10 "/healthz to tell that nothing is watched" unhealthy "no interface is attached, of 1"
scrape /metrics || fail "no metrics without an interface"
same "interfaces" "$(metric tcpwhy_interfaces_attached)" 0
end tcpwhy-full INT

# not asked for: nothing listens
ip -n "$(ns s)" link add s0 type veth peer name c0 netns "$(ns c)"
ip -n "$(ns s)" link set s0 up
tcpwhy s -i s0
same "listening sockets" "$(in_ns s ss -Hltn)" ""
end tcpwhy-s INT
for wrong in 127.0.0.1 x:1 65536 :9290; do
	"$TCPWHY" run --metrics "$wrong" 2>"$WORK/wrong.err" && fail "--metrics $wrong was taken"
	said wrong.err "ADDR:PORT" || fail "--metrics $wrong: $(cat "$WORK/wrong.err")"
done
