/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the flight recorder holds of one connection: packets, what happened, and how it ended. recorder.c collects,
 * incident.c puts it into words, evidencefile.c writes it.
 */
#ifndef TCPWHY_USER_INCIDENT_H
#define TCPWHY_USER_INCIDENT_H

#define HASH_NONFATAL_OOM 1

#include <stdint.h>
#include <uthash.h>
#include <utlist.h>

#include "record/record.h"
#include "tcpwhy/evidence.h"

#define TW_INCIDENT_NOTES 64     /* more than so many happenings are not told one by one */
#define TW_INCIDENT_PACKETS 1024 /* then it is written, and begins anew */
#define TW_INCIDENT_WORDS 256    /* bytes of one happening */
#define TW_COMMENT_MAX 2048

/* A packet that was kept. */
struct tw_kept {
	struct tw_kept *next;
	uint64_t number, ts_ns;
	uint32_t len, point;
	uint16_t cap;
	uint8_t l2;
	uint8_t bytes[];
};

/* Something that happened. */
struct tw_happening {
	struct tw_happening *next;
	uint64_t ts_ns;    /* the packet's time, on the packets' clock; or of the end of a wait */
	uint64_t wall_ns;  /* as the log has it */
	uint8_t type;      /* enum tw_event_type */
	bool of_packet;    /* a packet caused it */
	char words[];
};

struct tw_incident {
	UT_hash_handle hh;             /* by id */
	struct tw_incident *prev, *next;  /* oldest first */
	uint64_t id;
	uint64_t due_ns;               /* when it is written at the latest */
	uint64_t last_number;          /* the newest packet that was fetched */
	int64_t wall_offset_ns;
	struct tw_kept *packets;
	struct tw_happening *happenings;
	uint32_t n_packets, n_happenings;
	size_t bytes;                  /* memory */
	char *verdict;                 /* its word, NULL: not known yet */
	char *why;                     /* the sentence */
};

/* Sorts by time; @list has n_packets elements. */
void tw_incident_sort(const struct tw_incident *incident, struct tw_kept **list);

/* What stands beside packet @i of the sorted list. */
void tw_incident_comment(const struct tw_incident *incident, struct tw_kept *const *list, uint32_t i, char *buf, size_t size);

/* The packet's time on the wall clock: that of the event that it caused, to the nanosecond. */
uint64_t tw_incident_wall(const struct tw_incident *incident, const struct tw_kept *packet);

#endif
