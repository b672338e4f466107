/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The system calls that remain once everything is attached (seccomp). Any other fails with EPERM, and the
 * kernel's audit log says which: a diagnosis that is killed in production helps nobody.
 */
#ifndef TCPWHY_USER_SYSCALLS_H
#define TCPWHY_USER_SYSCALLS_H

#include <stdbool.h>

#include "base/reason.h"

/*
 * Limits all threads of the process, and what it starts, for good. @programs: it will start other programs
 * (actions of alerts), which need more than it does. Needs no_new_privs. 0; or -errno with the reason.
 */
int tw_syscalls_limit(bool programs, struct tw_reason *reason);

#endif
