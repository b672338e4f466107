// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Advice on connections that somebody ended, or that ended in silence.
 *
 * The rows of a verdict come in the order in which they are told: the likeliest and cheapest check first. A
 * sentence claims only what the verdict shows.
 */
#include "adviceterms.h"

const struct tw_advice_row tw_advice_end[] = {
	/* {who}: the originator */
	{ "middlebox_broke_handshake", NULL, ANY, NEXT,
	  "SYN, SYN-ACK and ACK whose numbers fit each other." },
	{ "middlebox_broke_handshake", NULL, ANY, MEANS,
	  "A device on the path changes packets of the handshake. Neither host would send what was seen here." },
	{ "middlebox_broke_handshake", "syn_ack_payload", ANY, CHECK,
	  "A transparent proxy, a web filter or a security gateway that adds its own bytes to the SYN-ACK, and "
	  "counts them." },
	{ "middlebox_broke_handshake", "handshake_bad_ack", ANY, CHECK,
	  "A transparent proxy, or a firewall that rewrites sequence numbers and does so in one direction only." },
	{ "middlebox_broke_handshake", "syn_nonzero_ack", ANY, CHECK,
	  "The firewall or gateway next to the originator: it rewrites the SYN and sends RSTs of its own. The "
	  "RST's TTL ({ttl}) says how far away it is." },
	{ "middlebox_broke_handshake", NULL, ANY, CHECK,
	  "Take a log on both hosts and let `tcpwhy compare` show what was changed on the way, then move one of "
	  "the two points towards the other until the change is between two devices." },

	/* {who}: in whose name the RST came */
	{ "reset_forged", NULL, ANY, NEXT,
	  "More of the connection: {who} had no reason to end it, as far as it shows." },
	{ "reset_forged", NULL, ANY, MEANS,
	  "The RST has {who}'s address, and what it lacks or has speaks against that host. Most likely a device on the path "
	  "sent it, to end the connection: a firewall, an intrusion prevention system, a filter." },
	{ "reset_forged", NULL, AWAY_WHO, CHECK,
	  "Watch on {who_addr} as well: if no RST left that host, it was forged (`tcpwhy compare` shows it)." },
	{ "reset_forged", NULL, WHO, CHECK,
	  "This host is said to have sent it: `tcpwhy run` on the same host sees whether a RST leaves." },
	{ "reset_forged", NULL, ANY, CHECK,
	  "Its TTL is {ttl}: `traceroute -T -p {port} {who_addr}` from {whom_addr} tells which device is as far "
	  "away." },
	{ "reset_forged", NULL, ANY, CHECK,
	  "The logs of firewalls and filters on the path for this pair of addresses at this time." },

	/* {who}: the originator */
	{ "answered_by_other", NULL, ANY, NEXT,
	  "A SYN-ACK from the address and port that the SYN had asked." },
	{ "answered_by_other", NULL, ANY, MEANS,
	  "Something on the way there translates the address (port forwarding, a balancer), and the answer does not come back through "
	  "it. {who_addr} knows no connection with who answered, and resets it." },
	{ "answered_by_other", NULL, ANY, CHECK,
	  "Is {who_addr} in the same network as the server that answered? Then the translating device must translate the source, too "
	  "(hairpin NAT: `nft … masquerade`), or names must resolve to the inner address there." },
	{ "answered_by_other", NULL, ANY, CHECK,
	  "Else the route back: the server's default gateway must be the device that translates, and a balancer in direct server "
	  "return needs its address on the server's loopback." },

	/* {who}: whose address two have */
	{ "duplicate_address", NULL, ANY, NEXT,
	  "More of the connection: the host that had opened or accepted it still knew it." },
	{ "duplicate_address", NULL, AWAY_WHO, MEANS,
	  "Two machines answer to {who_addr}. Whose turn it is, the last ARP or neighbour advertisement decides: from then on "
	  "packets go to the one that knows nothing of the connection, and it resets what comes." },
	{ "duplicate_address", NULL, WHO, MEANS,
	  "Another machine answers to this host's address {who_addr}, and resets what this host has opened or accepted." },
	{ "duplicate_address", NULL, ANY, CHECK,
	  "`arping -D -I IFACE {who_addr}` and `ip neigh show {who_addr}` on this link, some times in a row: does the MAC change? "
	  "Then the switch's table tells the port of the wrong one." },
	{ "duplicate_address", NULL, ANY, CHECK,
	  "A static address within a DHCP range, a cloned virtual machine, a container network that overlaps, or both members "
	  "of a failover pair that think they are the active one." },

	/* {who}: in whose name the RST came */
	{ "nat_state_lost", NULL, ANY, NEXT,
	  "More of the connection: both sides still know it." },
	{ "nat_state_lost", NULL, ANY, MEANS,
	  "A packet of {whom} came to a host that has no such connection, and that host reset it, as it must. {who} "
	  "itself goes on. So a NAT on the way let one packet through as it was, or a balancer sent it elsewhere." },
	{ "nat_state_lost", NULL, ANY, CHECK,
	  "The NAT or the node between (a Kubernetes node, a router): packets that its connection tracking calls "
	  "INVALID pass untranslated unless a rule drops them: `nft add rule … ct state invalid drop`, or "
	  "`sysctl net.netfilter.nf_conntrack_tcp_be_liberal=1`." },
	{ "nat_state_lost", NULL, ANY, CHECK,
	  "Its table: `conntrack -S` (insert_failed, invalid, drop), `sysctl net.netfilter.nf_conntrack_count` beside "
	  "nf_conntrack_max, and whether something flushes it." },
	{ "nat_state_lost", NULL, ANY, CHECK,
	  "A balancer or anycast route that changed its mind in the middle of a connection looks the same." },

	/* {who}: the responder */
	{ "keep_alive_race", NULL, ANY, NEXT,
	  "An answer to the request. The responder had closed before it came." },
	{ "keep_alive_race", NULL, ANY, MEANS,
	  "Both sides are within their rights: {resp} closes connections that rest, and the originator used one at that "
	  "very moment. The request is lost; whether it was carried out, nobody knows, but as a rule it was not read." },
	{ "keep_alive_race", NULL, ANY, CHECK,
	  "The originator's pool: its idle time-out must be shorter than the responder's (keepalive_timeout, "
	  "KeepAliveTimeout, idle_timeout …) by more than a round trip." },
	{ "keep_alive_race", NULL, ANY, CHECK,
	  "Does the client send such a request again by itself? For requests that may be repeated it should." },
	{ "keep_alive_race", NULL, ANY, CHECK,
	  "A proxy or balancer on {resp} in front of a service has such a time-out on both of its sides." },

	/* {who}: the responder */
	{ "closed_without_a_byte", NULL, ANY, NEXT,
	  "The responder's first bytes: a greeting, or an answer." },
	{ "closed_without_a_byte", NULL, ANY, MEANS,
	  "{resp}'s host took the connection, and its application ended it without a word. The path works." },
	{ "closed_without_a_byte", NULL, ANY, CHECK,
	  "The application's log on {resp} port {port}: an access rule (tcp_wrappers, an allow list, a limit of "
	  "connections), a handshake that it does not understand (TLS or not), an error at its beginning." },
	{ "closed_without_a_byte", NULL, ANY, CHECK,
	  "Is {resp} a proxy or balancer? Then its backend is gone or refuses: it accepts first and asks later." },
	{ "closed_without_a_byte", NULL, ANY, CHECK,
	  "If the originator had sent nothing either: a connection opened in advance and never used ends like this, "
	  "and harms nobody." },

	/* {who}: the responder */
	{ "refused", NULL, ANY, NEXT,
	  "A SYN-ACK, if something listened on port {port} and was allowed to answer." },
	{ "refused", NULL, AWAY_WHO, MEANS,
	  "{resp}, or a firewall that answers in its name, said no. Packets reach whoever said so and come back: so "
	  "far the path works." },
	{ "refused", NULL, WHO, MEANS,
	  "This host said no: nothing listens on {resp} port {port}, a rule rejects, or its backlog is full and the system is one "
	  "that says so. The path works." },
	{ "refused", "open_beside", ANY, CHECK,
	  "Others to port {port} were open: is its backlog too short, or does the service accept too slowly? `netstat -s`, listen()'s "
	  "backlog, the service's own limit of connections or threads." },
	{ "refused", NULL, ANY, CHECK,
	  "On {resp}: does the service run, and does it listen on this address and port? `ss -ltn 'sport = "
	  ":{port}'` (127.0.0.1 alone is not enough)." },
	{ "refused", NULL, ANY, CHECK,
	  "If it does: a rule that rejects with tcp-reset, on the host or before it. Compare the RST's TTL ({ttl}) "
	  "with that of a port that answers." },
	{ "refused", NULL, ANY, CHECK,
	  "Is it the right place to ask? A name that resolves to an old address, or a balancer whose backend is "
	  "gone." },

	/* {who}: the responder */
	{ "accept_queue_full", NULL, ANY, NEXT,
	  "An ACK of the first data. For {who}'s host the connection is not open yet." },
	{ "accept_queue_full", NULL, ANY, MEANS,
	  "The host of {who} drops the ACK that would open the connection, because its application has not accepted the ones "
	  "before: to the originator it looks open, and nothing moves." },
	{ "accept_queue_full", NULL, ANY, CHECK,
	  "On {resp}: `ss -ltn 'sport = :{port}'` shows Recv-Q (waiting) and Send-Q (its limit); `nstat -az "
	  "TcpExtListenOverflows` counts what was dropped." },
	{ "accept_queue_full", NULL, ANY, CHECK,
	  "Why does the application not accept: all its workers busy, blocked, out of file descriptors? A larger backlog "
	  "(listen(), net.core.somaxconn) only helps against bursts." },
	{ "accept_queue_full", NULL, AWAY_WHO, CHECK,
	  "Watch on {resp} as well: if the ACK does not arrive there, it is the path." },

	/* {who}: the originator */
	{ "originator_never_completed", NULL, ANY, NEXT,
	  "The originator's ACK, one round trip after the SYN-ACK." },
	{ "originator_never_completed", NULL, AWAY_WHO, MEANS,
	  "{resp} accepted, and no ACK of that came back from {orig}." },
	{ "originator_never_completed", "!asks_again", AWAY_WHO, MEANS,
	  "Either the SYN-ACK does not reach it, or there was nobody: the SYN's source was forged, or its sender is gone." },
	{ "originator_never_completed", "asks_again", AWAY_WHO, MEANS,
	  "It is there, for it sends its SYN again: the SYN-ACK does not reach it, or it does not take it." },
	{ "originator_never_completed", NULL, WHO, MEANS,
	  "The SYN-ACK reached this host, and this host did not answer it: it was dropped before its TCP, or the "
	  "one who asked is gone." },
	{ "originator_never_completed", NULL, AWAY_WHO, CHECK,
	  "Does {orig} get the SYN-ACK? Watch there, or ping it from {resp}. Mind the way back: asymmetric "
	  "routing, and a firewall between that never saw the SYN." },
	{ "originator_never_completed", NULL, AWAY_WHO, CHECK,
	  "One, or many from many addresses? Many are a SYN flood: `nstat -az TcpExtSyncookiesSent`, and the alert "
	  "syn_flood." },
	{ "originator_never_completed", NULL, WHO, CHECK,
	  "This host's firewall and conntrack (a SYN-ACK that counts as INVALID is dropped), rp_filter, and "
	  "whether the process had given up." },

	/* {who}: who sent in vain */
	{ "gave_up_retransmitting", NULL, ANY, NEXT,
	  "An ACK from {whom} within one round trip. Any sign of life would do; to the last repeats none came." },
	{ "gave_up_retransmitting", NULL, AWAY_WHOM, MEANS,
	  "From one moment on nothing more came from {whom_addr}: the path broke, its host went away, or a device "
	  "between forgot the connection and drops its packets." },
	{ "gave_up_retransmitting", NULL, WHOM, MEANS,
	  "{who}'s packets reached this host again and again, and no answer of this host reached it, or none was "
	  "sent." },
	{ "gave_up_retransmitting", "after_silence", ANY, CHECK,
	  "The connection had been silent, and the first thing after that was lost. A firewall, balancer or NAT "
	  "that forgets idle connections looks just like this; a keep-alive shorter than its timer cures it." },
	{ "gave_up_retransmitting", NULL, ANY, CHECK,
	  "Other connections of the two hosts at that moment: did all break (path, host), or only this one (a "
	  "device's table of connections, an idle time-out, a NAT)?" },
	{ "gave_up_retransmitting", NULL, AWAY_WHOM, CHECK,
	  "Is {whom_addr} still there: `ping {whom_addr}`, and from its own side: did it send, and where did that "
	  "stay?" },
	{ "gave_up_retransmitting", NULL, ANY, CHECK,
	  "Were only full-size packets lost? Then it is the path MTU: `ping -M do -s 1472 {whom_addr}` from "
	  "{who_addr}." },

	{ "responder_silent", NULL, ANY, NEXT,
	  "The first bytes of an answer." },
	{ "responder_silent", NULL, ANY, MEANS,
	  "{resp}'s host has the request: its TCP acknowledged it. Its application did not answer. Neither the "
	  "path nor the originator is at fault." },
	{ "responder_silent", NULL, ANY, CHECK,
	  "The application on {resp} port {port} at this time: its log, its threads (a pool that is used up, a "
	  "lock, a database that does not answer)." },
	{ "responder_silent", NULL, ANY, CHECK,
	  "What it waits for itself: run tcpwhy there and look at its connections to others." },
	{ "responder_silent", NULL, ANY, CHECK,
	  "If a proxy or balancer holds {resp}: it may have acknowledged in the name of a backend that is gone." },

	/* {who}: in whose name the RST came */
	{ "idle_timeout", NULL, ANY, NEXT,
	  "The connection should have stayed open: nobody closed it." },
	{ "idle_timeout", NULL, ANY, MEANS,
	  "After {silence} of silence somebody had forgotten it, or wanted it gone: a balancer, a NAT, a firewall, "
	  "or the idle timer of {who}'s own application." },
	{ "idle_timeout", NULL, ANY, CHECK,
	  "Idle timers on the path (balancer, NAT gateway, firewall) and in the application on {who_addr}." },
	{ "idle_timeout", NULL, ANY, CHECK,
	  "The cure: SO_KEEPALIVE with TCP_KEEPIDLE below the timer (Linux begins only after 7200 s by itself), or "
	  "a pool that closes idle connections sooner. `tcpwhy explain LOG` without a connection tells the timer "
	  "from many." },

	/* {who}: in whose name the RST came */
	{ "peer_lost_state", NULL, ANY, NEXT,
	  "An ordinary answer: {who} had not closed the connection." },
	{ "peer_lost_state", NULL, ANY, MEANS,
	  "The RST has what a host answers that does not know the connection at all. Whoever sent it is not the "
	  "application that had opened or accepted it." },
	{ "peer_lost_state", NULL, AWAY_WHO, CHECK,
	  "Was {who_addr} restarted, or its address moved to another host (failover, a container started anew)? "
	  "`uptime` and the service's start time there." },
	{ "peer_lost_state", NULL, WHO, CHECK,
	  "Here: was the host or the container restarted, or its address moved here from another (failover)? A rule that "
	  "rejects with tcp-reset answers alike." },
	{ "peer_lost_state", NULL, ANY, CHECK,
	  "A stateful device before {who_addr} (firewall, balancer, NAT) that was restarted, or failed over without its "
	  "table. The RST's TTL ({ttl}) tells how far away its sender is." },
	{ "peer_lost_state", NULL, ANY, CHECK,
	  "If nothing had ever come from {who} but its SYN-ACK: a full accept queue, or SYN cookies, on that host, and "
	  "the last ACK of the handshake was dropped: `nstat -az TcpExtListenOverflows TcpExtSyncookiesFailed`." },

	{ "reset_by_originator", NULL, ANY, NEXT,
	  "A FIN from each side, as after an orderly close." },
	{ "reset_by_originator", "half_open_reset", ANY, MEANS,
	  "It wanted no connection after all: a port scan (nmap -sS does just this), an attempt that was "
	  "cancelled, or a RST for a SYN-ACK that its host did not ask for." },
	{ "reset_by_originator", "aborted", ANY, MEANS,
	  "The originator's application or host ended it: a cancelled request, a crash, a time-out of its own, or "
	  "a close with data still unread." },
	{ "reset_by_originator", "data_after_close", ANY, MEANS,
	  "Its application had closed without waiting for the rest. What it had not read is lost to it." },
	{ "reset_by_originator", "bad_ack_reset", ANY, MEANS,
	  "Its peer thinks of an older connection of the same ports, or a device changed the numbers." },
	{ "reset_by_originator", NULL, ANY, CHECK,
	  "The application on {orig} at this time: its log, its time-outs, whether the process ended." },
	{ "reset_by_originator", "aborted", ANY, CHECK,
	  "Did a slow answer come before it? Then the client's patience ran out, and the cause is the wait." },

	{ "reset_by_responder", NULL, ANY, NEXT,
	  "A FIN from each side, as after an orderly close." },
	{ "reset_by_responder", "aborted", ANY, MEANS,
	  "The responder's application or host ended it: the process died or was restarted, it rejected what it "
	  "was sent, or closed with data still unread." },
	{ "reset_by_responder", "data_after_close", ANY, MEANS,
	  "Its application had closed and did not wait for what still came. The originator does not know how much "
	  "was taken." },
	{ "reset_by_responder", "handshake_aborted", ANY, MEANS,
	  "It had accepted and changed its mind before the connection was open." },
	{ "reset_by_responder", "bad_ack_reset", ANY, MEANS,
	  "It got an ACK number that fits nothing: the originator thinks of an older connection, or a device "
	  "changed the numbers." },
	{ "reset_by_responder", NULL, ANY, CHECK,
	  "The application on {resp} port {port} at this time: did it crash or restart (journalctl, dmesg), what "
	  "does its log say?" },
	{ "reset_by_responder", NULL, ANY, CHECK,
	  "A balancer or proxy that holds {resp} and lost its backend ends connections in this way too." },

	{ .verdict = NULL },
};
