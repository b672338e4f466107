#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# `tcpwhy explain` tells the casebook's incidents as their analysts did, finds what is asked for, and says what is
# wrong with its input. Line breaks do not count: `says` looks at the page as one line.
set -u
cd "$(dirname "$0")/../.." || exit 1
tcpwhy=${BUILD:-$PWD/build}/tcpwhy
dir=$(mktemp -d) failed=0
trap 'rm -rf "$dir"' EXIT

fail() { echo "FAILED: $*"; failed=1; }
log_of() { # CASE: its log, once
	local case=tests/casebook/$1.case log=$dir/$1.ndjson here
	[ -e "$log" ] && return
	here=$(awk '$1 == "local" { print $2; exit }' "$case")
	python3 tests/casebook/case2pcap.py "$case" "$dir/x.pcap" &&
		"$tcpwhy" read -w "$log" ${here:+--local "$here"} "$dir/x.pcap" 2>"$dir/err" || fail "no log of $1"
}
page_of() { # STATUS ARGUMENT…: the page into $page, as one line; messages into $dir/err
	local want=$1 got
	shift
	"$tcpwhy" explain "$@" >"$dir/page" 2>"$dir/err"
	got=$?
	[ $got = "$want" ] || { fail "exit status $got, must be $want: explain $*"; sed 's/^/  | /' "$dir/err"; }
	page=$(sed 's/^.*|[- <>*:A-Za-z0-9()]*|  //' "$dir/page" | tr -s ' \n' ' ')
}
says() { # TEXT…: the page has each
	local text
	for text; do
		[[ $page == *"$text"* ]] || { fail "'$text' is not said of $what"; sed 's/^/  | /' "$dir/page"; }
	done
}
never() {
	local text
	for text; do
		[[ $page != *"$text"* ]] || fail "'$text' is said of $what"
	done
}
story() { # CASE CONN: the whole story
	what=$1
	log_of "$1"
	page_of 0 "$dir/$1.ndjson" "$2"
	says "Why: " "What happened" "What it means" "Where the time went"
	never '{' '}' '%'s
}
error() { grep -qF -- "$1" "$dir/err" || { fail "no error '$1'"; sed 's/^/  | /' "$dir/err"; }; }

# ---- the casebook's stories ----
story cala-pmtu-ignored 10.1.10.5:135
says "Why: pmtu_ignored" "seen on the responder's host" \
	"10.1.10.1 drops a packet of the responder (1500 bytes) and says so: at most 1476 bytes pass." \
	"The responder was told 1476, and sends 1500 bytes all the same." "for the 4th time, 2.0 s after the last" \
	"packets of at most 1476 bytes (segments of 1436)" "whatever fills a packet hangs" "ICMP type 3 code 4" \
	"clamp the MSS to 1436 on the tunnel" "recovery from loss"
grep -q '  155 ms  |  *\*-* ICMP -*>|  10.1.10.1 drops' "$dir/page" || fail "no ICMP from the middle in the ladder"
grep -q '^ *151 ms  |-* ACK -*>|' "$dir/page" || fail "no ACK in the ladder"
grep -q '^ *originator  *responder (here)$' "$dir/page" || fail "no bars"

story pmtu-black-hole 10.1.10.5:135
says "Why: pmtu_black_hole" "packets of 1500 bytes from the responder vanish, those of up to 340 arrive" "The ICMP never came." \
	"It lies between 340 and 1500 bytes" "an MSS of 300 is known to pass" "tcp_mtu_probing"

story edge-forged-reset.frontend 192.168.1.1
says "Why: middlebox_broke_handshake" "Besides: reset_forged" "Its TTL is 254, all others of that side had 127." \
	"It goes on as if it had sent no RST: the RST in its name was not its own." \
	"acknowledgement number 2948578651 without the ACK flag" "The RST's TTL (254) says how far away it is"

story tmg-syn-ack-payload.client 172.16.1.1:443
says "Why: middlebox_broke_handshake" "carries 2 bytes of payload, though Fast Open was not agreed" \
	"adds its own bytes to the SYN-ACK" "for the 7th time"
story tmg-syn-ack-payload.proxy 172.16.1.1:443
says "2 bytes more than the responder has sent" "rewrites sequence numbers"

story isa-never-completed 192.168.1.36:80
says "Why: originator_never_completed" "No ACK of it has passed here: the same SYN-ACK, 3rd try" "Still no answer: 3 SYN-ACKs in 28.6 s." \
	"one round trip after the SYN-ACK" "asymmetric routing" "SYN flood"

story edge-syn-timeout 192.168.1.1:50357
says "Why: no_answer" "3rd try" "Silence is none of these."
never "The connection is open"

story directaccess-options-dropped 192.168.99.7:54023
says "Why: no_answer" "It no longer offers" "From this side alone nobody can tell" "A firewall between that drops silently"

story rdp-service-died 10.0.107.58:59193
says "Why: reset_by_responder" "The responder ends the open connection with a RST." "did it crash or restart"
story rdp-service-died 10.0.107.58:59210
says "Why: refused" "A SYN-ACK, if something listened on port 3389" "ss -ltn 'sport = :3389'" "The path works."

story lync-sharing-refused 1.1.1.1:50704
says "Why: refused" "It tries again after the RST, as some stacks do." "Packets reach whoever said so and come back"

story smtp-mss-512 10.1.1.5:25
says "Why: mss_ignored" "A segment of 536 bytes: the responder had announced that it takes 512 at most." "gives up and sends a RST"

story webconf-silent 192.168.220.7:443
says "Why: responder_silent" "Its application did not answer." "Neither the path nor the originator is at fault."

story http-slow-server 10.17.200.49:80
says "Why: responder_slow" "The first byte of the answer, 4.3 s after the request; the network needs 250 ms of that." \
	"Both sides have closed." "the responder, whose turn it was"

story nagle-delayed-ack 10.95.2.40:7890
says "Why: nagle_delayed_ack" "the responder had held the next one back for it (Nagle)" "The application on 10.95.2.40" "TCP_NODELAY" \
	"delayed ACKs that held small writes back"

story isa-slow-client 1.1.1.1
says "Why: originator_idle" "its own time"
story iis-healthy 10.10.10.15
says "Why: ok" "look elsewhere first"
never "What to check"
story cala-pmtu-honoured 10.1.10.5
says "Why: ok" "no loss" "path MTU 1476"
never "What to check"

# ---- a balancer that forgets what is silent ----
log_of idle-cut
what="idle-cut"
page_of 0 "$dir/idle-cut.ndjson"
says "198.51.100.20:443: 8 connections silent for 420 s or longer were dead when next used or cut then" \
	"(6 met a RST, 2 no answer at all)" "10 lived on after silences of up to 300 s: the timer lies between 300 s and 420 s." \
	"Keep-alive to set: 150 s or less." "1. idle_timeout, 198.51.100.20:443: 6 connections" \
	"Check first: The connection had been silent, and the first thing after that was lost."
story idle-cut 192.0.2.10:42000
says "Why: idle_timeout" "The originator goes on after 420 s of silence; it had the whole answer." "TCP_KEEPIDLE below the timer" \
	"After 420 s of silence somebody had forgotten it"

# ---- IPv6 ----
what="IPv6"
python3 tests/casebook/case2pcap.py tests/casebook/cala-pmtu-ignored.case "$dir/x.pcap" --v6
"$tcpwhy" read -w "$dir/v6.ndjson" "$dir/x.pcap" 2>"$dir/err"
addr=$(jq -r 'select(.event == "connection") | .resp_addr' "$dir/v6.ndjson")
page_of 0 "$dir/v6.ndjson" "[$addr]:135"
says "[$addr]:135" "Why: pmtu_ignored" "segments of 1416"
page_of 0 "$dir/v6.ndjson" "ip6 host $addr and tcp port 135"
says "Why: pmtu_ignored"

# ---- what was not seen ----
what="a log that begins late"
python3 tests/casebook/case2pcap.py tests/casebook/rdp-service-died.case "$dir/x.pcap"
if command -v editcap >/dev/null; then
	editcap -r "$dir/x.pcap" "$dir/late.pcap" 4-100
	"$tcpwhy" read --local 10.7.3.187 -w "$dir/late.ndjson" "$dir/late.pcap" 2>"$dir/err"
	page_of 0 "$dir/late.ndjson" 10.0.107.58:59193
	says "Why: reset_by_responder" "The confidence is medium: it was open before the log began." \
		"Here the log first sees it: the connection is open already."
fi
grep -v '"event":"connection"' "$dir/rdp-service-died.ndjson" >"$dir/live.ndjson"
what="a log that is still written"
page_of 0 "$dir/live.ndjson" 10.0.107.58:59193
never "Where the time went"
says "Why: not known" "The log has no final record of it" "The responder ends the open connection with a RST."

what="attempts that failed a moment ago"
log_of markers
grep -v '"event":"connection"' "$dir/markers.ndjson" >"$dir/moment.ndjson"
page_of 0 "$dir/moment.ndjson"
says "3 failed attempts have no final record yet (it comes a minute later)" "3 refused" "1. refused, 10.1.1.3:"
page_of 0 "$dir/moment.ndjson" "port $(jq -r 'select(.event=="reset") | .resp_port' "$dir/moment.ndjson" | head -1)"
says "Why: refused" "final record is not written yet" "What to check"
never "packets, "

# ---- which connection ----
what="a connection of the default log"
"$tcpwhy" explain 192.0.2.7:1 >"$dir/page" 2>"$dir/err" && fail "a connection that nobody has is found"
grep -q "/var/log/tcpwhy/events.ndjson" "$dir/err" || fail "the default log is not looked at: $(cat "$dir/err")"
"$tcpwhy" explain no.such.file >"$dir/page" 2>"$dir/err"
grep -q "cannot open no.such.file" "$dir/err" || fail "a missing file: $(cat "$dir/err")"
what="the flood"
log_of syn-flood-and-land
page_of 0 "$dir/syn-flood-and-land.ndjson"
says "Verdicts" "unknown" "connections," "tells one story whole"
what="the pings' log"
log_of markers
log=$dir/markers.ndjson
page_of 0 "$log"
says "3 connections, " "2023-11-14 22:13:20 to 2023-11-14 22:13:24 UTC (4.1 s)." "3 refused" \
	"1. refused, 10.1.1.3:" "Check first: On 10.1.1.3: does the service run"
page_of 0 --between-markers 22,33 "$log"
says "10.1.1.4:3028 → 10.1.1.3:389" "Why: refused"
never "3026" "3029"
page_of 0 "$log" "port 135 or port 1064"
says "10.1.1.4:3026 → 10.1.1.3:135" "10.1.1.4:3029 → 10.1.1.3:1064"
never "3028"
id=$(jq -r 'select(.event == "syn" and .orig_port == 3029) | .conn' "$log")
page_of 0 "$log" "$id"
says "10.1.1.4:3029 → 10.1.1.3:1064 $id"
never "3026"
page_of 0 --worst 0 "$log"
never "The worst"

# ---- many connections: a balancer that forgets what was silent for 350 s; a tunnel; a lossy remote ----
what="many connections"
python3 - >"$dir/many.ndjson" <<'EOF'
import json
day = "2026-11-21T%02d:%02d:%06.3fZ"
ts = lambda s: day % (s // 3600, s % 3600 // 60, s % 60)
ends = lambda i, a="198.51.100.2": {"conn": "c%d" % i, "orig_addr": "192.0.2.1", "orig_port": 1024 + i, "resp_addr": a,
                                    "resp_port": 443, "side": "originator"}
def say(t, event, who, **more): print(json.dumps({"ts": ts(t), "event": event, **who, **more}))
def final(t, who, duration, verdict, **more):
    say(t, "connection", who, start=ts(0), duration=duration, verdict=verdict, verdicts=[verdict], why="So.", confidence="high",
        **more)
for i in range(40):
    say(100 + i, "slow_request", ends(i), waited=20.0 + 8 * i, seq=7)
    final(500 + i, ends(i), 400.0, "ok", end="fin", orig_data_segments=1000, orig_retransmits=2, resp_data_segments=0)
for i in range(40, 52):
    say(600 + i, "slow_request", ends(i), waited=351.0 + i, seq=7)
    say(600.05 + i, "reset", ends(i), dir="in", cause="idle_reset", silent=0.05, ttl=60)
    final(603 + i, ends(i), 400.0, "idle_timeout", end="reset", cause="idle_reset")
who = ends(60, "203.0.113.5")
say(700, "frag_needed", who, dir="in", mtu=1400, **{"from": "192.0.2.254"}, matched=True, valid=True, quoted_len=1500)
final(710, who, 10.0, "ok", end="fin", pmtu=1400, orig_data_segments=500, orig_retransmits=60)
EOF
page_of 0 "$dir/many.ndjson"
says "198.51.100.2:443: 12 connections silent for 391 s or longer were dead when next used or cut then (a RST came)." \
	"40 lived on after silences of up to 332 s: the timer lies between 332 s and 391 s. Keep-alive to set: 160 s or less." \
	"203.0.113.5: at most 1400 bytes pass, says 192.0.2.254 (1 connection). MSS to clamp: 1360." \
	"203.0.113.5: 60 of 500 segments (12.0 %) had to be sent again; of all others 0.2 %." \
	"1. idle_timeout, 198.51.100.2:443: 12 connections"
never "Too few"

# ---- the same from everywhere, and always the same ----
cp "$dir/page" "$dir/want"
"$tcpwhy" explain "$dir/many.ndjson" | cmp -s - "$dir/want" || fail "not the same again"
"$tcpwhy" explain - <"$dir/many.ndjson" | cmp -s - "$dir/want" || fail "standard input"
cat "$dir/many.ndjson" | "$tcpwhy" explain - | cmp -s - "$dir/want" || fail "a pipe"
"$tcpwhy" explain <(cat "$dir/many.ndjson") | cmp -s - "$dir/want" || fail "a pipe with a name"
gzip -k "$dir/many.ndjson"
"$tcpwhy" explain "$dir/many.ndjson.gz" | cmp -s - "$dir/want" || fail "gzip"
cat "$dir/many.ndjson.gz" | "$tcpwhy" explain - | cmp -s - "$dir/want" || fail "gzip through a pipe"
if command -v zstd >/dev/null; then
	zstd -q "$dir/many.ndjson"
	"$tcpwhy" explain "$dir/many.ndjson.zst" | cmp -s - "$dir/want" || fail "zstd"
fi
grep -q $'\033' "$dir/want" && fail "colour off a terminal"
awk 'length($0) > 125' "$dir/want" | grep -q . && fail "a line is too long"

# ---- what is wrong ----
page_of 1 "$dir/nothing.ndjson"; error "cannot open"
page_of 1 "$dir"; error "Is a directory"
page_of 2 "$tcpwhy"; error "is no event log"
page_of 2 "$dir/x.pcap"; error "tcpwhy read -w FILE"
page_of 2 "$log" "no such thing"; error "ADDR:PORT"
page_of 2 "$log" 10.1.1.3:99999; error "names no connection"
page_of 2 "$log" a b c; error "needs quotes"
page_of 2 --worst many "$log"; error "--worst many"
page_of 2 --between-markers 22 "$log"; error "like 22,33"
page_of 1 --between-markers 5,6 "$log"; error "there are pings of 22, 33 bytes"
page_of 1 "$log" 10.9.9.9; error "has no connection '10.9.9.9'; it has 3 others"
page_of 1 "$log" e8kp21hugbd0l; error "has no connection"
: >"$dir/empty.ndjson"
what="an empty log"
page_of 0 "$dir/empty.ndjson"; says "0 connections"
what="a damaged log"
{ head -n 3 "$log"; echo garbage; echo '{"x":1}'; tail -n +4 "$log" | head -c -9; } >"$dir/damaged.ndjson"
page_of 0 "$dir/damaged.ndjson"; says "3 connections"
error "2 lines of $dir/damaged.ndjson are no events and left out, first line 4"
error "the last line of $dir/damaged.ndjson is not whole"
exit $failed
