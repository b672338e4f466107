/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Counts by word, for the log: {"not_tcp":12,"vxlan":3}. */
#ifndef TCPWHY_USER_TALLY_H
#define TCPWHY_USER_TALLY_H

#include <stdint.h>

#define TW_TALLY_MAX 48 /* different words */

struct tw_tally {
	struct {
		const char *word; /* constant */
		uint64_t n;       /* never 0 */
	} list[TW_TALLY_MAX];
	unsigned int used;
};

/* @n more of @word; 0 changes nothing. */
void tw_tally_add(struct tw_tally *tally, const char *word, uint64_t n);
uint64_t tw_tally_sum(const struct tw_tally *tally);

#endif
