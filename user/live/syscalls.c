// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The filter of system calls, by libseccomp. */
#include "syscalls.h"

#include <errno.h>
#include <seccomp.h>
#include <sched.h>
#include <string.h>

/* By name: one that this architecture or this libseccomp does not have is left out. */
static const char *const own[] = {
	/* log, captures, configuration, /proc */
	"access", "chmod", "chown", "close", "close_range", "copy_file_range", "creat", "dup", "dup2", "dup3",
	"faccessat", "faccessat2", "fadvise64", "fallocate", "fchmod", "fchmodat", "fchown", "fchownat", "fcntl",
	"fcntl64", "fdatasync", "flock", "fstat", "fstat64", "fstatfs", "fstatfs64", "fsync", "ftruncate",
	"ftruncate64", "getcwd", "getdents", "getdents64", "ioctl", "lseek", "_llseek", "lstat", "lstat64", "mkdir",
	"mkdirat", "name_to_handle_at", "newfstatat", "fstatat64", "open", "openat", "openat2", "pipe", "pipe2",
	"pread64", "preadv", "pwrite64", "pwritev", "read", "readlink", "readlinkat", "readv", "rename", "renameat",
	"renameat2", "sendfile", "sendfile64", "stat", "stat64", "statfs", "statfs64", "statx", "umask", "unlink",
	"unlinkat", "write", "writev",
	/* the loop: waiting, time, signals */
	"clock_getres", "clock_gettime", "clock_gettime64", "clock_nanosleep", "clock_nanosleep_time64",
	"epoll_create", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_pwait2", "epoll_wait", "eventfd2",
	"gettimeofday", "inotify_add_watch", "inotify_init1", "inotify_rm_watch", "nanosleep", "pause", "poll",
	"ppoll", "ppoll_time64", "pselect6", "pselect6_time64", "restart_syscall", "rt_sigaction", "rt_sigpending",
	"rt_sigprocmask", "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait", "select", "_newselect", "sigaltstack",
	"sigreturn", "signalfd4", "tgkill", "time", "timerfd_create", "timerfd_gettime", "timerfd_settime", "times",
	/* metrics, webhook, journal, service manager, netlink */
	"accept", "accept4", "bind", "connect", "getpeername", "getsockname", "getsockopt", "listen", "recv",
	"recvfrom", "recvmmsg", "recvmmsg_time64", "recvmsg", "send", "sendmmsg", "sendmsg", "sendto", "setsockopt",
	"shutdown", "socket", "socketcall", "socketpair",
	/* the kernel's side */
	"bpf", "membarrier",
	/* memory, threads of libraries, who we are */
	"arch_prctl", "brk", "capget", "capset", "exit", "exit_group", "futex", "futex_time64", "get_robust_list",
	"getcpu", "getegid", "getegid32", "geteuid", "geteuid32", "getgid", "getgid32", "getpid", "getppid",
	"getpriority", "getrandom", "getrlimit", "getrusage", "gettid", "getuid", "getuid32", "madvise", "mmap",
	"mmap2", "mprotect", "mremap", "munmap", "prctl", "prlimit64", "rseq", "sched_getaffinity",
	"sched_getparam", "sched_getscheduler", "sched_yield", "set_robust_list", "set_tid_address", "sysinfo",
	"ugetrlimit", "uname",
};

/* What programs that alerts start may do besides: what ordinary ones do. */
static const char *const others[] = {
	"alarm", "capset", "chdir", "clone", "clone3", "execve", "execveat", "fchdir", "fork", "getgroups",
	"getgroups32", "getitimer", "getpgid", "getpgrp", "getresgid", "getresgid32", "getresuid", "getresuid32",
	"getsid", "kill", "link", "linkat", "mknod", "mknodat", "msync", "pidfd_open", "pidfd_send_signal", "rmdir",
	"sched_setaffinity", "setgid", "setgroups", "setitimer", "setpgid", "setpriority", "setresgid", "setresuid",
	"setrlimit", "setsid", "setuid", "splice", "symlink", "symlinkat", "tee", "tkill", "truncate", "utime",
	"utimensat", "utimensat_time64", "utimes", "vfork", "wait4", "waitid", "waitpid",
};

static int allow(scmp_filter_ctx filter, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int number = seccomp_syscall_resolve_name(names[i]), err;

		if (number == __NR_SCMP_ERROR)
			continue;
		err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);
		if (err && err != -EEXIST && err != -EDOM) /* EDOM: not on this architecture */
			return err;
	}
	return 0;
}

/* Threads, not processes. clone3 hides its flags in memory: "not there" makes the C library take clone. */
static int allow_threads(scmp_filter_ctx filter)
{
	int err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
				   SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));

	return err ? err : seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
}

static int fill(scmp_filter_ctx filter, bool programs)
{
	int err = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(EPERM));

	seccomp_attr_set(filter, SCMP_FLTATR_CTL_LOG, 1); /* since Linux 4.14 */
	if (!err)
		err = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	if (!err)
		err = allow(filter, own, sizeof(own) / sizeof(own[0]));
	if (!err && programs)
		err = allow(filter, others, sizeof(others) / sizeof(others[0]));
	else if (!err)
		err = allow_threads(filter);
	return err;
}

int tw_syscalls_limit(bool programs, struct tw_reason *reason)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int err = filter ? fill(filter, programs) : -ENOMEM;

	if (!err)
		err = seccomp_load(filter);
	seccomp_release(filter);
	if (!err)
		return 0;
	return tw_reason(reason, err, "the kernel takes no filter of system calls: %s; --no-seccomp goes without",
			 strerror(-err));
}
