// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Finds the SYN that a SYN-ACK from elsewhere answers: by its originator's address and port, and its sequence number. */
#include "answers.h"

#include <string.h>

static struct tw_asked *asked_at(struct tw_answers *answers, const struct tw_conn_name *name, uint32_t isn)
{
	uint32_t h = isn ^ (uint32_t)name->orig_port << 16;

	for (int i = 0; i < 4; i++)
		h = (h ^ name->orig_addr.word[i]) * 0x9e3779b1u;
	return &answers->asked[h >> 22];
}

_Static_assert(TW_ANSWERS_ASKED == 1 << 10, "as asked_at() shifts");

void tw_answers_asked(struct tw_answers *answers, const struct tw_conn_name *name, uint32_t isn)
{
	*asked_at(answers, name, isn) = (struct tw_asked){
		.id = name->id, .isn = isn, .orig_addr = name->orig_addr, .orig_port = name->orig_port,
		.resp_addr = name->resp_addr, .resp_port = name->resp_port,
	};
}

static void remember(struct tw_answers *answers, uint64_t id, uint64_t attempt, const struct tw_other *other)
{
	answers->answer[id % TW_ANSWERS_PAIRS] = (struct tw_answer){ .id = id, .attempt = attempt, .other = *other };
}

void tw_answers_came(struct tw_answers *answers, const struct tw_conn_name *name, uint32_t ack)
{
	const struct tw_asked *asked = asked_at(answers, name, ack - 1);

	if (!asked->id || asked->id == name->id || asked->isn != ack - 1 || asked->orig_port != name->orig_port ||
	    memcmp(&asked->orig_addr, &name->orig_addr, sizeof(name->orig_addr)))
		return;
	remember(answers, asked->id, asked->id,
		 &(struct tw_other){ .addr = name->resp_addr, .port = name->resp_port, .family = name->family });
	remember(answers, name->id, asked->id,
		 &(struct tw_other){ .addr = asked->resp_addr, .port = asked->resp_port, .family = name->family, .answers = true });
}

static const struct tw_answer *find(const struct tw_answers *answers, uint64_t id)
{
	const struct tw_answer *answer = &answers->answer[id % TW_ANSWERS_PAIRS];

	return answer->id == id ? answer : NULL;
}

void tw_answers_own(struct tw_answers *answers, const struct tw_conn_name *name, uint32_t isn)
{
	struct tw_asked *asked = asked_at(answers, name, isn);

	if (asked->id == name->id)
		asked->id = 0;
	if (find(answers, name->id))
		answers->answer[name->id % TW_ANSWERS_PAIRS].id = 0;
}

struct tw_other tw_answers_of(const struct tw_answers *answers, uint64_t id)
{
	const struct tw_answer *answer = find(answers, id);

	return answer && find(answers, answer->attempt) ? answer->other : (struct tw_other){ .port = 0 };
}
