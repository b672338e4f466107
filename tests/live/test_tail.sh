#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# `tcpwhy tail` follows a log across both kinds of rotation, selects, waits for half lines, and ends as it should.
. "$(dirname "$0")/../lib/live.sh"

L=$WORK/log.ndjson

# put FILE N EVENT [PORT]: one event, its number is its port
put() {
	printf '{"ts":"2025-11-21T14:49:03.123456789Z","event":"%s","orig_addr":"192.0.2.%d","orig_port":%d,"resp_addr":"198.51.100.7","resp_port":443,"dir":"fwd"}\n' \
		"$3" $(($2 % 250)) "$2" >>"$1"
}

# shown NAME: the numbers of the events shown so far
shown() { grep -o ':[0-9]* →' "$WORK/$1.out" | tr -dc '0-9\n' | xargs; }
shows() { [ "$(shown "$1")" = "$2" ]; }

for i in $(seq 1 20); do put "$L" "$i" syn; done
same "the last ten by default" "$("$TCPWHY" tail --no-follow "$L" | wc -l)" 10
same "-n 3" "$("$TCPWHY" tail --no-follow -n 3 --json "$L" | jq .orig_port | xargs)" "18 19 20"
same "-n all" "$("$TCPWHY" tail --no-follow -n all "$L" | wc -l)" 20
put "$L" 21 reset
put "$L" 22 syn
same "the last selected ones" "$("$TCPWHY" tail --no-follow -n 1 --event reset,retransmit --json "$L" | jq .orig_port)" 21
same "an address" "$("$TCPWHY" tail --no-follow -n all --addr 192.0.2.4/31 --json "$L" | jq .orig_port | xargs)" "4 5"
same "a port" "$("$TCPWHY" tail --no-follow -n all --port 7 --json "$L" | jq .orig_port | xargs)" "7"
same "standard input" "$("$TCPWHY" tail - <"$L" | wc -l)" 22
same "a pipe as standard input" "$(cat "$L" | "$TCPWHY" tail - | wc -l)" 22
same "no colour in a file" "$("$TCPWHY" tail --no-follow "$L" | grep -c $'\033' || true)" 0
same "colour when asked for" "$("$TCPWHY" tail --no-follow --color always "$L" | grep -c $'\033')" 10

# Rotation by rename: what the writer still adds to the old file is shown, then the new one.
start follow "$TCPWHY" tail -n 2 "$L"
until_true 5 "the first lines" shows follow "21 22"
put "$L" 23 syn
until_true 5 "a new line" shows follow "21 22 23"
mv "$L" "$L.1"
put "$L.1" 24 syn
: >"$L"
put "$L.1" 25 syn
put "$L" 26 syn
until_true 5 "lines across a rename" shows follow "21 22 23 24 25 26"
# By copy and truncate.
cp "$L" "$L.2"
: >"$L"
sleep 0.3 # a file that is emptied and outgrows its old size at once is not told from one that grew
put "$L" 27 syn
until_true 5 "lines across a truncation" shows follow "21 22 23 24 25 26 27"
# Half a line.
printf '{"ts":"2025-11-21T14:49:03.123456789Z","event":"syn","orig_addr":"192.0.2.1","orig_po' >>"$L"
sleep 0.5
shows follow "21 22 23 24 25 26 27" || fail "half a line was shown: $(shown follow)"
printf 'rt":28,"resp_addr":"198.51.100.7","resp_port":443,"dir":"fwd"}\n' >>"$L"
until_true 5 "the rest of a line" shows follow "21 22 23 24 25 26 27 28"
echo "this is no JSON" >>"$L"
put "$L" 29 syn
until_true 5 "the line behind rubbish" shows follow "21 22 23 24 25 26 27 28 29"
end follow INT
same "exit status after SIGINT" "$ENDED" 0
said follow.err "1 line of $L is no event" || fail "rubbish was not counted: $(cat "$WORK/follow.err")"

# A file that comes later, and a reader that goes.
start later "$TCPWHY" tail -f "$WORK/later.ndjson"
sleep 0.3
put "$WORK/later.ndjson" 1 syn
until_true 5 "the file that came later" shows later "1"
end later TERM
same "exit status after SIGTERM" "$ENDED" 0
start piped bash -c "set -o pipefail; '$TCPWHY' tail -n all '$L' | head -n 1"
await_ok piped 5 # head went after one line: tail must notice, although nothing more comes

# What is no log is told at once, not when the reader has given up.
printf 'this\nis no log\n' >"$WORK/odd"
start odd "$TCPWHY" tail "$WORK/odd"
until_true 5 "a word on what is no log" said odd.err "no line of $WORK/odd is an event so far"
put "$WORK/odd" 1 syn
until_true 5 "the first event behind it" shows odd "1"
end odd INT

# Mistakes.
ENDED=0
"$TCPWHY" tail --event syn,nonsense "$L" 2>"$WORK/mistake" || ENDED=$?
same "exit status of an unknown event" "$ENDED" 2
said mistake "no event 'nonsense'" || fail "unknown event: $(cat "$WORK/mistake")"
said mistake "syn_ack_retransmit" || fail "the known events are not listed: $(cat "$WORK/mistake")"
ENDED=0
"$TCPWHY" tail "$WORK/nothing" 2>"$WORK/mistake" || ENDED=$?
same "exit status of a missing file" "$ENDED" 1
