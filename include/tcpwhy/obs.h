/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One packet's facts: what the parsers find out, and all that the classifier gets to know of a packet.
 */
#ifndef TCPWHY_OBS_H
#define TCPWHY_OBS_H

#include "flow.h"
#include "port.h"

enum tw_tcp_flags {
	TW_FIN = 1 << 0,
	TW_SYN = 1 << 1,
	TW_RST = 1 << 2,
	TW_PSH = 1 << 3,
	TW_ACK = 1 << 4,
	TW_URG = 1 << 5,
	TW_ECE = 1 << 6,
	TW_CWR = 1 << 7,
};

/* The fast parser, which reads neither options nor MAC, takes none of these. */
TW_INLINE int tw_is_never_plain(u8 tcp_flags)
{
	return (tcp_flags & (TW_FIN | TW_SYN | TW_RST | TW_ACK | TW_URG)) != TW_ACK;
}

enum tw_obs_what {
	TW_OBS_NONE,  /* not ours, or malformed: see skip */
	TW_OBS_TCP,
	TW_OBS_ERROR, /* an ICMP error that quotes TCP: tuple, seq and quoted_len are the quoted packet's */
	TW_OBS_ECHO,  /* an ICMP echo request or reply */
};

enum tw_obs_flags {
	TW_OF_TS = 1 << 0,        /* timestamps: tsval, tsecr are valid */
	TW_OF_DF = 1 << 1,        /* IPv4 DF, or IPv6 */
	TW_OF_IP_ID = 1 << 2,     /* IPv4 */
	TW_OF_EGRESS = 1 << 3,
	TW_OF_FORWARDED = 1 << 4, /* on egress: not made by this host */
	TW_OF_OFFLINE = 1 << 5,   /* from a capture */
	TW_OF_DSACK = 1 << 6,     /* its first SACK block is a D-SACK (RFC 2883) */
	TW_OF_LOOPBACK = 1 << 7,  /* a loopback address */
};

/* What the host's socket table says of who opened a connection: side + 1, or 0 where it does not know. */
enum tw_opener {
	TW_OPENER_SIDE = 3,    /* mask */
	TW_OPENER_CERTAIN = 4, /* and it is no guess */
};

/* What the fast path needs. The inline parser sets each of these fields. */
struct tw_pkt {
	union {
		struct tw_key key;
		struct tw_key4 key4; /* fast path, IPv4: widened before the classifier sees it */
	};
	u64 ts_ns;
	u32 seq, ack;   /* TW_OBS_ERROR: quoted sequence, 0 */
	u32 len;        /* payload, from the headers */
	u32 segs;       /* segments of an offload super-packet, else 1 */
	u32 tsval, tsecr;
	u32 point;      /* observation point: ifindex << 1 | egress */
	u16 win;        /* as on the wire, not scaled */
	u16 ip_id;
	u8 tcp_flags;
	u8 ttl;
	u8 src;         /* which side of the key sent it */
	u8 flags;       /* TW_OF_* */
	u16 gso_size;   /* payload of each segment of a super-packet; 0: it is none */
	u8 family;      /* 4 or 6 */
	u8 hdr_len;     /* IP and TCP headers, extension headers included */
};

struct tw_obs {
	struct tw_pkt pkt;
	u32 sack_high;  /* highest SACKed edge; valid if sacks */
	u32 sack_start, sack_end; /* the first block: what a D-SACK is about; valid if sacks */
	u32 mtu;        /* ICMP */
	u32 quoted_len; /* IP length of the quoted packet */
	struct tw_addr from; /* ICMP: source of the packet */
	struct tw_addr to;   /* and destination */
	u16 mss;        /* 0: no option */
	u16 icmp_id, icmp_seq, icmp_size;
	u16 mac;        /* hash of the source MAC; 0: none, or a segment that may be plain */
	u16 options;    /* TW_OPT_* */
	u8 wscale;      /* TW_WSCALE_NONE: no option */
	u8 sacks;       /* SACK blocks */
	u8 what;        /* enum tw_obs_what */
	u8 skip;        /* enum tw_skip: why it is TW_OBS_NONE */
	u8 icmp_type, icmp_code;
	/* Set when the packet meets its connection. */
	u8 fin;         /* 1: it has FIN */
	u8 from_orig;   /* 1: the originator sent it */
	u8 challenged;  /* 1: a RST that answers an old incarnation's challenge ACK */
	u8 opener;      /* TW_OPENER_*: of a connection that is new to us, and was open before */
	u8 dscp;        /* RFC 2474; of a SYN only */
	u8 spare[1];
	u32 now_us;     /* low 32 bits of the time in µs */
	u32 end;        /* one past the last sequence number that it takes */
	u32 owner;      /* enum tw_owner: whose time the gap before it was */
	u64 gap_ns;     /* time since the connection's last packet */
};

/* Payload of the packet's largest segment, and the IP length of that segment. */
TW_INLINE u32 tw_segment_len(const struct tw_pkt *p)
{
	return p->gso_size && p->gso_size < p->len ? p->gso_size : p->len;
}

TW_INLINE u32 tw_ip_len(const struct tw_pkt *p)
{
	return p->hdr_len + tw_segment_len(p);
}

/* What identifies a segment among its copies: IP-ID, else TSval; 0: nothing does. */
TW_INLINE u32 tw_stamp(const struct tw_pkt *p)
{
	return p->ip_id ? p->ip_id : p->tsval;
}

#endif
