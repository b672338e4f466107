/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The store of a live run: the packet programs' maps. */
#ifndef TCPWHY_USER_MAPSTORE_H
#define TCPWHY_USER_MAPSTORE_H

#include "conn/store.h"
#include "kern.h"

/* @maps is borrowed and must outlive the store. NULL: out of memory. */
struct tw_store *tw_mapstore_new(const struct tw_maps *maps);

/* NULL is fine. */
void tw_mapstore_free(struct tw_store *store);

#endif
