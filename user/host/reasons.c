// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Names of enumerators, out of the kernel's BTF. */
#include "reasons.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MOST 512 /* a kernel has some 130; other subsystems count from 0x10000 on */

struct names {
	const char *type, *prefix;
	char *word[MOST];
};

static struct names drops = { .type = "skb_drop_reason", .prefix = "SKB_DROP_REASON_" };
static struct names resets = { .type = "sk_rst_reason", .prefix = "SK_RST_REASON_" };

/*
 * What is no fault of anybody: the kernel has done with the packet, has said the same by a RST, or it is a copy
 * that was there already. NOT_SPECIFIED tells nothing, and Linux 6.1 says it of each handshake's last ACK.
 */
static const char *const quiet_words[] = {
	"NOT_SPECIFIED", "NO_SOCKET", "SOCKET_CLOSE", "TCP_CLOSE", "TCP_RESET", "TCP_OLD_DATA", "TCP_OLD_ACK", "TCP_OLD_SEQUENCE",
	"TCP_OFOMERGE", "TCP_ZEROWINDOW", "TCP_ABORT_ON_DATA", "OTHERHOST", "UNHANDLED_PROTO", "QUEUE_PURGE",
	"TCP_RFC7323_PAWS_ACK", "PACKET_SOCK_ERROR", "UNICAST_IN_L2_MULTICAST",
};

static const struct {
	const char *word, *meaning;
} meanings[] = {
	{ "NETFILTER_DROP", "a netfilter rule (nftables, iptables) of this host" },
	{ "IP_RPFILTER", "the reverse path filter: its source address is not routed back to where it came from" },
	{ "TCP_LISTEN_OVERFLOW", "the accept queue is full: the application does not accept its connections" },
	{ "QDISC_DROP", "the queue of the interface" },
	{ "QDISC_OVERLIMIT", "the queue of the interface is full" },
	{ "QDISC_CONGESTED", "the queue of the interface" },
	{ "TC_INGRESS", "a tc filter" },
	{ "TC_EGRESS", "a tc filter" },
	{ "XDP", "an XDP program" },
	{ "BPF_CGROUP_EGRESS", "a BPF program of its control group" },
	{ "SOCKET_FILTER", "a filter of its socket" },
	{ "SOCKET_BACKLOG", "the application reads too slowly" },
	{ "SOCKET_RCVBUFF", "the application reads too slowly" },
	{ "PROTO_MEM", "the memory for TCP is used up" },
	{ "CPU_BACKLOG", "the CPU cannot keep up with what arrives" },
	{ "NEIGH_FAILED", "the next hop does not answer ARP or neighbour discovery" },
	{ "NEIGH_QUEUEFULL", "the next hop does not answer ARP or neighbour discovery" },
	{ "IP_INNOROUTES", "there is no route" },
	{ "IP_OUTNOROUTES", "there is no route" },
	{ "IP_INADDRERRORS", "its destination is not this host's, and it does not forward" },
	{ "TCP_CSUM", "its checksum is wrong" },
	{ "PKT_TOO_BIG", "it does not fit the MTU" },
	{ "TCP_RFC7323_PAWS", "its timestamp is older than one that was seen" },
	{ "TCP_MD5NOTFOUND", "the peer does not sign as agreed (TCP MD5)" },
	{ "XFRM_POLICY", "an IPsec policy" },
};

const char *tw_drop_meaning(const char *word)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (!strcmp(word, meanings[i].word))
			return meanings[i].meaning;
	return NULL;
}

static int load(struct names *names, const struct btf *kernel)
{
	int id = btf__find_by_name_kind(kernel, names->type, BTF_KIND_ENUM);
	const struct btf_type *type = id > 0 ? btf__type_by_id(kernel, id) : NULL;
	size_t prefix = strlen(names->prefix);

	for (unsigned int i = 0; type && i < btf_vlen(type); i++) {
		const struct btf_enum *e = &btf_enum(type)[i];
		const char *name = btf__name_by_offset(kernel, e->name_off);

		if (!name || strncmp(name, names->prefix, prefix) || e->val < 0 || e->val >= MOST || names->word[e->val])
			continue;
		names->word[e->val] = strdup(name + prefix);
		if (!names->word[e->val])
			return -ENOMEM;
	}
	return 0;
}

static void release(struct names *names)
{
	for (size_t i = 0; i < MOST; i++) {
		free(names->word[i]);
		names->word[i] = NULL;
	}
}

int tw_reasons_load(const struct btf *kernel)
{
	int err;

	tw_reasons_free();
	err = load(&drops, kernel);
	return err ? err : load(&resets, kernel);
}

void tw_reasons_free(void)
{
	release(&drops);
	release(&resets);
}

const char *tw_drop_word(uint32_t reason)
{
	if (reason == TW_DROP_LISTEN_OVERFLOW)
		return "TCP_LISTEN_OVERFLOW";
	return reason < MOST ? drops.word[reason] : NULL;
}

const char *tw_rst_word(uint32_t reason)
{
	return reason < MOST ? resets.word[reason] : NULL;
}

static int is_quiet(const char *word)
{
	for (size_t i = 0; i < sizeof(quiet_words) / sizeof(quiet_words[0]); i++)
		if (!strcmp(word, quiet_words[i]))
			return 1;
	return 0;
}

static int has(const char *word)
{
	for (size_t i = 0; i < MOST; i++)
		if (drops.word[i] && !strcmp(drops.word[i], word))
			return 1;
	return 0;
}

/* Below the first reason there are SKB_NOT_DROPPED_YET and SKB_CONSUMED. */
void tw_reasons_quiet(volatile uint8_t *quiet, size_t count)
{
	/* Kernels before 6.15 have one word for what is old (keep-alives, needless repeats) and what is not yet due. */
	int one_word = !has("TCP_OLD_SEQUENCE"), any = 0;

	for (size_t i = 0; i < count; i++) {
		const char *word = tw_drop_word(i);

		quiet[i] = word ? is_quiet(word) || (one_word && !strcmp(word, "TCP_INVALID_SEQUENCE")) : !any;
		any |= !!word;
	}
}
