// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Where to look at an interface: a table of interfaces and what must be decided for each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "host/attach_plan.h"

#include <linux/if_arp.h> /* after <net/if.h>, which attach_plan.h includes: they share names */

struct row {
	const char *what;
	struct tw_iface iface;
	enum tw_ingress wanted;
	bool frags;
	int err;
	enum tw_hook hook;
	bool l3, fall_back;
	const char *word; /* that the reason or the explanation must have */
};

#define CARD .type = ARPHRD_ETHER, .hardware = true, .name = "eth0"
#define VETH .type = ARPHRD_ETHER, .kind = "veth", .name = "veth0"

static const struct row rows[] = {
	{ "a card", { CARD }, TW_INGRESS_AUTO, true, 0, TW_HOOK_XDP, false, true, "card" },
	{ "a card, old kernel", { CARD }, TW_INGRESS_AUTO, false, 0, TW_HOOK_TC, false, false, "5.18" },
	{ "a card with foreign XDP", { CARD, .xdp_id = 7 }, TW_INGRESS_AUTO, true, 0, TW_HOOK_TC, false, false, "another" },
	{ "a card that merges", { CARD, .merges = true }, TW_INGRESS_AUTO, true, 0, TW_HOOK_TC, false, false, "offload" },
	{ "a veth", { VETH }, TW_INGRESS_AUTO, true, 0, TW_HOOK_TC, false, false, "virtual" },
	{ "loopback", { .type = ARPHRD_LOOPBACK, .name = "lo" }, TW_INGRESS_AUTO, true, 0, TW_HOOK_TC, false, false, "loopback" },
	{ "tun or wireguard", { .type = ARPHRD_NONE, .name = "tun0" }, TW_INGRESS_AUTO, true, 0, TW_HOOK_TC, true, false, "Ethernet" },
	{ "ipip", { .type = ARPHRD_TUNNEL, .name = "ipip0" }, TW_INGRESS_AUTO, true, 0, TW_HOOK_TC, true, false, "Ethernet" },
	{ "ip6tnl", { .type = ARPHRD_TUNNEL6, .name = "t6" }, TW_INGRESS_AUTO, true, 0, TW_HOOK_TC, true, false, "Ethernet" },
	{ "sit", { .type = ARPHRD_SIT, .name = "sit0" }, TW_INGRESS_TC, true, 0, TW_HOOK_TC, true, false, "asked" },
	{ "gre", { .type = ARPHRD_IPGRE, .name = "gre0" }, TW_INGRESS_AUTO, true, 0, TW_HOOK_TC, true, false, "Ethernet" },
	{ "wifi monitor", { .type = ARPHRD_IEEE80211_RADIOTAP, .name = "mon0" }, TW_INGRESS_AUTO, true, -EINVAL, 0, 0, 0, "mon0" },
	{ "XDP on veth", { VETH }, TW_INGRESS_XDP, true, 0, TW_HOOK_XDP, false, false, "asked" },
	{ "generic XDP on veth", { VETH }, TW_INGRESS_XDP_GENERIC, true, 0, TW_HOOK_XDP_GENERIC, false, false, "asked" },
	{ "XDP over foreign XDP", { CARD, .xdp_id = 7 }, TW_INGRESS_XDP, true, -EBUSY, 0, 0, 0, "7" },
	{ "generic over foreign XDP", { CARD, .xdp_id = 7 }, TW_INGRESS_XDP_GENERIC, true, -EBUSY, 0, 0, 0, "tc" },
	{ "XDP on tun", { .type = ARPHRD_NONE, .name = "tun0" }, TW_INGRESS_XDP, true, -EOPNOTSUPP, 0, 0, 0, "tc" },
	{ "XDP, old kernel", { CARD }, TW_INGRESS_XDP, false, -EOPNOTSUPP, 0, 0, 0, "5.18" },
	{ "tc on a card", { CARD }, TW_INGRESS_TC, true, 0, TW_HOOK_TC, false, false, "asked" },
	{ "tc beside foreign XDP", { CARD, .xdp_id = 7 }, TW_INGRESS_TC, true, 0, TW_HOOK_TC, false, false, "asked" },
};

static void test_rows(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct tw_reason reason = { "" };
		struct tw_attach_plan plan;
		int err = tw_attach_plan_make(&plan, &row->iface, row->wanted, row->frags, &reason);
		const char *text = err ? reason.text : plan.why;

		if (err != row->err || !text || !strstr(text, row->word))
			fail_msg("%s: %d, \"%s\"", row->what, err, text);
		if (err)
			continue;
		if (plan.ingress != row->hook || plan.l3 != row->l3 || plan.may_fall_back != row->fall_back)
			fail_msg("%s: hook %d, l3 %d, fall back %d", row->what, plan.ingress, plan.l3, plan.may_fall_back);
	}
}

static void test_words(void **state)
{
	enum tw_ingress ingress = TW_INGRESS_AUTO;

	assert_int_equal(tw_ingress_parse(&ingress, "xdp-generic"), 0);
	assert_int_equal(ingress, TW_INGRESS_XDP_GENERIC);
	assert_int_equal(tw_ingress_parse(&ingress, "tc"), 0);
	assert_int_equal(ingress, TW_INGRESS_TC);
	assert_int_equal(tw_ingress_parse(&ingress, "XDP"), -EINVAL);
	assert_int_equal(tw_ingress_parse(&ingress, ""), -EINVAL);
	assert_int_equal(ingress, TW_INGRESS_TC);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows), cmocka_unit_test(test_words) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
