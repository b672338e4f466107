// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Advice on what ended well or is open: where the time went.
 *
 * The rows of a verdict come in the order in which they are told: the likeliest and cheapest check first. A
 * sentence claims only what the verdict shows.
 */
#include "adviceterms.h"

const struct tw_advice_row tw_advice_time[] = {
	/* {who}: who did not read */
	{ "receiver_stalled", NULL, ANY, NEXT,
	  "{who} should have read what had arrived, so that its window opens." },
	{ "receiver_stalled", NULL, ANY, MEANS,
	  "What had been sent was delivered, and {who}'s application did not fetch it in time. {whom} could not send while the window "
	  "was shut." },
	{ "receiver_stalled", NULL, ANY, CHECK,
	  "The application on {who_addr}: CPU, disk, a lock, a slow consumer behind it. `ss -tm` there shows a "
	  "Recv-Q that stays." },
	{ "receiver_stalled", NULL, ANY, CHECK,
	  "A small receive buffer shuts sooner: net.ipv4.tcp_rmem, or a SO_RCVBUF that the application sets." },

	/* {who}: whose bytes were not acknowledged */
	{ "path_outage", NULL, ANY, NEXT,
	  "An ACK of {whom} for what {who} had sent, one round trip later." },
	{ "path_outage", NULL, ANY, MEANS,
	  "The connection had worked before, and neither application decides over ACKs: what lies between them, or {whom_addr} "
	  "itself, was away for seconds." },
	{ "path_outage", NULL, ANY, CHECK,
	  "What happened at that time on the way to {whom_addr}: a route or a tunnel that flapped, a failover, Wi-Fi or mobile "
	  "roaming, a link that went down (`dmesg`, the switches' logs, `ip monitor`)." },
	{ "path_outage", NULL, ANY, CHECK,
	  "Did other connections there stop at the same moment? `tcpwhy explain LOG` lists them. If only this one did: a "
	  "sleeping or frozen machine, or a virtual one that was being moved." },

	/* {who}: the originator */
	{ "handshake_delayed", NULL, ANY, NEXT,
	  "One SYN, one SYN-ACK and one ACK, in a round trip." },
	{ "handshake_delayed", NULL, ANY, MEANS,
	  "The connection is slow to open, and fast from then on: hosts wait a second, then two, then four before they "
	  "repeat a SYN." },
	{ "handshake_delayed", "syn_ack_lost", ANY, MEANS,
	  "{resp} answered, and the answer did not count: it, or the ACK of it, was lost between the two." },
	{ "handshake_delayed", "options_blocked", ANY, MEANS,
	  "SYNs that offer an option do not get through. {orig} gives it up after some tries, and every new connection "
	  "pays for that again." },
	{ "handshake_delayed", "old_connection", ANY, MEANS,
	  "{orig} used its ports again while {resp}, or a firewall or NAT before it, still held the connection that had "
	  "them before." },
	{ "handshake_delayed", "accept_queue", ANY, MEANS,
	  "The application on {resp} accepts more slowly than connections come: the queue was full, and the host "
	  "dropped what would have opened this one." },
	{ "handshake_delayed", "unknown", ANY, MEANS,
	  "Packets of the handshake were needed more than once. From here it does not show which of them arrived." },
	{ "handshake_delayed", "syn_lost", ANY, CHECK,
	  "Watch on {resp} as well: SYNs that arrive there unanswered are its own doing (`nstat -az TcpExtListenOverflows "
	  "TcpExtListenDrops`), those that do not are lost on the path." },
	{ "handshake_delayed", "syn_ack_lost", ANY, CHECK,
	  "The way from {resp} back to {orig}: asymmetric routes, a firewall that sees one direction only, loss."  },
	{ "handshake_delayed", "options_blocked", ANY, CHECK,
	  "The firewall or balancer before {resp}: let it pass the option. Until then, switch it off on {orig} (ECN: "
	  "`sysctl net.ipv4.tcp_ecn=2`; Fast Open: net.ipv4.tcp_fastopen)." },
	{ "handshake_delayed", "old_connection", ANY, CHECK,
	  "Does {orig} choose its ports from a small range, or bind a fixed one? More ports, or keeping connections open, "
	  "avoids it. Idle limits of firewalls and NATs should not outlive those of the hosts." },
	{ "handshake_delayed", "accept_queue", ANY, CHECK,
	  "On {resp}: `ss -ltn 'sport = :{port}'` shows Recv-Q (waiting) and Send-Q (its limit). A larger backlog "
	  "(listen(), net.core.somaxconn) helps against bursts; an application that does not accept must be mended." },
	{ "handshake_delayed", NULL, ANY, CHECK,
	  "Does it concern this pair only? `tcpwhy explain LOG` without a connection shows whose handshakes stand out." },
	/* {who}: whose window it is */
	{ "receiver_limited", NULL, ANY, NEXT,
	  "More at once from {whom}: one window each round trip is all that {who} allowed." },
	{ "receiver_limited", NULL, ANY, MEANS,
	  "The speed is the window divided by the round trip. A faster line does not help; a larger window, or a shorter "
	  "way, does." },
	{ "receiver_limited", NULL, ANY, CHECK,
	  "On {who_addr}: an application that sets SO_RCVBUF switches the kernel's own tuning off. `ss -tim` there shows rb, "
	  "its size." },
	{ "receiver_limited", NULL, ANY, CHECK,
	  "net.ipv4.tcp_rmem (its last number), net.ipv4.tcp_moderate_rcvbuf and net.ipv4.tcp_window_scaling on {who_addr}: "
	  "without scaling 64 KiB are the most. A proxy or firewall between may take the option off." },
	{ "receiver_limited", NULL, ANY, CHECK,
	  "Does its application read as fast as it can? A buffer that is never empty there (Recv-Q of `ss -tm`) keeps the "
	  "window small, too." },

	/* {who}: who sent */
	{ "sender_limited", NULL, ANY, NEXT,
	  "More from {who}: the path was free, and the window open." },
	{ "sender_limited", NULL, ANY, MEANS,
	  "Neither the network nor {whom} made it slow: {who} sent what it had. For what is produced on a timer (video, a "
	  "stream of measurements) that is as it should be." },
	{ "sender_limited", NULL, ANY, CHECK,
	  "On {who_addr}: what does its application wait for? A disk, a database, another connection, one CPU that is busy." },
	{ "sender_limited", NULL, ANY, CHECK,
	  "Its send buffer: SO_SNDBUF, net.ipv4.tcp_wmem. `ss -ti` there shows sndbuf_limited if it is too small." },

	/* {who}: whose segments were lost */
	{ "lossy_path", NULL, ANY, NEXT,
	  "Each segment once." },
	{ "lossy_path", NULL, ANY, MEANS,
	  "Packets from {who_addr} get lost on the way to {whom_addr}, or their ACKs on the way back. No "
	  "application is to blame for that." },
	{ "lossy_path", NULL, ANY, CHECK,
	  "`mtr -T -P {port} {whom_addr}` from {who_addr}: from which hop on is there loss that stays?" },
	{ "lossy_path", NULL, ANY, CHECK,
	  "Error and drop counters of both hosts' interfaces and of the switches between (`ip -s link`, `ethtool "
	  "-S`), the duplex, a policer, a full queue." },
	{ "lossy_path", NULL, ANY, CHECK,
	  "Does it concern this remote only? `tcpwhy explain LOG` without a connection shows whose retransmissions "
	  "stand out." },

	/* {who}: who writes in small pieces */
	{ "nagle_delayed_ack", NULL, ANY, NEXT,
	  "{who}'s next small write at once. It waited for an ACK of the one before." },
	{ "nagle_delayed_ack", NULL, ANY, MEANS,
	  "Nagle's algorithm on one side holds small writes back, delayed ACKs on the other make it wait: both are "
	  "normal, and together they cost up to 200 ms a turn. The network is innocent of these waits." },
	{ "nagle_delayed_ack", NULL, ANY, CHECK,
	  "The application on {who_addr}: write what belongs together at once (one buffer, writev, MSG_MORE), or "
	  "set TCP_NODELAY." },
	{ "nagle_delayed_ack", NULL, ANY, CHECK,
	  "If it cannot be changed: quick ACKs on {whom_addr} (`ip route change … quickack 1`; Windows: "
	  "TcpAckFrequency)." },

	{ "responder_slow", NULL, ANY, NEXT,
	  "The first byte of the answer, one round trip after the request plus the time that the work needs." },
	{ "responder_slow", NULL, ANY, MEANS,
	  "The request had arrived and was acknowledged: the wait is {resp}'s own, not the path's." },
	{ "responder_slow", NULL, ANY, CHECK,
	  "The application on {resp} port {port}: its log at this time, what it waits for (database, backend, "
	  "lock, name resolution)." },
	{ "responder_slow", NULL, ANY, CHECK,
	  "Run tcpwhy there and look at its own connections to others: is one of those slow?" },

	{ "reordering_path", NULL, ANY, NEXT,
	  "Segments in the order in which they were sent." },
	{ "reordering_path", NULL, ANY, MEANS,
	  "The way from {who_addr} to {whom_addr} has parallel paths of unequal length, or a device with several "
	  "queues. It costs needless retransmissions and speed." },
	{ "reordering_path", NULL, ANY, CHECK,
	  "Per-packet load balancing (bonding mode balance-rr, ECMP by packet), and receive queues that spread one "
	  "connection (RPS, RSS)." },

	{ "originator_idle", NULL, ANY, NEXT,
	  "Nothing: it was the originator's turn, and it took its time." },
	{ "originator_idle", NULL, ANY, MEANS,
	  "It had its answers and asked no more: a person thinks, or a pool keeps the connection. In these silences neither "
	  "the responder nor the path made it wait." },
	{ "originator_idle", NULL, ANY, CHECK,
	  "Only if somebody complains of slowness: look at the application on {orig}, which had everything it had "
	  "asked for." },

	{ "ok", NULL, ANY, MEANS,
	  "Nothing that was seen of it would make anybody complain. If somebody does all the same, look elsewhere first." },

	{ "unknown", NULL, ANY, MEANS,
	  "Too little was seen to tell." },
	{ "unknown", NULL, ANY, CHECK,
	  "Take a log that begins earlier, lasts longer, or sees both directions." },

	{ .verdict = NULL },
};
