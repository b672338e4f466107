// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* How far long work is. */
#include "progress.h"

#include <stdio.h>
#include <unistd.h>

#include "clock.h"
#include "tcpwhy/port.h"

#define QUIET_NS TW_NS_PER_SEC
#define PAUSE_NS (250 * TW_NS_PER_MS)

void tw_progress_start(struct tw_progress *p, const char *what)
{
	*p = (struct tw_progress){ .what = what, .started_ns = tw_clock_now(), .terminal = isatty(STDERR_FILENO) };
	p->next_ns = p->started_ns + QUIET_NS;
}

static void put_left(uint64_t seconds)
{
	if (seconds < 60)
		fprintf(stderr, ", %llu s left", (unsigned long long)seconds);
	else
		fprintf(stderr, ", %llu min %02llu s left", (unsigned long long)seconds / 60,
			(unsigned long long)seconds % 60);
}

void tw_progress_show(struct tw_progress *p, uint64_t done, uint64_t size)
{
	uint64_t now;
	double passed;

	if (!p->terminal)
		return;
	now = tw_clock_now();
	if (now < p->next_ns)
		return;
	p->next_ns = now + PAUSE_NS;
	p->shown = true;
	passed = (now - p->started_ns) / 1e9;
	fprintf(stderr, "\r\033[K%s: %.1f MB", p->what, done / 1e6);
	if (size && done && done <= size) {
		fprintf(stderr, " of %.1f MB, %.0f %%", size / 1e6, 100.0 * done / size);
		put_left(passed * (size - done) / done + 0.5);
	}
	fflush(stderr);
}

void tw_progress_clear(struct tw_progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}
