/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The words that tcpwhy uses: every event, cause, kind and fact, with its one-line meaning.
 *
 * One table per enumeration; the enumerations, the log, `--help` and the tests are all made from
 * these tables. They are append-only: a number that was once given keeps its meaning, because the
 * kernel programs, saved logs and other people's scripts depend on it.
 */
#ifndef TCPWHY_NAMES_H
#define TCPWHY_NAMES_H

/* X(identifier, word in the log, meaning) */
#define TW_EVENTS(X) \
	X(NONE, "none", "no event") \
	X(SYN, "syn", "first SYN of a connection attempt") \
	X(SYN_RETRANSMIT, "syn_retransmit", "the same SYN sent again") \
	X(SYN_ACK, "syn_ack", "SYN-ACK that acknowledges the SYN") \
	X(SYN_ACK_RETRANSMIT, "syn_ack_retransmit", "the same SYN-ACK sent again") \
	X(ESTABLISHED, "established", "the originator acknowledged the SYN-ACK") \
	X(HANDSHAKE_BAD_ACK, "handshake_bad_ack", \
	  "an ACK number during the handshake that the peer never asked for") \
	X(SYN_ACK_PAYLOAD, "syn_ack_payload", "payload on a SYN-ACK without TCP Fast Open") \
	X(SYN_NONZERO_ACK, "syn_nonzero_ack", "a SYN without ACK whose acknowledgement field is not 0") \
	X(CONNECT_TIMEOUT, "connect_timeout", "a SYN that was never answered") \
	X(ACCEPT_TIMEOUT, "accept_timeout", "a repeated SYN-ACK that was never answered") \
	X(LAND, "land", "a SYN whose source is its own destination") \
	X(SIMULTANEOUS_OPEN, "simultaneous_open", "both sides' SYNs crossed") \
	X(RESET, "reset", "a RST, with its cause") \
	X(RETRANSMIT, "retransmit", "payload or FIN sent again, with its kind") \
	X(OUT_OF_ORDER, "out_of_order", "a segment that was sent earlier arrived later") \
	X(DUPLICATE_SEGMENT, "duplicate_segment", "a copy made by the path or the tap, not by the sender") \
	X(LOST_SEGMENT_UNSEEN, "lost_segment_unseen", \
	  "an ACK for bytes that this vantage point never saw: the observer's loss") \
	X(ZERO_WINDOW, "zero_window", "a receiver shut its window, for longer than a round trip") \
	X(WINDOW_OPEN, "window_open", "a receiver opened its window again") \
	X(MSS_EXCEEDED, "mss_exceeded", "a segment larger than the receiver's announced MSS") \
	X(FRAG_NEEDED, "frag_needed", "ICMP: packet too big for the next hop") \
	X(UNREACHABLE, "unreachable", "another ICMP error about a TCP segment") \
	X(PMTU_IGNORED, "pmtu_ignored", "a sender goes on sending packets above the path MTU it was told") \
	X(PMTU_BLACK_HOLE, "pmtu_black_hole", "full-size segments vanish, smaller ones pass, no ICMP says why") \
	X(SLOW_RESPONSE, "slow_response", "the responder took long to answer an acknowledged request") \
	X(NO_RESPONSE, "no_response", "an acknowledged request was never answered") \
	X(SLOW_REQUEST, "slow_request", "the originator was silent long after a complete response") \
	X(DELAYED_ACK_STALL, "delayed_ack_stall", "a small write waited for a delayed ACK (Nagle)") \
	X(CONNECTION, "connection", "the final record of a connection") \
	X(MARKER, "marker", "an ICMP echo: a ping that marks a moment") \
	X(KERNEL_DROP, "kernel_drop", "the kernel dropped a packet of a tracked connection") \
	X(ALERT, "alert", "an alert rule was raised or cleared") \
	X(EVENTS_LOST, "events_lost", "events that could not be kept, counted") \
	X(TABLE_FULL, "table_full", "connections that could not be tracked, counted") \
	X(CAPTURE_STARTED, "capture_started", "tcpwhy attached") \
	X(CAPTURE_STOPPED, "capture_stopped", "tcpwhy detached: the summary") \
	/* Between the kernel and the connection table only; never written to a log. */ \
	X(OPENED, "opened", "a connection that was already open was first seen") \
	X(ENDED, "ended", "a FIN or RST ended a connection") \
	X(REPLACED, "replaced", "a new incarnation took the tuple: the old state, whole") \
	X(KERNEL_RESET, "kernel_reset", "this host's TCP sent a RST, and says why") \
	X(KERNEL_RESENT, "kernel_resent", "this host's TCP sent a segment again, and says in which state") \
	/* Numbers from here on came later. */ \
	X(PATH_DOWN, "path_down", "nothing that one side sends is acknowledged any more: said while it lasts") \
	X(PATH_UP, "path_up", "it is acknowledged again") \
	X(MISSING_SEGMENT, "missing_segment", "bytes between others that arrived have not come by the end")

/* The first that fits, from the state before the RST. */
#define TW_CAUSES(X) \
	X(NONE, "none", "no cause") \
	X(AFTER_CLOSE, "after_close", "one or both sides had sent FIN, and no data was lost by it") \
	X(NO_CONNECTION, "no_connection", "for a tuple that is not tracked, or that a RST already ended") \
	X(BAD_ACK_RESET, "bad_ack_reset", "answers a wrong ACK number of the handshake (RFC 9293, 3.10.7)") \
	X(REFUSED, "refused", "nobody listens, or a firewall rejects") \
	X(UNACCEPTABLE, "unacceptable", "before any SYN-ACK without acknowledging the SYN: must be ignored") \
	X(HALF_OPEN_RESET, "half_open_reset", "from the originator before its last ACK of the handshake") \
	X(HANDSHAKE_ABORTED, "handshake_aborted", "from the responder, between its SYN-ACK and the last ACK") \
	X(GAVE_UP, "gave_up", "its sender had retransmitted or probed at least three times in vain") \
	X(DATA_AFTER_CLOSE, "data_after_close", "its sender had closed and then still got data") \
	X(IDLE_RESET, "idle_reset", "the connection had been silent for at least 60 s") \
	X(ABORTED, "aborted", "the application or its host ended an established connection")

#define TW_STAGES(X) \
	X(POST_SYN, "post_syn", "before the handshake was complete") \
	X(POST_ACK, "post_ack", "after the handshake, before payload from the originator") \
	X(POST_PSH, "post_psh", "after exactly one payload segment from the originator") \
	X(LATER, "later", "after more than one")

/* Facts that speak for a RST forged by a middlebox: bit numbers. */
#define TW_SUSPECTS(X) \
	X(TTL, "ttl", "TTL differs by more than 3 from every TTL of that side") \
	X(IP_ID, "ip_id", "IP-ID out of line with that side's running count") \
	X(SEQ_NOT_NEXT, "seq_not_next", "in the window but not the next sequence number") \
	X(SEQ_OUT_OF_WINDOW, "seq_out_of_window", "outside the window") \
	X(BAD_ACK, "bad_ack", "its ACK number is not acceptable") \
	X(SENDER_KEPT_TALKING, "sender_kept_talking", "the side it claims to come from went on") \
	X(REPEATED_WITH_OTHER_SEQ, "repeated_with_other_seq", "again within 1 s with another sequence number") \
	X(FASTER_THAN_RTT, "faster_than_rtt", "it came sooner than that side could have answered") \
	X(PAYLOAD, "payload", "it carries payload") \
	X(TCP_OPTIONS_ABSENT, "tcp_options_absent", "timestamps were agreed and it has none")

#define TW_KINDS(X) \
	X(UNKNOWN, "unknown", "none of the others can be shown") \
	X(WINDOW_PROBE, "window_probe", "into a zero window") \
	X(SPURIOUS, "spurious", "all its bytes were already acknowledged") \
	X(PMTU, "pmtu", "resent because of a valid frag_needed: no loss") \
	X(RTO, "rto", "the retransmission timer expired") \
	X(FAST, "fast", "duplicate ACKs or SACK asked for it") \
	X(TLP, "tlp", "tail loss probe (RFC 8985)")

#define TW_CONFIDENCES(X) \
	X(HIGH, "high", "proven by the packets themselves, or certain on egress") \
	X(MEDIUM, "medium", "the bytes were seen before") \
	X(LOW, "low", "by the clock alone")

/* Why a packet was not judged. Counted per CPU; the packet itself passes untouched. */
#define TW_SKIPS(X) \
	X(OK, "ok", "it was judged") \
	X(NOT_TCP, "not_tcp", "neither TCP nor ICMP about TCP nor an echo: not our business") \
	X(FRAGMENT, "fragment", "a fragment without its TCP header") \
	X(TRUNCATED, "truncated", "shorter than its headers say") \
	X(BAD_IP_HEADER, "bad_ip_header", "impossible IP version, header length or total length") \
	X(BAD_EXTENSION, "bad_extension", "IPv6 extension headers that are too many or too long") \
	X(BAD_TCP_HEADER, "bad_tcp_header", "impossible TCP data offset") \
	X(BAD_TCP_FLAGS, "bad_tcp_flags", "impossible flags: SYN+FIN, or none at all") \
	X(BAD_QUOTE, "bad_quote", "an ICMP error whose quoted packet cannot be read")

#define TW_ENDS(X) \
	X(OPEN, "open", "not ended yet") \
	X(FIN, "fin", "closed by FIN from both sides") \
	X(RESET, "reset", "ended by a RST") \
	X(TIMEOUT, "timeout", "the handshake was never completed") \
	X(IDLE, "idle", "silent for longer than the idle limit") \
	X(EVICTED, "evicted", "its table entry was needed for another") \
	X(REUSED, "reused", "a new incarnation took its tuple") \
	X(EOF, "eof", "open at the end of the input")

/* Letters of `history`, as Zeek defines them: upper case from the originator, lower from the responder. */
#define TW_LETTERS(X) \
	X(SYN, "s", "SYN without ACK") \
	X(SYN_ACK, "h", "SYN with ACK") \
	X(ACK, "a", "pure ACK") \
	X(DATA, "d", "payload") \
	X(FIN, "f", "FIN") \
	X(RST, "r", "RST") \
	X(RETRANSMIT, "t", "retransmission") \
	X(ZERO_WINDOW, "w", "zero window") \
	X(GAP, "g", "a gap that was never filled") \
	X(INCONSISTENT, "i", "inconsistent flags")

/* Why it went the way it did. Which of those that hold explains the end: verdict.h. */
#define TW_VERDICTS(X) \
	X(UNKNOWN, "unknown", "too little was seen to tell") \
	X(OK, "ok", "established, and nothing stood in its way") \
	X(DROPPED_BY_KERNEL, "dropped_by_kernel", "this host's kernel dropped its packets") \
	X(REJECTED_BY_ICMP, "rejected_by_icmp", "an ICMP error was the only answer") \
	X(MSS_IGNORED, "mss_ignored", "segments above the announced MSS, and data that did not arrive") \
	X(PMTU_IGNORED, "pmtu_ignored", "a sender that goes on above the path MTU it was told") \
	X(PMTU_BLACK_HOLE, "pmtu_black_hole", "large packets vanish on the path and nobody says why") \
	X(MIDDLEBOX_BROKE_HANDSHAKE, "middlebox_broke_handshake", \
	  "a device on the path changed packets of the handshake") \
	X(RESET_FORGED, "reset_forged", "a RST that its alleged sender did not send") \
	X(REFUSED, "refused", "nobody listens, or a firewall rejects") \
	X(ORIGINATOR_NEVER_COMPLETED, "originator_never_completed", "the SYN-ACK was never answered") \
	X(NO_ANSWER, "no_answer", "the SYNs were never answered") \
	X(GAVE_UP_RETRANSMITTING, "gave_up_retransmitting", "data was sent again and again, and never acknowledged") \
	X(RESPONDER_SILENT, "responder_silent", "the responder acknowledged a request and never answered it") \
	X(IDLE_TIMEOUT, "idle_timeout", "a RST cut a connection that had been silent for long") \
	X(RESET_BY_ORIGINATOR, "reset_by_originator", "the originator's host or application ended it") \
	X(RESET_BY_RESPONDER, "reset_by_responder", "the responder's host or application ended it") \
	/* Of what ended well or is open. */ \
	X(RECEIVER_STALLED, "receiver_stalled", "a receiver kept its window shut for a second or more") \
	X(LOSSY_PATH, "lossy_path", "the path lost so many segments that it cost time") \
	X(NAGLE_DELAYED_ACK, "nagle_delayed_ack", "small writes waited for delayed ACKs") \
	X(RESPONDER_SLOW, "responder_slow", "the responder took long to answer") \
	X(REORDERING_PATH, "reordering_path", "the path delivered many segments out of order") \
	X(ORIGINATOR_IDLE, "originator_idle", "the originator was silent for long between its requests") \
	/* Of what failed. */ \
	X(NAT_STATE_LOST, "nat_state_lost", "a packet went to a host that does not know the connection, and was reset there") \
	X(KEEP_ALIVE_RACE, "keep_alive_race", "a request crossed the FIN of an idle connection, and was lost") \
	X(CLOSED_WITHOUT_A_BYTE, "closed_without_a_byte", "the responder closed it without having said anything") \
	X(PEER_LOST_STATE, "peer_lost_state", "a host did not know the connection any more, and reset it") \
	X(PATH_OUTAGE, "path_outage", "for seconds nothing got through") \
	X(DUPLICATE_ADDRESS, "duplicate_address", "two hosts on one link have the same address") \
	X(HANDSHAKE_DELAYED, "handshake_delayed", "it took long to open, because packets of the handshake had to be repeated") \
	/* Of what failed. */ \
	X(AUTH_MISMATCH, "auth_mismatch", "one side signs its segments (TCP MD5 or AO), and the other does not, or otherwise") \
	X(ACCEPT_QUEUE_FULL, "accept_queue_full", "the responder did not take the ACK that completes the handshake") \
	X(MIDDLEBOX_BROKE_SACK, "middlebox_broke_sack", "a device changed sequence numbers, but not those in SACK blocks") \
	X(RECEIVER_LIMITED, "receiver_limited", "the receiver's window allowed no more, whatever the path could carry") \
	X(SENDER_LIMITED, "sender_limited", "the sender's application, or its send buffer, set the pace") \
	X(ANSWERED_BY_OTHER, "answered_by_other", "the SYN was answered from another address or port")

/* Why a handshake took long. */
#define TW_HANDSHAKE_CAUSES(X) \
	X(NONE, "none", "it did not") \
	X(SYN_LOST, "syn_lost", "SYNs had no answer, and the same SYN then had: they, or the answers, were lost") \
	X(SYN_ACK_LOST, "syn_ack_lost", "the SYN was answered, and the SYN-ACK, or the ACK of it, was lost") \
	X(OPTIONS_BLOCKED, "options_blocked", "SYNs with an option had no answer, the first without it had") \
	X(OLD_CONNECTION, "old_connection", "the responder still knew an older connection with these ports") \
	X(ACCEPT_QUEUE, "accept_queue", "the responder's queue of connections to be accepted was full") \
	X(UNKNOWN, "unknown", "what was seen does not tell")

#define X(id, word, meaning) TW_EV_##id,
enum tw_event_type { TW_EVENTS(X) _TW_EV_MAX };
#undef X
#define X(id, word, meaning) TW_CAUSE_##id,
enum tw_cause { TW_CAUSES(X) _TW_CAUSE_MAX };
#undef X
#define X(id, word, meaning) TW_STAGE_##id,
enum tw_stage { TW_STAGES(X) _TW_STAGE_MAX };
#undef X
#define X(id, word, meaning) TW_SUSPECT_##id,
enum tw_suspect { TW_SUSPECTS(X) _TW_SUSPECT_MAX };
#undef X
#define X(id, word, meaning) TW_KIND_##id,
enum tw_kind { TW_KINDS(X) _TW_KIND_MAX };
#undef X
#define X(id, word, meaning) TW_CONFIDENCE_##id,
enum tw_confidence { TW_CONFIDENCES(X) _TW_CONFIDENCE_MAX };
#undef X
#define X(id, word, meaning) TW_SKIP_##id,
enum tw_skip { TW_SKIPS(X) _TW_SKIP_MAX };
#undef X
#define X(id, word, meaning) TW_END_##id,
enum tw_end { TW_ENDS(X) _TW_END_MAX };
#undef X
#define X(id, word, meaning) TW_LETTER_##id,
enum tw_letter { TW_LETTERS(X) _TW_LETTER_MAX };
#undef X
#define X(id, word, meaning) TW_HANDSHAKE_##id,
enum tw_handshake_cause { TW_HANDSHAKE_CAUSES(X) _TW_HANDSHAKE_MAX };
#undef X
#define X(id, word, meaning) TW_VERDICT_##id,
enum tw_verdict { TW_VERDICTS(X) _TW_VERDICT_MAX };
#undef X

#endif
