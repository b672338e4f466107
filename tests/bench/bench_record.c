// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * How fast events become lines of the log: decode → connection table → JSON → file, one thread.
 *
 * usage: bench_record [FILE]     (default /dev/null)
 * Each connection: syn, syn_ack, established, a few retransmissions, and its end (which also makes the
 * final record). Prints events a second for several mixes; the aim is 1.5 million.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "conn.h"
#include "decode.h"
#include "log.h"
#include "tcpwhy/key.h"
#include "tcpwhy/obs.h"

#define CONNS 50000u

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static struct tw_event event(unsigned int type, unsigned int conn, unsigned int family, uint64_t ts_ns)
{
	struct tw_event e = {
		.version = TW_ABI_VERSION, .type = type, .len = sizeof(e), .ts_ns = ts_ns,
		.conn = (conn + 1) * 0x9e3779b97f4a7c15ULL, .orig_port = 1024 + conn % 60000, .resp_port = 443, .ifindex = 2,
		.seq = conn * 2654435761u, .ack = conn, .ip_id = conn, .ttl = 64, .tcp_flags = TW_ACK, .family = family,
		.flags = TW_EF_TUPLE | TW_EF_FROM_ORIG | TW_EF_EGRESS | TW_EF_IP_ID,
	};

	if (family == 4) {
		tw_addr_v4(&e.orig_addr, 0x010200c0 + (conn / 60000 << 24));
		tw_addr_v4(&e.resp_addr, 0x076433c6);
	} else {
		e.orig_addr = (struct tw_addr){ { 0xb80d0120, conn, 0, 0x01000000 } };
		e.resp_addr = (struct tw_addr){ { 0xb80d0120, 0, 0, 0x02000000 } };
	}
	return e;
}

/* The events of @conns connections, as the ring would have them: stages of all before the next stage. */
static struct tw_event *make(unsigned int conns, unsigned int family, unsigned int retransmits, size_t *n)
{
	struct tw_event *events = malloc(sizeof(*events) * conns * (4 + retransmits)), *e = events;
	uint64_t ts = 1000 * TW_NS_PER_SEC;

	for (unsigned int stage = 0; stage < 4 + retransmits; stage++)
		for (unsigned int c = 0; c < conns; c++, ts += 1000) {
			unsigned int type = stage == 0 ? TW_EV_SYN : stage == 1 ? TW_EV_SYN_ACK : stage == 2 ? TW_EV_ESTABLISHED :
					    stage < 3 + retransmits ? TW_EV_RETRANSMIT : TW_EV_ENDED;

			*e = event(type, c, family, ts);
			if (stage < 2)
				e->syn = (struct tw_ev_syn){ .mss = 1460, .wscale = 7, .options = 15, .win = 64240, .attempt = 1 };
			else if (type == TW_EV_RETRANSMIT)
				e->segment = (struct tw_ev_segment){ .gap_ns = 213456789, .len = 1448, .bytes = 1448,
								     .in_flight = 14480, .attempt = 2, .kind = TW_KIND_RTO };
			else if (type == TW_EV_ENDED)
				e->reset.end = TW_END_FIN;
			e++;
		}
	*n = e - events;
	return events;
}

static void run(const char *what, const char *path, unsigned int family, unsigned int retransmits)
{
	struct tw_conns_options options = { .max_connections = CONNS * 2, .max_half_open = CONNS * 2,
					    .wall_offset_ns = 1700000000LL * 1000000000 };
	struct tw_log_options log_options = { .path = path };
	struct tw_conns_stats stats;
	struct tw_log_stats written;
	struct tw_event decoded, *events;
	struct tw_flow replaced;
	struct tw_conns *conns;
	struct tw_log *log;
	double start, taken;
	size_t n;

	events = make(CONNS, family, retransmits, &n);
	if (!events || tw_log_open(&log, &log_options) || !(conns = tw_conns_new(&options, NULL, tw_log_record, log)))
		exit(1);
	start = now_s();
	for (size_t i = 0; i < n; i++) {
		if (!tw_decode(&events[i], sizeof(events[i]), &decoded, &replaced))
			tw_conns_event(conns, &decoded, &replaced);
		if (!(i % 4096)) {
			tw_conns_tick(conns, decoded.ts_ns);
			tw_log_tick(log, decoded.ts_ns);
		}
	}
	tw_conns_finish(conns, events[n - 1].ts_ns + 5 * TW_NS_PER_SEC);
	tw_log_flush(log);
	taken = now_s() - start;
	tw_conns_stats(conns, &stats);
	tw_log_stats(log, &written);
	printf("%-44s %5.2f M events/s, %3.0f ns each, %4.0f ns a line, %3.0f bytes a line\n", what, n / taken / 1e6,
	       taken / n * 1e9, taken / written.lines * 1e9, (double)written.bytes / written.lines);
	tw_conns_free(conns);
	tw_log_close(log);
	free(events);
}

int main(int argc, char **argv)
{
	const char *path = argc > 1 ? argv[1] : "/dev/null";

	for (int round = 0; round < 2; round++) {
		run("IPv4, short connections (4 events, 1 record)", path, 4, 0);
		run("IPv4, 10 retransmissions each", path, 4, 10);
		run("IPv6, short connections", path, 6, 0);
		run("IPv6, 10 retransmissions each", path, 6, 10);
	}
	return 0;
}
