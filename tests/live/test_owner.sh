#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# pid, comm and cgroup are those of the socket's owner: of connections made, accepted, refused, cut off and never
# answered; of the worker where a master listens; not of a program that only happens to run.
. "$(dirname "$0")/../lib/live.sh"

[ -e /sys/kernel/btf/vmlinux ] || skip "kernel without BTF"
CGROUP2=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
GROUP=
cleanup() { [ -z "$GROUP" ] || rmdir "$CGROUP2/$GROUP/inner" "$CGROUP2/$GROUP" 2>/dev/null || true; }

# python NAME: python under a name of its own, which is the process' comm
python() { ln -sf "$PYTHON" "$WORK/$1"; echo "$WORK/$1"; }
CLIENT=$(python a-client) BUSY=$(python a-busy-one) MASTER=$(python a-master) THREADS=$(python a-thread)

cat >"$WORK/prefork.py" <<'EOF'
# A master that listens, and one worker, which accepts: it answers, and waits for FIN, or RST.
import os, socket, sys
listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
if os.fork():
    os.wait()
    sys.exit(0)
open("/proc/self/comm", "w").write("a-worker")
print("ready", os.getpid(), flush=True)
for _ in range(2):
    conn, _ = listener.accept()
    try:
        conn.sendall(conn.recv(100))
        while conn.recv(100):
            pass
    except ConnectionError:
        pass
    conn.close()
EOF
cat >"$WORK/thread.py" <<'EOF'
# Connects from a thread of another name.
import socket, sys, threading
def work():
    open(f"/proc/self/task/{threading.get_native_id()}/comm", "w").write("not-this-one")
    socket.create_connection((sys.argv[1], int(sys.argv[2]))).close()
t = threading.Thread(target=work)
t.start()
t.join()
EOF

pair
tcpwhy c -i c0 -i lo --rule resets:key=comm,threshold=1,good=0
tcpwhy s -i s0
for i in 1 2; do # whoever runs while the packets come
	start_in c busy$i nice -n 19 "$BUSY" -c 'while True: pass'
done

# made here and accepted here: a worker, and FIN; then the client cuts it off
start_in s master "$MASTER" "$WORK/prefork.py" $S4 5000
until_true 10 "the worker" said master.out ready
WORKER=$(awk '/^ready/ { print $2 }' "$WORK/master.out")
in_ns c "$CLIENT" "$LIB/actor.py" connect $S4 5000 send:10 recv:10 shut eof close >"$WORK/client.out"
in_ns c "$CLIENT" "$LIB/actor.py" connect $S4 5000 send:10 recv:10 abort >>"$WORK/client.out"
# by a thread, over IPv6; an IPv6 listener that takes IPv4; refused; one that is not answered
serve v6 s :: 5001 -n 2 eof close
in_ns c "$THREADS" "$WORK/thread.py" $S6 5001
in_ns c "$THREADS" "$WORK/thread.py" $S4 5001
in_ns c "$CLIENT" "$LIB/actor.py" connect $S4 81 close || true
nft_rules s 'chain in { type filter hook input priority 0; tcp dport 82 drop; }'
start_in c unanswered "$CLIENT" "$LIB/actor.py" connect $S4 82 close
# both ends here
serve lo c 127.0.0.1 5002 -n 1 recv:10 send:10 eof close
in_ns c "$CLIENT" "$LIB/actor.py" connect 127.0.0.1 5002 send:10 recv:10 shut eof close
# in a cgroup that is gone when the record is written
if [ -n "$CGROUP2" ]; then
	GROUP=tcpwhy-test-$$
	mkdir -p "$CGROUP2/$GROUP/inner"
	serve group s $S4 5003 -n 1 recv:10 send:10 eof close
	in_ns c sh -c "echo \$\$ >$CGROUP2/$GROUP/inner/cgroup.procs; exec $CLIENT $LIB/actor.py connect $S4 5003 send:10 recv:10 shut eof close"
	cleanup
fi
log_has c 15 '.event=="connection" and .resp_port==5000' 2
log_has s 15 '.event=="connection" and .resp_port==5000' 2
log_has c 15 '.event=="connection" and .resp_port==5002'
log_has c 15 '.event=="connection" and .resp_port==5001' 2
log_has c 15 '.event=="syn" and .resp_port==82'
[ -z "$GROUP" ] || log_has c 15 '.event=="connection" and .resp_port==5003'
stop c
stop s

is='.event=="connection"'
events c 0 "$is and (has(\"comm\") | not)"
for n in c s; do events $n 0 "$is and ((.comm, .resp_comm) | IN(\"a-busy-one\", \"not-this-one\"))"; done
same "owners of 5000, client" "$(get c "$is and .resp_port==5000" '.comm+" "+.end')" $'a-client fin\na-client reset'
same "owners of 5000, server" "$(get s "$is and .resp_port==5000" '"\(.comm) \(.pid) \(.end)"')" \
	"a-worker $WORKER fin"$'\n'"a-worker $WORKER reset"
same "by a thread" "$(get c "$is and .resp_port==5001" .comm)" $'a-thread\na-thread'
events s 2 "$is and .resp_port==5001 and .comm==\"python3\""
events c 1 "$is and .resp_port==81 and .cause==\"refused\" and .comm==\"a-client\""
events c 1 "$is and .resp_port==82 and .comm==\"a-client\""
events s 0 "$is and .resp_port==82 and has(\"pid\")"
events c 1 "$is and .resp_port==5002 and .comm==\"a-client\" and .resp_comm==\"python3\" and .pid!=.resp_pid"
[ -z "$GROUP" ] || same "cgroup" "$(get c "$is and .resp_port==5003" .cgroup)" "/$GROUP/inner"
events c 1 '.event=="alert" and .rule=="resets" and .state=="raised" and .key=="a-client"'
