// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * 30,000 random packets, many cut or changed, for each hook: the kernel and the native core must say
 * the same, byte by byte, and count the same. Arguments: [packets [seed]].
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/names.h"
#include "kernel.h"
#include "pkt_random.h"

#define BATCH 200

static const char *const hooks[] = { "XDP", "XDP with a frame in pieces", "tc" };

static struct tw_native_packet packet_of(const struct pkt_random_frame *f)
{
	return (struct tw_native_packet){ .bytes = f->bytes, .len = f->len, .l2 = 14, .ifindex = 1, .segs = f->segs,
					  .gso_size = f->gso_size, .egress = f->egress, .forwarded = f->forwarded,
					  .ts_ns = f->ts_ns };
}

/* A test run of tc takes no frame without a whole Ethernet header, nor IPv4 without a whole header. */
static bool may_refuse(enum kernel_hook hook, const struct pkt_random_frame *f)
{
	if (f->len < 14)
		return true;
	return hook == KERNEL_TC && f->bytes[12] == 0x08 && f->bytes[13] == 0 ? f->len < 34 :
	       hook == KERNEL_TC && f->bytes[12] == 0x86 && f->bytes[13] == 0xdd && f->len < 54;
}

static bool run(struct kernel *k, enum kernel_hook hook, unsigned int packets, uint64_t seed)
{
	struct pkt_random_frame frame;
	struct pkt_random random;
	char where[80];

	kernel_reset(k, hook);
	pkt_random_init(&random, seed);
	for (unsigned int i = 1; i <= packets; i++) {
		struct tw_native_packet packet;

		pkt_random_next(&random, &frame, false);
		packet = packet_of(&frame);
		if (!kernel_feed(k, &packet) && !may_refuse(hook, &frame)) {
			fprintf(stderr, "%s: packet %u of %zu bytes is refused\n", hooks[hook], i, frame.len);
			return false;
		}
		snprintf(where, sizeof(where), "%s, seed %llu, packets %u to %u", hooks[hook], (unsigned long long)seed,
			 i - i % BATCH, i);
		if ((i % BATCH == 0 || i == packets) && !kernel_compare(k, where))
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	unsigned int packets = argc > 1 ? atoi(argv[1]) : 30000;
	uint64_t seed = argc > 2 ? atoi(argv[2]) : 1;
	struct kernel k;
	bool ok = true;

	kernel_start(&k);
	for (enum kernel_hook hook = KERNEL_XDP; hook <= KERNEL_TC; hook++)
		ok = run(&k, hook, packets, seed) && ok;
	printf("%llu packets, %llu refused by the test run, %llu records alike:\n", (unsigned long long)k.fed,
	       (unsigned long long)k.refused, (unsigned long long)k.compared);
	for (unsigned int type = 0; type < 64; type++)
		if (k.of_type[type])
			printf("  %-20s %llu\n", tw_event_word(type), (unsigned long long)k.of_type[type]);
	kernel_stop(&k);
	return !ok;
}
