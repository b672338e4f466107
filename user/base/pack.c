// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Compresses a file with zstd, a block at a time. */
#include "pack.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#define BLOCK (128u << 10)
#define LEVEL 3 /* a log shrinks to a tenth, at some 300 MB/s */

struct pack {
	ZSTD_CCtx *zstd;
	int from, to;
	char in[BLOCK], out[BLOCK];
};

static int write_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		bytes += n;
		len -= n;
	}
	return 0;
}

/* All of @in; with ZSTD_e_end the end of the frame as well. */
static int pack_block(struct pack *p, size_t len, ZSTD_EndDirective how)
{
	ZSTD_inBuffer in = { p->in, len, 0 };
	size_t left;
	int err;

	do {
		ZSTD_outBuffer out = { p->out, sizeof(p->out), 0 };

		left = ZSTD_compressStream2(p->zstd, &out, &in, how);
		if (ZSTD_isError(left))
			return -EIO;
		err = write_all(p->to, p->out, out.pos);
	} while (!err && (how == ZSTD_e_end ? left != 0 : in.pos < in.size));
	return err;
}

static int pack_all(struct pack *p, const atomic_bool *stop)
{
	ssize_t n;
	int err;

	for (;;) {
		if (atomic_load(stop))
			return -ECANCELED;
		n = read(p->from, p->in, sizeof(p->in));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		err = pack_block(p, n, n ? ZSTD_e_continue : ZSTD_e_end);
		if (err || !n)
			return err;
	}
}

/* A checksum, so that a damaged file is known as such; who may read it is as before. */
static int prepare(struct pack *p)
{
	struct stat st;

	p->zstd = ZSTD_createCCtx();
	if (!p->zstd)
		return -ENOMEM;
	ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_compressionLevel, LEVEL);
	ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_checksumFlag, 1);
	if (fstat(p->from, &st))
		return -errno;
	if (fchown(p->to, st.st_uid, st.st_gid) && errno != EPERM)
		return -errno;
	return fchmod(p->to, st.st_mode & 0777) ? -errno : 0;
}

static int open_both(struct pack *p, const char *from, const char *part)
{
	p->from = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (p->from < 0)
		return -errno;
	p->to = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	return p->to < 0 ? -errno : 0;
}

static void release(struct pack *p)
{
	ZSTD_freeCCtx(p->zstd);
	if (p->from >= 0)
		close(p->from);
	if (p->to >= 0)
		close(p->to);
	free(p);
}

int tw_pack_file(const char *from, const char *to, bool sync, const atomic_bool *stop)
{
	struct pack *p = calloc(1, sizeof(*p));
	char part[PATH_MAX];
	int err;

	if (!p)
		return -ENOMEM;
	p->from = p->to = -1;
	err = snprintf(part, sizeof(part), "%s.part", to) < (int)sizeof(part) ? 0 : -ENAMETOOLONG;
	if (err)
		goto out;
	err = open_both(p, from, part);
	if (!err)
		err = prepare(p);
	if (!err)
		err = pack_all(p, stop);
	if (!err && sync && fsync(p->to))
		err = -errno;
	if (!err && rename(part, to))
		err = -errno;
	if (err && p->to >= 0)
		unlink(part);
out:
	release(p);
	return err;
}
