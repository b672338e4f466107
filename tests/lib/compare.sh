# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash
#
# For live tests of `tcpwhy compare`: the server's log gets a clock of its own, and what is found is a table.

AHEAD=7654321 # ms that the server's clock is ahead of the client's

# later FILE: the log with a clock that is AHEAD
later() {
	$PYTHON - "$1" $AHEAD <<-'END'
		import datetime, json, sys
		def move(text):
		    when = datetime.datetime.strptime(text[:19], '%Y-%m-%dT%H:%M:%S')
		    ns = int(text[20:29]) + int(sys.argv[2]) * 1000000
		    when += datetime.timedelta(seconds=ns // 10**9)
		    return '%s.%09dZ' % (when.strftime('%Y-%m-%dT%H:%M:%S'), ns % 10**9)
		for line in open(sys.argv[1]):
		    event = json.loads(line)
		    for key in 'ts', 'start':
		        if key in event:
		            event[key] = move(event[key])
		    print(json.dumps(event))
	END
}

# compare [OPTION…]: the client's log as A, the server's as B; findings in $WORK/found
compare() {
	later "$WORK/s.ndjson" >"$WORK/later.ndjson"
	"$TCPWHY" compare "$@" "$WORK/c.ndjson" "$WORK/later.ndjson" -w "$WORK/found"
	jq -r '[.resp_port, .event, .what // "-", .toward // "-", .count // "-"] | join(" ")' "$WORK/found" | sort >"$WORK/table"
	"$TCPWHY" compare "$@" "$WORK/later.ndjson" "$WORK/c.ndjson" -w "$WORK/turned" >/dev/null
	jq -r '[.resp_port, .event, .what // "-", {a: "b", b: "a"}[.toward // "-"] // "-", .count // "-"] | join(" ")' \
		"$WORK/turned" | sort >"$WORK/turned.table"
}

# found: standard input has the table that must come, a line each: PORT EVENT WHAT TOWARD COUNT
found() {
	sort >"$WORK/wanted"
	diff -u "$WORK/wanted" "$WORK/table" || { cat "$WORK/found"; fail "compare: $(diff "$WORK/wanted" "$WORK/table" | grep '^[<>]' | head -3)"; }
	diff -u "$WORK/wanted" "$WORK/turned.table" || fail "compare, logs swapped: $(diff "$WORK/wanted" "$WORK/turned.table" | grep '^[<>]' | head -3)"
}

# one CONDITION: exactly one finding is like this
one() { same "findings: $1" "$(jq -c "select($1)" "$WORK/found" | wc -l)" 1; }
