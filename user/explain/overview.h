/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a whole log shows: how many connections of which verdict, the worst of them (those alike told
 * once), alerts, and what only many connections together show (idlecut.h, pathmtu.h, outliers.h).
 * One pass; its memory has limits, below, whatever the length of the log.
 */
#ifndef TCPWHY_USER_OVERVIEW_H
#define TCPWHY_USER_OVERVIEW_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "markers.h"
#include "remote.h"
#include "tcpwhy/names.h"

#define TW_OVERVIEW_OPEN 65536   /* connections that are followed between their first event and their record */
#define TW_OVERVIEW_GROUPS 4096  /* of connections with the same verdict to the same service */
#define TW_OVERVIEW_FIRST 3      /* connections that are named when there are no more */
#define TW_OVERVIEW_ALERTS 16
#define TW_OVERVIEW_EARLY 8192   /* failed attempts that are told although their record is not written yet */

/* Connections alike, and the one of them that is told. */
struct tw_group {
	int verdict;                   /* enum tw_verdict */
	char service[TW_SERVICE_MAX];  /* an address alone when @ports > 1 */
	unsigned int ports;
	uint64_t count;
	char conn[16];
	json_t *final;                 /* its record */
	double cost;                   /* seconds that it lost, or lasted */
	int tier;                      /* 0: worst */
};

struct tw_overview;

/* @between lives as long as the overview; it is told of markers. NULL: out of memory. */
struct tw_overview *tw_overview_new(struct tw_markers *between);
void tw_overview_free(struct tw_overview *overview);

/* Each event of the log that was picked; those of no connection too. 0 or -ENOMEM. */
int tw_overview_add(struct tw_overview *overview, const json_t *event, uint64_t ts_ns);

/* At the end of the log: counts what has no record. */
void tw_overview_finish(struct tw_overview *overview);

/* Connections, with a record or without; the ids of the first TW_OVERVIEW_FIRST. */
uint64_t tw_overview_connections(const struct tw_overview *overview);
const char *tw_overview_first(const struct tw_overview *overview, unsigned int i);

/*
 * The worst groups, worst first, at most @most; returns how many. Many ports of one address with the same verdict
 * are one group, as a port scan or a dead host makes them.
 */
unsigned int tw_overview_worst(struct tw_overview *overview, const struct tw_group **groups, unsigned int most);

/* The parts of the page. */
void tw_overview_tell_head(const struct tw_overview *overview, FILE *to, unsigned int width);
unsigned int tw_overview_tell_verdicts(const struct tw_overview *overview, FILE *to); /* returns how many */
bool tw_overview_has_alerts(const struct tw_overview *overview);
void tw_overview_tell_alerts(const struct tw_overview *overview, FILE *to, unsigned int width);

struct tw_idlecut *tw_overview_idlecuts(struct tw_overview *overview);
struct tw_pathmtu *tw_overview_pathmtus(struct tw_overview *overview);
struct tw_outliers *tw_overview_outliers(struct tw_overview *overview);

#endif
