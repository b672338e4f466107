/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The smallest path MTU to each remote, who said so, and the MSS to clamp. */
#ifndef TCPWHY_USER_PATHMTU_H
#define TCPWHY_USER_PATHMTU_H

#include <jansson.h>
#include <stdio.h>

#define TW_PATHMTU_REMOTES 4096 /* that are kept; later ones are counted */

struct tw_pathmtu;

struct tw_pathmtu *tw_pathmtu_new(void); /* NULL: out of memory */
void tw_pathmtu_free(struct tw_pathmtu *mtus);

/* Any event of a log; those that say nothing of it are passed over. 0 or -ENOMEM. */
int tw_pathmtu_add(struct tw_pathmtu *mtus, const json_t *event);

/* Smallest first, at most @most remotes. Returns how many there are. */
unsigned int tw_pathmtu_tell(struct tw_pathmtu *mtus, FILE *to, unsigned int width, unsigned int most);

#endif
