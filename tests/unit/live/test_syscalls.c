// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The filter of system calls, tried in processes of its own: what must go on, and what must not. */
#include "live/syscalls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* In a child under the filter; its exit status: 0, or the line that was wrong. */
static int under_filter(bool programs, int (*body)(void))
{
	struct tw_reason reason;
	int status;
	pid_t pid = fork();

	if (!pid) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || tw_syscalls_limit(programs, &reason))
			_exit(1);
		_exit(body());
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

#define MUST(condition) \
	do { \
		if (!(condition)) \
			return __LINE__ % 256; \
	} while (0)
#define REFUSED(call) MUST((call) == -1 && errno == EPERM)

static void *answer(void *ctx)
{
	return ctx;
}

static int works(void)
{
	pthread_t thread;
	void *said;
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	MUST(fd >= 0 && write(fd, "x", 1) == 1 && !close(fd));
	MUST((fd = socket(AF_UNIX, SOCK_DGRAM, 0)) >= 0 && !close(fd));
	MUST(!pthread_create(&thread, NULL, answer, "x") && !pthread_join(thread, &said) && said);
	MUST(access("/proc/self/status", R_OK) == 0);
	return 0;
}

/* Errors that say who refused: without the filter each of these would have another errno, or none. */
static int refuses(void)
{
	REFUSED(syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0));
	REFUSED(syscall(SYS_add_key, NULL, NULL, NULL, 0, 0));
	REFUSED(syscall(SYS_mount, NULL, NULL, NULL, 0, NULL));
	REFUSED(syscall(SYS_init_module, NULL, 0, NULL));
	REFUSED(syscall(SYS_unshare, 0));
	REFUSED(syscall(SYS_process_vm_readv, getpid(), NULL, 0, NULL, 0, 0));
	REFUSED(syscall(SYS_userfaultfd, ~0));
	return 0;
}

static int starts_nothing(void)
{
	char *const args[] = { "true", NULL };

	REFUSED(fork());
	REFUSED(execv("/bin/true", args));
	return 0;
}

static int starts_programs(void)
{
	return system("exit 7; x=$(echo y | cat)") == 7 << 8 ? system("true | cat && exec /bin/true") : 1;
}

static void test_works(void **state)
{
	assert_int_equal(under_filter(false, works), 0);
	assert_int_equal(under_filter(true, works), 0);
}

static void test_refuses(void **state)
{
	assert_int_equal(under_filter(false, refuses), 0);
	assert_int_equal(under_filter(true, refuses), 0);
}

static void test_programs(void **state)
{
	assert_int_equal(under_filter(false, starts_nothing), 0);
	assert_int_equal(under_filter(true, starts_programs), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_works),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_programs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
