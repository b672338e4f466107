#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# --journal: trouble with its fields, nothing else; a journal that takes nothing holds up nobody. The journal is a small
# program of the test's own, at the journal's place in a mount namespace.

# all that follows sees a /run/systemd of its own
[ -n "${INSIDE:-}" ] || [ "$(id -u)" != 0 ] || INSIDE=1 exec unshare --mount --propagation slave "$0"
. "$(dirname "$0")/../lib/live.sh"
mkdir -p /run/systemd
mount -t tmpfs none /run/systemd
mkdir /run/systemd/journal
cleanup() { umount /run/systemd; }

# run_s OPTION…: like "tcpwhy s"
run_s() {
	LOG=$WORK/s.ndjson
	start_in s tcpwhy-s "$TCPWHY" run -w "$LOG" -i s0 "$@"
	until_true 60 "tcpwhy to attach" said tcpwhy-s.err "s0: attached"
}

pair
in_ns s timeout $((60 * SLOW)) "$TCPWHY" run -i s0 --journal all 2>"$WORK/none.err" && fail "it runs without a journal"
said none.err "there is no journal to write to" || fail "it says: $(cat "$WORK/none.err")"

start journald $PYTHON "$LIB/journald.py" /run/systemd/journal/socket
until_true 10 "the journal" said journald.out ready
run_s --journal trouble
serve one s $S4 5001 -n 1 recv:1000 send:5000 eof close
talk c $S4 5001 send:1000 recv:5000 shut eof close
await_ok one 10
talk c $S4 81 close
log_has s 10 '.event=="connection" and .verdict=="ok"'
end tcpwhy-s INT
same "exit status" "$ENDED" 0
entry() { sed 1d "$WORK/journald.out" | jq -c "select($1)"; }
has() { [ "$(entry "$1" | wc -l)" = 1 ]; }
until_true 10 "the end in the journal" has '.TCPWHY_EVENT == ["capture_stopped"]'
same "events in the journal" "$(entry true | jq -r '.TCPWHY_EVENT[0]' | sort | uniq -c | tr -s ' \n' ' ')" \
	" 1 capture_started 1 capture_stopped 1 connection "
refused=$(entry '.TCPWHY_EVENT == ["connection"]')
jq -e --arg a "$S4" '.TCPWHY_VERDICT == ["refused"] and .TCPWHY_RESP_ADDR == [$a] and .TCPWHY_RESP_PORT == ["81"] and
	.SYSLOG_IDENTIFIER == ["tcpwhy"] and .PRIORITY == ["6"] and (.MESSAGE[0] | contains("refused"))' <<<"$refused" || fail "it says: $refused"
same "conn" "$(jq -r '.TCPWHY_CONN[0]' <<<"$refused")" "$(get s '.event=="connection" and .verdict=="refused"' .conn)"
end journald KILL

# all, to a journal that is deaf: the log is complete, and the end is not held up
rm /run/systemd/journal/socket "$WORK/s.ndjson"
start deaf $PYTHON "$LIB/journald.py" /run/systemd/journal/socket deaf
until_true 10 "the deaf journal" said deaf.out ready
run_s --journal all
send_raw c c0 flood 20000 $((10000 / SLOW)) "$(mac_of s s0)" 198.18.0.1 $S4 5000
logged() { [ "$(wc -l <"$LOG")" -gt 20000 ]; }
until_true 30 "20,000 lines in the log" logged
end tcpwhy-s INT
same "exit status" "$ENDED" 0
said tcpwhy-s.err "journal: .* lines were not sent" || fail "it does not tell what was not sent"
end deaf KILL
