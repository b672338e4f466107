/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What attaching to this host would do, and what it would miss: findings, each with its cost and its cure.
 * Facts are read in doctor_facts.c; what they mean is told in doctor_host.c and doctor_iface.c from the facts alone.
 */
#ifndef TCPWHY_USER_DOCTOR_H
#define TCPWHY_USER_DOCTOR_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/reason.h"
#include "host/iface.h"
#include "host/attach_plan.h"

/* In the order of exit statuses: below TW_SEVERITY_DEGRADED it is 0. */
enum tw_severity {
	TW_SEVERITY_OK,
	TW_SEVERITY_NOTE,     /* good to know; nothing is missed */
	TW_SEVERITY_DEGRADED, /* something is missed, or disturbed */
	TW_SEVERITY_FATAL,    /* it cannot run */
	_TW_SEVERITY_MAX
};

struct tw_finding {
	enum tw_severity severity;
	char iface[IF_NAMESIZE]; /* empty: the host */
	const char *what;        /* "BTF", "XDP", …: a constant */
	char found[200];
	char cost[320], cure[240]; /* empty: none */
	const char *source;      /* where this can be read; NULL: here */
};

#define TW_FINDINGS_MAX 512

struct tw_doctor {
	struct tw_finding finding[TW_FINDINGS_MAX];
	unsigned int n, left_out;
	const char *iface; /* of the findings that come now; NULL: the host */
};

/* Each adds a finding and what it means; the last one is meant. */
__attribute__((format(printf, 4, 5)))
struct tw_finding *tw_doctor_find(struct tw_doctor *d, enum tw_severity severity, const char *what, const char *fmt, ...);
__attribute__((format(printf, 2, 3)))
void tw_doctor_cost(struct tw_finding *finding, const char *fmt, ...);
__attribute__((format(printf, 2, 3)))
void tw_doctor_cure(struct tw_finding *finding, const char *fmt, ...);

enum tw_severity tw_doctor_worst(const struct tw_doctor *d);
const char *tw_severity_word(enum tw_severity severity);

void tw_doctor_table(const struct tw_doctor *d, FILE *out);
void tw_doctor_json(const struct tw_doctor *d, FILE *out);

/* --- facts --- */

enum tw_lockdown { TW_LOCKDOWN_UNKNOWN, TW_LOCKDOWN_NONE, TW_LOCKDOWN_INTEGRITY, TW_LOCKDOWN_CONFIDENTIALITY };

/* What tracepoints and iterators give. Arguments: -1: there is none of that name. */
enum tw_trace {
	TW_TRACE_SET_STATE,
	TW_TRACE_DESTROY,
	TW_TRACE_TASK_FILE, /* the iterator */
	TW_TRACE_KFREE_SKB,
	TW_TRACE_SEND_RESET,
	TW_TRACE_RETRANSMIT,
	_TW_TRACE_MAX
};

struct tw_host_facts {
	char kernel[65];
	char missing_caps[64];   /* empty: all there */
	bool probed;             /* the kernel could be asked: ring … tcx are told */
	bool ring, coarse_clock, xdp_frags, tcx;
	bool btf;
	enum tw_lockdown lockdown;
	int jit, unprivileged;   /* the sysctls; -1: not readable */
	int trace[_TW_TRACE_MAX];
	uint64_t memory_limit;   /* of our cgroup, bytes; 0: none */
	uint64_t memlock_limit;  /* counts before Linux 5.11; 0: does not count */
};

enum tw_tristate { TW_NO, TW_YES, TW_UNKNOWN };

struct tw_iface_facts {
	struct tw_iface iface;
	struct tw_attach_plan plan;
	int plan_err;            /* then why: */
	struct tw_reason plan_reason;
	char driver[32];         /* empty: unknown */
	char xdp_name[32];       /* of the program that is attached; empty: unknown */
	enum tw_tristate native, frags; /* what the driver says that it offers: XDP; for large packets, too */
	bool lro, gro_hw, vlan_strip, up;
	unsigned int tcx[2], filters[2]; /* programs of others on ingress and egress */
	bool ingress_qdisc;      /* the old kind, which has no egress */
};

void tw_doctor_read_host(struct tw_host_facts *facts);
/* 0, or -ENODEV or another -errno. */
int tw_doctor_read_iface(struct tw_iface_facts *facts, const char *name, enum tw_ingress ingress, bool xdp_frags);

/* --- what they mean --- */

void tw_doctor_host(struct tw_doctor *d, const struct tw_host_facts *facts);
void tw_doctor_iface(struct tw_doctor *d, const struct tw_iface_facts *facts, const struct tw_host_facts *host);

#endif
