// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The walk over tables of the kernel, as a live run makes it: real maps of real size, while connections come and go.
 * Whatever was there before a walk and is there after it must have been met, and each walk must come to its end.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel.h"
#include "live/mapstore.h"
#include "tcpwhy/key.h"

#define ROOM 262144
#define STAY 60000  /* connections that are there all the time; half of them IPv6 */
#define PASS 20000  /* those that come and go */
#define AT_ONCE 256 /* as conn_sweep.c asks */
#define WALKS 5

static struct tw_maps maps = { -1, -1, -1, -1, -1, -1, -1, -1, -1 };
static uint8_t met[STAY];
static unsigned int visits;

static int table(const char *name, size_t key_size)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_NO_PREALLOC);

	return bpf_map_create(BPF_MAP_TYPE_HASH, name, key_size, sizeof(struct tw_flow), ROOM, &opts);
}

/* Connection @n: odd ones are IPv6. */
static struct tw_key key_of(uint32_t n)
{
	struct tw_key key = { .port = { 443, n % 60000 }, .family = n & 1 ? 6 : 4 };

	if (n & 1) {
		key.addr[0].word[0] = key.addr[1].word[0] = 0xfd;
		key.addr[1].word[3] = n;
	} else {
		tw_addr_v4(&key.addr[0], 0x0a000001);
		tw_addr_v4(&key.addr[1], 0x0b000000 + n);
	}
	return key;
}

static int put(uint32_t n)
{
	struct tw_flow flow = { .id = n + 1, .flags = TW_FF_ESTABLISHED };
	struct tw_key key = key_of(n);
	struct tw_key4 key4;

	if (n & 1)
		return bpf_map_update_elem(maps.flows6, &key, &flow, BPF_ANY);
	tw_key_narrow(&key4, &key);
	return bpf_map_update_elem(maps.flows4, &key4, &flow, BPF_ANY);
}

static void visit(void *ctx, const struct tw_key *key, const struct tw_flow *flow)
{
	visits++;
	if (flow->id <= STAY)
		met[flow->id - 1] = 1;
}

/* One walk from its beginning to its end; between its calls, @churn connections come and older ones go. */
static bool walk(struct tw_store *store, uint32_t *turn, unsigned int churn)
{
	unsigned int calls = 0;
	int through = 0;

	memset(met, 0, sizeof(met));
	for (visits = 0; !through && calls < 10000; calls++) {
		for (unsigned int i = 0; i < churn; i++, ++*turn) {
			struct tw_key key = key_of(STAY + (*turn + PASS / 2) % PASS);

			put(STAY + *turn % PASS);
			store->forget(store, &key, STAY + (*turn + PASS / 2) % PASS + 1);
		}
		through = store->sweep(store, AT_ONCE, visit, NULL);
	}
	if (through != 1) {
		fprintf(stderr, "the walk ended with %d after %u calls and %u visits\n", through, calls, visits);
		return false;
	}
	for (uint32_t n = 0; n < STAY; n++)
		if (!met[n]) {
			fprintf(stderr, "connection %u was not met, in %u calls and %u visits\n", n, calls, visits);
			return false;
		}
	return true;
}

int main(void)
{
	struct tw_store *store = NULL;
	uint32_t turn = 0;
	int failed = 1;

	maps.flows4 = table("flows4", sizeof(struct tw_key4));
	if (maps.flows4 < 0 && errno == EPERM) {
		puts("needs root");
		return KERNEL_SKIPPED;
	}
	maps.flows6 = table("flows6", sizeof(struct tw_key));
	maps.half_open = bpf_map_create(BPF_MAP_TYPE_LRU_HASH, "half_open", sizeof(struct tw_key), sizeof(struct tw_flow), 1024, NULL);
	maps.troubles = bpf_map_create(BPF_MAP_TYPE_HASH, "troubles", sizeof(u64), sizeof(struct tw_trouble), 1024, NULL);
	if (maps.flows4 < 0 || maps.flows6 < 0 || maps.half_open < 0 || maps.troubles < 0) {
		perror("cannot make the maps");
		return 1;
	}
	for (uint32_t n = 0; n < STAY; n++)
		if (put(n)) {
			perror("cannot fill the tables");
			goto out;
		}
	store = tw_mapstore_new(&maps);
	if (!store)
		goto out;
	failed = 0;
	for (int i = 0; i < WALKS && !failed; i++)
		failed = !walk(store, &turn, i ? 20 : 0);
	if (!failed)
		printf("%d walks over %d connections, with %u that came and went\n", WALKS, STAY, turn);
out:
	tw_mapstore_free(store);
	close(maps.flows4);
	close(maps.flows6);
	close(maps.half_open);
	close(maps.troubles);
	return failed;
}
