#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The service under a real systemd: this machine's files with a layer over them, booted in a container. It starts,
# notifies when it has attached, reloads, is restarted when it hangs and when it is killed, and stops; so does the unit of
# one interface. Its exposure is held to what is documented.
. "$(dirname "$0")/../lib/live.sh"

INIT=/lib/systemd/systemd
command -v systemd-nspawn >/dev/null || skip "needs systemd-nspawn (package systemd-container)"
[ -x $INIT ] || skip "needs systemd (package systemd)"
[ "$SLOW" = 1 ] || skip "booting is too slow here"

ROOT=$WORK/root
cleanup() {
	umount -R "$ROOT" 2>/dev/null
	umount "$WORK/layer" 2>/dev/null
}
mkdir "$ROOT" "$WORK/layer"
mount -t tmpfs none "$WORK/layer"
mkdir "$WORK/layer/up" "$WORK/layer/work"
mount -t overlay overlay -o "lowerdir=/,upperdir=$WORK/layer/up,workdir=$WORK/layer/work" "$ROOT" ||
	skip "needs a layer over / (overlayfs)"
# Of this machine's services only what systemd itself wants.
rm -rf "$ROOT"/etc/systemd/system/* "$ROOT"/etc/tcpwhy "$ROOT"/var/log/tcpwhy
: >"$ROOT/etc/machine-id"
make -s -C "$TOP" B="${BUILD#"$TOP"/}" install DESTDIR="$ROOT" PREFIX=/usr

# ---- what systemd thinks of the units ----
for unit in tcpwhy.service tcpwhy@.service; do
	exposure=$(systemd-analyze security --offline=true --no-pager "$ROOT/usr/lib/systemd/system/$unit" |
		sed -n 's/.*Overall exposure level for .*: \([0-9.]*\) .*/\1/p')
	within "exposure of $unit" "$exposure" 0.1 2.0
done

# ---- inside: times are short, so that the test is ----
mkdir -p "$ROOT/etc/systemd/system/tcpwhy.service.d" "$ROOT/etc/systemd/system/basic.target.wants" "$ROOT/test"
# With all that opens files, ports and programs later, when it may do least.
cat >"$ROOT/etc/tcpwhy/tcpwhy.conf" <<'CONF'
write = "/var/log/tcpwhy/events.ndjson";
sync = "second";
capture = "/var/log/tcpwhy/evidence.pcapng";
metrics = "127.0.0.1:9464";
rules: { refused: { threshold = 1; clear = 1; min = 0; good = 0.0; window = 10; actions = [ "note" ]; }; };
actions: { note: { type = "exec"; command = [ "/bin/sh", "-c", "echo $TCPWHY_RULE >/var/log/tcpwhy/told" ]; }; };
CONF
printf '[Service]\nWatchdogSec=4\nTimeoutAbortSec=1\nRestartSec=0.1\n' >"$ROOT/etc/systemd/system/tcpwhy.service.d/quick.conf"
cat >"$ROOT/etc/systemd/system/probe.service" <<'PROBE'
[Unit]
DefaultDependencies=no
After=basic.target
[Service]
Type=oneshot
ExecStart=/bin/bash /test/inside
StandardOutput=append:/test/facts
StandardError=append:/test/errors
ExecStopPost=systemctl halt --force --no-block
TimeoutStartSec=250
PROBE
ln -s ../probe.service "$ROOT/etc/systemd/system/basic.target.wants/"
cat >"$ROOT/test/inside" <<'INSIDE'
LOG=/var/log/tcpwhy/events.ndjson
show() { systemctl show --value -p "$2" "$1"; }
pid() { show tcpwhy MainPID; }
# until SECONDS COMMAND…
until_() { local n=$(($1 * 20)); shift; until "$@"; do ((n-- > 0)) || return 1; sleep 0.05; done; }
starts() { [ "$(grep -cs capture_started $LOG)" -ge "$1" ] && [ "$(show tcpwhy SubState)" = running ]; }
newer() { [ "$(show tcpwhy WatchdogTimestampMonotonic)" != "$1" ]; }

systemd-sysusers
systemctl start tcpwhy
echo "start $?"
echo "attached-when-ready $(grep -c capture_started $LOG)"
echo "state $(show tcpwhy ActiveState)"
first=$(pid)
echo "user $(stat -c %U /proc/$first) $(stat -c '%U %a' $LOG) $(stat -c '%U %a' /var/log/tcpwhy)"
awk '/^CapEff|^CapPrm|^CapBnd|^CapAmb|^NoNewPrivs/ { print tolower($1) $2 } ' /proc/$first/status
touch /test/started
until_ 60 test -e /test/talked
until_ 15 test -n "$(show tcpwhy StatusText)"
echo "status $(show tcpwhy StatusText)"
exec 9<>/dev/tcp/127.0.0.1/9464 && printf 'GET /healthz HTTP/1.0\r\n\r\n' >&9 && echo "healthz $(head -1 <&9 | tr -d '\r')"
exec 9>&-
until_ 40 test -s /var/log/tcpwhy/told
echo "told $(cat /var/log/tcpwhy/told)"
written() { compgen -G '/var/log/tcpwhy/evidence*.pcapng'; }
until_ 40 written >/dev/null
echo "evidence $(stat -c %U /var/log/tcpwhy/evidence*.pcapng | sort -u)"
sign=$(show tcpwhy WatchdogTimestampMonotonic)
until_ 10 newer "$sign" && echo "alive yes"
printf 'rules: { refused: { threshold = 7; window = 60; }; };\nwrite = "/var/log/tcpwhy/events.ndjson";\n' >/etc/tcpwhy/tcpwhy.conf
systemctl reload tcpwhy
echo "reload $? $([ "$(pid)" = "$first" ] && echo same) $(show tcpwhy ActiveState)"
echo "restarts-so-far $(show tcpwhy NRestarts)"
kill -STOP "$first"
until_ 40 starts 2
echo "after-hang $(show tcpwhy NRestarts) $([ "$(pid)" != "$first" ] && echo another)"
kill -KILL "$(pid)"
until_ 40 starts 3
echo "after-kill $(show tcpwhy NRestarts)"
systemctl restart tcpwhy
echo "restart $? $(grep -c capture_started $LOG) $(grep -c capture_stopped $LOG)"
systemctl stop tcpwhy
echo "stop $? $(show tcpwhy ActiveState) $(show tcpwhy Result) $(show tcpwhy ExecMainStatus) $(grep -c capture_stopped $LOG)"
systemctl start tcpwhy@c0
echo "instance $? $(grep -c '"iface":"c0"' /var/log/tcpwhy/events-c0.ndjson)"
systemctl stop tcpwhy@c0
echo "instance-stop $? $(show tcpwhy@c0 Result)"
echo done
journalctl -u 'tcpwhy*' --no-pager -q >&2
INSIDE

pair
ip -n "$(ns c)" route add default via $S4
start box systemd-nspawn --quiet --register=no --keep-unit --machine="tw$$" --directory="$ROOT" \
	--network-namespace-path="/run/netns/$(ns c)" --capability=CAP_NET_ADMIN,CAP_BPF,CAP_PERFMON \
	--system-call-filter="bpf perf_event_open" --boot systemd.unit=basic.target
began() { is_dead box || [ -e "$ROOT/test/facts" ]; }
until_true 60 "systemd" began
[ -e "$ROOT/test/facts" ] || { tail -n 5 "$WORK/box.err" "$WORK/box.out"; skip "no systemd boots here"; }
until_true 30 "the service" test -e "$ROOT/test/started"
talk c $S4 5001 close
until_true 10 "the refusal in the service's log" grep -qs '"refused"' "$ROOT/var/log/tcpwhy/events.ndjson"
# what only the kernel knows is known there too: the three capabilities suffice for it
serve whole s $S4 5002 -n 1 recv:10 send:10 eof close
talk c $S4 5002 send:10 recv:10 shut eof close
until_true 20 "the owner of a connection in the service's log" \
	grep -qs '"resp_port":5002.*"comm":"python3".*"end":"fin"' "$ROOT/var/log/tcpwhy/events.ndjson"
# a connection that is over at once, for the flight recorder: the refused one may be tried again for a minute
serve abandoned s $S4 5003 -n 1 idle close
talk c $S4 5003 send:10 abort
touch "$ROOT/test/talked"
until_true 250 "the end of systemd" is_dead box
cat "$ROOT/test/errors" "$ROOT/test/facts"

fact() { sed -n "s/^$1 //p" "$ROOT/test/facts"; }
same "start" "$(fact start)" 0
same "attached when it says so" "$(fact attached-when-ready)" 1
same "state" "$(fact state)" active
same "user, owner and mode of the log and its directory" "$(fact user)" "tcpwhy tcpwhy 640 tcpwhy 750"
for set in capeff capprm capbnd; do same "$set" "$(sed -n "s/^$set://p" "$ROOT/test/facts")" 000000c000001000; done
same "ambient" "$(sed -n 's/^capamb://p' "$ROOT/test/facts")" 0000000000000000
same "no_new_privs" "$(sed -n 's/^nonewprivs://p' "$ROOT/test/facts")" 1
case $(fact status) in *"0 events lost"*) ;; *) fail "status: $(fact status)" ;; esac
case $(fact healthz) in *200*) ;; *) fail "/healthz: $(fact healthz)" ;; esac
same "told by an alert's program" "$(fact told)" refused
same "owner of the evidence" "$(fact evidence)" tcpwhy
same "signs of life" "$(fact alive)" yes
same "reload" "$(fact reload)" "0 same active"
same "restarts while all was well" "$(fact restarts-so-far)" 0
same "after it hung" "$(fact after-hang)" "1 another"
same "after it was killed" "$(fact after-kill)" 2
same "restart" "$(fact restart)" "0 4 1"
same "stop" "$(fact stop)" "0 inactive success 0 2"
same "instance" "$(fact instance)" "0 1"
same "its stop" "$(fact instance-stop)" "0 success"
tail -1 "$ROOT/test/facts" | grep -qx done || fail "it did not come to its end"
same "left on the interface" "$(attached_to c c0)" ""
