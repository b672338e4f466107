// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Decompression in pieces: gzip and zstd. */
#include "inflate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

struct tw_inflate {
	enum tw_packing packing;
	bool whole;
	z_stream gzip;
	ZSTD_DStream *zstd;
};

enum tw_packing tw_packing_of(const uint8_t *bytes, size_t len, const char **name)
{
	static const struct {
		const char *name, *magic;
		size_t len;
		enum tw_packing packing;
	} known[] = {
		{ "gzip", "\x1f\x8b", 2, TW_PACKING_GZIP },
		{ "zstd", "\x28\xb5\x2f\xfd", 4, TW_PACKING_ZSTD },
		{ "xz", "\xfd" "7zXZ", 5, TW_PACKING_OTHER },
		{ "bzip2", "BZh", 3, TW_PACKING_OTHER },
		{ "lz4", "\x04\x22\x4d\x18", 4, TW_PACKING_OTHER },
		{ "zip", "PK\x03\x04", 4, TW_PACKING_OTHER },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		*name = known[i].name;
		if (len >= known[i].len && !memcmp(bytes, known[i].magic, known[i].len))
			return known[i].packing;
	}
	*name = NULL;
	return TW_PACKING_NONE;
}

struct tw_inflate *tw_inflate_new(enum tw_packing packing)
{
	struct tw_inflate *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->packing = packing;
	f->whole = true;
	if (packing == TW_PACKING_ZSTD) {
		f->zstd = ZSTD_createDStream();
		if (f->zstd)
			return f;
	} else if (inflateInit2(&f->gzip, 15 + 16) == Z_OK) {
		return f;
	}
	free(f);
	return NULL;
}

void tw_inflate_free(struct tw_inflate *f)
{
	if (!f)
		return;
	if (f->packing == TW_PACKING_ZSTD)
		ZSTD_freeDStream(f->zstd);
	else
		inflateEnd(&f->gzip);
	free(f);
}

static int run_gzip(struct tw_inflate *f, const uint8_t **in, size_t *in_len, uint8_t **out, size_t *out_len)
{
	z_stream *z = &f->gzip;
	int result;

	if (f->whole && !*in_len)
		return 0;
	if (f->whole && inflateReset(z) != Z_OK)
		return -EBADMSG;
	f->whole = false;
	z->next_in = (uint8_t *)*in;
	z->avail_in = *in_len;
	z->next_out = *out;
	z->avail_out = *out_len;
	result = inflate(z, Z_NO_FLUSH);
	*in = z->next_in;
	*in_len = z->avail_in;
	*out = z->next_out;
	*out_len = z->avail_out;
	f->whole = result == Z_STREAM_END;
	if (result == Z_MEM_ERROR)
		return -ENOMEM;
	return result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR ? 0 : -EBADMSG;
}

static int run_zstd(struct tw_inflate *f, const uint8_t **in, size_t *in_len, uint8_t **out, size_t *out_len)
{
	ZSTD_inBuffer from = { *in, *in_len, 0 };
	ZSTD_outBuffer to = { *out, *out_len, 0 };
	size_t result;

	if (f->whole && !*in_len)
		return 0;
	result = ZSTD_decompressStream(f->zstd, &to, &from);
	*in += from.pos;
	*in_len -= from.pos;
	*out += to.pos;
	*out_len -= to.pos;
	f->whole = !result;
	return ZSTD_isError(result) ? -EBADMSG : 0;
}

int tw_inflate_run(struct tw_inflate *f, const uint8_t **in, size_t *in_len, uint8_t **out, size_t *out_len)
{
	return f->packing == TW_PACKING_ZSTD ? run_zstd(f, in, in_len, out, out_len) :
					       run_gzip(f, in, in_len, out, out_len);
}

bool tw_inflate_is_whole(const struct tw_inflate *f)
{
	return f->whole;
}
