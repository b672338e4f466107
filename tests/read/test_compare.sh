#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The command `tcpwhy compare` on pairs of the casebook, whose authors compared two traces of one incident, and on
# input that is not what it should be. What a real network does is tests/live/test_compare*.sh's business.
set -u
cd "$(dirname "$0")/../.." || exit 1
tcpwhy=${BUILD:-$PWD/build}/tcpwhy cases=tests/casebook
dir=$(mktemp -d) failed=0
trap 'rm -rf "$dir"' EXIT

fail() {
	echo "FAILED: $*"
	failed=1
}
status() { # STATUS COMMAND…: stdout and stderr go to files
	local want=$1 got
	shift
	"$@" >"$dir/out" 2>"$dir/err" </dev/null
	got=$?
	[ $got = "$want" ] || fail "exit status $got, must be $want: $* ($(cat "$dir/err"))"
}
finds() { # N CONDITION: so many findings for which jq's expression holds
	local got
	got=$(jq -c "select($2)" "$dir/found" | wc -l)
	[ "$got" = "$1" ] || { fail "$story: $got findings, must be $1: $2"; sed 's/^/  | /' "$dir/found"; }
}
local_of() { # CASE [--v6]: whose trace it is
	PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$cases python3 -c 'import case, sys
print(case.address(case.Case(sys.argv[1]).local, {word.strip("-") for word in sys.argv[2:]}))' "$cases/$1.case" "${@:2}"
}
log() { # CASE [VARIANT…]: $dir/CASE.ndjson, and its capture
	local name=$1
	shift
	python3 $cases/case2pcap.py "$cases/$name.case" "$dir/$name.pcap" "$@"
	"$tcpwhy" read --local "$(local_of "$name" "$@")" "$dir/$name.pcap" >"$dir/$name.ndjson"
}
compare() { # A B [OPTION…]: findings
	story="$1 and $2"
	status 0 "$tcpwhy" compare "${@:3}" "$dir/$1" "$dir/$2" -w "$dir/found"
	cp "$dir/out" "$dir/text"
}

for name in tmg-syn-ack-payload.client tmg-syn-ack-payload.proxy tmg-syn-ack-payload.upstream edge-syn-timeout \
	edge-forged-reset.frontend iis-healthy rdp-service-died; do
	log $name
done

# ---- something between server and client adds payload to the SYN-ACK ----
compare tmg-syn-ack-payload.client.ndjson tmg-syn-ack-payload.proxy.ndjson
finds 1 '.event=="rewritten" and .what=="payload" and .sent==0 and .received==2 and .toward=="a" and .packet=="syn_ack"'
finds 1 '.event=="rewritten"'
# The proxy repeats its SYN-ACK and gives up with a RST; what the client receives in their place it never sent.
finds 1 '.event=="lost_between" and .what=="syn_ack" and .toward=="a" and .seq==2180033885 and .count==1'
finds 1 '.event=="lost_between" and .what=="rst" and .toward=="a" and .seq==2180033886'
finds 2 '.event=="lost_between"'
finds 1 '.event=="forged_between" and .what=="data" and .toward=="a" and .seq==2180033886 and .ttl==120'
# What the client sent after the proxy's trace ended is not lost.
finds 0 '.toward=="b"'
finds 0 '.event=="not_comparable"'
grep -q "payload length of the SYN-ACK: B sent 0, A received 2" "$dir/text" || fail "the payload in words"
grep -q "B's clock is 12.75[12].* s ahead of A's, ± 0.[0-9] ms" "$dir/text" || fail "the clocks: $(grep clock "$dir/text")"
cp "$dir/found" "$dir/straight"

# The other way round everything is toward the other.
compare tmg-syn-ack-payload.proxy.ndjson tmg-syn-ack-payload.client.ndjson
[ "$(jq -r '[.event, .what, .toward, .seq] | @tsv' "$dir/found")" = \
	"$(jq -r '[.event, .what, if .toward == "a" then "b" else "a" end, .seq] | @tsv' "$dir/straight")" ] ||
	fail "swapped logs tell another story"

# The same again, the same bytes; and of the captures as of the logs.
compare tmg-syn-ack-payload.client.ndjson tmg-syn-ack-payload.proxy.ndjson
cmp -s "$dir/found" "$dir/straight" || fail "two runs differ"
compare tmg-syn-ack-payload.client.pcap tmg-syn-ack-payload.proxy.pcap --local-a 10.110.233.50 --local-b 172.16.1.1
cmp -s "$dir/found" "$dir/straight" || fail "captures tell another story than their logs"
compare tmg-syn-ack-payload.client.pcap tmg-syn-ack-payload.proxy.pcap
cmp -s "$dir/found" "$dir/straight" || fail "TTLs do not tell whose captures they are"

# Beyond the proxy, behind NAT: matched by ISN.
compare tmg-syn-ack-payload.client.ndjson tmg-syn-ack-payload.upstream.ndjson
finds 1 '.event=="rewritten" and .what=="addr" and .toward=="b" and .sent=="10.110.233.50:50183" and
	.received=="10.110.235.202:55073" and .orig_addr=="10.110.233.50"'
finds 1 '.event=="rewritten" and .what=="payload" and .toward=="a"'

# ---- an edge whose SYNs change, whose answers are lost, and whose RSTs it never sent ----
for variant in "" --v6 --wrap; do
	# shellcheck disable=SC2086 # none or one word
	for name in edge-syn-timeout edge-forged-reset.frontend; do
		log $name $variant
	done
	compare edge-syn-timeout.ndjson edge-forged-reset.frontend.ndjson
	finds 1 '.event=="rewritten" and .what=="ack" and .sent==0 and .received==2948578651 and .toward=="b" and .count==3'
	finds 3 '.event=="forged_between" and .what=="rst" and .toward=="b" and .ttl==254 and .usual_ttl==127'
	finds 3 '.event=="lost_between" and .what=="syn_ack" and .toward=="a"'
	finds 7 true
done

# ---- nothing to find ----
compare iis-healthy.ndjson iis-healthy.ndjson
finds 0 true
grep -q "Nothing was lost, forged or rewritten" "$dir/text" || fail "health in words"
compare iis-healthy.ndjson rdp-service-died.ndjson
finds 1 '.event=="not_comparable" and .reason=="no connection is in both logs"'
finds 1 true

# ---- input that is not what it should be ----
a=$dir/tmg-syn-ack-payload.client.ndjson b=$dir/tmg-syn-ack-payload.proxy.ndjson
says() { grep -q -- "$1" "$dir/err" || fail "message: $(cat "$dir/err"), must have: $1"; }
status 2 "$tcpwhy" compare; says "two logs are needed"
status 2 "$tcpwhy" compare "$a"; says "two logs are needed"
status 2 "$tcpwhy" compare - -; says "only one of the logs can be standard input"
status 2 "$tcpwhy" compare "$a" "$b" -w "$b"; says "would overwrite"
[ -s "$b" ] || fail "the log was overwritten"
status 2 "$tcpwhy" compare --slow x "$a" "$b"; says "accepted is a number of seconds"
status 2 "$tcpwhy" compare --nonsense "$a" "$b"
status 1 "$tcpwhy" compare "$dir/nothing" "$b"; says "No such file"
status 1 "$tcpwhy" compare "$a" "$b" -w "$dir/no/where"; says "cannot write"
status 2 "$tcpwhy" compare "$cases/README" "$b"; says "README is no event log"
status 2 "$tcpwhy" compare /dev/null "$b"; says "no event is in it"
{ cat "$a"; echo "}{"; echo '{"event":"syn"}'; echo; } >"$dir/odd"
status 2 "$tcpwhy" compare "$dir/odd" "$b"; says "2 lines of .* are no events"
{ cat "$a"; printf '{"ts":"2023-11-1'; } >"$dir/cut" # is being written
status 0 "$tcpwhy" compare "$dir/cut" "$b" -w -
cmp -s "$dir/out" "$dir/straight" || fail "a cut last line changes the story"
"$tcpwhy" compare - "$b" -w - <"$a" >"$dir/out"
cmp -s "$dir/out" "$dir/straight" || fail "standard input tells another story"
gzip -k "$b"
status 0 "$tcpwhy" compare "$a" "$b.gz" -w -
cmp -s "$dir/out" "$dir/straight" || fail "a compressed log tells another story"
status 0 "$tcpwhy" compare -n 1 "$a" "$b"
# A log from which the middle is missing claims no more than it knows, and crashes on nothing.
for field in seq ack ttl ip_id isn dir side conn orig_addr resp_port ts start end len; do
	jq -c "del(.$field)" "$a" >"$dir/less"
	"$tcpwhy" compare "$dir/less" "$b" -w - >"$dir/out" 2>"$dir/err" || [ $? = 2 ] || fail "without $field: $(cat "$dir/err")"
	jq -c ".$field = [{}]" "$a" >"$dir/less"
	"$tcpwhy" compare "$dir/less" "$b" -w - >"$dir/out" 2>"$dir/err" || [ $? = 2 ] || fail "with a wrong $field: $(cat "$dir/err")"
done

exit $failed
