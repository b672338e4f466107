/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What it takes to run: privileges and kernel features, found out by asking the kernel. */
#ifndef TCPWHY_USER_REQUIREMENTS_H
#define TCPWHY_USER_REQUIREMENTS_H

#include <stdbool.h>

#include "base/reason.h"

/*
 * CAP_BPF and CAP_PERFMON (or CAP_SYS_ADMIN for both) and CAP_NET_ADMIN. 0, or -EPERM with the reason, which
 * names what is missing.
 */
int tw_requirements_privileges(struct tw_reason *reason);

/* The names of the capabilities that are missing, separated by ", "; empty: none is. */
#define TW_REQUIREMENTS_TEXT 64
void tw_requirements_missing(char missing[TW_REQUIREMENTS_TEXT]);

/* What every packet program uses (Linux 5.11). 0, or -EOPNOTSUPP with the reason. */
int tw_requirements_kernel(struct tw_reason *reason);

/* True when the XDP program can run: XDP with fragments (Linux 5.18). */
bool tw_requirements_xdp_frags(void);

#endif
