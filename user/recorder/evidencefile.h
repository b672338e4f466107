/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Incidents as pcapng, in a ring of files: each file describes its interfaces itself. */
#ifndef TCPWHY_USER_EVIDENCEFILE_H
#define TCPWHY_USER_EVIDENCEFILE_H

#include "ringfiles.h"
#include "incident.h"

struct tw_evidencefile;

/* @files becomes its own. NULL: out of memory, and @files is freed. */
struct tw_evidencefile *tw_evidencefile_new(struct tw_ringfiles *files,
					    const char *(*iface_name)(void *ctx, uint32_t ifindex), void *ctx);

/* @wall_ns: now. 0, or -errno of the first packet that could not be written. */
int tw_evidencefile_write(struct tw_evidencefile *file, const struct tw_incident *incident, uint64_t wall_ns);

/* 0, or -errno: what waited in the buffer is lost. */
int tw_evidencefile_flush(struct tw_evidencefile *file);

/* Of packets. */
void tw_evidencefile_stats(const struct tw_evidencefile *file, struct tw_ringfiles_stats *stats);
void tw_evidencefile_free(struct tw_evidencefile *file);

#endif
