/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The interfaces that captures name, numbered from 1 as the classifier wants its observation points.
 * One interface keeps its number across the sections of a file and across files that are read as one.
 */
#ifndef TCPWHY_USER_IFACES_H
#define TCPWHY_USER_IFACES_H

#include <stdint.h>

struct tw_ifaces;

/* NULL: out of memory. */
struct tw_ifaces *tw_ifaces_new(void);
void tw_ifaces_free(struct tw_ifaces *ifaces);

/*
 * The number of the interface @id of a section, named @name (NULL: without a name; cut to 63 bytes).
 * @sub: the interface that the packet itself names (Linux cooked captures of `any`), else 0.
 * After 4096 different ones, all others share the last number.
 */
uint32_t tw_ifaces_number(struct tw_ifaces *ifaces, const char *name, uint32_t id, uint32_t sub);

/* Its name; NULL: it has none, or a packet named it by a number only. @ifaces: a struct tw_ifaces. */
const char *tw_ifaces_name(void *ifaces, uint32_t number);

#endif
