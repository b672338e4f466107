/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What must hold of every record that leaves the connection table, and of the line that is made of it. */
#ifndef TESTS_FUZZ_JUDGE_H
#define TESTS_FUZZ_JUDGE_H

#include <stddef.h>

#include "record/record.h"

/* A tw_sink, its context unused: a line of the log is one JSON object, and its text has nothing that a terminal obeys. */
void judge_record(void *ctx, const struct tw_record *record);

/* Text for a person: ends where it says, within @size, with no control character. */
void judge_text(const char *text, size_t len, size_t size);

#endif
