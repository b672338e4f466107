// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The casebook through the kernel's programs, beside the native core: in IPv4 and IPv6, with VLAN tags, with
 * numbers that wrap. `tcpwhy read` holds the same packets against the expectations (tests/casebook); here
 * both must say the same, byte by byte. Arguments: captures to take instead of the casebook.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/capture.h"
#include "capture/linktype.h"
#include "kernel.h"

static const struct {
	enum kernel_hook hook;
	const char *name;
} hooks[] = { { KERNEL_XDP, "XDP" }, { KERNEL_TC, "tc" } };

static const char *const variants[] = { "", "--v6", "--vlan --wrap", "--v6 --wrap --qinq" };

static unsigned int captures;

/* Ethernet only, and whole frames: what a test run takes. */
static bool feed(struct kernel *k, const struct tw_packet *packet)
{
	struct tw_native_packet p = {
		.bytes = packet->data, .len = packet->cap_len, .wire_len = packet->cap_len, .l2 = 14, .ifindex = 1,
		.ts_ns = packet->ts_ns,
	};

	return packet->linktype != 1 || packet->cap_len != packet->wire_len || packet->cap_len > 3000 || kernel_feed(k, &p);
}

static bool replay(struct kernel *k, const char *path, const char *name, unsigned int hook)
{
	struct tw_stream_options options = { 0 };
	struct tw_ifaces *ifaces = tw_ifaces_new();
	struct tw_capture *capture = NULL;
	struct tw_packet packet;
	struct tw_reason reason;
	unsigned int n = 0;
	char where[256];
	bool ok = true;

	kernel_reset(k, hooks[hook].hook);
	if (tw_capture_open(&capture, path, ifaces, &options, &reason)) {
		fprintf(stderr, "%s\n", reason.text);
		ok = false;
	}
	while (ok && tw_capture_next(capture, &packet, &reason) > 0) {
		feed(k, &packet);
		snprintf(where, sizeof(where), "%s, %s, packet %u", name, hooks[hook].name, ++n);
		ok = n % 100 || kernel_compare(k, where);
	}
	ok = ok && kernel_compare(k, where);
	tw_capture_close(capture);
	tw_ifaces_free(ifaces);
	return ok;
}

static bool replay_all(struct kernel *k, const char *path, const char *name)
{
	bool ok = true;

	captures++;
	for (unsigned int hook = 0; hook < sizeof(hooks) / sizeof(hooks[0]); hook++)
		ok = replay(k, path, name, hook) && ok;
	return ok;
}

static bool replay_case(struct kernel *k, const char *path, const char *variant)
{
	char out[] = "/tmp/test_casebook.XXXXXX", command[1024], name[512];
	int fd = mkstemp(out);
	bool ok;

	if (fd < 0)
		return false;
	close(fd);
	snprintf(command, sizeof(command), "python3 " TW_TESTS "/casebook/case2pcap.py %s %s %s", path, out, variant);
	snprintf(name, sizeof(name), "%s %s", strrchr(path, '/') + 1, variant);
	ok = !system(command) && replay_all(k, out, name);
	unlink(out);
	return ok;
}

static bool replay_casebook(struct kernel *k)
{
	glob_t cases;
	bool ok = true;

	if (glob(TW_TESTS "/casebook/*.case", 0, NULL, &cases))
		return false;
	for (size_t i = 0; i < cases.gl_pathc; i++)
		for (size_t v = 0; v < sizeof(variants) / sizeof(variants[0]); v++)
			ok = replay_case(k, cases.gl_pathv[i], variants[v]) && ok;
	globfree(&cases);
	return ok;
}

int main(int argc, char **argv)
{
	struct kernel k;
	bool ok = true;

	kernel_start(&k);
	for (int i = 1; i < argc; i++)
		ok = replay_all(&k, argv[i], argv[i]) && ok;
	if (argc == 1)
		ok = replay_casebook(&k);
	printf("%u captures, %llu packets, %llu refused by the test run, %llu records alike\n", captures,
	       (unsigned long long)k.fed, (unsigned long long)k.refused, (unsigned long long)k.compared);
	kernel_stop(&k);
	return !ok;
}
