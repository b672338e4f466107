/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel's own reasons for dropping a packet and for sending a RST, by name. The numbers differ from
 * kernel to kernel, so the names come from the running kernel's BTF; offline there are none.
 */
#ifndef TCPWHY_USER_REASONS_H
#define TCPWHY_USER_REASONS_H

#include <stddef.h>
#include <stdint.h>

struct btf;

/* Reads both enumerations of @kernel (borrowed). One that it does not have stays empty. 0 or -ENOMEM. */
int tw_reasons_load(const struct btf *kernel);
void tw_reasons_free(void);

/*
 * A SYN that met a full accept queue: kernels drop it without a reason. Newer ones have a name for the same of a
 * handshake's last ACK, which is used for both.
 */
#define TW_DROP_LISTEN_OVERFLOW UINT32_MAX

/* "NETFILTER_DROP", "NO_SOCKET"; NULL: this kernel has no name for it. */
const char *tw_drop_word(uint32_t reason);
const char *tw_rst_word(uint32_t reason);

/* What stands behind a drop reason, for people; NULL: nothing is known of it here. */
const char *tw_drop_meaning(const char *word);

/* Sets quiet[number] for drop reasons below @count that every healthy connection meets, or that are no drop at all. */
void tw_reasons_quiet(volatile uint8_t *quiet, size_t count);

#endif
