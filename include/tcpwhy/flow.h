/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is remembered of one connection.
 *
 * A connection is one entry, found by its canonical 5-tuple, with one half a side. A half holds what
 * its side *sent* and is written only while one of that side's packets is judged; the other
 * direction may run on another CPU at the same time and only reads it. Nothing is locked. What both
 * directions change (the head) is changed by one atomic operation each.
 *
 * struct tw_flow is what every connection needs and stays small: 424 bytes keep a map element,
 * IPv6 key included, within the 512-byte size class of the kernel's allocator. struct tw_trouble is
 * what only trouble needs (gaps, retransmissions, event budgets); its entry is made by the first anomaly.
 */
#ifndef TCPWHY_FLOW_H
#define TCPWHY_FLOW_H

#include "names.h"
#include "port.h"

/* Addresses are 16 bytes as on the wire; IPv4 is ::ffff:a.b.c.d (RFC 4291, 2.5.5.2). Ports are host order. */
struct tw_addr {
	u32 word[4];
};

/*
 * The canonical key: side 0 is the one with the smaller address, then the smaller port. Who is the
 * originator is a fact of the connection, not of the key.
 */
struct tw_key {
	struct tw_addr addr[2];
	u16 port[2];
	u32 family; /* 4 or 6 */
};

/* The same for IPv4 in a map of its own: worth 10 ns a packet. */
struct tw_key4 {
	u32 addr[2]; /* as on the wire */
	u16 port[2];
	u32 zero;
};

/* A segment that was sent: enough to know a copy of it. */
struct tw_sent {
	u32 seq, end;
	u32 stamp; /* TSval, or IP-ID where there is none */
	u32 at_us; /* low 32 bits of the time in µs */
};

#define TW_SENT 2 /* copies come next or next but one */

enum tw_half_flags {
	TW_HF_ISN = 1 << 0,          /* isn is known: this side's SYN or SYN-ACK was seen */
	TW_HF_SEQ = 1 << 1,          /* snd_nxt is known */
	TW_HF_ACK = 1 << 2,          /* ack is known */
	TW_HF_FIN = 1 << 3,          /* sent FIN */
	TW_HF_TS = 1 << 4,           /* sends timestamps */
	TW_HF_TIMED = 1 << 5,        /* a segment is timed: timed_ns, timed_end, timed_len are valid */
	TW_HF_ZERO_WINDOW = 1 << 6,  /* its window is shut */
	TW_HF_KEPT_TALKING = 1 << 7, /* went on after "its" RST */
	TW_HF_RST_REPEATED = 1 << 8, /* RST again with another sequence number */
	TW_HF_FULL = 1 << 9,         /* full_end is valid */
	TW_HF_WATCH = 1 << 10,       /* gaps or repairs are open, or a path MTU is known: nothing it sends is plain */
	TW_HF_PSH = 1 << 11,         /* its last payload had PSH */
	TW_HF_PURE_ACK = 1 << 12,    /* its first pure ACK was seen */
	TW_HF_RST = 1 << 13,         /* sent a RST: timed_ns and timed_end are that RST's */
	TW_HF_WAITING = 1 << 14,     /* acknowledged all that it was sent, and has not answered: flight_us */
	TW_HF_SIGNED = 1 << 15,      /* its SYN or SYN-ACK is signed: TW_OPT_MD5 or TW_OPT_AO */
};

/* Options of a SYN or SYN-ACK. */
enum tw_options {
	TW_OPT_MSS = 1 << 0,
	TW_OPT_WSCALE = 1 << 1,
	TW_OPT_SACK = 1 << 2,
	TW_OPT_TS = 1 << 3,
	TW_OPT_TFO = 1 << 4,
	TW_OPT_MPTCP = 1 << 5,
	TW_OPT_ECN = 1 << 6,     /* the flags ECE and CWR of a SYN, ECE of a SYN-ACK: not an option, but offered like one */
	TW_OPT_UNKNOWN = 1 << 7, /* some options were cut off: what is not set is unknown, not absent */
	TW_OPT_MD5 = 1 << 8,     /* each segment is signed: RFC 2385 */
	TW_OPT_AO = 1 << 9,      /* the same, RFC 5925 */
};

#define TW_WSCALE_NONE 0xff

struct tw_half {
	u64 bytes;         /* payload, retransmissions included */
	u64 last_ns;       /* its last packet that was no keep-alive; 0: none */
	u64 timed_ns;      /* when the timed segment was sent; during the handshake: its first SYN or SYN-ACK;
			    * with TW_HF_RST: its last RST */
	u64 rtt_sum_ns;    /* from here to this side and back */
	u32 rtt_count;
	u32 rtt_min_ns;    /* saturates at 4.29 s; 0: no sample */
	u32 rtt_max_us;
	u32 srtt_us, rttvar_us; /* RFC 6298 */
	u32 packets;       /* segments of offload super-packets counted singly, as data_segments */
	u32 data_segments;
	u32 isn;
	u32 snd_nxt;       /* one past the highest sequence sent */
	u32 ack, ack_prev; /* its highest ACK number, and the distinct one before */
	u32 win;           /* last advertised window in bytes */
	u32 timed_end;     /* end of the timed segment; with TW_HF_RST: the sequence number of its last RST */
	u32 full_end;      /* end of its first full-size segment; valid with TW_HF_FULL */
	u32 tsval;         /* its newest TSval */
	u32 answered;      /* ACK number on its last new payload: what it had been asked when it spoke */
	u32 point;         /* observation point: ifindex << 1 | egress */
	u32 second_sight;  /* packets that another observation point showed again */
	u32 progress_us;   /* when its ACK last advanced: low 32 bits of the time in µs */
	u32 flight_us;     /* when it last sent with nothing outstanding: its timer started, likewise;
			    * with TW_HF_WAITING: since when it owes an answer */
	u16 flags;         /* TW_HF_* */
	u16 mss;           /* announced; 0: not seen */
	u16 ip_id;         /* its last */
	u16 timed_len;     /* IP length of the timed segment */
	u16 largest_acked; /* the largest IP length of the peer's segments that it acknowledged, of those timed */
	u16 quiet_s;       /* silence of the whole connection before its last segment, or the first of those that the
			    * peer has not answered yet; after its FIN: its own silence before it closed (close.h); saturating */
	u16 after_fin;     /* payload bytes that it sent after the peer's FIN, saturating */
	u8 id_run;         /* how many IP-IDs in a row rose by 1…4095, saturating */
	u8 wscale;         /* TW_WSCALE_NONE: no option */
	u8 options;        /* TW_OPT_* of its SYN or SYN-ACK; the first eight */
	u8 ttl_min, ttl_max;
	u8 attempts;       /* how often it sent its SYN or SYN-ACK */
	u8 rst_after;      /* its RST ended the connection: originator's attempts + 1 at that time; 0: none */
	u8 dupack_run;     /* duplicate ACKs in a row */
	u8 probes;         /* retransmissions or probes in a row that nothing answered */
	u8 sent_next : 1;  /* where the next one goes in sent */
	u8 unasked : 2;    /* messages of its own accord: it had spoken last, long before; saturating */
	u8 crossed : 2;    /* and such as crossed a whole message of the peer; saturating */
	struct tw_sent sent[TW_SENT]; /* the last segments with payload or FIN: a ring */
};

enum tw_flow_flags {
	TW_FF_TROUBLE = 1 << 0,     /* has an entry in the trouble table */
	TW_FF_ESTABLISHED = 1 << 1,
	TW_FF_MIDSTREAM = 1 << 2,   /* its handshake was not seen */
	TW_FF_GUESSED = 1 << 3,     /* and who opened it is a guess */
	TW_FF_ENDED = 1 << 4,       /* TW_EV_ENDED was emitted */
	TW_FF_SYN_PENDING = 1 << 5, /* a SYN with another ISN waits in the half-open table */
	TW_FF_TFO = 1 << 6,         /* TCP Fast Open was agreed */
	TW_FF_SIMULTANEOUS = 1 << 7,
	TW_FF_PAYLOAD_ON_SYN_ACK = 1 << 8,
	TW_FF_PMTU_TOLD = 1 << 9,   /* a valid frag_needed came for it */
	TW_FF_FINS_CROSSED = 1 << 10, /* each side closed before it knew of the other's FIN */
};

/* Parts of the time budget that are summed here. The others: budget.h. */
enum tw_owner {
	TW_OWNER_PATH,
	TW_OWNER_RESPONDER,
	TW_OWNER_ORIGINATOR,
	TW_OWNER_IDLE,
	_TW_OWNER_MAX,
	/* Kept elsewhere. */
	TW_OWNER_TRANSFER = _TW_OWNER_MAX, /* what remains of the duration: bulk costs nothing */
	TW_OWNER_HANDSHAKE,                /* handshake_us */
	TW_OWNER_ZERO_WINDOW,              /* struct tw_trouble */
	TW_OWNER_RECOVERY,
	TW_OWNER_NOBODY,                   /* after the end */
};

#define TW_FIRST_RESPONSE_US 16

struct tw_flow {
	u64 id;           /* unique for the incarnation; never 0 */
	u64 start_ns;     /* time of its first packet */
	u64 last_ns;      /* time of its last packet, coarse clock allowed */
	u64 history;      /* up to 12 letters of 5 bits: tw_letter + 1, | 16 from the responder; first in the low bits */
	u64 time_ns[_TW_OWNER_MAX];
	u32 syn_rtt_ns;   /* SYN → SYN-ACK, saturating; 0: unknown */
	u32 handshake_us; /* time before it was established */
	u32 flags;        /* TW_FF_*: set by atomic or */
	u32 orig : 8;     /* which side of the key is the originator: 0 or 1 */
	u32 first_response : 24; /* from the first request to the first byte of its answer, in 16 µs, saturating; 0: none */
	u16 mac[2];       /* by side of the key: hash of the last source MAC of its SYN, SYN-ACK or FIN; 0: none seen */
	u16 spare[2];
	struct tw_half half[2]; /* by side of the key */
};

/* A range below the highest sequence that was not seen. */
struct tw_gap {
	u32 start, end; /* empty: start == end */
	u32 at_us;      /* when the segment behind it came; low 32 bits of the time in µs */
	u32 tsval;      /* that segment's */
	u16 ip_id;
	u8 has_ts;
	u8 merged; /* of several: parts of it were seen */
};

#define TW_GAPS 4

/* Bytes that had arrived before they were sent again. */
struct tw_needless {
	u32 start, end; /* empty: start == end */
};

#define TW_NEEDLESS 4

struct tw_trouble_half {
	u64 retransmit_bytes;
	u64 zero_ns;        /* when its window was shut, and by which packet */
	u32 zero_seq, zero_ack;
	u64 late_ack_ns;    /* when its last late ACK of a small write came; 0: none */
	u32 late_ack_us;    /* how long that write had waited for it */
	u32 late_ack_seq, late_ack_ack;
	u32 stalls;         /* how often its next small write came right behind such an ACK */
	u64 stalled_ns;     /* what those that were told have cost */
	u64 stall_ns;       /* the late ACK that the last stall was counted for */
	u32 sack_high;      /* the highest SACKed edge that it reported; 0: none */
	struct tw_gap gap[TW_GAPS];
	u32 retransmits;    /* segments, all kinds */
	u32 spurious;
	u32 out_of_order;
	u32 duplicate_segments;
	u32 dup_acks;
	u32 keep_alives;
	u32 zero_windows;
	u32 dsacks;
	u32 probes;         /* kind window_probe */
	u32 pmtu_resent;    /* kind pmtu */
	u32 rtx_start, rtx_end, rtx_at_us; /* the last retransmitted range */
	u32 rtx_len;        /* IP length of its largest segment */
	u32 probe_seen;     /* the peer's packets when it last probed or retransmitted */
	u32 lost_seen;      /* its ACKs up to here were held against the peer's gaps */
	u32 recover_end;    /* RTO recovery: what is resent below it is of kind rto */
	u32 repair_end;     /* the highest sequence at its last retransmission that was a repair */
	u32 bad_ack;        /* the last wrong ACK number of its handshake */
	u32 frag_us;        /* when a valid frag_needed for it came */
	u32 budget_second;
	u16 rtx_attempt;
	u16 pmtu;           /* the smallest valid MTU that it was told; 0: none */
	u16 frag_len;       /* IP length of the packet that did not fit */
	u16 ignored;        /* packets above pmtu since */
	u16 flags;          /* TW_TF_* */
	u32 outage_us;      /* the longest time in which nothing that it had sent was acknowledged; 0: no such outage */
	u32 outages_us;     /* of all of them, saturating */
	u16 repeats;        /* since the peer's ACK last advanced, saturating */
	u8 used[32];        /* events of this kind in this second */
	u16 held[32];       /* events of this kind held back since the last one that was not */
	struct tw_needless needless[TW_NEEDLESS]; /* of the peer's, as its D-SACKs told last: a ring */
	u32 needless_next;
	u32 down_us, down_seq; /* TW_TF_DOWN: since when, and what waits to be acknowledged */
	u32 timeout_acks;   /* the peer's duplicate ACKs at its last repeat */
	u32 timeout_us;     /* when the last of its timeouts came */
	u32 fin_unacked;    /* the peer's payload that passed here before its FIN, and that FIN does not acknowledge */
	/* limit.h: what limits what the peer sends, as this side's ACKs show; in 16 µs, by enum tw_limit */
	u32 limit[3];
	u32 look_us, look_ack;      /* TW_TF_LOOKED: the last look, low 32 bits of µs; what was acknowledged then */
	u32 look_away, look_waited; /* the peer's away_us and waited_us then */
	u32 look_ended_us;          /* up to then the peer had no more to send: counts if it goes on */
	u32 look_win;               /* the window that limited it last */
	u32 away_us, waited_us;     /* this side sent nothing: it was not its turn; it had nothing to send */
	u8 pauses;          /* shorter ones that came after a short segment, modulo 256; … */
	u8 look_pauses;     /* … the peer's at the last look */
	u8 timeouts;        /* of the same data in a row, saturating */
	u8 spare;
	u16 foreign_sacks;  /* ACKs whose SACK block lies outside everything that the peer sent, saturating */
	u16 sacked;         /* payload of the longest block that it reported, saturating */
	u16 spare2[2];
};

/* What limits a transfer. */
enum tw_limit { TW_LIMIT_RECEIVER, TW_LIMIT_SENDER, TW_LIMIT_PATH, _TW_LIMIT_MAX };

enum tw_trouble_flags {
	TW_TF_BAD_ACK = 1 << 0,    /* bad_ack is valid */
	TW_TF_RECOVERING = 1 << 1, /* recover_end is valid */
	TW_TF_BLACK_HOLE = 1 << 2, /* pmtu_black_hole was said */
	TW_TF_BH_FULL = 1 << 4,    /* ≥ 2 timeouts of a full-size segment at rtx_start */
	TW_TF_BH_PIECES = 1 << 5,  /* and then it was sent in smaller pieces */
	TW_TF_LOST_SEEN = 1 << 6,  /* lost_seen is valid */
	TW_TF_REPAIRING = 1 << 7,  /* repair_end is valid */
	TW_TF_DOWN = 1 << 8,       /* path_down was said of what it sends, and path_up not yet */
	TW_TF_CROSSED = 1 << 9,    /* fin_unacked was on its way when it closed: sent less than 1 s before */
	TW_TF_SHUT_TOLD = 1 << 10, /* zero_window was said since zero_ns */
	TW_TF_LOOKED = 1 << 11,    /* look_us and what belongs to it are valid */
	TW_TF_BOUND = 1 << 12,     /* the last look found this side's window to be the limit */
	TW_TF_BH_TAIL = 1 << 13,   /* behind what it sends again at full size lies a smaller segment, and SACK would tell of it */
	TW_TF_BH_PROVEN = 1 << 14, /* what did not pass at full size was acknowledged in smaller pieces */
};

struct tw_trouble {
	u64 time_zero_window_ns; /* parts of the time budget */
	u64 time_recovery_ns;
	struct tw_trouble_half half[2];
};

/* Told by @side of the key: it had a part of [@seq, @end) when that was sent again. */
TW_INLINE int tw_trouble_had(const struct tw_trouble *t, u32 side, u32 seq, u32 end)
{
	for (int i = 0; i < TW_NEEDLESS; i++) {
		const struct tw_needless *n = &t->half[side & 1].needless[i];

		if (n->start != n->end && tw_seq_diff(n->start, end) < 0 && tw_seq_diff(seq, n->end) < 0)
			return 1;
	}
	return 0;
}

_Static_assert(sizeof(struct tw_key) == 40, "key without holes");
_Static_assert(sizeof(struct tw_key4) == 16, "key without holes");
_Static_assert(sizeof(struct tw_flow) <= 424, "an element, IPv6 key included, fits 512 bytes");

#endif
