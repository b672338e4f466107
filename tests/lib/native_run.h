/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Runs rows through the core natively and holds what it says against them. */
#ifndef TESTS_NATIVE_RUN_H
#define TESTS_NATIVE_RUN_H

#include "capture/nativetable.h"
#include "native_row.h"

/* Writes the step's frame to @buf (PKT_MAX bytes) and what the table is told of it to @packet. Returns its length, 0: too long. */
size_t native_frame(const struct native_step *step, uint8_t *buf, struct tw_native_packet *packet);

/* 0; -EINVAL when the row does not hold, with what differs in @reason. */
int native_row_run(const struct native_row *row, const struct native_variant *variant, char *reason, size_t size);

#endif
