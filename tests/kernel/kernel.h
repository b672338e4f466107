/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The packet programs in the running kernel, fed by BPF_PROG_TEST_RUN, and the same core natively, fed
 * the same packets: what both say is held together byte by byte.
 */
#ifndef TESTS_KERNEL_H
#define TESTS_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/nativetable.h"
#include "tcpwhy/config.h"

#define KERNEL_SKIPPED 77 /* exit status: the test cannot run here */

enum kernel_hook { KERNEL_XDP, KERNEL_XDP_FRAGS, KERNEL_TC };

struct tcpwhy_bpf;

struct kernel {
	struct tcpwhy_bpf *skel;
	struct tw_native *native;
	enum kernel_hook hook;
	uint32_t ifindex[4];      /* of the rows' interfaces 1, 2, 3 */
	uint64_t fed, refused;    /* packets; those that the kernel does not take for a test run */
	uint64_t compared;        /* records, all alike */
	uint64_t of_type[64];     /* of them */
	bool differs;
	/* Records that one of the two has said and the other not yet. */
	struct kernel_queue *said[2];
	void *ring;
};

/*
 * Loads all programs with the test clock, on one CPU and in a network namespace of its own. Exits with
 * KERNEL_SKIPPED without the rights, with 1 when the kernel refuses a program (its words on stderr).
 */
void kernel_start(struct kernel *k);
void kernel_stop(struct kernel *k);

/* Forgets all connections and counts, on both sides. */
void kernel_reset(struct kernel *k, enum kernel_hook hook);

/*
 * Shows @packet to the hook's program and to the native core. Of @packet, egress decides between the tc
 * programs; XDP takes ingress only. False: the kernel does not take it; neither side has seen it then.
 */
bool kernel_feed(struct kernel *k, const struct tw_native_packet *packet);

/* Holds together what both said so far, and their counts. False, with the first difference on stderr, unless all are alike. */
bool kernel_compare(struct kernel *k, const char *where);

#endif
