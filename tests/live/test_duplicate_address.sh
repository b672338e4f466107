#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Two hosts have one address: the client's next segment goes to the other, which resets a connection that it never had.
# Beside it the same two hosts at addresses of their own.
. "$(dirname "$0")/../lib/live.sh"

ns_new c
ns_new s
ns_new d
ns_new b
C4=10.0.1.1 S4=10.0.1.2
ip -n "$(ns b)" link add br0 type bridge
ip -n "$(ns b)" link set br0 up
for n in c s d; do
	link $n ${n}0 b b$n
	ip -n "$(ns b)" link set b$n master br0
done
address c c0 $C4/24
address s s0 $S4/24
address d d0 $S4/24 10.0.1.3/24
tune d net.ipv4.ip_default_ttl=128
to() { ip -n "$(ns c)" neigh replace $S4 lladdr "$(mac_of $1 ${1}0)" dev c0; }
watch c c0
tcpwhy c -i c0
serve s5001 s $S4 5001 -n 1 nodelay times:5 recv:100 send:100 end idle
for n in s d; do serve ${n}5002 $n $([ $n = s ] && echo $S4 || echo 10.0.1.3) 5002 -n 1 recv:100 send:100 eof close; done
to s
connect c5001 c $S4 5001 nodelay times:5 send:100 recv:100 end touch:"$WORK/moved" wait:"$WORK/on" send:100 idle
until_true 10 "five answers" test -e "$WORK/moved"
for addr in $S4 10.0.1.3; do talk c $addr 5002 send:100 recv:100 shut eof close; done
to d
touch "$WORK/on"
await c5001
for n in s d; do await_ok ${n}5002 5; done
end s5001
sleep 2.2 # until a RST is final
unwatch c c0
stop c

same "hosts that speak as one" "$(fields c c0 "tcp.port==5001 && ip.src==$S4" eth.src | sort -u | wc -l)" 2
told c 5002 ok "healthy: the same two hosts, at addresses of their own"
told c 5001 duplicate_address "two hosts have one address, and the second answers in the middle of a connection"
