// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What is not handed to the core, counted and told. */
#include "leftout.h"

#include "base/reason.h"

void tw_leftout_add(struct tw_leftout *all, const struct tw_leftout *file)
{
	for (int i = 0; i < _TW_ENCAP_MAX; i++) {
		all->closed[i] += file->closed[i];
		all->opened[i] += file->opened[i];
	}
	all->other_tunnel += file->other_tunnel;
	all->no_ip += file->no_ip;
	all->filtered += file->filtered;
	all->unknown += file->unknown;
	if (file->unknown)
		all->unknown_type = file->unknown_type;
}

void tw_leftout_skipped(const struct tw_leftout *leftout, struct tw_tally *tally)
{
	tw_tally_add(tally, "not_tcp", leftout->no_ip);
	tw_tally_add(tally, "filtered", leftout->filtered);
	tw_tally_add(tally, "unknown_link", leftout->unknown);
	tw_tally_add(tally, "other_tunnel", leftout->other_tunnel);
	for (int i = 0; i < _TW_ENCAP_MAX; i++)
		tw_tally_add(tally, tw_encap_word(i), leftout->closed[i]);
}

void tw_leftout_opened(const struct tw_leftout *leftout, struct tw_tally *tally)
{
	for (int i = 0; i < _TW_ENCAP_MAX; i++)
		tw_tally_add(tally, tw_encap_word(i), leftout->opened[i]);
}

/* "12 in VXLAN, 3 in GRE"; "" where there is none. */
static const char *list(const struct tw_leftout *leftout, char *text, size_t size)
{
	size_t at = 0;

	text[0] = '\0';
	for (int i = 0; i < _TW_ENCAP_MAX; i++)
		if (leftout->closed[i] && at < size)
			at += snprintf(text + at, size - at, "%s%llu in %s", at ? ", " : "",
				       (unsigned long long)leftout->closed[i], tw_encap_name(i));
	return text;
}

static bool may_open(const struct tw_leftout *leftout)
{
	for (int i = 0; i < _TW_ENCAP_MAX; i++)
		if (leftout->closed[i] && tw_encap_opens(i))
			return true;
	return false;
}

void tw_leftout_say(const struct tw_leftout *leftout, const char *file, bool decap)
{
	const char *of = file ? file : "in all", *cure = "";
	char text[512];

	if (decap)
		cure = " (encrypted, compressed, cut off or of another kind)";
	else if (may_open(leftout))
		cure = "; --decap looks inside";
	if (list(leftout, text, sizeof(text))[0])
		tw_say("%s: packets that were not looked into: %s%s", of, text, cure);
	if (leftout->other_tunnel)
		tw_say("%s: %llu packets are of connections that have the addresses and ports of one in another tunnel at the "
		       "same time, and were not judged", of, (unsigned long long)leftout->other_tunnel);
}
