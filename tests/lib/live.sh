# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash
#
# What every live test needs: namespaces with real TCP stacks, the program under test, and witnesses
# that know nothing of it (the kernel's counters, tcpdump read by tshark).
#
# A test sources this file, builds a network (pair, wired or routed), starts what it needs, and
# states what must be true. It prints one line, "ok NAME", "not ok NAME reason" or "skip NAME
# reason", and its log only when it failed. All that it started and made is gone afterwards.
#
#   DEBUG=1     the log also has every command       KEEP=1    $WORK is kept
#   CAPTURES=d  the witnesses' captures are left there
#   INGRESS=x   --ingress for the program            SLOW=n    time limits are n times longer
set -Eeuo pipefail
LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOP=$(cd "$LIB/../.." && pwd)
BUILD=${BUILD:-$TOP/build}
TCPWHY=${TCPWHY:-$BUILD/tcpwhy}
SLOW=${SLOW:-1}
POLL=0.0$((SLOW < 4 ? 2 * SLOW : 9)) # seconds between two looks
NAME=$(basename "$0" .sh)
NAME=${NAME#test_}
WORK=$(mktemp -d "/tmp/tcpwhy-$NAME.XXXXXX")
PYTHON=/usr/bin/python3
declare -A STARTED=() # what was started and not yet ended: name → pid
declare -a SPACES=()
export LC_ALL=C

exec 3>&1 >"$WORK/log" 2>&1
trap finish EXIT
trap 'exit 143' INT TERM HUP
trap 'echo "\"$BASH_COMMAND\" failed ($?) at $(place)" | tee -a "$WORK/where" >&2' ERR
[ -z "${DEBUG:-}" ] || { PS4='+ ${BASH_SOURCE##*/}:$LINENO '; set -x; }

# ---- how a test ends ----

finish() {
	local rc=$?
	set +e
	trap - ERR INT TERM HUP
	for name in "${!STARTED[@]}"; do end "$name" KILL; done
	for ns in "${SPACES[@]}"; do ip netns del "$ns"; done
	declare -F cleanup >/dev/null && cleanup
	if [ $rc = 77 ]; then
		echo "skip $NAME $(cat "$WORK/reason")" >&3
	elif [ $rc = 0 ]; then
		echo "ok $NAME" >&3
	else
		reason=$(cat "$WORK/reason" 2>/dev/null || head -1 "$WORK/where" 2>/dev/null)
		echo "not ok $NAME ${reason:-ended with status $rc}" >&3
		for f in "$WORK/log" "$WORK"/*.err; do
			[ ! -s "$f" ] || { echo "---- ${f##*/}"; tail -n 200 "$f"; } | sed 's/^/  | /' >&3
		done
		rc=1
	fi
	[ -n "${KEEP:-}" ] && echo "  kept: $WORK" >&3 || rm -rf "$WORK"
	exit $rc
}

# Where in the test itself (not in this library) we are.
place() {
	local i
	for i in "${!BASH_SOURCE[@]}"; do
		[ "${BASH_SOURCE[i]}" != "$0" ] || { echo "line ${BASH_LINENO[i - 1]}"; return; }
	done
}

fail() { echo "$* (at $(place))" | tee "$WORK/reason"; exit 1; }
skip() { echo "$*" >"$WORK/reason"; exit 77; }

# same WHAT GOT WANTED
same() {
	echo "same: $1: $2"
	[ "$2" = "$3" ] || fail "$1: $2, expected $3"
}

# within WHAT GOT LEAST MOST (numbers, decimals allowed)
within() {
	echo "within: $1: $2 in $3..$4"
	awk -v g="$2" -v a="$3" -v b="$4" 'BEGIN { exit !(g != "" && g + 0 >= a && g + 0 <= b) }' ||
		fail "$1: ${2:-nothing}, expected $3 to $4"
}

minus() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.9g\n", a - b }'; }
plus() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.9g\n", a + b }'; }

# slack MS: in seconds, and more where all is slower: two witnesses look at slightly different moments
slack() { awk -v a="$1" -v b="$SLOW" 'BEGIN { print a * b / 1000 }'; }

# until_true SECONDS WHAT COMMAND…: polls; the test fails when it never comes true
until_true() {
	local what=$2 end=$(($(date +%s%N) + $1 * SLOW * 1000000000))
	shift 2
	until "$@"; do
		[ "$(date +%s%N)" -lt $end ] || fail "waited in vain for: $what"
		sleep "$POLL"
	done
}

# ---- processes: only those started here are ever ended ----

# start NAME COMMAND…: in the background, output in $WORK/NAME.out and .err
start() {
	local name=$1
	shift
	# A shell lets what it starts in the background ignore SIGINT; here it must not.
	env --default-signal=INT,QUIT "$@" >"$WORK/$name.out" 2>"$WORK/$name.err" 3>&- &
	STARTED[$name]=$!
}

# start_in NS NAME COMMAND…
start_in() {
	local n=$1 name=$2
	shift 2
	start "$name" nsenter --net="/run/netns/$(ns "$n")" -- "$@"
}

alive() { [ -n "${STARTED[$1]:-}" ] && [ -e "/proc/${STARTED[$1]}/exe" ] && kill -0 "${STARTED[$1]}" 2>/dev/null; }
is_dead() { ! alive "$1"; }

# end NAME [SIGNAL]: sends it and waits; the exit status is in ENDED
end() {
	local pid=${STARTED[$1]:-}
	[ -n "$pid" ] || return 0
	kill -"${2:-TERM}" "$pid" 2>/dev/null || true
	[ "${2:-TERM}" = KILL ] || until_true 20 "the end of $1" is_dead "$1"
	await "$1"
}

# await NAME: its exit status, in ENDED
await() {
	ENDED=0
	wait "${STARTED[$1]}" || ENDED=$?
	unset "STARTED[$1]"
}

# await_ok NAME SECONDS: it ends by itself, in time
await_ok() {
	until_true "$2" "the end of $1" is_dead "$1"
	await "$1"
	same "exit status of $1" "$ENDED" 0
}

# no_sockets NS: all of its connections are over, down to the last FIN
no_sockets() { [ -z "$(in_ns "$1" ss -Htan exclude listening exclude time-wait)" ]; }

said() { grep -q -- "$2" "$WORK/$1" 2>/dev/null; }

# ---- network ----

ns() { echo "$NAME.$$.$1"; }
in_ns() {
	local ns=$1
	shift
	nsenter --net="/run/netns/$(ns "$ns")" -- "$@"
}

ns_new() {
	local n
	n=$(ns "$1")
	ip netns add "$n"
	SPACES+=("$n")
	ip -n "$n" link set lo up
	in_order "$1" lo
	# Where a namespace may not have cubic, reno: never what the machine happens to use.
	tune "$1" net.ipv4.tcp_congestion_control=cubic 2>/dev/null ||
		tune "$1" net.ipv4.tcp_congestion_control=reno
	tune "$1" net.ipv4.tcp_syn_linear_timeouts=0 2>/dev/null || true # 6.5 and later
	tune "$1" net.ipv4.tcp_no_metrics_save=1 \
		net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 \
		net.ipv6.conf.default.router_solicitations=0 net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
}

# tune NS KEY=VALUE…
tune() { local n=$1; shift; in_ns "$n" sysctl -qw "$@"; }

# in_order NS IFACE: one CPU handles what arrives there; two that share a connection's packets really reorder them
in_order() { ip netns exec "$(ns "$1")" sh -c "echo 1 >/sys/class/net/$2/queues/rx-0/rps_cpus"; }

# link NS1 IFACE1 NS2 IFACE2: a veth pair, up
link() {
	ip link add "$2" netns "$(ns "$1")" type veth peer name "$4" netns "$(ns "$3")"
	ip -n "$(ns "$1")" link set "$2" up
	ip -n "$(ns "$3")" link set "$4" up
	in_order "$1" "$2"
	in_order "$3" "$4"
}

# address NS IFACE ADDR…
address() {
	local n=$1 i=$2
	shift 2
	for a in "$@"; do
		case $a in
		*:*) ip -n "$(ns "$n")" addr add "$a" dev "$i" nodad ;;
		*) ip -n "$(ns "$n")" addr add "$a" dev "$i" ;;
		esac
	done
}

# offloads NS IFACE on|off: off = what the stack sends is what is on the wire
offloads() {
	in_ns "$1" ethtool -K "$2" tx "$3" tso "$3" gso "$3" gro "$3" >/dev/null 2>&1 || true
}

# client c0 – s0 server
pair() {
	ns_new c
	ns_new s
	link c c0 s s0
	C4=10.0.1.1 S4=10.0.1.2 C6=fd00:1::1 S6=fd00:1::2
	address c c0 $C4/24 $C6/64
	address s s0 $S4/24 $S6/64
}

# client c0 – m: the wire – s0 server, one subnet. The wire is started by "wire RULE…".
wired() {
	ns_new c
	ns_new m
	ns_new s
	tune m net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
	link c c0 m mc
	link s s0 m ms
	C4=10.0.1.1 S4=10.0.1.2 C6=fd00:1::1 S6=fd00:1::2
	address c c0 $C4/24 $C6/64
	address s s0 $S4/24 $S6/64
	for i in "c c0" "s s0" "m mc" "m ms"; do offloads $i off; done
}

# wire [-s SEED] RULE…: rules as in wire_rule.h; ">" is from the client. What it did: $WORK/wire.log
wire() {
	local o=()
	[ "$1" != -s ] || { o=(-s "$2"); shift 2; }
	BUILD=$BUILD "$LIB/build-wire"
	start_in m wire "$BUILD/tests/wire" "${o[@]}" -l "$WORK/wire.log" mc ms "$@"
	until_true 5 "the wire" said wire.out ready
}

# client c0 – rc router rs – s0 server, two subnets
routed() {
	ns_new c
	ns_new r
	ns_new s
	link c c0 r rc
	link s s0 r rs
	C4=10.0.1.1 S4=10.0.2.2 C6=fd00:1::1 S6=fd00:2::2
	R4=10.0.1.254 R6=fd00:1::ffff
	address c c0 $C4/24 $C6/64
	address s s0 $S4/24 $S6/64
	address r rc $R4/24 $R6/64
	address r rs 10.0.2.254/24 fd00:2::ffff/64
	tune r net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	ip -n "$(ns c)" route add default via $R4
	ip -n "$(ns c)" -6 route add default via $R6
	ip -n "$(ns s)" route add default via 10.0.2.254
	ip -n "$(ns s)" -6 route add default via fd00:2::ffff
}

# nft NS TEXT: rules for an inet table; chains must be named in the text
nft_rules() { printf 'table inet t {\n%s\n}\n' "$2" | in_ns "$1" nft -f -; }

# actors: "serve NAME NS ADDR PORT …" and "connect NAME NS ADDR PORT …" run in the background
serve() {
	local name=$1 n=$2
	shift 2
	start_in "$n" "$name" $PYTHON "$LIB/actor.py" serve "$@"
	until_true 10 "the server $name" said "$name.out" ready
}
connect() {
	local name=$1 n=$2
	shift 2
	start_in "$n" "$name" $PYTHON "$LIB/actor.py" connect "$@"
}
# talk NS ADDR PORT …: a client in the foreground; what it said is in $WORK/talk.out
talk() {
	local n=$1
	shift
	in_ns "$n" timeout $((30 * SLOW)) $PYTHON "$LIB/actor.py" connect "$@" >"$WORK/talk.out"
	cat "$WORK/talk.out"
}

# send_raw NS IFACE PACKET…: as rawsend.py explains
send_raw() {
	local n=$1
	shift
	in_ns "$n" $PYTHON "$LIB/rawsend.py" "$@"
}

mac_of() { ip -n "$(ns "$1")" -br link show "$2" | awk '{ print $3 }'; }
ifindex_of() { ip -n "$(ns "$1")" -o link show "$2" | cut -d: -f1; }

# ---- witnesses ----

# kernel NS COUNTER: the kernel's own count since the namespace was made
kernel() { in_ns "$1" nstat -asz "$2" | awk -v n="$2" '$1 == n { print $2 }'; }

# watch NS IFACE: tcpdump from now on; stopped by "unwatch"
watch() {
	local name=$1-$2
	start_in "$1" "watch-$name" tcpdump -i "$2" -w "$WORK/$name.pcap" -n -U --immediate-mode -B 32768 -Z root
	until_true 10 "tcpdump" said "watch-$name.err" "listening on"
}

# unwatch NS IFACE: returns when all that passed before is in the file
unwatch() {
	local name=$1-$2 i
	for i in 1 2 3; do
		send_raw "$1" "$2" "eth / hex 656e642d6f662d77617463682e656e642d6f662d7761746368"
		for ((j = 0; j < 50; j++)); do
			! grep -qa end-of-watch "$WORK/$name.pcap" || break 2
			sleep "$POLL"
		done
	done
	end "watch-$name" INT
	cat "$WORK/watch-$name.err"
	said "watch-$name.err" "^0 packets dropped by kernel" || fail "the witness lost packets"
	[ -z "${CAPTURES:-}" ] || cp "$WORK/$name.pcap" "$CAPTURES/$NAME-$name.pcap"
}

# seen NS IFACE FILTER: how many packets match tshark's display filter
seen() { tshark_read "$1-$2" -Y "$3" 2>/dev/null | wc -l; }
# table NS IFACE FIELD…: all TCP packets into $WORK/table, a line each, tabs between: tshark is slow to start
table() {
	local n=$1 i=$2
	shift 2
	fields "$n" "$i" tcp "$@" >"$WORK/table"
}
# rows CONDITION EXPRESSION: of the table, as awk says it; fields are $1, $2, …
rows() { awk -F'\t' -v OFS='\t' "$1 { print $2 }" "$WORK/table"; }

# fields NS IFACE FILTER FIELD…: those fields of the packets, a line each, tabs between
fields() {
	local file=$1-$2 filter=$3 f=()
	shift 3
	for i in "$@"; do f+=(-e "$i"); done
	tshark_read "$file" -Y "$filter" -T fields -E occurrence=f "${f[@]}" 2>/dev/null
}
# attached_to NS IFACE: packet programs there, a line each, "HOOK … id N"
attached_to() {
	ip -n "$(ns "$1")" -d link show "$2" | sed -n 's,.*\(prog/xdp[a-z]* id [0-9]*\).*,\1,p'
	in_ns "$1" $PYTHON "$LIB/tcx.py" "$2" | sed 's/^/tcx /; s/ \([0-9]*\)$/ id \1/'
	for dir in ingress egress; do
		in_ns "$1" tc filter show dev "$2" $dir | sed -n "s/.*\(pref [0-9]*\).* \(id [0-9]*\).*/clsact $dir \1 \2/p"
	done
	in_ns "$1" tc qdisc show dev "$2" | sed -n 's/^qdisc clsact.*/clsact/p'
}

# below_highest NS IFACE FILTER: segments with payload or FIN that begin below the highest sequence sent, SYNs apart
below_highest() {
	fields "$1" "$2" "tcp && ($3)" tcp.stream tcp.srcport tcp.seq tcp.len tcp.flags | awk '
		function hex(s,   i, v) { for (i = 3; i <= length(s); i++) v = v * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1; return v }
		{
			f = hex($5); syn = int(f / 2) % 2; fin = f % 2; rst = int(f / 4) % 2; k = $1 " " $2
			if (rst) next
			end = $3 + $4 + syn + fin
			if (!(k in high)) { high[k] = end % 4294967296; next }
			d = end - high[k]
			if (d < -2147483648) d += 4294967296
			if (d > 2147483648) d -= 4294967296
			b = $3 - high[k]
			if (b < -2147483648) b += 4294967296
			if (b > 2147483648) b -= 4294967296
			if (!syn && $4 + fin > 0 && b < 0) n++
			if (d > 0) high[k] = end % 4294967296
		}
		END { print n + 0 }'
}
tshark_read() {
	local file=$1
	shift
	tshark -n -r "$WORK/$file.pcap" -o tcp.relative_sequence_numbers:FALSE -o tcp.desegment_tcp_streams:FALSE "$@"
}

# ---- the program under test ----

# tcpwhy NS OPTION…: starts "tcpwhy run" there and waits until it has attached
tcpwhy() {
	local n=$1 want
	shift
	want=$(printf '%s\n' "$@" | grep -cx -e -i || true)
	LOG=$WORK/$n.ndjson
	start "tcpwhy-$n" ip netns exec "$(ns "$n")" "$TCPWHY" run -w "$LOG" --ingress "${INGRESS:-auto}" "$@"
	until_true 60 "tcpwhy to attach" attached "$n" "$want"
}
attached() {
	alive "tcpwhy-$1" || { cat "$WORK/tcpwhy-$1.err"; fail "tcpwhy ended: $(tail -1 "$WORK/tcpwhy-$1.err")"; }
	[ "$(grep -cs '"capture_started"' "$WORK/$1.ndjson" || true)" -ge "$2" ] 2>/dev/null
}

# stop NS: Ctrl-C, and all that must hold of any log is looked at
stop() {
	end "tcpwhy-$1" INT
	cat "$WORK/tcpwhy-$1.err"
	same "exit status of tcpwhy" "$ENDED" 0
	check_log "$1"
}

check_log() {
	$PYTHON "$LIB/checklog.py" "$WORK/$1.ndjson" "${CHECK[@]+"${CHECK[@]}"}" >"$WORK/check.out" ||
		{ cat "$WORK/check.out"; fail "log of $1: $(head -1 "$WORK/check.out")"; }
}

# count NS CONDITION: lines of the log for which jq's expression holds
count() { { [ ! -e "$WORK/$1.ndjson" ] || jq -c "select($2)" "$WORK/$1.ndjson"; } | wc -l; }
# get NS CONDITION EXPRESSION: values, a line each
get() { jq -r "select($2) | $3" "$WORK/$1.ndjson"; }

# total NS CONDITION EXPRESSION: the sum of the values
total() { get "$@" | awk '{ n += $1 } END { printf "%d\n", n }'; }

counts_to() { [ "$(count "$1" "$2" 2>/dev/null)" -ge "$3" ]; }
# log_has NS SECONDS CONDITION [N]: waits until the log has (N of) it
log_has() { until_true "$2" "in the log: $3" counts_to "$1" "$3" "${4:-1}"; }

# events NS N CONDITION: exactly so many
events() {
	local got
	got=$(count "$1" "$3")
	[ "$got" = "$2" ] || { jq -c "select($3)" "$WORK/$1.ndjson" | sed -n 1,20p; fail "log of $1: $3: $got, expected $2"; }
	echo "events: $1: $3: $got"
}

# told NS PORT VERDICT WHAT: the verdict on each connection to that port. WHAT says what was done to it, or "healthy: …":
# docs/faults.md is made of these (tests/faults).
told() {
	local n=$1 port=$2 verdict=$3 wrong
	wrong=$(get "$n" ".event==\"connection\" and .resp_port==$port and .verdict!=\"$verdict\"" '"\(.verdict): \(.why)"')
	[ -z "$wrong" ] || fail "told on $n of port $port ($4): ${wrong%%$'\n'*}, expected $verdict"
	[ "$(count "$n" ".event==\"connection\" and .resp_port==$port")" -gt 0 ] || fail "$n says nothing of port $port ($4)"
	[ -z "${FAULTS:-}" ] || record "$@"
}
# record NS PORT VERDICT WHAT: log, witness and a line of the index, for the page
record() {
	local capture=("$WORK/$1-"*.pcap)
	cp "$WORK/$1.ndjson" "$FAULTS/$NAME-$1.ndjson"
	[ ! -e "${capture[0]}" ] || cp "${capture[0]}" "$FAULTS/$NAME-$1.pcap"
	printf '%s\t' "$NAME" "$@" >>"$FAULTS/index"
	echo >>"$FAULTS/index"
}

# healthy NS: no event that speaks of trouble
TROUBLE='["syn_retransmit","syn_ack_retransmit","handshake_bad_ack","syn_ack_payload","syn_nonzero_ack","connect_timeout",
"accept_timeout","land","reset","retransmit","out_of_order","duplicate_segment","lost_segment_unseen","zero_window",
"mss_exceeded","frag_needed","unreachable","pmtu_ignored","pmtu_black_hole","path_down","alert","events_lost","table_full"]'
healthy() { events "$1" 0 ".event as \$e | $TROUBLE | index(\$e)"; }

[ "$(id -u)" = 0 ] || skip "needs root"
[ -x "$TCPWHY" ] || [ -n "${LIVE_EXTRA:-}" ] || fail "$TCPWHY is not built"
[ -z "${LIVE_EXTRA:-}" ] || . "$LIVE_EXTRA"
