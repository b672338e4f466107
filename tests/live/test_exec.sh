#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Alerts start programs: with the alert in the environment and no shell between; one that hangs is ended after its time
# limit with all that it started, and nothing waits for it.
. "$(dirname "$0")/../lib/live.sh"

pair
cat >"$WORK/note" <<'S'
#!/bin/sh
# what the program is given: arguments, environment, signals, descriptors
{ echo "args=$*"; env | grep ^TCPWHY_; echo "open=$(ls /proc/self/fd | wc -l)"; } >"$1.$TCPWHY_STATE.tmp"
mv "$1.$TCPWHY_STATE.tmp" "$1.$TCPWHY_STATE"
S
cat >"$WORK/hang" <<'S'
#!/bin/sh
trap '' TERM
echo $$ >"$1.tmp" && mv "$1.tmp" "$1"
sleep 1000 &
echo $! >"$1.child"
wait
sleep 1000
S
chmod +x "$WORK/note" "$WORK/hang"
cat >"$WORK/tcpwhy.conf" <<C
actions: {
	note: { type = "exec"; command = [ "$WORK/note", "$WORK/noted", "a \$HOME; b" ]; interval = 0; };
	hang: { type = "exec"; command = "$WORK/hang $WORK/hung"; time_limit = "1s"; };
	gone: { type = "exec"; command = "/nonexistent/program"; };
};
rules: {
	refused: { threshold = 5; window = "2s"; hold = "1s"; actions = [ "log", "note" ]; severity = "critical"; };
	hanging: { event = "reset"; where = "resp_port = 5003"; threshold = 3; window = "10s"; hold = "1s";
		   actions = [ "hang", "gone", "stderr" ]; };
};
C
tcpwhy c -i c0 --config "$WORK/tcpwhy.conf"
talk c $S4 5003 -c 3 close
until_true 10 "the program that hangs" test -s "$WORK/hung"
talk c $S4 5002 -c 8 close
until_true 10 "the program that notes" test -s "$WORK/noted.raised"
log_has c 15 '.event=="alert" and .rule=="refused" and .state=="cleared"'
until_true 10 "the program that notes the end" test -s "$WORK/noted.cleared"
until_true 15 "a word on the time limit" said tcpwhy-c.err "hang.* for rule hanging was ended after its time limit of 1 s"
hung_is_gone() { ! kill -0 "$(cat "$WORK/hung")" 2>/dev/null; }
child_is_gone() { ! kill -0 "$(cat "$WORK/hung.child")" 2>/dev/null; }
until_true 10 "the end of the program that hangs" hung_is_gone
until_true 10 "the end of what it started" child_is_gone
said tcpwhy-c.err "cannot start /nonexistent/program for rule hanging: No such file" || fail "no word on the program that is not there"
stop c

has() { grep -qxF -- "$1" "$WORK/noted.raised" || fail "the program was not given: $1; but: $(cat "$WORK/noted.raised")"; }
has "args=$WORK/noted a \$HOME; b"
has "TCPWHY_RULE=refused"
has "TCPWHY_STATE=raised"
has "TCPWHY_SEVERITY=critical"
has "TCPWHY_KEY=$S4:5002"
has "TCPWHY_KEY_NAME=resp_addr:resp_port"
has "TCPWHY_THRESHOLD=5"
has "open=4" # standard ones, and that of ls itself
grep -q '^TCPWHY_TEXT=refused raised for' "$WORK/noted.raised" || fail "no text for people"
same "alerts on standard error" "$(grep -c 'alert: refused' "$WORK/tcpwhy-c.err" || true)" 0
events c 1 '.event=="alert" and .rule=="refused" and .state=="raised"'
