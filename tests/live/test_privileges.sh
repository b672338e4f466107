#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What a running tcpwhy may still do: three capabilities, no way to more, few system calls, another user if asked. With
# no more than that it attaches again to an interface that comes back, opens its log anew, and leaves nothing behind.
. "$(dirname "$0")/../lib/live.sh"

THREE=000000c000001000 # CAP_NET_ADMIN 12, CAP_PERFMON 38, CAP_BPF 39

field() { awk -v f="$1:" '$1 == f { print $2 }' "/proc/${STARTED[$RUN]}/status"; }
# confined UID SECCOMP: as the kernel tells it of the running program, all threads
confined() {
	until_true 10 "the filter of system calls" has_filter "$2"
	for id in $(field Uid); do same "user" "$id" "$1"; done
	same "effective capabilities" "$(field CapEff)" $THREE
	same "permitted capabilities" "$(field CapPrm)" $THREE
	same "inheritable capabilities" "$(field CapInh)" 0000000000000000
	same "ambient capabilities" "$(field CapAmb)" 0000000000000000
	same "no_new_privs" "$(field NoNewPrivs)" 1
	for t in "/proc/${STARTED[$RUN]}/task"/*; do
		same "filter of thread ${t##*/}" "$(awk '$1 == "Seccomp:" { print $2 }' "$t/status")" "$2"
		same "capabilities of thread ${t##*/}" "$(awk '$1 == "CapEff:" { print $2 }' "$t/status")" $THREE
	done
}
# The last that it gives up.
has_filter() { alive "$RUN" && [ "$(field NoNewPrivs)" = 1 ] && [ "$(field Seccomp)" = "$1" ]; }
# run NAME COMMAND… -- OPTION…: writes $WORK/log/NAME
run() {
	RUN=$1
	shift
	local how=()
	while [ "$1" != -- ]; do how+=("$1"); shift; done
	shift
	start "$RUN" ip netns exec "$(ns c)" ${how[@]+"${how[@]}"} "$TCPWHY" run -i c0 -w "$DIR/$RUN" "$@"
	until_true 20 "tcpwhy to attach" started
}
started() {
	alive "$RUN" || { cat "$WORK/$RUN.err"; fail "tcpwhy ended: $(tail -1 "$WORK/$RUN.err")"; }
	grep -qs capture_started "$DIR/$RUN"
}
finished() {
	end "$RUN"
	cat "$WORK/$RUN.err"
	same "exit status" "$ENDED" 0
	same "what is left on the interface" "$(attached_to c c0)" ""
}

ns_new c
ns_new s
C4=10.0.1.1 S4=10.0.1.2
up() {
	link c c0 s s0
	address c c0 $C4/24
	address s s0 $S4/24
}
up
nobody=$(id -u nobody)
chmod 755 "$WORK"
DIR=$WORK/logs
mkdir "$DIR"

# root stays root in name only
run root -- --user root
confined 0 2
same "bounding set" "$(field CapBnd)" 0000000000000000
finished
run unfiltered -- --user root --no-seccomp
confined 0 0
finished

# another user, who works on
chown nobody "$DIR"
run nobody -- --user nobody
confined "$nobody" 2
same "bounding set" "$(field CapBnd)" 0000000000000000
same "groups" "$(awk '$1 == "Groups:" { $1 = ""; print }' "/proc/${STARTED[nobody]}/status" | xargs)" "$(id -G nobody)"
same "owner of the log" "$(stat -c %u "$DIR/nobody")" "$nobody"
ip -n "$(ns c)" link del c0
until_true 5 "word of the interface that went" said nobody.err "c0.*gone"
up
again() { [ "$(grep -cs capture_started "$DIR/nobody")" = 2 ]; }
until_true 10 "it to attach again" again
mv "$DIR/nobody" "$DIR/nobody.1"
kill -USR1 "${STARTED[nobody]}"
until_true 5 "the new log" test -e "$DIR/nobody"
talk c $S4 5001 close
until_true 10 "the refusal in the new log" grep -qs '"refused"' "$DIR/nobody"
finished
grep -q capture_stopped "$DIR/nobody" || fail "the log has no end"

# with a thread and files that come later: no thread may do more, and each file is the user's
run busy -- --user nobody --sync second --rotate-size 64k --capture "$DIR/evidence.pcapng"
talk c $S4 5002 close
until_true 10 "the refusal in the log" grep -qs '"refused"' "$DIR/busy"
thread() { [ "$(ls "/proc/${STARTED[busy]}/task" | wc -l)" -ge 2 ]; }
until_true 10 "the thread that syncs" thread
confined "$nobody" 2
send_raw c c0 flood 3000 0 "$(mac_of s s0)" 198.18.0.1 $S4 5000
rotated() { compgen -G "$DIR/busy.2*" >/dev/null; }
until_true 20 "rotation" rotated
finished
for f in "$DIR"/busy* "$DIR"/evidence*; do same "owner of ${f##*/}" "$(stat -c %u "$f")" "$nobody"; done

# an ordinary user with the three capabilities, as the service manager starts it
if setpriv --list-caps 2>/dev/null | grep -qx bpf; then
	caps=+bpf,+net_admin,+perfmon
	run ambient setpriv --reuid nobody --clear-groups --regid nogroup --inh-caps "$caps" --ambient-caps "$caps" --
	confined "$nobody" 2
	finished
fi

# mistakes
status=0
in_ns c "$TCPWHY" run -i c0 --user no-such-user >"$WORK/mistake" 2>&1 || status=$?
cat "$WORK/mistake"
same "exit status with a user that there is not" "$status" 1
said mistake "no user 'no-such-user'" || fail "no word of the user"
