#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The command `tcpwhy read`: where captures come from, what is said when they are damaged, what options do.
# What it says of packets is tests/casebook's business.
set -u
cd "$(dirname "$0")/../.." || exit 1
tcpwhy=${BUILD:-$PWD/build}/tcpwhy
dir=$(mktemp -d) failed=0
trap 'rm -rf "$dir"' EXIT

check() { # WHAT COMMAND…: the command must succeed
	local what=$1
	shift
	"$@" && return
	echo "FAILED: $what: $*"
	failed=1
}
same() { check "$1" cmp -s <(grep -v capture_started "$2") <(grep -v capture_started "$3"); } # which names the file
status() { # STATUS COMMAND…: stdout and stderr go to files
	local want=$1 got
	shift
	"$@" >"$dir/out" 2>"$dir/err" </dev/null
	got=$?
	[ $got = "$want" ] && return
	echo "FAILED: exit status $got, must be $want: $*"
	sed 's/^/  | /' "$dir/err"
	failed=1
}
events() { jq -r "select(${2:-true}) | .event" "$1" | sort | uniq -c | awk '{ printf "%s%s %s", s, $2, $1; s = ", " }'; }

case=tests/casebook/rdp-service-died.case
python3 tests/casebook/case2pcap.py $case "$dir/x.pcap"
python3 tests/casebook/case2pcap.py tests/casebook/markers.case "$dir/y.pcap"
"$tcpwhy" read "$dir/x.pcap" >"$dir/want" 2>"$dir/err"
check "it says something" [ -s "$dir/want" ]
check "and nothing on stderr" [ ! -s "$dir/err" ]

# ---- where captures come from ----
"$tcpwhy" read - <"$dir/x.pcap" >"$dir/got"; same "standard input" "$dir/want" "$dir/got"
cat "$dir/x.pcap" | "$tcpwhy" read - >"$dir/got"; same "a pipe" "$dir/want" "$dir/got"
gzip -k "$dir/x.pcap"
"$tcpwhy" read "$dir/x.pcap.gz" >"$dir/got"; same "gzip" "$dir/want" "$dir/got"
cat "$dir/x.pcap.gz" | "$tcpwhy" read - >"$dir/got"; same "gzip through a pipe" "$dir/want" "$dir/got"
if command -v zstd >/dev/null; then
	zstd -q "$dir/x.pcap"
	"$tcpwhy" read "$dir/x.pcap.zst" >"$dir/got"; same "zstd" "$dir/want" "$dir/got"
fi
if command -v editcap >/dev/null; then
	editcap -F pcapng "$dir/x.pcap" "$dir/x.pcapng"
	"$tcpwhy" read "$dir/x.pcapng" >"$dir/got"; same "pcapng" "$dir/want" "$dir/got"
	editcap -F nsecpcap "$dir/x.pcap" "$dir/n.pcap"
	"$tcpwhy" read "$dir/n.pcap" >"$dir/got"; same "nanoseconds" "$dir/want" "$dir/got"
	editcap -s 66 "$dir/x.pcap" "$dir/s.pcap"
	"$tcpwhy" read "$dir/s.pcap" >"$dir/got"; same "cut packets: lengths are those of the headers" "$dir/want" "$dir/got"
	editcap -c 5 "$dir/x.pcap" "$dir/part.pcap"
	"$tcpwhy" read "$dir"/part_*.pcap >"$dir/got"; same "several files are one log" "$dir/want" "$dir/got"
fi

# ---- as it comes ----
mkfifo "$dir/fifo"
"$tcpwhy" read - <"$dir/fifo" >"$dir/got" & reader=$!
exec 3>"$dir/fifo"
head -c 300 "$dir/x.pcap" >&3
for _ in $(seq 50); do [ -s "$dir/got" ] && break; sleep 0.1; done
check "the first event is there before the second packet comes" [ -s "$dir/got" ]
tail -c +301 "$dir/x.pcap" >&3
exec 3>&-
wait $reader
same "and in the end all" "$dir/want" "$dir/got"

"$tcpwhy" read - <"$dir/fifo" >"$dir/got" & reader=$!
exec 3>"$dir/fifo"
head -c 300 "$dir/x.pcap" >&3
for _ in $(seq 50); do [ -s "$dir/got" ] && break; sleep 0.1; done
kill -INT $reader
wait $reader; code=$?
exec 3>&-
check "a signal ends it in order ($code)" [ $code = 0 ]
check "with the records of what is open" grep -q '"event":"connection"' "$dir/got"

# A reader that takes its time loses nothing.
python3 - "$dir/many.pcap" <<'P'
import struct, sys
with open(sys.argv[1], 'wb') as f:
    f.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))
    for i in range(60000):
        tcp = struct.pack('!HHIIBBHHH', 1024 + i, 80, 1000, 0, 0x50, 2, 1024, 0, 0)
        ip = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 40, i & 0xffff, 0, 64, 6, 0, b'\x0a\0\0\1', b'\x0a\0\0\2')
        f.write(struct.pack('<IIII', 1700000000, i, 40, 40) + ip + tcp)
P
lines=$("$tcpwhy" read "$dir/many.pcap" 2>/dev/null | (sleep 1; grep -c '"event":"syn"'))
check "a slow reader gets every line ($lines)" [ "$lines" = 60000 ]
"$tcpwhy" read -n 1000 --max-half-open 1000 -w "$dir/bounded" "$dir/many.pcap" 2>/dev/null
check "in bounded memory too" [ "$(grep -c '"event":"syn"' "$dir/bounded")" = 60000 ]
check "what had to make room has its record" [ "$(grep -c '"event":"connection"' "$dir/bounded")" = 60000 ]

# Super-packets of the sending host, whose lengths the card would have filled in.
python3 - "$dir/tso.pcap" <<'P'
import struct, sys
def packet(to, seq, ack, flags, length, blank=False):
    tcp = struct.pack('!HHIIBBHHH', *((40000, 80) if to else (80, 40000)), seq, ack, 0x50, flags, 1024, 0, 0) + bytes(min(length, 20))
    a, b = b'\x0a\0\0\1', b'\x0a\0\0\2'
    total = 0 if blank else 40 + length
    ip = struct.pack('!BBHHHBBH', 0x45, 0, total, 1, 0x4000, 64, 6, 0) + (a + b if to else b + a)
    return bytes(12) + b'\x08\0' + ip + tcp, 54 + length
with open(sys.argv[1], 'wb') as f:
    f.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 74, 1))
    for i, (data, wire) in enumerate([packet(1, 100, 0, 2, 0), packet(0, 200, 101, 18, 0), packet(1, 101, 201, 16, 0),
                                      packet(1, 101, 201, 24, 8000, True), packet(1, 8101, 201, 24, 100000, True),
                                      packet(0, 201, 108101, 16, 0)]):
        f.write(struct.pack('<IIII', 1700000000, i, len(data), wire) + data)
P
"$tcpwhy" read "$dir/tso.pcap" >"$dir/got"
check "a length of 0 is the frame's" [ "$(jq -r 'select(.event == "connection") | .orig_bytes' "$dir/got")" = 108000 ]
check "and nothing is amiss" [ "$(events "$dir/got" '.conn and .event != "connection"')" = "established 1, syn 1, syn_ack 1" ]

# ---- what was read ----
check "the log says which file" [ "$(jq -r 'select(.event == "capture_started") | .mode + " " + .file' "$dir/want")" = "file $dir/x.pcap" ]
check "and sums up in the end" [ "$(tail -1 "$dir/want" | jq -r '"\(.event) \(.packets)"')" = "capture_stopped $(tcpdump -nr "$dir/x.pcap" 2>/dev/null | wc -l)" ]

# ---- options ----
python3 tests/casebook/case2pcap.py tests/casebook/http-slow-server.case "$dir/slow.pcap"
slow() { events <("$tcpwhy" read "$@" "$dir/slow.pcap") '.event == "slow_response"'; }
check "slow is what takes longer than a second" [ "$(slow)" = "slow_response 1" ]
check "or than was asked" [ "$(slow --slow-response 4000)" = "" ]
status 2 "$tcpwhy" read --slow-response 0 "$dir/slow.pcap"
check "what is accepted is said" grep -q "seconds from 0.001 to 4000" "$dir/err"
"$tcpwhy" read -w "$dir/log" "$dir/x.pcap" >"$dir/got"
same "-w" "$dir/want" "$dir/log"
check "then nothing on standard output" [ ! -s "$dir/got" ]
"$tcpwhy" read -w "$dir/log" "$dir/x.pcap"
check "-w appends" [ "$(wc -l <"$dir/log")" = $((2 * $(wc -l <"$dir/want"))) ]
"$tcpwhy" read --print "$dir/x.pcap" >"$dir/got"
check "--print is for people" grep -q refused "$dir/got"
check "and no JSON" [ "$(grep -c '^{' "$dir/got")" = 0 ]
"$tcpwhy" read "$dir/y.pcap" >"$dir/got"
check "pings are there" [ "$(events "$dir/got" '.event == "marker"')" = "marker 4" ]
"$tcpwhy" read --no-markers "$dir/y.pcap" >"$dir/got"
check "--no-markers" [ -z "$(events "$dir/got" '.event == "marker"')" ]

# ---- filters ----
"$tcpwhy" read "$dir/y.pcap" "port 389" >"$dir/got"
check "a filter chooses" [ "$(jq -r 'select(.event == "syn") | .resp_port' "$dir/got")" = 389 ]
"$tcpwhy" read "$dir/x.pcap" "$dir/y.pcap" port 389 or port 3389 >"$dir/got"
check "in several words, after several files" [ "$(jq -r 'select(.event == "syn") | .resp_port' "$dir/got" | sort -u | xargs)" = "3389 389" ]
status 2 "$tcpwhy" read "$dir/x.pcap" "port http https"
check "a filter that makes no sense is named" grep -q "port http https" "$dir/err"

# ---- which side is ours ----
"$tcpwhy" read "$dir/x.pcap" >"$dir/got"
check "without --local: fwd, rev" [ "$(jq -r ".dir//empty" "$dir/got" | sort -u | xargs)" = "fwd rev" ]
"$tcpwhy" read --local 10.7.3.187 "$dir/x.pcap" >"$dir/got"
check "--local: in, out" [ "$(jq -r ".dir//empty" "$dir/got" | sort -u | xargs)" = "in out" ]
check "what it sends is out" [ "$(jq -r 'select(.event == "syn_ack") | .dir' "$dir/got" | sort -u)" = out ]
check "and it is the responder" [ "$(jq -r 'select(.event == "connection") | .side' "$dir/got" | sort -u)" = responder ]
"$tcpwhy" read --local 10.0.0.0/16 "$dir/x.pcap" >"$dir/got"
check "a network: the originator's" [ "$(jq -r 'select(.event == "syn") | .dir' "$dir/got" | sort -u)" = out ]
"$tcpwhy" read --local 192.0.2.0/24 --local 10.7.3.187 --local 10.0.0.0/16 "$dir/x.pcap" >"$dir/got"
check "both ours: fwd, rev" [ "$(jq -r ".dir//empty" "$dir/got" | sort -u | xargs)" = "fwd rev" ]
"$tcpwhy" read --local 192.0.2.1 "$dir/x.pcap" >"$dir/got"
check "neither ours: fwd, rev" [ "$(jq -r ".dir//empty" "$dir/got" | sort -u | xargs)" = "fwd rev" ]
check "and a router" [ "$(jq -r 'select(.event == "connection") | .side' "$dir/got" | sort -u)" = router ]
status 2 "$tcpwhy" read --local 10.0.0.0/40 "$dir/x.pcap"
check "a network that is none is named" grep -q "10.0.0.0/40" "$dir/err"

# ---- what goes wrong ----
head -c 400 "$dir/x.pcap" >"$dir/cut.pcap"
status 2 "$tcpwhy" read "$dir/cut.pcap"
check "a cut file: at which byte" grep -q "cut off at byte 400" "$dir/err"
check "and what comes before is said" [ -n "$(events "$dir/out" '.event == "syn"')" ]
check "with records" [ -n "$(events "$dir/out" '.event == "connection"')" ]
{ head -c 300 "$dir/x.pcap"; head -c 300 /dev/zero | tr '\0' '\377'; } >"$dir/bad.pcap"
status 2 "$tcpwhy" read "$dir/bad.pcap"
check "a damaged file: at which byte" grep -q "at byte" "$dir/err"
head -c 200 "$dir/x.pcap.gz" >"$dir/cut.gz"
status 2 "$tcpwhy" read "$dir/cut.gz"
check "a cut gzip file" grep -q "gzip" "$dir/err"
status 2 "$tcpwhy" read "$dir/cut.pcap" "$dir/y.pcap"
check "the next file is read all the same" [ -n "$(events "$dir/out" '.event == "marker"')" ]
status 1 "$tcpwhy" read "$dir/none.pcap"
check "no such file" grep -q "none.pcap: No such file" "$dir/err"
status 1 "$tcpwhy" read -w "$dir/none/log" "$dir/x.pcap"
status 2 "$tcpwhy" read
status 2 "$tcpwhy" read --nonsense "$dir/x.pcap"
status 2 "$tcpwhy" read "$0"
check "no capture" grep -q "pcap or pcapng" "$dir/err"
status 0 "$tcpwhy" read -w "$dir/log.ndjson" "$dir/x.pcap"
status 2 "$tcpwhy" read "$dir/log.ndjson"
check "an event log: who reads it" grep -q "tcpwhy tail" "$dir/err"
status 2 "$tcpwhy" read "$dir/x.pcap" none.pcap
check "a second file that is missing" grep -q "no file of that name" "$dir/err"
status 2 "$tcpwhy" tail --no-follow "$dir/x.pcap"
check "no log for tail" grep -q "no event" "$dir/err"
status 0 "$tcpwhy" read --help
python3 - "$dir/x.pcap" "$dir/unknown.pcap" <<'P'
import sys
data = bytearray(open(sys.argv[1], 'rb').read())
data[20:24] = (147).to_bytes(4, 'little')
open(sys.argv[2], 'wb').write(data)
P
status 0 "$tcpwhy" read "$dir/unknown.pcap"
check "an unknown link type is named" grep -q "LINKTYPE 147" "$dir/err"
[ ! -c /dev/full ] || status 1 "$tcpwhy" read -w /dev/full "$dir/x.pcap"

[ $failed = 0 ] && echo "all of it holds"
exit $failed
