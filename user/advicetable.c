// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What an analyst would say of each verdict. The rows of a verdict come in the order in which they are
 * told: the likeliest and cheapest check first. A sentence claims only what the verdict shows.
 */
#include "advice.h"

#define NEXT TW_ADVICE_NEXT
#define MEANS TW_ADVICE_MEANS
#define CHECK TW_ADVICE_CHECK
#define ANY TW_AT_ANY
#define WHO TW_AT_WHO
#define WHOM TW_AT_WHOM
#define AWAY_WHO (TW_AT_WHOM | TW_AT_BETWEEN)  /* not on the host of {who} */
#define AWAY_WHOM (TW_AT_WHO | TW_AT_BETWEEN)

const struct tw_advice_row tw_advice_table[] = {
	/* {who}: the originator */
	{ "no_answer", NULL, ANY, NEXT, "A SYN-ACK within one round trip, or a RST if nothing listens on port {port}, or an ICMP error "
	  "if there is no way. Silence is none of these." },
	{ "no_answer", NULL, AWAY_WHOM, MEANS, "The SYN did not arrive at {resp}, or something dropped it there without a word, or the "
	  "answer was lost on its way back. From this side alone nobody can tell which." },
	{ "no_answer", NULL, WHOM, MEANS, "The SYN did reach this host, and nothing left it in answer. The path there is innocent." },
	{ "no_answer", NULL, AWAY_WHOM, CHECK, "Watch on {resp} as well: tcpwhy run, or tcpdump 'host {orig} and tcp port {port}'. If the SYN "
	  "arrives there, the fault is on that host or on the way back. If not, it is on the way there." },
	{ "no_answer", NULL, AWAY_WHOM, CHECK, "A firewall between that drops silently (a cloud's security group is one). One that rejects "
	  "would show as a RST or an ICMP error." },
	{ "no_answer", NULL, ANY, CHECK, "On {resp}: is the accept queue of port {port} full? `ss -ltn 'sport = :{port}'` shows Recv-Q above "
	  "Send-Q, `nstat -az TcpExtListenOverflows TcpExtListenDrops` counts." },
	{ "no_answer", NULL, ANY, CHECK, "On {resp}: its own firewall (`nft list ruleset`), a full conntrack table (dmesg), and rp_filter where "
	  "it has several ways (`nstat -az TcpExtIPReversePathFilter`)." },
	{ "no_answer", NULL, AWAY_WHOM, CHECK, "The way back: a stateful firewall that sees only one direction drops what it did not see "
	  "begin." },

	{ "dropped_by_kernel", NULL, ANY, NEXT, "The packet should have reached its socket, and been answered." },
	{ "dropped_by_kernel", NULL, ANY, MEANS, "This host's own kernel dropped it, for the reason above. Neither the path nor the other side is "
	  "to blame." },
	{ "dropped_by_kernel", "NETFILTER", ANY, CHECK, "A firewall rule of this host: `nft list ruleset` (look for drop, for a chain's policy, and for "
	  "conntrack's state invalid). `nft monitor trace` names the rule, once a rule `meta nftrace set 1` marks the packets." },
	{ "dropped_by_kernel", "LISTEN", ANY, CHECK, "The accept queue of port {port} is full: the application accepts too slowly, or listen()'s "
	  "backlog and net.core.somaxconn are too small. `ss -ltn 'sport = :{port}'` shows Recv-Q above Send-Q." },
	{ "dropped_by_kernel", "RPFILTER", ANY, CHECK, "rp_filter: the way back to {orig} leaves by another interface. `ip route get {orig}`; "
	  "rp_filter=2 (loose) accepts such paths." },
	{ "dropped_by_kernel", "QDISC", ANY, CHECK, "The queue of the interface: `tc -s qdisc` shows drops; a shaper, a queue that is too short, or more "
	  "traffic than the link takes." },
	{ "dropped_by_kernel", "SOCKET_", ANY, CHECK, "The application does not read fast enough: `ss -tmn` shows its Recv-Q and receive buffer." },
	{ "dropped_by_kernel", "PROTO_MEM", ANY, CHECK, "The memory for TCP: `cat /proc/net/sockstat` beside net.ipv4.tcp_mem." },
	{ "dropped_by_kernel", "NEIGH", ANY, CHECK, "The next hop is silent: `ip neigh`, its cable, its VLAN, its address." },
	{ "dropped_by_kernel", "NOROUTES", ANY, CHECK, "`ip route get {resp}` and `ip route get {orig}`." },
	{ "dropped_by_kernel", "TC_", ANY, CHECK, "A tc filter: `tc filter show dev IFACE ingress` and `egress`." },
	{ "dropped_by_kernel", "XDP", ANY, CHECK, "An XDP program: `bpftool net`." },
	{ "dropped_by_kernel", "BPF_CGROUP", ANY, CHECK, "A BPF program of a control group: `bpftool cgroup tree`." },
	{ "dropped_by_kernel", "CPU_BACKLOG", ANY, CHECK, "One CPU takes more than it can: `/proc/net/softnet_stat`, RSS and RPS, net.core.netdev_max_backlog." },
	{ "dropped_by_kernel", NULL, ANY, CHECK, "`nstat -az` before and after an attempt shows which counter rises." },

	/* {who}: whose packet was rejected */
	{ "rejected_by_icmp", NULL, ANY, NEXT, "An answer from {whom_addr} itself." },
	{ "rejected_by_icmp", NULL, ANY, MEANS, "{router} turned the packet away and said so. It is the one to ask; the silence is not the "
	  "application's." },
	{ "rejected_by_icmp", "admin_prohibited", ANY, CHECK, "A firewall's rule on {router}: it rejects port {port}." },
	{ "rejected_by_icmp", "host_prohibited", ANY, CHECK, "A firewall's rule on {router}: it rejects {whom_addr} or port {port} "
	  "(firewalld's default reject looks like this)." },
	{ "rejected_by_icmp", "net_prohibited", ANY, CHECK, "A firewall's rule on {router}: it rejects that network." },
	{ "rejected_by_icmp", "port", ANY, CHECK, "A REJECT rule on {router} (iptables' and nft's default answer is this one). A closed TCP port "
	  "would send a RST." },
	{ "rejected_by_icmp", "host", ANY, CHECK, "{router} gets no ARP or neighbour answer from {whom_addr}: it is down, has another address, or "
	  "sits in another VLAN." },
	{ "rejected_by_icmp", "net", ANY, CHECK, "{router} has no route to {whom_addr}." },
	{ "rejected_by_icmp", "reject_route", ANY, CHECK, "{router} has a route of type unreachable or prohibit there." },
	{ "rejected_by_icmp", "ttl_exceeded", ANY, CHECK, "A routing loop near {router}: `traceroute -T -p {port} {whom_addr}` shows it." },
	{ "rejected_by_icmp", NULL, ANY, CHECK, "`traceroute -T -p {port} {whom_addr}` from {who_addr}: does the path lead where it should?" },

	/* {who}: who sends too large */
	{ "mss_ignored", NULL, ANY, NEXT, "Segments no larger than the MSS that {whom} announced." },
	{ "mss_ignored", NULL, ANY, MEANS, "{who} does not keep to the MSS. A path or a host that relies on it (a tunnel behind {whom}) loses "
	  "the large segments, while short exchanges work." },
	{ "mss_ignored", NULL, ANY, CHECK, "On {who_addr}: its TCP stack or its driver's offload (`ethtool -k`: try tso off). A proxy that answers in its "
	  "name would do the same." },
	{ "mss_ignored", NULL, AWAY_WHO, CHECK, "Does a device between change the MSS option, so that {who} never saw this one? A log from "
	  "{who_addr} shows what arrived there." },

	{ "pmtu_ignored", NULL, ANY, NEXT, "After the ICMP, packets of at most {mtu} bytes (segments of {mss}), and the lost bytes again in that "
	  "size." },
	{ "pmtu_ignored", NULL, WHO, MEANS, "The ICMP reached this host, and its TCP did not act on it. Small messages pass; whatever fills a "
	  "packet hangs." },
	{ "pmtu_ignored", NULL, AWAY_WHO, MEANS, "{who} ignores the ICMP, or never gets it: it passed here, but a firewall may drop it later. Small "
	  "messages pass; whatever fills a packet hangs." },
	{ "pmtu_ignored", NULL, ANY, CHECK, "On {who_addr}: does its firewall let ICMP type 3 code 4 (IPv6: type 2) in? Is path MTU discovery off, or the "
	  "route's MTU locked (`ip route get {whom_addr}`; net.ipv4.ip_no_pmtu_disc)?" },
	{ "pmtu_ignored", NULL, ANY, CHECK, "NAT or a load balancer before it: is the ICMP's quoted packet translated back, so that the host knows its "
	  "connection in it?" },
	{ "pmtu_ignored", NULL, ANY, CHECK, "Until then: clamp the MSS to {mss} on the tunnel (nft: tcp option maxseg size set {mss}), or set the route's "
	  "MTU to {mtu} on {who_addr}." },

	{ "pmtu_black_hole", NULL, ANY, NEXT, "An ICMP \"fragmentation needed\" from the router that cannot forward {len} bytes; then smaller "
	  "packets. Neither came." },
	{ "pmtu_black_hole", NULL, ANY, MEANS, "Somewhere between {who_addr} and {whom_addr} a link is smaller than {len} bytes, and its ICMP is filtered or never "
	  "sent. Small messages pass; whatever fills a packet hangs." },
	{ "pmtu_black_hole", NULL, ANY, CHECK, "The tunnel or VPN on that path, its MTU, and who drops ICMP type 3 code 4 (IPv6: type 2) on the way to {who_addr}." },
	{ "pmtu_black_hole", NULL, ANY, CHECK, "Find the size that passes: `ping -M do -s SIZE {whom_addr}` from {who_addr}, SIZE = MTU - 28 (IPv6: - 48). It lies "
	  "between {mtu} and {len} bytes." },
	{ "pmtu_black_hole", NULL, ANY, CHECK, "Until then: clamp the MSS at the tunnel (an MSS of {mss} is known to pass), or let {who_addr} probe: "
	  "net.ipv4.tcp_mtu_probing=1." },

	/* {who}: the originator */
	{ "middlebox_broke_handshake", NULL, ANY, NEXT, "SYN, SYN-ACK and ACK whose numbers fit each other." },
	{ "middlebox_broke_handshake", NULL, ANY, MEANS, "A device on the path changes packets of the handshake. Neither host would send what was "
	  "seen here." },
	{ "middlebox_broke_handshake", "syn_ack_payload", ANY, CHECK, "A transparent proxy, a web filter or a security gateway that adds its own bytes to "
	  "the SYN-ACK, and counts them." },
	{ "middlebox_broke_handshake", "handshake_bad_ack", ANY, CHECK, "A transparent proxy, or a firewall that rewrites sequence numbers and does so in one "
	  "direction only." },
	{ "middlebox_broke_handshake", "syn_nonzero_ack", ANY, CHECK, "The firewall or gateway next to the originator: it rewrites the SYN and sends RSTs "
	  "of its own. The RST's TTL ({ttl}) says how far away it is." },
	{ "middlebox_broke_handshake", NULL, ANY, CHECK, "Take a log on both hosts and let `tcpwhy compare` show what was changed on the way, then move one "
	  "of the two points towards the other until the change is between two devices." },

	/* {who}: in whose name the RST came */
	{ "reset_forged", NULL, ANY, NEXT, "More of the connection: {who} had no reason to end it, as far as it shows." },
	{ "reset_forged", NULL, ANY, MEANS, "The RST has {who}'s address, and what it lacks or has speaks against that host. A device on the path "
	  "sent it, to end the connection: a firewall, an intrusion prevention system, a filter." },
	{ "reset_forged", NULL, AWAY_WHO, CHECK, "Watch on {who_addr} as well: if no RST left that host, it was forged (`tcpwhy compare` shows it)." },
	{ "reset_forged", NULL, WHO, CHECK, "This host is said to have sent it: `tcpwhy run` on the same host sees whether a RST leaves." },
	{ "reset_forged", NULL, ANY, CHECK, "Its TTL is {ttl}: `traceroute -T -p {port} {who_addr}` from {whom_addr} tells which device is as far away." },
	{ "reset_forged", NULL, ANY, CHECK, "The logs of firewalls and filters on the path for this pair of addresses at this time." },

	/* {who}: the responder */
	{ "refused", NULL, ANY, NEXT, "A SYN-ACK, if something listened on port {port} and was allowed to answer." },
	{ "refused", NULL, AWAY_WHO, MEANS, "{resp}, or a firewall that answers in its name, said no at once. Packets reach it and come back: the "
	  "path works." },
	{ "refused", NULL, WHO, MEANS, "This host said no at once: nothing listens on {resp} port {port}, or a rule rejects. The path works." },
	{ "refused", NULL, ANY, CHECK, "On {resp}: does the service run, and does it listen on this address and port? `ss -ltn 'sport = :{port}'` (127.0.0.1 "
	  "alone is not enough)." },
	{ "refused", NULL, ANY, CHECK, "If it does: a rule that rejects with tcp-reset, on the host or before it. Compare the RST's TTL ({ttl}) with that "
	  "of a port that answers." },
	{ "refused", NULL, ANY, CHECK, "Is it the right place to ask? A name that resolves to an old address, or a balancer whose backend is gone." },

	/* {who}: the originator */
	{ "originator_never_completed", NULL, ANY, NEXT, "The originator's ACK, one round trip after the SYN-ACK." },
	{ "originator_never_completed", NULL, AWAY_WHO, MEANS, "{resp} accepted, and nothing came back from {orig}. Either the SYN-ACK does not reach "
	  "it, or there was nobody: the SYN's source was forged, or its sender is gone." },
	{ "originator_never_completed", NULL, WHO, MEANS, "The SYN-ACK reached this host, and this host did not answer it: it was dropped before its "
	  "TCP, or the one who asked is gone." },
	{ "originator_never_completed", NULL, AWAY_WHO, CHECK, "Does {orig} get the SYN-ACK? Watch there, or ping it from {resp}. Mind the way back: asymmetric "
	  "routing, and a firewall between that never saw the SYN." },
	{ "originator_never_completed", NULL, AWAY_WHO, CHECK, "One, or many from many addresses? Many are a SYN flood: `nstat -az TcpExtSyncookiesSent`, and the alert "
	  "syn_flood." },
	{ "originator_never_completed", NULL, WHO, CHECK, "This host's firewall and conntrack (a SYN-ACK that counts as INVALID is dropped), rp_filter, "
	  "and whether the process had given up." },

	/* {who}: who sent in vain */
	{ "gave_up_retransmitting", NULL, ANY, NEXT, "An ACK from {whom} within one round trip. Any sign of life would do; none came." },
	{ "gave_up_retransmitting", NULL, AWAY_WHOM, MEANS, "From one moment on nothing more came from {whom_addr}: the path broke, its host went away, or a device "
	  "between forgot the connection and drops its packets." },
	{ "gave_up_retransmitting", NULL, WHOM, MEANS, "{who}'s packets reached this host again and again, and no answer of this host reached it, or none was "
	  "sent." },
	{ "gave_up_retransmitting", "after_silence", ANY, CHECK, "The connection had been silent, and the first thing after that was lost. A firewall, balancer "
	  "or NAT that forgets idle connections looks just like this; a keep-alive shorter than its timer cures it." },
	{ "gave_up_retransmitting", NULL, ANY, CHECK, "Other connections of the two hosts at that moment: did all break (path, host), or only this one (a device's "
	  "table of connections, an idle time-out, a NAT)?" },
	{ "gave_up_retransmitting", NULL, AWAY_WHOM, CHECK, "Is {whom_addr} still there: `ping {whom_addr}`, and from its own side: did it send, and where did that stay?" },
	{ "gave_up_retransmitting", NULL, ANY, CHECK, "Were only full-size packets lost? Then it is the path MTU: `ping -M do -s 1472 {whom_addr}` from {who_addr}." },

	{ "responder_silent", NULL, ANY, NEXT, "The first bytes of an answer." },
	{ "responder_silent", NULL, ANY, MEANS, "{resp}'s host has the request: its TCP acknowledged it. Its application did not answer. Neither the path "
	  "nor the originator is at fault." },
	{ "responder_silent", NULL, ANY, CHECK, "The application on {resp} port {port} at this time: its log, its threads (a pool that is used up, a lock, a "
	  "database that does not answer)." },
	{ "responder_silent", NULL, ANY, CHECK, "What it waits for itself: run tcpwhy there and look at its connections to others." },
	{ "responder_silent", NULL, ANY, CHECK, "If a proxy or balancer holds {resp}: it may have acknowledged in the name of a backend that is gone." },

	/* {who}: in whose name the RST came */
	{ "idle_timeout", NULL, ANY, NEXT, "The connection should have stayed open: nobody closed it." },
	{ "idle_timeout", NULL, ANY, MEANS, "After {silence} of silence somebody had forgotten it, or wanted it gone: a balancer, a NAT, a firewall, or the "
	  "idle timer of {who}'s own application." },
	{ "idle_timeout", NULL, ANY, CHECK, "Idle timers on the path (balancer, NAT gateway, firewall) and in the application on {who_addr}." },
	{ "idle_timeout", NULL, ANY, CHECK, "The cure: SO_KEEPALIVE with TCP_KEEPIDLE below the timer (Linux begins only after 7200 s by itself), or a pool that "
	  "closes idle connections sooner. `tcpwhy explain LOG` without a connection tells the timer from many." },

	{ "reset_by_originator", NULL, ANY, NEXT, "A FIN from each side, as after an orderly close." },
	{ "reset_by_originator", "half_open_reset", ANY, MEANS, "It wanted no connection after all: a port scan (nmap -sS does just this), an attempt that was cancelled, or a "
	  "RST for a SYN-ACK that its host did not ask for." },
	{ "reset_by_originator", "aborted", ANY, MEANS, "The originator's application or host ended it: a cancelled request, a crash, a time-out of its own, or a "
	  "close with data still unread." },
	{ "reset_by_originator", "data_after_close", ANY, MEANS, "Its application had closed without waiting for the rest. What it had not read is lost to it." },
	{ "reset_by_originator", "bad_ack_reset", ANY, MEANS, "Its peer thinks of an older connection of the same ports, or a device changed the numbers." },
	{ "reset_by_originator", NULL, ANY, CHECK, "The application on {orig} at this time: its log, its time-outs, whether the process ended." },
	{ "reset_by_originator", "aborted", ANY, CHECK, "Did a slow answer come before it? Then the client's patience ran out, and the cause is the wait." },

	{ "reset_by_responder", NULL, ANY, NEXT, "A FIN from each side, as after an orderly close." },
	{ "reset_by_responder", "aborted", ANY, MEANS, "The responder's application or host ended it: the process died or was restarted, it rejected what it was sent, "
	  "or closed with data still unread." },
	{ "reset_by_responder", "data_after_close", ANY, MEANS, "Its application had closed and did not wait for what still came. The originator does not know how much was "
	  "taken." },
	{ "reset_by_responder", "handshake_aborted", ANY, MEANS, "It had accepted and changed its mind before the connection was open." },
	{ "reset_by_responder", "bad_ack_reset", ANY, MEANS, "It got an ACK number that fits nothing: the originator thinks of an older connection, or a device changed the "
	  "numbers." },
	{ "reset_by_responder", NULL, ANY, CHECK, "The application on {resp} port {port} at this time: did it crash or restart (journalctl, dmesg), what does its log say?" },
	{ "reset_by_responder", NULL, ANY, CHECK, "A balancer or proxy that holds {resp} and lost its backend ends connections in this way too." },

	/* {who}: who did not read */
	{ "receiver_stalled", NULL, ANY, NEXT, "{who} should have read what had arrived, so that its window opens." },
	{ "receiver_stalled", NULL, ANY, MEANS, "The network delivered, and {who}'s application did not fetch it. {whom} could not send meanwhile." },
	{ "receiver_stalled", NULL, ANY, CHECK, "The application on {who_addr}: CPU, disk, a lock, a slow consumer behind it. `ss -tm` there shows a Recv-Q that stays." },
	{ "receiver_stalled", NULL, ANY, CHECK, "A small receive buffer shuts sooner: net.ipv4.tcp_rmem, or a SO_RCVBUF that the application sets." },

	/* {who}: whose segments were lost */
	{ "lossy_path", NULL, ANY, NEXT, "Each segment once." },
	{ "lossy_path", NULL, ANY, MEANS, "Packets from {who_addr} get lost on the way to {whom_addr}, or their ACKs on the way back. Neither application is to blame." },
	{ "lossy_path", NULL, ANY, CHECK, "`mtr -T -P {port} {whom_addr}` from {who_addr}: from which hop on is there loss that stays?" },
	{ "lossy_path", NULL, ANY, CHECK, "Error and drop counters of both hosts' interfaces and of the switches between (`ip -s link`, `ethtool -S`), the "
	  "duplex, a policer, a full queue." },
	{ "lossy_path", NULL, ANY, CHECK, "Does it concern this remote only? `tcpwhy explain LOG` without a connection shows whose retransmissions stand out." },

	/* {who}: who writes in small pieces */
	{ "nagle_delayed_ack", NULL, ANY, NEXT, "{who}'s next small write at once. It waited for an ACK of the one before." },
	{ "nagle_delayed_ack", NULL, ANY, MEANS, "Nagle's algorithm on one side holds small writes back, delayed ACKs on the other make it wait: both are normal, and "
	  "together they cost up to 200 ms a turn. The network is innocent." },
	{ "nagle_delayed_ack", NULL, ANY, CHECK, "The application on {who_addr}: write what belongs together at once (one buffer, writev, MSG_MORE), or set TCP_NODELAY." },
	{ "nagle_delayed_ack", NULL, ANY, CHECK, "If it cannot be changed: quick ACKs on {whom_addr} (`ip route change … quickack 1`; Windows: TcpAckFrequency)." },

	{ "responder_slow", NULL, ANY, NEXT, "The first byte of the answer, one round trip after the request plus the time that the work needs." },
	{ "responder_slow", NULL, ANY, MEANS, "The request had arrived and was acknowledged: the wait is {resp}'s own. The path is innocent." },
	{ "responder_slow", NULL, ANY, CHECK, "The application on {resp} port {port}: its log at this time, what it waits for (database, backend, lock, name resolution)." },
	{ "responder_slow", NULL, ANY, CHECK, "Run tcpwhy there and look at its own connections to others: is one of those slow?" },

	{ "reordering_path", NULL, ANY, NEXT, "Segments in the order in which they were sent." },
	{ "reordering_path", NULL, ANY, MEANS, "The way from {who_addr} to {whom_addr} has parallel paths of unequal length, or a device with several queues. It costs needless "
	  "retransmissions and speed." },
	{ "reordering_path", NULL, ANY, CHECK, "Per-packet load balancing (bonding mode balance-rr, ECMP by packet), and receive queues that spread one connection (RPS, RSS)." },

	{ "originator_idle", NULL, ANY, NEXT, "Nothing: it was the originator's turn, and it took its time." },
	{ "originator_idle", NULL, ANY, MEANS, "It had its answers and asked no more: a person thinks, or a pool keeps the connection. Neither the responder nor "
	  "the path made it wait." },
	{ "originator_idle", NULL, ANY, CHECK, "Only if somebody complains of slowness: look at the application on {orig}, which had everything it had asked for." },

	{ "ok", NULL, ANY, MEANS, "Nothing stood in its way. If somebody complains all the same, the fault is not in this connection." },
	{ "unknown", NULL, ANY, MEANS, "Too little was seen to tell." },
	{ "unknown", NULL, ANY, CHECK, "Take a log that begins earlier, lasts longer, or sees both directions." },
	{ .verdict = NULL },
};
