/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * From the bytes of a ring buffer or a file to an event that can be trusted: nothing behind this
 * point checks a version, a length or an enumeration again.
 */
#ifndef TCPWHY_USER_DECODE_H
#define TCPWHY_USER_DECODE_H

#include <stddef.h>

#include "tcpwhy/event.h"

/*
 * Copies the record of @len bytes at @bytes (any alignment) to @event and, for TW_EV_REPLACED, the
 * state that comes with it to @replaced (else untouched). Bytes behind the record are ignored: the
 * ring buffer may round up. 0, or -EBADMSG when version, type, length or an enumeration is not one
 * that this program knows; both are untouched then, and the caller counts it.
 */
int tw_decode(const void *bytes, size_t len, struct tw_event *event, struct tw_flow *replaced);

#endif
