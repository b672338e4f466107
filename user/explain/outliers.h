/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Remotes and ports whose retransmissions stand out from those of all others. */
#ifndef TCPWHY_USER_OUTLIERS_H
#define TCPWHY_USER_OUTLIERS_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#define TW_OUTLIERS_KEYS 8192 /* remotes, and as many ports; later ones count among the others */

struct tw_outliers;

struct tw_outliers *tw_outliers_new(void); /* NULL: out of memory */
void tw_outliers_free(struct tw_outliers *outliers);

/* A `connection` record; @harmless: its retransmissions that speak for no loss. 0 or -ENOMEM. */
int tw_outliers_add(struct tw_outliers *outliers, const json_t *final, uint64_t harmless);

/* Returns how many lines it wrote. */
unsigned int tw_outliers_tell(struct tw_outliers *outliers, FILE *to, unsigned int width, unsigned int most);

#endif
