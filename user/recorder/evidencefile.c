// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* From incidents to blocks: sections and interfaces are described when they are first needed. */
#include "evidencefile.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/utsname.h>

#include "capture/pcapng_write.h"

#ifndef TW_VERSION
#define TW_VERSION "unknown"
#endif

#define IFACES_MAX 256 /* in a section; more, and another begins */
#define BLOCK_MAX (TW_EVIDENCE_BYTES + TW_COMMENT_MAX + 128)
#define HEADERS_MAX 512 /* what may have to be described before a packet */

struct iface {
	uint32_t ifindex;
	uint8_t l2;
};

struct tw_evidencefile {
	struct tw_ringfiles *files;
	const char *(*iface_name)(void *ctx, uint32_t ifindex);
	void *ctx;
	uint32_t n_ifaces;
	struct iface ifaces[IFACES_MAX]; /* of this section */
	struct tw_kept **list;           /* packets of one incident, sorted */
};

struct tw_evidencefile *tw_evidencefile_new(struct tw_ringfiles *files,
					    const char *(*iface_name)(void *ctx, uint32_t ifindex), void *ctx)
{
	struct tw_evidencefile *f = calloc(1, sizeof(*f));

	if (f)
		f->list = calloc(TW_INCIDENT_PACKETS, sizeof(*f->list));
	if (!f || !f->list) {
		free(f);
		tw_ringfiles_free(files);
		return NULL;
	}
	f->files = files;
	f->iface_name = iface_name;
	f->ctx = ctx;
	return f;
}

static int put(struct tw_evidencefile *f, const void *block, size_t len, uint64_t wall_ns)
{
	return len ? tw_ringfiles_put(f->files, block, len, 0, wall_ns) : -EMSGSIZE;
}

static int begin_section(struct tw_evidencefile *f, uint64_t wall_ns)
{
	char block[512], system[160];
	struct utsname uts;

	uname(&uts);
	snprintf(system, sizeof(system), "%.64s %.64s", uts.sysname, uts.release);
	f->n_ifaces = 0;
	return put(f, block, tw_pcapng_section(block, sizeof(block), TW_PCAPNG_APPLICATION TW_VERSION, system), wall_ns);
}

/* The number of the packet's interface in this section, described if need be; or -errno. */
static int iface_of(struct tw_evidencefile *f, const struct tw_kept *p, uint64_t wall_ns)
{
	uint32_t ifindex = p->point >> 1;
	const char *name = f->iface_name ? f->iface_name(f->ctx, ifindex) : NULL;
	char block[256];
	int err;

	for (uint32_t i = 0; i < f->n_ifaces; i++)
		if (f->ifaces[i].ifindex == ifindex && f->ifaces[i].l2 == p->l2)
			return i;
	err = put(f, block, tw_pcapng_interface(block, sizeof(block), p->l2 ? TW_LINKTYPE_ETHERNET : TW_LINKTYPE_RAW,
						TW_EVIDENCE_BYTES, name), wall_ns);
	if (err)
		return err;
	f->ifaces[f->n_ifaces] = (struct iface){ .ifindex = ifindex, .l2 = p->l2 };
	return f->n_ifaces++;
}

static int write_packet(struct tw_evidencefile *f, const struct tw_incident *incident, uint32_t i)
{
	const struct tw_kept *p = f->list[i];
	uint64_t wall_ns = tw_incident_wall(incident, p);
	char block[BLOCK_MAX], comment[TW_COMMENT_MAX];
	struct tw_pcapng_packet packet = {
		.ts_ns = wall_ns, .bytes = p->bytes, .cap = p->cap, .len = p->len, .comment = comment,
		.dir = p->point & 1 ? TW_PCAPNG_OUTBOUND : TW_PCAPNG_INBOUND,
	};
	int iface, err = 0;
	size_t len;

	tw_incident_comment(incident, f->list, i, comment, sizeof(comment));
	len = tw_pcapng_packet(block, sizeof(block), &packet);
	if (tw_ringfiles_turn(f->files, len + HEADERS_MAX) || f->n_ifaces == IFACES_MAX)
		err = begin_section(f, wall_ns);
	if (err)
		return err;
	iface = iface_of(f, p, wall_ns);
	if (iface < 0)
		return iface;
	packet.iface = iface;
	len = tw_pcapng_packet(block, sizeof(block), &packet);
	if (!len)
		return -EMSGSIZE;
	return tw_ringfiles_put(f->files, block, len, 1, wall_ns);
}

/* Until now no other packet of it came: who reads it can tell a wait that was in vain. */
static void write_until(struct tw_evidencefile *f, uint64_t wall_ns)
{
	char block[64];

	if (f->n_ifaces && !tw_ringfiles_turn(f->files, sizeof(block)))
		put(f, block, tw_pcapng_statistics(block, sizeof(block), f->n_ifaces - 1, wall_ns), wall_ns);
}

int tw_evidencefile_write(struct tw_evidencefile *f, const struct tw_incident *incident, uint64_t wall_ns)
{
	int err = 0;

	tw_incident_sort(incident, f->list);
	for (uint32_t i = 0; i < incident->n_packets; i++) {
		int e = write_packet(f, incident, i);

		err = err ? err : e;
	}
	write_until(f, wall_ns);
	return err;
}

int tw_evidencefile_flush(struct tw_evidencefile *f)
{
	return tw_ringfiles_flush(f->files);
}

void tw_evidencefile_stats(const struct tw_evidencefile *f, struct tw_ringfiles_stats *stats)
{
	tw_ringfiles_stats(f->files, stats);
}

void tw_evidencefile_free(struct tw_evidencefile *f)
{
	if (!f)
		return;
	tw_ringfiles_free(f->files);
	free(f->list);
	free(f);
}
