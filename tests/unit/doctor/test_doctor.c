// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Facts of a host or interface, and what the doctor must find in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "doctor/doctor.h"

#include <linux/if_arp.h> /* after <net/if.h> */

static struct tw_doctor d;

static struct tw_host_facts good_host(void)
{
	struct tw_host_facts h = {
		.kernel = "6.18.0", .probed = true, .ring = true, .coarse_clock = true, .xdp_frags = true, .tcx = true,
		.btf = true, .lockdown = TW_LOCKDOWN_NONE, .jit = 1, .unprivileged = 2,
		.trace = { 3, 1, 0, 4, 3, 3 },
	};

	return h;
}

static struct tw_iface_facts good_card(void)
{
	struct tw_iface_facts i = {
		.iface = { .name = "eth0", .index = 2, .type = ARPHRD_ETHER, .mtu = 1500, .hardware = true, .up = true },
		.driver = "virtio_net", .native = TW_YES, .frags = TW_YES, .up = true,
	};

	return i;
}

static void plan(struct tw_iface_facts *i, enum tw_ingress ingress, const struct tw_host_facts *h)
{
	i->plan_err = tw_attach_plan_make(&i->plan, &i->iface, ingress, h->xdp_frags, &i->plan_reason);
}

static const struct tw_finding *find(const char *what)
{
	for (unsigned int i = 0; i < d.n; i++)
		if (!strcmp(d.finding[i].what, what))
			return &d.finding[i];
	fail_msg("nothing is said of %s", what);
	return NULL;
}

/* What is worse than ok names its cost, or its cure. */
static void must_find(const char *what, enum tw_severity severity, const char *word)
{
	const struct tw_finding *f = find(what);

	assert_string_equal(tw_severity_word(f->severity), tw_severity_word(severity));
	if (!strstr(f->found, word) && !strstr(f->cost, word) && !strstr(f->cure, word))
		fail_msg("%s: no \"%s\" in \"%s\" / \"%s\" / \"%s\"", what, word, f->found, f->cost, f->cure);
	if (severity >= TW_SEVERITY_DEGRADED) {
		assert_true(f->cost[0]);
		assert_true(f->cure[0]);
	}
}

static void host(const struct tw_host_facts *h)
{
	memset(&d, 0, sizeof(d));
	tw_doctor_host(&d, h);
}

static void iface(const struct tw_iface_facts *i, const struct tw_host_facts *h)
{
	memset(&d, 0, sizeof(d));
	tw_doctor_iface(&d, i, h);
	for (unsigned int n = 0; n < d.n; n++)
		assert_string_equal(d.finding[n].iface, "eth0");
}

static void test_good(void **state)
{
	struct tw_host_facts h = good_host();
	struct tw_iface_facts i = good_card();

	host(&h);
	assert_int_equal(tw_doctor_worst(&d), TW_SEVERITY_OK);
	plan(&i, TW_INGRESS_AUTO, &h);
	iface(&i, &h);
	assert_int_equal(tw_doctor_worst(&d), TW_SEVERITY_OK);
	must_find("attaches", TW_SEVERITY_OK, "XDP");
}

static void test_host(void **state)
{
	struct tw_host_facts h = good_host();

	h.ring = false;
	host(&h);
	must_find("kernel", TW_SEVERITY_FATAL, "5.11");
	h = good_host();
	strcpy(h.missing_caps, "CAP_BPF");
	h.probed = false;
	host(&h);
	must_find("capabilities", TW_SEVERITY_FATAL, "CAP_BPF");
	assert_int_equal(tw_doctor_worst(&d), TW_SEVERITY_FATAL);
	h = good_host();
	h.xdp_frags = h.tcx = false;
	host(&h);
	must_find("XDP", TW_SEVERITY_NOTE, "5.18");
	must_find("tcx", TW_SEVERITY_NOTE, "6.6");
	h = good_host();
	h.btf = false;
	host(&h);
	must_find("BTF", TW_SEVERITY_DEGRADED, "comm");
	h = good_host();
	h.lockdown = TW_LOCKDOWN_CONFIDENTIALITY;
	host(&h);
	must_find("lockdown", TW_SEVERITY_DEGRADED, "integrity");
	h = good_host();
	h.jit = 0;
	h.unprivileged = 0;
	host(&h);
	must_find("JIT", TW_SEVERITY_DEGRADED, "bpf_jit_enable");
	must_find("unprivileged BPF", TW_SEVERITY_NOTE, "risk");
}

static void test_tracepoints(void **state)
{
	struct tw_host_facts h = good_host();

	h.trace[TW_TRACE_DESTROY] = -1;
	h.trace[TW_TRACE_KFREE_SKB] = -1;
	h.trace[TW_TRACE_SEND_RESET] = 2;
	host(&h);
	must_find("owners", TW_SEVERITY_DEGRADED, "tcp_destroy_sock");
	must_find("drops", TW_SEVERITY_DEGRADED, "kernel_drop");
	must_find("resets", TW_SEVERITY_NOTE, "no_socket");
	must_find("retransmissions", TW_SEVERITY_OK, "ca_state");
	h.trace[TW_TRACE_SEND_RESET] = -1;
	host(&h);
	must_find("resets", TW_SEVERITY_NOTE, "6.10");
}

static void test_memory(void **state)
{
	struct tw_host_facts h = good_host();

	h.memory_limit = 1ull << 30;
	host(&h);
	must_find("memory", TW_SEVERITY_OK, "room");
	h.memory_limit = 32 << 20;
	host(&h);
	must_find("memory", TW_SEVERITY_DEGRADED, "cgroup");
	h.memory_limit = 0;
	h.memlock_limit = 64 << 10;
	host(&h);
	must_find("memory", TW_SEVERITY_DEGRADED, "RLIMIT_MEMLOCK");
}

static void test_drivers(void **state)
{
	struct tw_host_facts h = good_host();
	struct tw_iface_facts i = good_card();

	strcpy(i.driver, "ixgbe");
	plan(&i, TW_INGRESS_AUTO, &h);
	iface(&i, &h);
	must_find("driver", TW_SEVERITY_DEGRADED, "link");
	assert_non_null(strstr(find("driver")->source, "ixgbe_xdp_setup"));
	strcpy(i.driver, "a_new_one");
	iface(&i, &h);
	must_find("driver", TW_SEVERITY_NOTE, "a_new_one");
	plan(&i, TW_INGRESS_TC, &h);
	strcpy(i.driver, "ixgbe");
	iface(&i, &h);
	must_find("driver", TW_SEVERITY_OK, "tc");
}

static void test_xdp(void **state)
{
	struct tw_host_facts h = good_host();
	struct tw_iface_facts i = good_card();

	i.native = i.frags = TW_NO;
	plan(&i, TW_INGRESS_AUTO, &h);
	iface(&i, &h);
	must_find("XDP", TW_SEVERITY_NOTE, "tc is taken");
	plan(&i, TW_INGRESS_XDP, &h);
	iface(&i, &h);
	must_find("XDP", TW_SEVERITY_FATAL, "fails");
	i.native = TW_YES;
	i.iface.mtu = 9000;
	iface(&i, &h);
	must_find("MTU", TW_SEVERITY_DEGRADED, "9000");
	i.frags = TW_YES;
	iface(&i, &h);
	for (unsigned int n = 0; n < d.n; n++)
		assert_string_not_equal(d.finding[n].what, "MTU");
}

static void test_offloads(void **state)
{
	struct tw_host_facts h = good_host();
	struct tw_iface_facts i = good_card();

	i.lro = i.iface.merges = i.vlan_strip = true;
	plan(&i, TW_INGRESS_AUTO, &h);
	iface(&i, &h);
	must_find("offloads", TW_SEVERITY_NOTE, "LRO");
	plan(&i, TW_INGRESS_XDP, &h);
	iface(&i, &h);
	must_find("offloads", TW_SEVERITY_DEGRADED, "LRO");
	must_find("VLAN tags", TW_SEVERITY_NOTE, "number");
}

static void test_foreign(void **state)
{
	struct tw_host_facts h = good_host();
	struct tw_iface_facts i = good_card();

	i.iface.xdp_id = 77;
	strcpy(i.xdp_name, "balancer");
	plan(&i, TW_INGRESS_AUTO, &h);
	iface(&i, &h);
	must_find("foreign XDP", TW_SEVERITY_DEGRADED, "balancer");
	plan(&i, TW_INGRESS_XDP, &h);
	iface(&i, &h);
	must_find("foreign XDP", TW_SEVERITY_FATAL, "77");
	i = good_card();
	i.tcx[0] = 1;
	i.filters[1] = 2;
	plan(&i, TW_INGRESS_TC, &h);
	iface(&i, &h);
	must_find("foreign tc", TW_SEVERITY_NOTE, "1 on ingress, 2 on egress");
	i.ingress_qdisc = true;
	h.tcx = false;
	iface(&i, &h);
	must_find("qdisc", TW_SEVERITY_FATAL, "clsact");
}

/* Any text comes through JSON; nothing is written beyond the end. */
static void test_json(void **state)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	json_t *all, *one;
	json_error_t error;

	memset(&d, 0, sizeof(d));
	d.iface = "eth0";
	for (int i = 0; i < TW_FINDINGS_MAX + 3; i++) {
		struct tw_finding *one = tw_doctor_find(&d, TW_SEVERITY_DEGRADED, "odd", "%s", "\"quoted\"\\\n\x1b[31m\xff");

		memset(one->cost, '\1', sizeof(one->cost) - 1);
		memset(one->cure, '"', sizeof(one->cure) - 1);
	}
	tw_doctor_json(&d, f);
	fclose(f);
	all = json_loads(text, 0, &error);
	if (!all)
		fail_msg("no JSON: %s", error.text);
	assert_int_equal(json_array_size(json_object_get(all, "findings")), TW_FINDINGS_MAX);
	assert_int_equal(json_integer_value(json_object_get(all, "left_out")), 3);
	one = json_array_get(json_object_get(all, "findings"), TW_FINDINGS_MAX - 1);
	assert_int_equal(json_string_length(json_object_get(one, "cost")), sizeof(d.finding[0].cost) - 1);
	json_decref(all);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good), cmocka_unit_test(test_host), cmocka_unit_test(test_tracepoints),
		cmocka_unit_test(test_memory), cmocka_unit_test(test_drivers), cmocka_unit_test(test_xdp),
		cmocka_unit_test(test_offloads), cmocka_unit_test(test_foreign), cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
