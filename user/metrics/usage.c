// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What this process uses, by /proc. */
#include "usage.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static void read_memory(struct tw_usage *p)
{
	FILE *f = fopen("/proc/self/statm", "re");
	unsigned long long size, resident;

	if (!f)
		return;
	if (fscanf(f, "%llu %llu", &size, &resident) == 2) {
		p->virtual_bytes = size * sysconf(_SC_PAGESIZE);
		p->resident_bytes = resident * sysconf(_SC_PAGESIZE);
	}
	fclose(f);
}

/* "." and ".." count for two, the directory itself for one. */
static uint32_t count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	uint32_t n = 0;

	if (!dir)
		return 0;
	while (readdir(dir))
		n++;
	closedir(dir);
	return n > 3 ? n - 3 : 0;
}

void tw_usage_read(struct tw_usage *usage)
{
	struct rusage cpu;

	*usage = (struct tw_usage){ 0 };
	if (!getrusage(RUSAGE_SELF, &cpu))
		usage->cpu_s = cpu.ru_utime.tv_sec + cpu.ru_stime.tv_sec +
			       (cpu.ru_utime.tv_usec + cpu.ru_stime.tv_usec) / 1e6;
	read_memory(usage);
	usage->fds = count_fds();
}
