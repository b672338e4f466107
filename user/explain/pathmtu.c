// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Path MTUs by remote: from routers' ICMP, and from what vanished. */
#include "pathmtu.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/member.h"
#include "base/names.h"
#include "base/wrap.h"
#include "readable/linetext.h"
#include "remote.h"
#include "tcpwhy/port.h"

struct remote {
	char addr[48];
	char router[48];                 /* that told the smallest */
	uint32_t mtu;                    /* 0: none was told */
	uint32_t vanished, passed;       /* the smallest size that vanished, the largest that passed; 0: unknown */
	uint64_t told, ignored, holes;   /* connections */
	UT_hash_handle hh;
};

struct tw_pathmtu {
	struct remote *remotes;
	uint64_t left_out;
};

struct tw_pathmtu *tw_pathmtu_new(void)
{
	return calloc(1, sizeof(struct tw_pathmtu));
}

void tw_pathmtu_free(struct tw_pathmtu *mtus)
{
	struct remote *r, *next;

	if (!mtus)
		return;
	HASH_ITER(hh, mtus->remotes, r, next) {
		HASH_DEL(mtus->remotes, r);
		free(r);
	}
	free(mtus);
}

/* --- adding --- */

static struct remote *find(struct tw_pathmtu *mtus, const char *addr)
{
	struct remote *r;

	HASH_FIND_STR(mtus->remotes, addr, r);
	return r;
}

/* Where neither side is this host: whom the large packet was for; the record does not say who that was. */
static const char *receiver(struct tw_pathmtu *mtus, const json_t *event)
{
	const char *word = tw_member_text(event, "event"), *side = tw_member_text(event, "side");
	enum tw_sender sender = tw_line_sender(tw_event_number(word, strlen(word)), event);

	if (!strcmp(side, "originator") || !strcmp(side, "responder"))
		return tw_remote_addr(event);
	if (!strcmp(word, "connection"))
		return tw_member_text(event, find(mtus, tw_member_text(event, "orig_addr")) ? "orig_addr" : "resp_addr");
	return tw_member_text(event, sender == TW_SENDER_RESP ? "orig_addr" : "resp_addr");
}

static struct remote *remote_of(struct tw_pathmtu *mtus, const json_t *event)
{
	const char *addr = receiver(mtus, event);
	struct remote *r = find(mtus, addr);

	if (r)
		return r;
	if (HASH_COUNT(mtus->remotes) >= TW_PATHMTU_REMOTES || strlen(addr) >= sizeof(r->addr)) {
		mtus->left_out++;
		return NULL;
	}
	r = calloc(1, sizeof(*r));
	if (!r)
		return NULL;
	strcpy(r->addr, addr);
	HASH_ADD_STR(mtus->remotes, addr, r);
	return r;
}

/* A forged one must not set anybody's MTU; 0 is an old router that does not know. */
static void add_told(struct tw_pathmtu *mtus, const json_t *event)
{
	uint32_t mtu = tw_member_u64(event, "mtu");
	struct remote *r;

	if (!mtu || !tw_member_true(event, "matched") || json_is_false(json_object_get(event, "valid")))
		return;
	r = remote_of(mtus, event);
	if (!r || (r->mtu && r->mtu <= mtu))
		return;
	r->mtu = mtu;
	snprintf(r->router, sizeof(r->router), "%.47s", tw_member_text(event, "from"));
}

static void add_hole(struct tw_pathmtu *mtus, const json_t *event)
{
	uint32_t len = tw_member_u64(event, "len"), passed = tw_member_u64(event, "largest_acked");
	struct remote *r = remote_of(mtus, event);

	if (!r)
		return;
	r->vanished = r->vanished ? TW_MIN(r->vanished, len) : len;
	r->passed = TW_MAX(r->passed, passed);
}

static bool has_verdict(const json_t *final, const char *word)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(final, "verdicts"), i, item)
		if (json_is_string(item) && !strcmp(json_string_value(item), word))
			return true;
	return false;
}

static void add_final(struct tw_pathmtu *mtus, const json_t *final)
{
	uint32_t mtu = tw_member_u64(final, "pmtu");
	bool hole = has_verdict(final, "pmtu_black_hole");
	struct remote *r = mtu || hole ? remote_of(mtus, final) : NULL;

	if (!r)
		return;
	r->told += mtu > 0;
	r->mtu = mtu && (!r->mtu || mtu < r->mtu) ? mtu : r->mtu;
	r->ignored += has_verdict(final, "pmtu_ignored");
	r->holes += hole;
}

int tw_pathmtu_add(struct tw_pathmtu *mtus, const json_t *event)
{
	const char *word = tw_member_text(event, "event");

	switch (tw_event_number(word, strlen(word))) {
	case TW_EV_FRAG_NEEDED:
		add_told(mtus, event);
		break;
	case TW_EV_PMTU_BLACK_HOLE:
		add_hole(mtus, event);
		break;
	case TW_EV_CONNECTION:
		add_final(mtus, event);
	}
	return 0;
}

/* --- telling --- */

static uint32_t limit_of(const struct remote *r)
{
	return r->mtu ? r->mtu : r->passed;
}

static int by_limit(struct remote *a, struct remote *b)
{
	if (limit_of(a) != limit_of(b))
		return limit_of(a) > limit_of(b) ? 1 : -1;
	return strcmp(a->addr, b->addr);
}

static void put_connections(struct tw_text *text, const char *before, uint64_t n, const char *after)
{
	if (n)
		tw_text_put(text, "%s%llu connection%s%s", before, (unsigned long long)n, n == 1 ? "" : "s", after);
}

static void put_mss(struct tw_text *text, const struct remote *r, uint32_t mtu)
{
	unsigned int headers = strchr(r->addr, ':') ? 60 : 40;

	if (mtu > headers)
		tw_text_put(text, "%u", mtu - headers);
	else
		tw_text_put(text, "1"); /* nonsense that somebody sent */
}

static void put_told(struct tw_text *text, const struct remote *r)
{
	tw_text_put(text, ": at most %u bytes pass", r->mtu);
	if (r->router[0]) {
		tw_text_put(text, ", says ");
		tw_text_clean(text, r->router);
	}
	put_connections(text, " (", r->told, ")");
	tw_text_put(text, ". MSS to clamp: ");
	put_mss(text, r, r->mtu);
	tw_text_put(text, ".");
	put_connections(text, " ", r->ignored, " went on with larger packets and came to grief.");
}

static void put_hole(struct tw_text *text, const struct remote *r)
{
	tw_text_put(text, "%s packets of %u bytes vanish and no ICMP says why", r->mtu ? " Besides," : ":", r->vanished);
	put_connections(text, " (", r->holes, ")");
	tw_text_put(text, ".");
	if (!r->passed)
		return;
	tw_text_put(text, " The largest that is known to pass has %u: an MSS of ", r->passed);
	put_mss(text, r, r->passed);
	tw_text_put(text, " is safe; the real limit may be higher (`ping -M do -s SIZE`).");
}

static void tell(const struct remote *r, FILE *to, unsigned int width)
{
	char line[1024];
	struct tw_text text = { .at = line, .end = line + sizeof(line) };

	tw_text_clean(&text, r->addr);
	if (r->mtu)
		put_told(&text, r);
	if (r->vanished)
		put_hole(&text, r);
	tw_wrap_put(to, "  ", line, width);
}

unsigned int tw_pathmtu_tell(struct tw_pathmtu *mtus, FILE *to, unsigned int width, unsigned int most)
{
	unsigned int n = 0;

	HASH_SRT(hh, mtus->remotes, by_limit);
	for (struct remote *r = mtus->remotes; r; r = r->hh.next)
		if ((r->mtu || r->vanished) && n++ < most)
			tell(r, to, width);
	if (n > most)
		fprintf(to, "  … and %u more remotes.\n", n - most);
	if (n && mtus->left_out)
		fprintf(to, "  (Remotes beyond the first %u are left out.)\n", TW_PATHMTU_REMOTES);
	return n;
}
