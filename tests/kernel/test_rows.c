// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Every row of tests/rows, shown to the kernel's programs and to the native core: both must say the same,
 * byte by byte. That it is the right thing, tests/unit/core/test_classify.c tells. Arguments choose rows by
 * a part of their name.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "native_run.h"

#ifndef TW_TESTS
#define TW_TESTS "tests"
#endif

static const char *const hooks[] = { "XDP", "XDP with a frame in pieces", "tc" };

/* XDP sees ingress on one interface, and Ethernet. */
static bool fits_xdp(const struct native_steps *steps)
{
	for (size_t i = 0; i < steps->count; i++) {
		const struct native_step *s = &steps->step[i];

		if (s->egress || s->iface != 1 || s->gso_size || s->pkt.no_link)
			return false;
	}
	return true;
}

/* False when what both said differs. */
static bool run_steps(struct kernel *k, const struct native_steps *steps, enum kernel_hook hook, const char *where)
{
	static uint8_t buf[PKT_MAX];
	struct tw_native_packet packet;

	kernel_reset(k, hook);
	for (size_t i = 0; i < steps->count; i++) {
		if (!native_frame(&steps->step[i], buf, &packet))
			return false;
		packet.ifindex = k->ifindex[steps->step[i].iface & 3];
		kernel_feed(k, &packet);
	}
	return kernel_compare(k, where);
}

static bool run_row(struct kernel *k, const struct native_row *row, const struct native_variant *variant)
{
	struct native_steps steps;
	char where[400];
	bool ok = true;

	if (native_row_expand(row, variant, &steps, where, sizeof(where))) {
		fprintf(stderr, "%s\n", where);
		return false;
	}
	for (enum kernel_hook hook = KERNEL_XDP; hook <= KERNEL_TC; hook++) {
		if (hook != KERNEL_TC && !fits_xdp(&steps))
			continue;
		snprintf(where, sizeof(where), "%s (%s, %s)", row->name, variant->name, hooks[hook]);
		ok = run_steps(k, &steps, hook, where) && ok;
	}
	native_steps_release(&steps);
	return ok;
}

static bool wanted(const struct native_row *row, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strstr(row->name, argv[i]))
			return true;
	return argc < 2;
}

int main(int argc, char **argv)
{
	struct native_rows rows;
	struct kernel k;
	char reason[200];
	bool ok = true;
	size_t n = 0;

	if (native_rows_load(&rows, TW_TESTS "/rows", reason, sizeof(reason))) {
		fprintf(stderr, "%s\n", reason);
		return 1;
	}
	kernel_start(&k);
	for (size_t i = 0; i < rows.count; i++) {
		if (!wanted(&rows.row[i], argc, argv))
			continue;
		n++;
		for (size_t v = 0; v < native_variant_count; v++)
			if (native_row_fits(&rows.row[i], &native_variants[v]))
				ok = run_row(&k, &rows.row[i], &native_variants[v]) && ok;
	}
	printf("%zu rows, %llu packets, %llu refused by the test run, %llu records alike\n", n,
	       (unsigned long long)k.fed, (unsigned long long)k.refused, (unsigned long long)k.compared);
	kernel_stop(&k);
	native_rows_release(&rows);
	return !ok || !n;
}
