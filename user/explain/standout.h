/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Remotes and ports whose retransmissions stand out from those of all others. */
#ifndef TCPWHY_USER_STANDOUT_H
#define TCPWHY_USER_STANDOUT_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#define TW_STANDOUT_KEYS 8192 /* remotes, and as many ports; later ones count among the others */

struct tw_standout;

struct tw_standout *tw_standout_new(void); /* NULL: out of memory */
void tw_standout_free(struct tw_standout *standout);

/* A `connection` record; @harmless: its retransmissions that speak for no loss. 0 or -ENOMEM. */
int tw_standout_add(struct tw_standout *standout, const json_t *final, uint64_t harmless);

/* Returns how many lines it wrote. */
unsigned int tw_standout_tell(struct tw_standout *standout, FILE *to, unsigned int width, unsigned int most);

#endif
