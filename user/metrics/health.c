// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Whether the program does its work. That somebody could ask means that the loop turns. */
#include "health.h"

#include <string.h>

unsigned int tw_health_text(struct tw_text *text, const struct tw_health *h)
{
	unsigned int wrong = 0;

	if (!h->attached) {
		tw_text_put(text, "no interface is attached, of %u that are to be watched\n", h->interfaces);
		wrong++;
	}
	if (h->log_error) {
		tw_text_put(text, "the log cannot be written: %s; %llu lines are held\n", strerror(-h->log_error),
			    (unsigned long long)h->lines_held);
		wrong++;
	}
	if (h->table_full) {
		tw_text_put(text, "the table of connections is full: connections are missing from the log, %llu packets of them so far\n",
			    (unsigned long long)h->untracked);
		wrong++;
	}
	if (!wrong)
		tw_text_put(text, "ok\n");
	return wrong;
}
