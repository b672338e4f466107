/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Why something failed, in words. Library code fills one and returns -errno; the command says it.
 * A reason names the object, what was tried, why it failed and what to do.
 */
#ifndef TCPWHY_USER_REASON_H
#define TCPWHY_USER_REASON_H

#include <stdarg.h>
#include <stdio.h>

struct tw_reason {
	char text[1024];
};

/* Fills @reason (cut at its size) and returns @err. */
__attribute__((format(printf, 3, 4)))
static inline int tw_reason(struct tw_reason *reason, int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(reason->text, sizeof(reason->text), fmt, args);
	va_end(args);
	return err;
}

/* One line for the person at the terminal. */
__attribute__((format(printf, 1, 2)))
static inline void tw_say(const char *fmt, ...)
{
	va_list args;

	fputs("tcpwhy: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
}

#endif
