// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What a program in the kernel has cost. */
#include "progstats.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>

int tw_progstats_enable(void)
{
	int fd = bpf_enable_stats(BPF_STATS_RUN_TIME);

	if (fd >= 0)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
}

int tw_progstats_read(struct tw_program_stats *stats, int fd)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);
	int err = bpf_obj_get_info_by_fd(fd, &info, &len);

	if (err)
		return err;
	stats->run_ns = info.run_time_ns;
	stats->runs = info.run_cnt;
	return 0;
}
