/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Each verdict's rule in a sentence or two, and what its `why` looks like, for docs/verdicts.md. The rows stand in the
 * order in which the rules are asked: the first that holds explains the end; from receiver_stalled on, what owns most time.
 */
#ifndef TCPWHY_USER_RULETABLE_H
#define TCPWHY_USER_RULETABLE_H

/* X(identifier in names.h, rule, example) */
#define TW_VERDICT_RULES(X) \
	X(DROPPED_BY_KERNEL, \
	  "This host's kernel gave a reason for dropping one of its packets, and nothing made up for it. Live only.", \
	  "This host's kernel dropped the originator's SYN: NETFILTER_DROP, a firewall rule of this host.") \
	X(AUTH_MISMATCH, \
	  "The TCP MD5 or AO option stands on one side's handshake packets only, and it never opened; or on SYNs that nobody " \
	  "answered (`medium`).", \
	  "The originator signs its segments (TCP MD5 or AO), and the responder does not: each must drop what the other sends. " \
	  "The key is set up on one side only.") \
	X(REJECTED_BY_ICMP, \
	  "An ICMP error quotes its packet, and nothing else answered that packet. An error whose quotation does not fit the " \
	  "connection (`valid: false`) does not count.", \
	  "ICMP host_prohibited from 192.0.2.254 was all that answered the SYN: a router, a firewall or the host itself " \
	  "rejects it.") \
	X(MSS_IGNORED, \
	  "A side sent segments above the MSS that its peer had announced, and data stayed unacknowledged at the end or a " \
	  "second or more went into recovery.", \
	  "The originator sends segments of 536 bytes although the responder announced an MSS of 512, and data was never " \
	  "acknowledged: the fault of the originator's host.") \
	X(PMTU_IGNORED, \
	  "A side went on sending above the path MTU at least one round trip after an ICMP error had told it, and data stayed " \
	  "unacknowledged at the end or a second or more went into recovery.", \
	  "10.1.10.1 told the responder that packets above 1476 bytes do not pass, and it sent 3 more packets of 1500 bytes, " \
	  "and data was never acknowledged: its host ignores the ICMP, or never got it.") \
	X(PMTU_BLACK_HOLE, \
	  "Full-size segments were sent again and again in vain while smaller ones were acknowledged, no ICMP error came, and " \
	  "data stayed unacknowledged at the end or a second or more went into recovery. Where it arrives: one or more full " \
	  "segments never came in 3 s, while smaller ones did, and none of that size ever did (confidence `medium` at best).", \
	  "Packets of 1500 bytes from the responder vanish while those of 340 arrive, and data was never acknowledged: " \
	  "something on the path drops what is too large, and no ICMP says so.") \
	X(MIDDLEBOX_BROKE_HANDSHAKE, \
	  "The SYN-ACK came with payload and the connection failed; or a wrong ACK number, which is no challenge ACK, and it " \
	  "never opened; or a SYN with an ACK number, a RST in its sender's name, and the same SYN again; or the SYN-ACK has " \
	  "options or a timestamp that the SYN did not have.", \
	  "The SYN-ACK came with 2 bytes of payload that nobody had asked for, and nothing that the originator sent then was " \
	  "acknowledged: a device on the path added them.") \
	X(MIDDLEBOX_BROKE_SACK, \
	  "Three or more ACKs had SACK blocks about bytes outside everything that the peer sent (beyond the window, or before the " \
	  "first byte), and data was sent again.", \
	  "21 ACKs of the originator report bytes by SACK that the responder never sent, and it had to send 4 segments again: a " \
	  "device between them changes sequence numbers, but not those in SACK blocks, and so makes each loss a time-out.") \
	X(ANSWERED_BY_OTHER, \
	  "A SYN was not answered by whom it asked, and a SYN-ACK that acknowledges just this SYN came from another address or " \
	  "port. Both connections have the verdict, and the other's address.", \
	  "The SYN to 192.0.2.7:443 was answered from 10.1.0.7:443 instead, and the originator does not take that: the answer " \
	  "went past the device that had translated the address.") \
	X(DUPLICATE_ADDRESS, \
	  "A RST in the shape that a kernel gives it for a connection it does not know, from another MAC than all else of that " \
	  "side, both with a TTL that no router has counted down (Ethernet only); and with another TTL, or that side goes on " \
	  "talking. Packets that a router forwards have the router's MAC and are not compared.", \
	  "A RST in the responder's name came from another MAC than all else of that side, with another TTL, and has what a host " \
	  "answers that does not know the connection: two hosts on this link have the responder's address.") \
	X(RESET_FORGED, \
	  "A RST for whose forgery two facts speak, or that its alleged sender ignored by going on to talk (`forged` is at " \
	  "least `medium`).", \
	  "The RST in the responder's name was most likely forged on the way (ttl, sender_kept_talking, faster_than_rtt, " \
	  "tcp_options_absent): a device on the path, not that host.") \
	X(NAT_STATE_LOST, \
	  "A RST in the shape that a kernel gives it for a connection it does not know, with the usual TTL, in an open " \
	  "connection in which the named side goes on talking. Confidence is `medium` at best.", \
	  "A RST in the responder's name answered a packet of the originator's as a host does that does not know the " \
	  "connection, and the responder itself went on: that packet came to the wrong place. A NAT did not translate it " \
	  "(its connection tracking had lost or refused it), or a balancer sent it elsewhere.") \
	X(REFUSED, \
	  "A RST answered the SYN.", \
	  "The responder's host, or a firewall in its name, refused port 50704 with a RST to each of 3 SYNs: nothing listens " \
	  "there, or it is not allowed.") \
	X(ORIGINATOR_NEVER_COMPLETED, \
	  "A SYN-ACK had no answer for 3 s or more, or the responder took it back with a RST, and nothing but SYNs came from " \
	  "the originator.", \
	  "The responder sent 3 SYN-ACKs and waited 28.6 s without a word from the originator: it is gone, its SYN was forged, " \
	  "or the SYN-ACK does not reach it.") \
	X(ACCEPT_QUEUE_FULL, \
	  "The responder repeated its SYN-ACK although the ACK of it had passed here, and took nothing of what the originator " \
	  "sent: twice or more, or once and what was sent was sent again, or answered by a RST. `medium` at best where the " \
	  "responder is not here; on the listener's own host the kernel's word stays `dropped_by_kernel`.", \
	  "The responder repeated its SYN-ACK 8 times although the ACK of it had passed here, and took none of the data: its " \
	  "queue of connections to be accepted is full, or nothing from the originator reaches it any more.") \
	X(NO_ANSWER, \
	  "No packet came back until the attempt timed out: three times the last interval between SYNs, 3 s at least, 60 s " \
	  "after a lone SYN.", \
	  "Nothing answered 3 SYNs in 27.0 s: lost on the way there or back, dropped by a firewall, or the responder's host is " \
	  "down.") \
	X(GAVE_UP_RETRANSMITTING, \
	  "Data was sent again three times or more, and nothing came back up to the end; or a RST followed such repeats.", \
	  "The originator sent data again 5 times without any answer from the responder: the path, or the responder's host, is " \
	  "gone.") \
	X(RESPONDER_SILENT, \
	  "The responder's host acknowledged a request, and its application never answered it. Not said of a protocol in which " \
	  "only the originator speaks.", \
	  "The responder's host acknowledged the request and its application did not answer in 29.2 s: the application's " \
	  "fault, not the path's.") \
	X(KEEP_ALIVE_RACE, \
	  "The responder closed after a second or more of silence, while payload of the originator was on its way. The " \
	  "responder's FIN does not acknowledge that payload.", \
	  "The responder closed the connection after 5 s without a word, while 300 bytes of the originator's were on " \
	  "their way: that request is lost, a RST answered it. Who lets an open connection rest must close it sooner than " \
	  "the responder does.") \
	X(CLOSED_WITHOUT_A_BYTE, \
	  "The connection opened, and the responder ended it with a FIN or a RST before the originator did, without " \
	  "having sent a byte. Not said of a protocol in which only the originator speaks, nor where the client opened a " \
	  "connection in advance and did not use it.", \
	  "The responder accepted the connection and ended it with a FIN, and not one byte answered the 517 bytes that " \
	  "the originator had sent: it does not want this client or this request, or what it needs for an answer is gone.") \
	X(IDLE_TIMEOUT, \
	  "A RST came after 60 s or more of silence, or answered the first packet after it.", \
	  "After 7 min of silence the connection was cut with a RST in the responder's name: an idle timer of a balancer, a " \
	  "NAT, a firewall or that host.") \
	X(PEER_LOST_STATE, \
	  "A RST in the shape that a kernel gives it for a connection it does not know answered data, an ACK, a " \
	  "keep-alive or a FIN of an open connection that its side had not closed.", \
	  "A RST in the responder's name answered the originator's 60 bytes after 44 s of silence as a host does that " \
	  "does not know the connection, which it had not closed: that host was restarted, another took its place, or its " \
	  "state was lost.") \
	X(RESET_BY_ORIGINATOR, \
	  "A RST of the originator ended it, and nothing above explains that. A RST after both sides had closed does not count.", \
	  "The originator sent a RST instead of completing the handshake, 31 ms after its SYN: a scan, or an attempt that it no " \
	  "longer wanted.") \
	X(RESET_BY_RESPONDER, \
	  "A RST of the responder ended it, and nothing above explains that. A RST after both sides had closed does not count.", \
	  "The responder ended the open connection with a RST after 85.4 s (19 bytes there, 56 bytes back): its application or " \
	  "its host aborted it.") \
	X(RECEIVER_STALLED, \
	  "A receive window was shut, or smaller than a segment while more waited, for a second or more. Where it was so when the " \
	  "connection ended, this stands before gave_up_retransmitting and every reset.", \
	  "The responder shut its receive window 1 time, for 7.9 s of 8.0 s: its application does not read fast enough.") \
	X(PATH_OUTAGE, \
	  "For 3 s or more at one stretch nothing that a side had sent was acknowledged, with two repeats, or one and a hole " \
	  "that the receiver had reported; its window was open, and nothing above explains that.", \
	  "For 19.0 s nothing that the originator had sent was acknowledged, though it sent again what was missing; then " \
	  "it went on: the path between them, or the responder's host, was dead meanwhile.") \
	X(HANDSHAKE_DELAYED, \
	  "It took 0.9 s or more longer to open than the path's round trip explains, and a SYN or SYN-ACK came more than once; " \
	  "or for so long it repeated its SYN-ACK while data waited. `handshake_cause` tells why.", \
	  "It took 3.0 s to open: 2 SYNs had no answer, and the next one had it after 30 ms: lost between here and the " \
	  "responder, or their answers were.") \
	X(RECEIVER_LIMITED, \
	  "In half or more of the time in which a side sent a lot (2 s or more), what was under way filled its receiver's window. " \
	  "Looked at once a round trip; where the sender is on this host, its kernel's own rwnd_limited. Not where the handshake, " \
	  "and so the window's scale, was not seen; nor where the window was shut for a second.", \
	  "The originator's receive window was all that the responder was allowed to send, 4.4 s of the 4.4 s that it sent " \
	  "(100 %): 17,520 bytes each 18 ms are 7.8 Mbit/s at most, whatever the path could carry.") \
	X(SENDER_LIMITED, \
	  "In half or more of the time in which a side sent 1 MB or more (2 s or more), it had no more to send: its last segment " \
	  "was short, or it did not use the room that an ACK made; or its kernel says that the send buffer was full. No trouble: " \
	  "what is made on a timer is sent on a timer. What answers requests is not counted while it waits for them.", \
	  "The originator's application set the pace: it had nothing more to send for 4.5 s of the 4.5 s that it sent (100 %), " \
	  "while path and receiver would have taken more.") \
	X(LOSSY_PATH, \
	  "More than 1 % of a side's data segments, and at least 5, were sent again; or some were, and recovery took a second or " \
	  "more. Window probes, spurious repeats and those that a path MTU asked for do not count.", \
	  "36 of 699 segments from the originator (5.2 %) had to be sent again, and recovery took 3.3 ms of 1.5 s: the path to " \
	  "the responder loses packets.") \
	X(NAGLE_DELAYED_ACK, \
	  "Small writes waited for delayed ACKs, and that took 5 % or more of the connection's time.", \
	  "The responder's small writes waited 5 times for a delayed ACK of the originator, 572 ms of 5.8 s: Nagle's algorithm " \
	  "at work; the responder should set TCP_NODELAY, or write at once what belongs together.") \
	X(RESPONDER_SLOW, \
	  "The first byte of an answer came a second or more (`--slow-response`) after its request had been acknowledged.", \
	  "The responder took up to 4.3 s to answer, 4.3 s of 4.8 s in all, on a path of 250 ms: its application's time, not the " \
	  "path's.") \
	X(REORDERING_PATH, \
	  "More than 1 % of a side's data segments, and at least 5, arrived out of order.", \
	  "61 of 1200 segments from the responder (5.1 %) came out of order: the path to the originator reorders packets.") \
	X(ORIGINATOR_IDLE, \
	  "The originator was silent for 10 s or more (`--slow-request`) after a complete answer, and nothing above holds.", \
	  "The originator was silent for 5 min of 5 min while nobody owed it anything: its own time, neither the responder's nor " \
	  "the path's.") \
	X(OK, "It was established, and nothing above holds.", "Closed by both sides, and nothing stood in its way.") \
	X(UNKNOWN, \
	  "Too little was seen: a SYN younger than 3 s when the input ended, or one direction only.", \
	  "The handshake was not complete when it was last looked at: too little to tell.")

#endif
