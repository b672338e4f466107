// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * usage: read_cost ROUNDS COMMAND…    prints CPU seconds (the least of ROUNDS) and peak memory in KiB
 *
 * A program of its own because the peak of a child is never told below its parent's: this one is small.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static double seconds(struct timeval t)
{
	return t.tv_sec + t.tv_usec / 1e6;
}

static void become(char **command)
{
	int null = open("/dev/null", O_WRONLY);

	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	execvp(command[0], command);
	_exit(127);
}

int main(int argc, char **argv)
{
	double least = 0, now;
	long memory = 0;

	for (int round = 0; argc > 2 && round < atoi(argv[1]); round++) {
		struct rusage usage;
		int status;
		pid_t child = fork();

		if (!child)
			become(argv + 2);
		if (child < 0 || wait4(child, &status, 0, &usage) != child || status) {
			fprintf(stderr, "read_cost: %s failed\n", argv[2]);
			return 1;
		}
		now = seconds(usage.ru_utime) + seconds(usage.ru_stime);
		least = !round || now < least ? now : least;
		memory = usage.ru_maxrss > memory ? usage.ru_maxrss : memory;
	}
	printf("%.3f %ld\n", least, memory);
	return 0;
}
