// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* tc filters on kernels without tcx: made, found again after a crash, removed. */
#include "clsact.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "filters.h"

#define FIRST_PRIORITY 1 /* before all others, who may end the walk over the filters */
#define LAST_PRIORITY 4

/* A socket that holds slot @number, or -EADDRINUSE: another process has it. */
static int hold_slot(unsigned int number)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int len, fd, err;

	len = snprintf(addr.sun_path + 1, sizeof(addr.sun_path) - 1, "tcpwhy/clsact/%u", number);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&addr, offsetof(struct sockaddr_un, sun_path) + 1 + len)) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

int tw_slot_take(struct tw_slot *slot, struct tw_reason *reason)
{
	for (unsigned int i = 0; i < TW_CLSACT_SLOTS; i++) {
		int fd = hold_slot(i);

		if (fd < 0)
			continue;
		slot->fd = fd;
		slot->number = i;
		return 0;
	}
	slot->fd = -1;
	return tw_reason(reason, -EUSERS, "%d tcpwhy processes run in this network namespace already: stop one",
			 TW_CLSACT_SLOTS);
}

void tw_slot_leave(struct tw_slot *slot)
{
	if (slot->fd >= 0)
		close(slot->fd);
	slot->fd = -1;
}

/* A mark can be a coincidence, mark and program name together cannot. */
static bool is_ours(const struct tw_filter *filter)
{
	static const char *const programs[] = { "tc_ingress:[", "tc_egress:[", "tc_ingress_l3:[", "tc_egress_l3:[" };

	if ((filter->handle & ~(TW_CLSACT_OURS | (TW_CLSACT_SLOTS - 1))) != TW_CLSACT_MARK)
		return false;
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		if (!strncmp(filter->name, programs[i], strlen(programs[i])))
			return true;
	return false;
}

static bool is_stale(const struct tw_filter *filter, unsigned int own_slot)
{
	unsigned int number = filter->handle & (TW_CLSACT_SLOTS - 1);
	int fd;

	if (!is_ours(filter))
		return false;
	if (number == own_slot)
		return true;
	fd = hold_slot(number);
	if (fd < 0)
		return false;
	close(fd);
	return true;
}

static int detach(unsigned int ifindex, bool egress, uint32_t handle, uint32_t priority)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex, .attach_point = egress ? BPF_TC_EGRESS : BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = handle, .priority = priority);

	return bpf_tc_detach(&hook, &opts);
}

/* What one look at an interface's filters finds. */
struct survey {
	unsigned int own_slot;
	unsigned int filters;         /* all of them */
	bool ours;                    /* one of them says that the qdisc is tcpwhy's */
	bool sweep;                   /* collect the stale ones */
	struct tw_filter stale[2 * TW_CLSACT_SLOTS];
	unsigned int n_stale;
};

static void survey_filter(void *ctx, const struct tw_filter *filter)
{
	struct survey *s = ctx;

	s->filters++;
	if (is_ours(filter) && filter->handle & TW_CLSACT_OURS)
		s->ours = true;
	if (s->sweep && s->n_stale < 2 * TW_CLSACT_SLOTS && is_stale(filter, s->own_slot))
		s->stale[s->n_stale++] = *filter;
}

static int survey(struct survey *s, unsigned int ifindex)
{
	int err = tw_filters_each(ifindex, false, survey_filter, s);

	return err ? err : tw_filters_each(ifindex, true, survey_filter, s);
}

static void remove_qdisc(unsigned int ifindex)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex, .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);

	bpf_tc_hook_destroy(&hook);
}

struct sweep {
	const struct tw_slot *slot;
	int removed;
};

static void sweep_interface(void *ctx, unsigned int ifindex)
{
	struct sweep *sweep = ctx;
	struct survey s = { .own_slot = sweep->slot->number, .sweep = true };
	unsigned int removed = 0;

	if (survey(&s, ifindex))
		return;
	for (unsigned int i = 0; i < s.n_stale; i++)
		if (!detach(ifindex, s.stale[i].egress, s.stale[i].handle, s.stale[i].priority))
			removed++;
	if (removed && s.ours && removed == s.filters)
		remove_qdisc(ifindex);
	sweep->removed += removed;
}

int tw_clsact_sweep(const struct tw_slot *slot)
{
	struct sweep sweep = { .slot = slot };
	int err = tw_filters_each_clsact(sweep_interface, &sweep);

	return err ? err : sweep.removed;
}

/* Makes sure that there is a clsact qdisc, and fills the handle: it says whose qdisc it is. */
static int open_qdisc(struct tw_clsact *clsact, const struct tw_slot *slot, const char *ifname, unsigned int ifindex,
		      struct tw_reason *reason)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex, .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);
	struct survey s = { 0 };
	int err;

	if (tw_filters_qdisc(ifindex) == TW_QDISC_INGRESS)
		return tw_reason(reason, -EBUSY,
				 "%s: it has an 'ingress' qdisc, which has no egress side: replace it by 'clsact'",
				 ifname);
	err = bpf_tc_hook_create(&hook);
	if (err && err != -EEXIST)
		return tw_reason(reason, err, "%s: cannot make a clsact qdisc: %s%s", ifname, strerror(-err),
				 err == -ENOENT ? " (kernel module sch_ingress is missing)" : "");
	if (err == -EEXIST)
		survey(&s, ifindex);
	clsact->ifindex = ifindex;
	clsact->handle = TW_CLSACT_MARK | slot->number | (!err || s.ours ? TW_CLSACT_OURS : 0);
	return 0;
}

int tw_clsact_add(struct tw_clsact *clsact, const struct tw_slot *slot, const char *ifname, unsigned int ifindex,
		  bool egress, int prog_fd, struct tw_reason *reason)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex, .attach_point = egress ? BPF_TC_EGRESS : BPF_TC_INGRESS);
	int err = 0;

	if (!clsact->handle)
		err = open_qdisc(clsact, slot, ifname, ifindex, reason);
	if (err)
		return err;
	/* A priority may be taken by another kind of filter, which cannot be shared. */
	for (uint32_t priority = FIRST_PRIORITY; priority <= LAST_PRIORITY; priority++) {
		LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = prog_fd, .handle = clsact->handle, .priority = priority);

		err = bpf_tc_attach(&hook, &opts);
		if (!err) {
			clsact->priority[egress] = priority;
			return 0;
		}
		if (err != -EINVAL && err != -EEXIST)
			break;
	}
	return tw_reason(reason, err, "%s: cannot add a tc filter on %s: %s%s", ifname, egress ? "egress" : "ingress",
			 strerror(-err), err == -ENOENT ? " (kernel module cls_bpf is missing)" : "");
}

void tw_clsact_remove(struct tw_clsact *clsact)
{
	struct survey s = { 0 };

	if (!clsact->handle)
		return;
	for (int egress = 0; egress < 2; egress++)
		if (clsact->priority[egress])
			detach(clsact->ifindex, egress, clsact->handle, clsact->priority[egress]);
	if (clsact->handle & TW_CLSACT_OURS && !survey(&s, clsact->ifindex) && !s.filters)
		remove_qdisc(clsact->ifindex);
	memset(clsact, 0, sizeof(*clsact));
}
