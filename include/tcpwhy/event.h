/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The ABI between the classifier and whoever reads its events: fixed-size records of 128 bytes.
 *
 * The same bytes come out of the kernel's ring buffer and out of a capture file. All numbers are in
 * host order and absolute; durations are nanoseconds. Every byte is written, padding included, so
 * that two records can be compared with memcmp.
 */
#ifndef TCPWHY_EVENT_H
#define TCPWHY_EVENT_H

#include "flow.h"
#include "names.h"
#include "port.h"

#define TW_ABI_VERSION 1

enum tw_event_flags {
	TW_EF_FROM_ORIG = 1 << 0, /* the packet was sent by the originator */
	TW_EF_EGRESS = 1 << 1,    /* seen on egress */
	TW_EF_FORWARDED = 1 << 2, /* on egress, and not made by this host */
	TW_EF_TUPLE = 1 << 3,     /* the tuple is valid */
	TW_EF_MIDSTREAM = 1 << 4,
	TW_EF_IP_ID = 1 << 5,     /* ip_id is valid: IPv4 */
	TW_EF_OFFLINE = 1 << 6,   /* from a capture: there is no ingress or egress */
};

/* syn, syn_retransmit, syn_ack, syn_ack_retransmit */
struct tw_ev_syn {
	u64 rtt_ns;         /* syn_ack: since the last SYN; 0: unknown */
	u64 since_first_ns; /* repeats: since the first; 0: unknown, the connection was established already */
	u64 interval_ns;    /* repeats: since the one before */
	u32 len;            /* payload */
	u16 win;
	u16 mss;            /* 0: no option */
	u16 options;        /* TW_OPT_* */
	u16 options_dropped; /* TW_OPT_* that the first offered and this one does not */
	u8 wscale;          /* TW_WSCALE_NONE: no option */
	u8 attempt;         /* 1 = first */
	u8 answered;        /* syn_retransmit, 1: a SYN-ACK was seen */
	u8 acked;           /* syn_ack_retransmit: enum tw_acked */
	u8 after_reset;     /* 1: a RST was seen */
	u8 stray;           /* 1: after the handshake, changes nothing */
	u8 echo;            /* syn_ack: enum tw_echo */
	u8 dscp;            /* RFC 2474 */
	u32 tsval;          /* with TW_OPT_TS */
};

/* Which SYN's timestamp a SYN-ACK echoes. */
enum tw_echo {
	TW_ECHO_UNKNOWN, /* no timestamps, or of a SYN that was not seen */
	TW_ECHO_LAST,
	TW_ECHO_EARLIER, /* of one before the last */
	TW_ECHO_FOREIGN, /* none that the SYN can have carried: somebody changed it on the way */
};

/* What had passed here when a SYN-ACK came again: nothing, its ACK, or its ACK and payload that waits for an answer. */
enum tw_acked { TW_ACKED_NOTHING, TW_ACKED_SYN_ACK, TW_ACKED_AND_ASKED };

/* established */
struct tw_ev_established {
	u64 syn_rtt_ns, ack_rtt_ns; /* 0: unknown */
	u16 mss;                    /* the smaller of the two; 0: unknown */
	u8 orig_wscale, resp_wscale;
	u16 options;                /* TW_OPT_* that both sides sent */
	u8 spare[26];
};

/* handshake_bad_ack, syn_nonzero_ack, syn_ack_payload, lost_segment_unseen */
struct tw_ev_ack {
	u32 expected, got;
	u32 len;
	u8 challenge;
	u8 spare[35];
};

/* What a RST shows of the host that sent it. */
enum tw_rst_shape {
	TW_RST_STATELESS = 1 << 0, /* it answers a segment, as a host does that knows nothing of the connection */
	TW_RST_OTHER_MAC = 1 << 1, /* and its source is another host on the link than that side's */
	_TW_RST_SHAPES = 1 << 2,
};

/* reset, ended */
struct tw_ev_reset {
	u64 silent_ns;  /* silence before it */
	u16 suspect;    /* bits of tw_suspect known so far */
	u8 cause;       /* enum tw_cause */
	u8 stage;       /* enum tw_stage */
	u8 end;         /* ended: enum tw_end */
	u8 win_zero;
	u8 ttl_min, ttl_max; /* of that side's other packets; 0: none seen */
	u32 len;
	u32 reason;     /* told & TW_TOLD_REASON: enum sk_rst_reason of the running kernel */
	u32 unacked;    /* the peer's payload that this side never acknowledged */
	u8 told;        /* enum tw_told: what the connection table learned from this host's TCP; 0 from the classifier */
	u8 shape;       /* bits of enum tw_rst_shape */
	u8 spare[18];
};

/* retransmit, out_of_order, duplicate_segment */
struct tw_ev_segment {
	u64 gap_ns;     /* since it was last sent (retransmit; 0: not seen), or late_by (out_of_order) */
	u32 len;        /* payload of the packet */
	u32 bytes;      /* of it below the highest sequence */
	u32 in_flight;  /* bytes outstanding */
	u32 segments;   /* 1, or of an offload super-packet */
	u16 attempt;    /* 2 = first repeat */
	u8 kind;        /* enum tw_kind */
	u8 confidence;  /* enum tw_confidence */
	u32 drop_reason; /* died == TW_DIED_HERE: enum skb_drop_reason of the running kernel */
	u8 died;        /* enum tw_died; this and the rest: from the connection table, 0 from the classifier */
	u8 told;        /* enum tw_told */
	u8 ca_state;    /* told & TW_TOLD_CA_STATE: enum tcp_ca_state */
	u8 spare[13];
};

/* Where the first copy of what was sent again went. */
enum tw_died { TW_DIED_UNKNOWN, TW_DIED_HERE, TW_DIED_BEYOND, TW_DIED_NOWHERE, _TW_DIED_MAX };

/* What this host's own TCP told of a packet that left here. */
enum tw_told {
	TW_TOLD_REASON = 1 << 0,
	TW_TOLD_NO_SOCKET = 1 << 1, /* it told nothing of a RST, and would have: a firewall, a proxy, a forwarder sent it */
	TW_TOLD_CA_STATE = 1 << 2,
	TW_TOLD_HELD = 1 << 3,      /* kernel_reset: too many; the others of this second are held back */
};

/* kernel_reset, kernel_resent */
struct tw_ev_kernel {
	u32 reason;     /* kernel_reset, told & TW_TOLD_REASON */
	u8 told;        /* enum tw_told */
	u8 ca_state;    /* kernel_resent */
	u8 spare[42];
};

/* zero_window, window_open, mss_exceeded, pmtu_ignored, pmtu_black_hole */
struct tw_ev_size {
	u64 stalled_ns; /* window_open; zero_window: so far */
	u32 len;        /* mss_exceeded: payload; pmtu_*: IP length */
	u32 limit;      /* MSS or MTU */
	u32 largest_acked;
	u32 times;
	u32 seq, ack;   /* zero_window: of the packet that shut it, which came stalled_ns before this one */
	u8 spare[16];
};

/* slow_response, slow_request, delayed_ack_stall */
struct tw_ev_wait {
	u64 waited_ns;
	u64 rtt_ns;     /* least RTT of the side that was waited for; 0: unknown */
	u64 at_ns;      /* delayed_ack_stall: the late ACK's time, and with it */
	u32 seq, ack;   /* its numbers, instead of the packet's */
	u32 times;
	u8 spare[12];
};

/* path_down, path_up */
struct tw_ev_outage {
	u64 waited_ns;  /* how long nothing has been acknowledged by now */
	u32 bytes;      /* path_down: that wait for it */
	u16 attempts;   /* path_down: how often they were sent */
	u8 handshake;   /* 1: of a SYN */
	u8 spare[33];
};

/* frag_needed, unreachable, marker */
struct tw_ev_icmp {
	struct tw_addr from;
	u32 mtu;
	u32 quoted_seq;
	u32 quoted_len; /* IP length of the quoted packet */
	u16 id, seq;    /* marker */
	u16 size;       /* marker: ICMP payload bytes */
	u8 type, code;
	u8 matched;
	u8 valid;       /* 0 no, 1 yes, 2 cannot be told */
	u8 reply;       /* marker: echo reply */
	u8 family;      /* of the ICMP packet: 4 or 6 */
	u8 spare[8];
};

/* kernel_drop */
struct tw_ev_drop {
	u32 reason;      /* enum skb_drop_reason of the running kernel: the numbers differ */
	u32 len;         /* payload */
	u32 queued, backlog; /* listen_port != 0: connections that wait to be accepted, and how many may */
	u16 listen_port; /* a full accept queue: the listener's port; else 0 */
	u8 quiet;        /* 1: over the budget: for the program, not for the log */
	u8 held;         /* 1: too many of all connections; the others of this second are held back */
	u8 spare[4];
	u32 pid;         /* of the listener; 0: unknown */
	char comm[16];
	u8 spare2[4];
};

struct tw_event {
	u8 version; /* TW_ABI_VERSION */
	u8 type;    /* enum tw_event_type */
	u16 len;    /* of the whole record */
	u32 suppressed; /* events of this kind of this connection and side held back before this one */
	u64 ts_ns;
	u64 conn;   /* 0: belongs to no tracked connection */
	struct tw_addr orig_addr, resp_addr; /* marker: source and destination */
	u16 orig_port, resp_port;
	u32 ifindex;
	u32 seq, ack;
	u16 ip_id;
	u8 ttl;
	u8 tcp_flags;
	u8 flags;   /* TW_EF_* */
	u8 family;  /* 4 or 6 */
	u8 spare[2];
	union {
		struct tw_ev_syn syn;
		struct tw_ev_established established;
		struct tw_ev_ack ack_;
		struct tw_ev_reset reset;
		struct tw_ev_segment segment;
		struct tw_ev_size size;
		struct tw_ev_wait wait;
		struct tw_ev_outage outage;
		struct tw_ev_icmp icmp;
		struct tw_ev_drop drop;
		struct tw_ev_kernel kernel;
		u64 raw[6];
	};
};

/* type TW_EV_REPLACED only: the state of the incarnation that ended, which nobody can look up any more. */
struct tw_event_replaced {
	struct tw_event event;
	struct tw_flow flow;
};

_Static_assert(sizeof(struct tw_event) == 128, "every detail has 48 bytes");

#endif
