/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Every field of the log, once: for tcpwhy-events(7) and docs/fields.md. The log itself is written by
 * logline.c, logevent.c and logfinal.c; tests/package/test_manuals.sh holds the two against each other.
 *
 * FIELD(name, unit, meaning, ECS, OpenTelemetry, Zeek): "" where there is no such thing. SIDE: the same for orig_NAME and
 * resp_NAME; their names elsewhere are the originator's.
 */
#ifndef TCPWHY_USER_FIELDTABLE_H
#define TCPWHY_USER_FIELDTABLE_H

#define TW_FIELDS(FIELD, SIDE) \
	/* every event */ \
	FIELD("ts", "time", "when: of the packet, else when it was said", "@timestamp", "Timestamp", "ts") \
	FIELD("event", "word", "what happened", "event.action", "EventName", "") \
	FIELD("conn", "id", "of the connection, within this log", "", "", "uid") \
	FIELD("community_id", "id", "of the connection, as other tools write it (version 1, seed 0)", "network.community_id", "", \
	      "community_id") \
	FIELD("orig_addr", "address", "of the originator, who sent the first SYN", "source.ip", "source.address", "id.orig_h") \
	FIELD("orig_port", "number", "its port", "source.port", "source.port", "id.orig_p") \
	FIELD("resp_addr", "address", "of the responder", "destination.ip", "destination.address", "id.resp_h") \
	FIELD("resp_port", "number", "its port", "destination.port", "destination.port", "id.resp_p") \
	FIELD("iface", "word", "interface", "observer.ingress.interface.name", "network.interface.name", "") \
	FIELD("dir", "word", "of the packet: `in`, `out` of this host; `fwd` from the originator, `rev` from the responder, where " \
	      "neither or both are here", "network.direction", "network.io.direction", "") \
	FIELD("side", "word", "this host is the `originator`, the `responder` or a `router`", "", "", "local_orig, local_resp") \
	FIELD("seq", "number", "sequence number of the packet, as on the wire", "", "", "") \
	FIELD("ack", "number", "its acknowledgement number", "", "", "") \
	FIELD("ttl", "number", "its time to live, or hop limit", "", "", "") \
	FIELD("ip_id", "number", "its IP identification", "", "", "") \
	FIELD("len", "bytes", "its payload; of mss_exceeded the segment's, of pmtu_ignored and pmtu_black_hole with its headers", "", \
	      "", "") \
	FIELD("suppressed", "number", "events like it that were held back before it; of capture_stopped all of them", "", "", "") \
	/* handshake */ \
	FIELD("isn", "number", "initial sequence number", "", "", "") \
	FIELD("mss", "bytes", "maximum segment size: offered; of established the smaller of the two; of mss_exceeded the limit", "", \
	      "", "") \
	FIELD("wscale", "number", "window scale offered", "", "", "") \
	FIELD("wscale_ok", "boolean", "window scaling was agreed", "", "", "") \
	FIELD("sack_ok", "boolean", "selective acknowledgement was offered; of established: agreed", "", "", "") \
	FIELD("ts_ok", "boolean", "timestamps were offered; of established: agreed", "", "", "") \
	FIELD("ecn", "boolean", "explicit congestion notification was offered", "", "", "") \
	FIELD("tsval", "number", "its timestamp option's own value", "", "", "") \
	FIELD("dscp", "number", "differentiated services code point of its IP header", "", "", "") \
	FIELD("tfo", "boolean", "TCP Fast Open was offered", "", "", "") \
	FIELD("win", "bytes", "window, as in the header", "", "", "") \
	FIELD("attempt", "number", "2 for the first repeat", "", "", "") \
	FIELD("attempts", "number", "how many were sent in vain", "", "", "") \
	FIELD("since_first", "seconds", "since the first of them", "", "", "") \
	FIELD("interval", "seconds", "since the last of them", "", "", "") \
	FIELD("options_dropped", "words", "what the first SYN offered and this one does not", "", "", "") \
	FIELD("answered", "boolean", "a SYN-ACK had been seen", "", "", "") \
	FIELD("acked", "boolean", "of syn_ack_retransmit: the ACK of it had passed here", "", "", "") \
	FIELD("after_reset", "boolean", "a RST had been seen", "", "", "") \
	FIELD("foreign_tsecr", "boolean", "it echoes a timestamp that the SYN never carried: something between rewrites", "", "", "") \
	FIELD("stray", "boolean", "after the handshake, with another sequence number: it changes nothing", "", "", "") \
	FIELD("syn_rtt", "seconds", "from SYN to SYN-ACK", "", "", "") \
	FIELD("first_response", "seconds", "from the first request to the first byte of its answer, in steps of 16 µs", "", "", "") \
	FIELD("ack_rtt", "seconds", "from SYN-ACK to the ACK of it", "", "", "") \
	FIELD("rtt", "seconds", "of syn_ack since the SYN; of slow_response the round trip beside the wait", "", "", "") \
	FIELD("expected", "number", "the number that would have been right", "", "", "") \
	FIELD("got", "number", "the one that came", "", "", "") \
	FIELD("challenge", "boolean", "a challenge ACK of an old connection: honest", "", "", "") \
	FIELD("waited", "seconds", "how long nothing came", "", "", "") \
	FIELD("since", "time", "of path_down: since when nothing has been acknowledged", "", "", "") \
	FIELD("handshake", "boolean", "it is a SYN that waits", "", "", "") \
	/* reset */ \
	FIELD("cause", "word", "why a RST was sent: see CAUSES", "event.reason", "", "") \
	FIELD("stage", "word", "how far the connection was: see STAGES", "", "", "") \
	FIELD("silent", "seconds", "how long nothing was said before it", "", "", "") \
	FIELD("stateless", "boolean", "it answers a segment as a host does that does not know the connection: with that segment's ACK number alone", "", "", "") \
	FIELD("other_mac", "boolean", "and another host on this link sent it than what else came from that side", "", "", "") \
	FIELD("unacked", "bytes", "payload of the other side that the RST's sender never acknowledged", "", "", "") \
	FIELD("suspect", "words", "facts that speak for a forged RST: see SUSPECTS", "", "", "") \
	FIELD("forged", "word", "what they amount to: `low`, `medium`, `high`", "", "", "") \
	FIELD("ttl_min", "number", "the least TTL of that side", "", "", "") \
	FIELD("ttl_max", "number", "the greatest", "", "", "") \
	/* loss and order */ \
	FIELD("kind", "word", "of a retransmission: see KINDS", "", "", "") \
	FIELD("gap", "seconds", "since these bytes were last sent", "", "", "") \
	FIELD("bytes", "bytes", "resent; of path_down: that wait", "", "", "") \
	FIELD("in_flight", "bytes", "sent and not acknowledged", "", "", "") \
	FIELD("segments", "number", "that offload had put together", "", "", "") \
	FIELD("confidence", "word", "`high`, `medium` or `low`: see CONFIDENCE", "", "", "") \
	FIELD("late_by", "seconds", "behind the segment that overtook it", "", "", "") \
	FIELD("stalled_for", "seconds", "how long the window was shut", "", "", "") \
	/* path MTU, ICMP */ \
	FIELD("mtu", "bytes", "of the next hop, as the router says", "", "", "") \
	FIELD("from", "address", "who sent the ICMP error", "", "", "") \
	FIELD("quoted_seq", "number", "sequence number of the packet that it quotes", "", "", "") \
	FIELD("quoted_len", "bytes", "length of that packet", "", "", "") \
	FIELD("matched", "boolean", "that packet is one of a known connection", "", "", "") \
	FIELD("valid", "boolean", "… and was on its way then; if not, the error may be forged", "", "", "") \
	FIELD("code", "word", "what was unreachable; the ICMP code where it has no name", "", "", "") \
	FIELD("times", "number", "how often so far", "", "", "") \
	FIELD("largest_acked", "bytes", "the largest packet that did arrive", "", "", "") \
	/* markers */ \
	FIELD("reply", "boolean", "an echo reply", "", "", "") \
	FIELD("size", "bytes", "ICMP payload", "", "", "") \
	FIELD("icmp_id", "number", "its identifier", "", "", "") \
	FIELD("icmp_seq", "number", "its sequence number", "", "", "") \
	/* the kernel's own words */ \
	FIELD("reason", "word", "why the kernel dropped it, or sent or took the RST, in its own words", "event.reason", "", "") \
	FIELD("no_socket", "boolean", "no socket here sent this RST: a firewall, a proxy or a router did", "", "", "") \
	FIELD("died", "word", "where the first copy went: `here` (the kernel dropped it: `reason`), `beyond` (it left this host; not said where the other end is here), " \
	      "`nowhere` (it arrived)", "", "", "") \
	FIELD("ca_state", "word", "of the sender's congestion control: `open`, `disorder`, `cwr`, `recovery`, `loss`", "", "", "") \
	FIELD("listen_port", "number", "of the listener whose queue was full", "", "", "") \
	FIELD("queued", "number", "connections that waited there to be accepted", "", "", "") \
	FIELD("backlog", "number", "how many may", "", "", "") \
	FIELD("pid", "number", "process at the end that is here; of kernel_drop the listener's", "process.pid", "process.pid", "") \
	FIELD("comm", "text", "its name", "process.name", "process.executable.name", "") \
	FIELD("cgroup", "text", "its control group", "", "process.linux.cgroup", "") \
	FIELD("resp_pid", "number", "the responder's process, where both ends are here", "", "", "") \
	FIELD("resp_comm", "text", "its name", "", "", "") \
	FIELD("resp_cgroup", "text", "its control group", "", "", "") \
	/* connection */ \
	FIELD("start", "time", "of its first packet", "event.start", "", "ts") \
	FIELD("duration", "seconds", "until the packet that ended it, else its last one", "event.duration", "", "duration") \
	FIELD("end", "word", "how it ended: see ENDS", "", "", "") \
	FIELD("midstream", "boolean", "its beginning was not seen", "", "", "") \
	FIELD("state", "word", "of a connection Zeek's conn_state; of an alert `raised` or `cleared`", "", "", "conn_state") \
	FIELD("history", "word", "Zeek's letters, each once a side: see HISTORY", "", "", "history") \
	SIDE("packets", "number", "sent by that side", "source.packets", "", "orig_pkts") \
	SIDE("bytes", "bytes", "payload, repeats included", "source.bytes", "", "orig_bytes") \
	SIDE("data_segments", "number", "segments with payload", "", "", "") \
	SIDE("retransmits", "number", "segments that were sent again", "", "", "") \
	SIDE("retransmit_bytes", "bytes", "in them", "", "", "") \
	SIDE("spurious", "number", "of them needless: all bytes had been acknowledged", "", "", "") \
	SIDE("out_of_order", "number", "that overtook or were overtaken", "", "", "") \
	SIDE("duplicate_segments", "number", "copies made on the way", "", "", "") \
	SIDE("dup_acks", "number", "duplicate ACKs", "", "", "") \
	SIDE("dsacks", "number", "ACKs that report bytes received twice", "", "", "") \
	SIDE("keep_alives", "number", "keep-alives", "", "", "") \
	SIDE("zero_windows", "number", "how often it shut its window", "", "", "") \
	SIDE("outage", "seconds", "the longest time in which nothing that it had sent was acknowledged, though it was missed", "", "", "") \
	SIDE("mss", "bytes", "that it announced", "", "", "") \
	SIDE("ttl", "number", "the least TTL of its packets", "", "", "") \
	SIDE("rtt_min", "seconds", "from here to that side and back: the least", "", "", "") \
	SIDE("rtt_avg", "seconds", "the mean", "", "", "") \
	SIDE("rtt_max", "seconds", "the greatest", "", "", "") \
	FIELD("pmtu", "bytes", "the smallest path MTU that a router told", "", "", "") \
	FIELD("answered_from", "address", "of a SYN that was not answered by whom it asked: who answered it", "", "", "") \
	FIELD("answered_from_port", "number", "and from which port", "", "", "") \
	FIELD("answers_for", "address", "of that other one's connection: whom the SYN had asked", "", "", "") \
	FIELD("answers_for_port", "number", "and which port", "", "", "") \
	FIELD("open_beside", "number", "of a refused one: connections to the same address and port that were open at that time", "", "", "") \
	FIELD("drop_reason", "word", "why the kernel dropped packets of it, in its own words", "", "", "") \
	FIELD("second_sight", "number", "packets that were seen at a second place too, and judged once", "", "", "") \
	FIELD("time_handshake", "seconds", "until it was established", "", "", "") \
	FIELD("time_zero_window", "seconds", "while a window was shut", "", "", "") \
	FIELD("time_recovery", "seconds", "while losses were repaired", "", "", "") \
	FIELD("time_path", "seconds", "waiting for acknowledgements", "", "", "") \
	FIELD("time_transfer", "seconds", "while full segments were on their way", "", "", "") \
	FIELD("time_responder", "seconds", "waiting for the responder", "", "", "") \
	FIELD("time_originator", "seconds", "waiting for the originator, up to 10 s each time", "", "", "") \
	FIELD("time_idle", "seconds", "silent for longer", "", "", "") \
	FIELD("time_delayed_ack", "seconds", "small writes that waited for delayed ACKs; all nine sum to the duration", "", "", "") \
	SIDE("limit_receiver", "share", "of the time in which that side sent a lot: its receiver's window allowed no more", "", "", "") \
	SIDE("limit_sender", "share", "… its application had nothing more to send, or its send buffer was too small", "", "", "") \
	SIDE("limit_path", "share", "… neither: the path, as it should be; the three sum to 1", "", "", "") \
	SIDE("limit_window", "bytes", "the window that allowed no more, the last one", "", "", "") \
	SIDE("busy", "seconds", "that side's kernel, which is here, had something to send or in flight", "", "", "") \
	SIDE("rwnd_limited", "seconds", "… of it the receiver's window allowed no more", "", "", "") \
	SIDE("sndbuf_limited", "seconds", "… of it the send buffer held no more", "", "", "") \
	FIELD("verdict", "word", "why it went the way it did: see VERDICTS", "", "", "") \
	FIELD("why", "text", "the same as a sentence, with its numbers", "message", "Body", "") \
	FIELD("evidence", "words", "the events that it stands on", "", "", "") \
	FIELD("handshake_cause", "word", "of handshake_delayed: see HANDSHAKE CAUSES", "", "", "") \
	FIELD("verdicts", "words", "all that hold, the one that explains the end first", "", "", "") \
	/* alert */ \
	FIELD("rule", "word", "its name", "rule.name", "", "") \
	FIELD("value", "number", "that was reached", "", "", "") \
	FIELD("threshold", "number", "of the rule", "", "", "") \
	FIELD("window", "seconds", "over which it counts", "", "", "") \
	FIELD("key", "text", "whom it is about", "", "", "") \
	/* events_lost, table_full, capture_started, capture_stopped */ \
	FIELD("count", "number", "how many", "", "", "") \
	FIELD("where", "word", "they were lost: `ring`, `table` or `writer`", "", "", "") \
	FIELD("version", "text", "of tcpwhy", "observer.version", "", "") \
	FIELD("mode", "text", "how it is attached", "", "", "") \
	FIELD("kernel", "text", "release of the running kernel", "host.os.kernel", "os.version", "") \
	FIELD("file", "text", "the capture that is read", "file.path", "file.path", "") \
	FIELD("config", "object", "the configuration in effect, in the log's first line", "", "", "") \
	FIELD("packets", "number", "that were seen", "", "", "") \
	FIELD("judged", "number", "of them: TCP, ICMP errors about TCP, and pings", "", "", "") \
	FIELD("skipped", "object", "the rest of them, by why: `not_tcp`, `fragment`, `truncated`, …; when files are read also `filtered`, " \
	      "`unknown_link`, the encapsulation that was not looked into (`vxlan`, `gre`, `mpls`, `pppoe`, …), and `other_tunnel`: the " \
	      "addresses and ports of a connection in another tunnel", "", "", "") \
	FIELD("decapsulated", "object", "packets of a file that --decap unpacked, by their outermost encapsulation", "", "", "") \
	FIELD("emitted", "number", "events that the kernel's programs made", "", "", "") \
	FIELD("logged", "number", "of them in the log", "", "", "") \
	FIELD("lost_ring", "number", "lost because the ring was full", "", "", "") \
	FIELD("lost_table", "number", "packets that found a table full", "", "", "") \
	FIELD("lost_writer", "number", "lines that could not be written", "", "", "")

#endif
