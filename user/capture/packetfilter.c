// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Filter expressions: one compiled program a link type. */
#include "packetfilter.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#define SNAPLEN 262144
#define LINKTYPE_ETHERNET 1
#define LINKTYPE_RAW 101

struct program {
	uint32_t linktype;
	bool works;
	struct bpf_program code;
};

struct tw_packetfilter {
	char *expression;
	struct program *programs;
	unsigned int used;
	unsigned int last; /* the one that was asked for last */
	uint64_t unjudged;
};

/* libpcap's numbers are those of files but for this one. */
static int dlt_of(uint32_t linktype)
{
	return linktype == LINKTYPE_RAW ? DLT_RAW : (int)linktype;
}

static bool compile(struct program *p, const char *expression, struct tw_reason *reason)
{
	pcap_t *pcap = pcap_open_dead(dlt_of(p->linktype), SNAPLEN);

	if (!pcap)
		return false;
	p->works = !pcap_compile(pcap, &p->code, expression, 1, PCAP_NETMASK_UNKNOWN);
	if (!p->works && reason)
		tw_reason(reason, -EINVAL, "cannot use '%s' as a filter: %s", expression, pcap_geterr(pcap));
	pcap_close(pcap);
	return p->works;
}

static struct program *add(struct tw_packetfilter *f, uint32_t linktype, struct tw_reason *reason)
{
	struct program *list = realloc(f->programs, (f->used + 1) * sizeof(*list));

	if (!list)
		return NULL;
	f->programs = list;
	f->last = f->used++;
	list[f->last] = (struct program){ .linktype = linktype };
	compile(&list[f->last], f->expression, reason);
	return &list[f->last];
}

static struct program *program_of(struct tw_packetfilter *f, uint32_t linktype)
{
	if (f->programs[f->last].linktype == linktype)
		return &f->programs[f->last];
	for (unsigned int i = 0; i < f->used; i++)
		if (f->programs[i].linktype == linktype) {
			f->last = i;
			return &f->programs[i];
		}
	return add(f, linktype, NULL);
}

bool tw_packetfilter_passes(struct tw_packetfilter *f, uint32_t linktype, const uint8_t *data, uint32_t cap_len,
			    uint32_t wire_len)
{
	struct pcap_pkthdr header = { .caplen = cap_len, .len = wire_len > cap_len ? wire_len : cap_len };
	struct program *p;

	if (!f)
		return true;
	p = program_of(f, linktype);
	if (p && p->works)
		return pcap_offline_filter(&p->code, &header, data);
	f->unjudged++;
	return false;
}

uint64_t tw_packetfilter_unjudged(const struct tw_packetfilter *f)
{
	return f ? f->unjudged : 0;
}

int tw_packetfilter_new(struct tw_packetfilter **filter, const char *expression, struct tw_reason *reason)
{
	struct tw_packetfilter *f = calloc(1, sizeof(*f));
	struct program *p = NULL;

	if (f)
		f->expression = strdup(expression);
	if (f && f->expression)
		p = add(f, LINKTYPE_ETHERNET, reason);
	if (p && p->works) {
		*filter = f;
		return 0;
	}
	tw_packetfilter_free(f);
	return p ? -EINVAL : tw_reason(reason, -ENOMEM, "out of memory");
}

void tw_packetfilter_free(struct tw_packetfilter *f)
{
	if (!f)
		return;
	for (unsigned int i = 0; i < f->used; i++)
		if (f->programs[i].works)
			pcap_freecode(&f->programs[i].code);
	free(f->programs);
	free(f->expression);
	free(f);
}
