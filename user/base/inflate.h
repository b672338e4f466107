/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Decompression of a stream of bytes in pieces: gzip (zlib) and zstd (libzstd), several members included. */
#ifndef TCPWHY_USER_INFLATE_H
#define TCPWHY_USER_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tw_inflate;

enum tw_packing { TW_PACKING_NONE, TW_PACKING_GZIP, TW_PACKING_ZSTD, TW_PACKING_OTHER };

#define TW_PACKING_MAGIC 6 /* bytes that tell */

/* By its first bytes. @name: for people, NULL for none; also of packings that are not supported (OTHER). */
enum tw_packing tw_packing_of(const uint8_t *bytes, size_t len, const char **name);

/* TW_PACKING_GZIP or TW_PACKING_ZSTD. NULL: out of memory. */
struct tw_inflate *tw_inflate_new(enum tw_packing packing);
void tw_inflate_free(struct tw_inflate *inflate);

/*
 * Takes from [*in, *in + *in_len), gives to [*out, *out + *out_len); all four are moved on.
 * 0, -EBADMSG when the bytes are damaged, -ENOMEM.
 */
int tw_inflate_run(struct tw_inflate *inflate, const uint8_t **in, size_t *in_len, uint8_t **out, size_t *out_len);

/* True between members: where the input may end. */
bool tw_inflate_is_whole(const struct tw_inflate *inflate);

#endif
