#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The configuration file: the first line tells what is in effect; SIGHUP reads the rules anew, a broken file changes
# nothing, and connections that are open meanwhile lose nothing.
. "$(dirname "$0")/../lib/live.sh"

pair
conf() { printf 'event_budget = 100;\nring = %s;\nrules: { refused: { threshold = %s; window = "2s"; hold = "1s"; }; };\n' "$1" "$2"; }
conf 4 1000 >"$WORK/tcpwhy.conf"
tcpwhy c -i c0 --config "$WORK/tcpwhy.conf" --max-half-open 512
serve open s $S4 5001 -n 1 recv:10 send:10 wait:"$WORK/go" send:10 eof close
connect open-client c $S4 5001 send:10 recv:20 shut eof close
log_has c 5 '.event=="established" and .resp_port==5001'
talk c $S4 5002 -c 8 close
log_has c 5 '.event=="reset" and .resp_port==5002' 8

# A mistake: the old rules stay, and it is said.
echo 'rules: { refused: { treshold = 5; }; };' >"$WORK/tcpwhy.conf"
kill -HUP "${STARTED[tcpwhy-c]}"
until_true 5 "a word on the mistake" said tcpwhy-c.err "tcpwhy.conf:1: refused: there is no field \"treshold\""
said tcpwhy-c.err "the rules stay as they were" || fail "it is not said that the old rules stay"
talk c $S4 5003 -c 8 close
log_has c 5 '.event=="reset" and .resp_port==5003' 8

# A new threshold: in effect at once, what was counted stays counted.
conf 8 5 >"$WORK/tcpwhy.conf"
kill -HUP "${STARTED[tcpwhy-c]}"
until_true 5 "the rules to be read" said tcpwhy-c.err "rules were read anew"
until_true 5 "a word on the ring" said tcpwhy-c.err "at the next start"
talk c $S4 5004 -c 8 close
log_has c 10 '.event=="alert" and .state=="raised" and .key=="'$S4:5004'"'
# Programs cannot be started any more by who has given that up, and it is said.
cp "$WORK/tcpwhy.conf" "$WORK/before"
echo 'actions: { page: { type = "exec"; command = "/bin/true"; }; };' >>"$WORK/tcpwhy.conf"
kill -HUP "${STARTED[tcpwhy-c]}"
until_true 5 "a word on programs" said tcpwhy-c.err "rules stay as they were: an action that starts a program needs a new start"
cp "$WORK/before" "$WORK/tcpwhy.conf"
touch "$WORK/go"
await_ok open 10
await_ok open-client 10
log_has c 15 '.event=="connection" and .resp_port==5001'
stop c

events c 1 '.event=="connection" and .resp_port==5001 and .end=="fin" and .orig_bytes==10 and .resp_bytes==20 and (.midstream|not)'
same "the configuration in the first line" "$(head -1 "$WORK/c.ndjson" | jq -c '[.event, .config.event_budget,
	.config.max_half_open, .config.rules.refused.threshold, .config.rules.refused.window, .config.rules.pmtu.threshold]')" \
	'["capture_started",100,512,1000,2,200]'
same "lines with a configuration" "$(count c '.config')" 1
same "a file that is right" "$("$TCPWHY" check-config "$WORK/tcpwhy.conf" >/dev/null && echo yes)" yes
echo 'rung = 4;' >"$WORK/tcpwhy.conf"
same "a file with a mistake" "$("$TCPWHY" check-config "$WORK/tcpwhy.conf" 2>&1 | grep -c 'tcpwhy.conf:1: rung')" 1
