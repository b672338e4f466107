/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The words of `tcpwhy compare`, as include/tcpwhy/names.h has those of the log. The kernel needs none of them. */
#ifndef TCPWHY_USER_COMPAREWORDS_H
#define TCPWHY_USER_COMPAREWORDS_H

/* X(identifier, word, meaning) */
#define TW_DIFFS(X) \
	X(LOST, "lost_between", "one side sent it, the other never received it") \
	X(FORGED, "forged_between", "one side received it, the other never sent it") \
	X(REWRITTEN, "rewritten", "sent as one thing, received as another") \
	X(DELAY, "delay_split", "a delay: network there, host, network back") \
	X(NOT_COMPARABLE, "not_comparable", "the two logs cannot tell, and why")

#define TW_WHATS(X) \
	X(NONE, "none", "nothing") \
	X(SYN, "syn", "SYN") \
	X(SYN_ACK, "syn_ack", "SYN-ACK") \
	X(ACK, "ack", "pure ACK") \
	X(DATA, "data", "payload") \
	X(FIN, "fin", "FIN") \
	X(RST, "rst", "RST") \
	X(ICMP, "icmp", "ICMP error") \
	X(MSS, "mss", "MSS") \
	X(OPTIONS, "options", "TCP options") \
	X(PAYLOAD, "payload", "payload length") \
	X(SEQ, "seq", "sequence numbers") \
	X(ACKNO, "ack", "acknowledgement number") \
	X(ADDR, "addr", "address or port") \
	X(DSCP, "dscp", "DSCP")

#define X(id, word, meaning) TW_DIFF_##id,
enum tw_diff { TW_DIFFS(X) _TW_DIFF_MAX };
#undef X
#define X(id, word, meaning) TW_WHAT_##id,
enum tw_what { TW_WHATS(X) _TW_WHAT_MAX };
#undef X

const char *tw_diff_word(enum tw_diff diff);
const char *tw_what_word(enum tw_what what);
const char *tw_what_meaning(enum tw_what what);

#endif
