/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * After how long an idle connection is dead when it is next used, for each service, from many connections:
 * those that were silent and lived on, and those that did not.
 */
#ifndef TCPWHY_USER_IDLECUT_H
#define TCPWHY_USER_IDLECUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define TW_IDLECUT_SERVICES 1024 /* that are followed; later ones are counted */
#define TW_IDLECUT_VALUES 512    /* silences of each kind for each: the longest that lived, the shortest that died */

struct tw_idlecut;

enum tw_idle_fate { TW_IDLE_LIVED, TW_IDLE_RST, TW_IDLE_VANISHED };

struct tw_idlecut *tw_idlecut_new(void); /* NULL: out of memory */
void tw_idlecut_free(struct tw_idlecut *cuts);

/* One connection to @service was silent for so long, and then? 0 or -ENOMEM. */
int tw_idlecut_add(struct tw_idlecut *cuts, const char *service, double seconds, enum tw_idle_fate fate);

/* Where idle connections die, worst first, at most @most services. Returns how many there are. */
unsigned int tw_idlecut_tell(struct tw_idlecut *cuts, FILE *to, unsigned int width, unsigned int most);

/* The keep-alive for a silence of so many seconds that is known to be survived. */
unsigned int tw_idlecut_keep_alive(double survived);

#endif
