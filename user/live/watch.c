// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The interfaces that are watched: attached, and attached again when they come back. */
#include "watch.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/requirements.h"
#include "host/netlink.h"

struct watched {
	struct tw_iface iface;
	struct tw_attach_plan plan;
	struct tw_attachment at;
	unsigned int failed; /* index of the interface that could not be attached again; said once */
};

struct tw_watch {
	struct tw_watch_options options;
	const struct tw_programs *programs;
	struct mnl_socket *links;
	struct tw_slot slot;
	bool xdp_frags;
	unsigned int n;
	struct watched watched[TW_WATCH_MAX];
};

static void notice(struct tw_watch *w, const struct tw_reason *text)
{
	if (w->options.notice)
		w->options.notice(w->options.ctx, text->text);
}

static int no_such_interface(const char *name, struct tw_reason *reason)
{
	char names[256];

	tw_iface_names(names, sizeof(names));
	return tw_reason(reason, -ENODEV, "there is no interface '%s'; there are: %s", name, names);
}

static bool is_watched(const struct tw_watch *w, const char *name)
{
	for (unsigned int i = 0; i < w->n; i++)
		if (!strcmp(w->watched[i].iface.name, name))
			return true;
	return false;
}

static int add(struct tw_watch *w, const char *name, struct tw_reason *reason)
{
	struct watched *one = &w->watched[w->n];
	int err;

	if (is_watched(w, name))
		return 0;
	if (w->n == TW_WATCH_MAX)
		return tw_reason(reason, -E2BIG, "more than %d interfaces", TW_WATCH_MAX);
	err = tw_iface_read(&one->iface, name);
	if (err == -ENODEV)
		return no_such_interface(name, reason);
	if (err)
		return tw_reason(reason, err, "%s: cannot ask the kernel about it: %s", name, strerror(-err));
	err = tw_attach_plan_make(&one->plan, &one->iface, w->options.ingress, w->xdp_frags, reason);
	if (!err)
		w->n++;
	return err;
}

static int add_all(struct tw_watch *w, struct tw_reason *reason)
{
	char name[IF_NAMESIZE], names[256];
	int err = 0;

	for (unsigned int i = 0; i < w->options.n && !err; i++)
		err = add(w, w->options.names[i], reason);
	if (err || w->n)
		return err;
	if (!tw_iface_default(name))
		return add(w, name, reason);
	tw_iface_names(names, sizeof(names));
	return tw_reason(reason, -ENOENT, "there is no default route: choose an interface with -i, of: %s", names);
}

int tw_watch_new(struct tw_watch **watch, const struct tw_watch_options *options, struct tw_reason *reason)
{
	struct tw_watch *w = calloc(1, sizeof(*w));
	int err;

	if (!w)
		return tw_reason(reason, -ENOMEM, "out of memory");
	w->options = *options;
	w->slot.fd = -1;
	w->xdp_frags = tw_requirements_xdp_frags();
	err = add_all(w, reason);
	if (!err)
		err = tw_slot_take(&w->slot, reason);
	if (!err) {
		err = tw_nl_watch_links(&w->links);
		if (err)
			tw_reason(reason, err, "cannot watch interfaces come and go: %s", strerror(-err));
	}
	if (err) {
		tw_watch_free(w);
		return err;
	}
	*watch = w;
	return 0;
}

void tw_watch_needs(const struct tw_watch *watch, struct tw_kern_options *options)
{
	for (unsigned int i = 0; i < watch->n; i++) {
		const struct tw_attach_plan *plan = &watch->watched[i].plan;

		if (plan->l3)
			options->l3 = true;
		else
			options->ethernet = true;
		if (plan->ingress != TW_HOOK_TC)
			options->xdp = true;
		if (plan->ingress == TW_HOOK_TC || plan->may_fall_back)
			options->tc_ingress = true;
	}
}

static void tell_attached(struct tw_watch *w, const struct watched *one)
{
	const char *in = tw_mode_name(one->at.ingress), *out = tw_mode_name(one->at.egress);
	struct tw_reason text;
	char mode[64];

	tw_reason(&text, 0, "%s: attached; ingress by %s (%s), egress by %s: it sees %s", one->iface.name, in,
		  one->plan.why, out, tw_mode_meaning(one->at.ingress));
	notice(w, &text);
	snprintf(mode, sizeof(mode), "%s ingress, %s egress", in, out);
	if (w->options.attached)
		w->options.attached(w->options.ctx, one->iface.name, mode);
}

static int attach(struct tw_watch *w, struct watched *one, struct tw_reason *reason)
{
	int err = tw_attach(&one->at, &one->iface, &one->plan, w->programs, &w->slot, reason);

	if (!err)
		tell_attached(w, one);
	return err;
}

static void tell_swept(struct tw_watch *w)
{
	int n = tw_clsact_sweep(&w->slot);
	struct tw_reason text;

	if (n <= 0)
		return;
	tw_reason(&text, 0, "removed %d tc filter%s that a tcpwhy which was killed left behind", n,
		  n == 1 ? "" : "s");
	notice(w, &text);
}

int tw_watch_attach(struct tw_watch *watch, const struct tw_programs *programs, struct tw_reason *reason)
{
	int err = 0;

	watch->programs = programs;
	tell_swept(watch);
	for (unsigned int i = 0; i < watch->n && !err; i++)
		err = attach(watch, &watch->watched[i], reason);
	return err;
}

static void went_away(struct tw_watch *w, struct watched *one)
{
	struct tw_reason text;

	tw_detach(&one->at);
	tw_reason(&text, 0, "%s: it is gone; waiting for it to come back", one->iface.name);
	notice(w, &text);
}

/* It may have come back as another kind of link, so that all is asked anew. */
static void came_back(struct tw_watch *w, struct watched *one, unsigned int index)
{
	struct tw_reason reason;
	struct tw_iface iface;
	int err = tw_iface_read(&iface, one->iface.name);

	if (err == -ENODEV || iface.index == one->failed)
		return;
	if (err)
		tw_reason(&reason, err, "%s: cannot ask the kernel about it: %s", one->iface.name, strerror(-err));
	else
		err = tw_attach_plan_make(&one->plan, &iface, w->options.ingress, w->xdp_frags, &reason);
	if (!err) {
		one->iface = iface;
		err = attach(w, one, &reason);
	}
	one->failed = err ? index : 0;
	if (err)
		notice(w, &reason);
}

static void look_at(struct tw_watch *w, struct watched *one)
{
	unsigned int index = if_nametoindex(one->iface.name);

	if (one->at.ifindex && one->at.ifindex != index)
		went_away(w, one);
	if (index && !one->at.ifindex)
		came_back(w, one, index);
}

int tw_watch_fd(const struct tw_watch *watch)
{
	return mnl_socket_get_fd(watch->links);
}

/* The messages only say when to look: names and indexes are asked, so that a lost message does no harm. */
void tw_watch_look(struct tw_watch *watch)
{
	char buf[8192];
	ssize_t n;

	do
		n = mnl_socket_recvfrom(watch->links, buf, sizeof(buf));
	while (n > 0 || (n < 0 && (errno == ENOBUFS || errno == EINTR || errno == ENOSPC)));
	for (unsigned int i = 0; i < watch->n; i++)
		look_at(watch, &watch->watched[i]);
}

/*
 * A program that was detached may still be running on another CPU. The barrier waits until each CPU
 * has left it; where that is not to be had, 50 ms are far more than a packet takes.
 */
static void wait_for_programs(void)
{
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0))
		usleep(50000);
}

void tw_watch_detach(struct tw_watch *watch)
{
	for (unsigned int i = 0; i < watch->n; i++)
		tw_detach(&watch->watched[i].at);
	wait_for_programs();
}

void tw_watch_count(const struct tw_watch *watch, unsigned int *wanted, unsigned int *attached)
{
	*wanted = watch->n;
	*attached = 0;
	for (unsigned int i = 0; i < watch->n; i++)
		*attached += watch->watched[i].at.ifindex != 0;
}

void tw_watch_free(struct tw_watch *watch)
{
	if (!watch)
		return;
	for (unsigned int i = 0; i < watch->n; i++)
		tw_detach(&watch->watched[i].at);
	if (watch->links)
		mnl_socket_close(watch->links);
	tw_slot_leave(&watch->slot);
	free(watch);
}

static const struct watched *find(const struct tw_watch *w, uint32_t ifindex)
{
	for (unsigned int i = 0; i < w->n; i++)
		if (w->watched[i].iface.index == ifindex)
			return &w->watched[i];
	return NULL;
}

const char *tw_watch_name(void *ctx, uint32_t ifindex)
{
	const struct watched *one = find(ctx, ifindex);

	return one ? one->iface.name : NULL;
}

bool tw_watch_ends_here(const struct tw_watch *watch, uint32_t ifindex)
{
	const struct watched *one = find(watch, ifindex);

	return one && one->iface.ends_here;
}
