#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The doctor says beforehand what `run` then does; finds foreign programs, missing privileges and interfaces;
# its exit status tells how bad it is; it attaches nothing.
. "$(dirname "$0")/../lib/live.sh"

# doctor STATUS OPTION…: in namespace s; its JSON is in $WORK/doctor.json
doctor() {
	local want=$1 status=0
	shift
	in_ns s "$TCPWHY" doctor --json "$@" >"$WORK/doctor.json" || status=$?
	cat "$WORK/doctor.json"
	same "exit status of doctor $*" "$status" "$want"
}
# finds SEVERITY WHAT TEXT: exactly one such finding
finds() {
	same "finding $2 ($1)" "$(jq --arg s "$1" --arg w "$2" --arg t "$3" \
		'[.findings[] | select(.what==$w and .severity==$s and (tostring | contains($t)))] | length' "$WORK/doctor.json")" 1
}
worst() { jq -r .severity "$WORK/doctor.json"; }

pair
base=0 # what this kernel misses anyway
"$TCPWHY" doctor -i lo --json >"$WORK/doctor.json" || base=$?
cat "$WORK/doctor.json"
[ $base -le 1 ] || fail "the doctor says that tcpwhy cannot run here"
finds ok capabilities CAP_BPF
finds ok kernel "$(uname -r)"

# what it says is what happens; nothing is attached before
doctor $base -i s0
same "attached by the doctor" "$(attached_to s s0)" ""
said_in=$(jq -r '.findings[] | select(.what=="attaches") | .found' "$WORK/doctor.json")
tcpwhy s -i s0
did=$(sed -n 's/^tcpwhy: s0: attached; \(ingress by .*\): it sees.*/\1/p' "$WORK/tcpwhy-s.err")
same "what doctor said and run did" "$said_in" "$did"
stop s
# for people the same
in_ns s "$TCPWHY" doctor -i s0 >"$WORK/table" || true
cat "$WORK/table"
grep -q '^Interface s0$' "$WORK/table" || fail "no such interface in the table"
same "findings in the table" "$(grep -cE '^  (ok|note|degraded|fatal) ' "$WORK/table")" "$(jq '.findings | length' "$WORK/doctor.json")"

# several interfaces; one that is down; none of the name; no default route
ip -n "$(ns s)" link set s0 down
doctor $base -i s0 -i lo
finds note link down
ip -n "$(ns s)" link set s0 up
doctor 2 -i nowhere0
finds fatal interface s0
doctor 2
finds fatal interface "no default route"
same "usage" "$("$TCPWHY" doctor --what 2>/dev/null || echo $?)" 2

# programs of others
object=$WORK/foreign.o
clang -O2 -g -target bpf -I"/usr/include/$(uname -m)-linux-gnu" -c -o "$object" "$LIB/foreign.bpf.c"
in_ns s ip link set dev s0 xdpgeneric obj "$object" sec xdp
in_ns s tc qdisc add dev s0 clsact
in_ns s tc filter add dev s0 egress prio 10 bpf da obj "$object" sec tc
doctor 1 -i s0
finds degraded "foreign XDP" foreign_xdp
finds note "foreign tc" "0 on ingress, 1 on egress"
doctor 2 -i s0 --ingress xdp
finds fatal "foreign XDP" "is attached"
in_ns s ip link set dev s0 xdpgeneric off

# without privileges: it says which, and does not pretend to know the rest
# (the directory of the program may not be readable for somebody else)
cp "$TCPWHY" "$WORK/tcpwhy"
chmod 755 "$WORK" "$WORK/tcpwhy"
status=0
in_ns s setpriv --reuid=65534 --regid=65534 --clear-groups "$WORK/tcpwhy" doctor --json -i s0 >"$WORK/doctor.json" || status=$?
same "exit status without privileges" "$status" 2
finds fatal capabilities CAP_NET_ADMIN
finds note kernel "not tried"
