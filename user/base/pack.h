/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Compresses a file (zstd). */
#ifndef TCPWHY_USER_PACK_H
#define TCPWHY_USER_PACK_H

#include <stdatomic.h>
#include <stdbool.h>

/*
 * Makes @to from @from, with its mode and owner as far as allowed, and on the disk if @sync. When it ends, @to is
 * whole or not there: it is written as "@to.part". 0; -ECANCELED when *@stop came true; another -errno.
 */
int tw_pack_file(const char *from, const char *to, bool sync, const atomic_bool *stop);

#endif
