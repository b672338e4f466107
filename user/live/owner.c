// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Owners of sockets: loads bpf/owner.bpf.c, and reads its maps. The only file that knows its skeleton. */
#include "owner.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "owner.skel.h"
#include "tcpwhy/key.h"
#include "tcpwhy/sockowner.h"

/* An accepted connection is born as the kernel has its socket ready: after the packets that opened it. */
#define LATE_NS TW_NS_PER_SEC
/* One that connect() opened is born before its SYN, which may wait for the next hop's address. */
#define EARLY_NS (10 * TW_NS_PER_SEC)

struct tw_owners {
	struct owner_bpf *skel;
	int owners, listeners, cgroups, chronos; /* descriptors of its maps */
	uint64_t jiffy_ns;
};

/* Namespaces are told apart by the inode of their file. */
static int own_namespace(uint32_t *inum)
{
	struct stat st;

	if (stat("/proc/self/ns/net", &st))
		return -errno;
	*inum = st.st_ino;
	return 0;
}

static int load(struct tw_owners *o)
{
	uint32_t inum = 0;
	int err = own_namespace(&inum);

	if (err)
		return err;
	o->skel = owner_bpf__open();
	if (!o->skel)
		return -errno;
	o->skel->rodata->tw_netns = inum;
	bpf_map__set_max_entries(o->skel->maps.owners, TW_OWNERS_MAX);
	return owner_bpf__load(o->skel);
}

/* libbpf returns NULL with errno. */
static int attach(struct owner_bpf *skel)
{
	skel->links.on_state = bpf_program__attach(skel->progs.on_state);
	if (!skel->links.on_state)
		return -errno;
	skel->links.on_destroy = bpf_program__attach(skel->progs.on_destroy);
	if (!skel->links.on_destroy)
		return -errno;
	skel->links.look_through = bpf_program__attach_iter(skel->progs.look_through, NULL);
	return skel->links.look_through ? 0 : -errno;
}

int tw_owners_look(struct tw_owners *owners)
{
	char nothing[64]; /* the program writes no text: reading makes it run */
	ssize_t n;
	int fd;

	if (!owners)
		return 0;
	fd = bpf_iter_create(bpf_link__fd(owners->skel->links.look_through));
	if (fd < 0)
		return -errno;
	do
		n = read(fd, nothing, sizeof(nothing));
	while (n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN)));
	n = n < 0 ? -errno : 0;
	close(fd);
	return n;
}

/* The coarse clocks go on by a tick, which is a jiffy. */
static uint64_t jiffy_ns(void)
{
	struct timespec tick;

	return clock_getres(CLOCK_MONOTONIC_COARSE, &tick) ? 0 : tick.tv_sec * TW_NS_PER_SEC + tick.tv_nsec;
}

int tw_owners_new(struct tw_owners **owners, struct tw_reason *reason)
{
	struct tw_owners *o = calloc(1, sizeof(*o));
	int err = -ENOMEM;

	if (!o)
		goto out;
	err = load(o);
	if (!err)
		err = attach(o->skel);
	if (err)
		goto out;
	o->owners = bpf_map__fd(o->skel->maps.owners);
	o->listeners = bpf_map__fd(o->skel->maps.listeners);
	o->cgroups = bpf_map__fd(o->skel->maps.cgroups);
	o->chronos = bpf_map__fd(o->skel->maps.chronos);
	o->jiffy_ns = jiffy_ns();
	err = tw_owners_look(o);
	if (err)
		goto out;
	*owners = o;
	return 0;
out:
	tw_owners_free(o);
	return tw_reason(reason, err, "cannot tell the processes behind connections: %s",
			 err == -ESRCH ? "this kernel does not tell its types (BTF)" : strerror(-err));
}

void tw_owners_free(struct tw_owners *owners)
{
	if (!owners)
		return;
	owner_bpf__destroy(owners->skel);
	free(owners);
}

/* --- asking --- */

/* "/system.slice/ssh.service"; "/" for the root; of a deeper one than what is kept the end. */
static void cgroup_text(char text[TW_PROCESS_CGROUP], const struct tw_cgroup_path *path)
{
	size_t used = 0;

	text[0] = '\0';
	if (!path->levels)
		strcpy(text, "/");
	for (uint32_t i = path->levels; i-- > 0 && used < TW_PROCESS_CGROUP;)
		used += snprintf(text + used, TW_PROCESS_CGROUP - used, "/%.*s", TW_CGROUP_NAME - 1, path->name[i]);
	for (; *text; text++)
		if (iscntrl((unsigned char)*text))
			*text = '?'; /* six characters each in JSON */
}

static void fill(struct tw_owners *o, struct tw_process *process, const struct tw_sock_owner *owner)
{
	struct tw_cgroup_path path;

	process->pid = owner->pid;
	memcpy(process->comm, owner->comm, sizeof(process->comm));
	process->comm[sizeof(process->comm) - 1] = '\0';
	process->cgroup[0] = '\0';
	if (!bpf_map_lookup_elem(o->cgroups, &owner->cgroup, &path) && path.levels <= TW_CGROUP_LEVELS)
		cgroup_text(process->cgroup, &path);
}

static void end_of(struct tw_sock_end *end, const struct tw_conn_name *n, bool orig)
{
	memset(end, 0, sizeof(*end));
	if (orig)
		end->side = tw_key_make(&end->key, &n->orig_addr, &n->resp_addr, n->orig_port, n->resp_port, n->family);
	else
		end->side = tw_key_make(&end->key, &n->resp_addr, &n->orig_addr, n->resp_port, n->orig_port, n->family);
}

int tw_owners_chrono(struct tw_owners *owners, const struct tw_conn_name *name, bool orig, uint64_t from_ns,
		     struct tw_chrono *chrono)
{
	struct tw_sock_chrono told;
	struct tw_sock_end end;

	if (!owners)
		return -ENOENT;
	end_of(&end, name, orig);
	if (bpf_map_lookup_elem(owners->chronos, &end, &told) || told.at_ns < from_ns)
		return -ENOENT;
	chrono->busy_ns = told.busy * owners->jiffy_ns;
	chrono->rwnd_ns = told.rwnd * owners->jiffy_ns;
	chrono->sndbuf_ns = told.sndbuf * owners->jiffy_ns;
	return 0;
}

int tw_owners_find(struct tw_owners *owners, const struct tw_conn_name *n, bool orig, uint64_t from_ns,
		   uint64_t until_ns, struct tw_process *process)
{
	struct tw_sock_owner owner;
	struct tw_sock_end end;
	uint64_t late_ns;

	if (!owners)
		return -ENOENT;
	end_of(&end, n, orig);
	if (bpf_map_lookup_elem(owners->owners, &end, &owner))
		return -ENOENT;
	late_ns = owner.how == TW_SOCK_OPENER ? 0 : LATE_NS;
	if (owner.born_ns > late_ns && owner.born_ns - late_ns > until_ns)
		return -ENOENT;
	/* Of the tuple's last connection: of this one the port is not known before its answer. */
	if (owner.born_ns && owner.born_ns + EARLY_NS < from_ns)
		return -ENOENT;
	fill(owners, process, &owner);
	return 0;
}

static int find_listener(struct tw_owners *o, const struct tw_addr *addr, const struct tw_addr *none, uint16_t port,
			 uint32_t family, struct tw_process *process)
{
	struct tw_sock_end end = { 0 };
	struct tw_sock_owner owner;

	end.side = tw_key_make(&end.key, addr, none, port, 0, family);
	if (bpf_map_lookup_elem(o->listeners, &end, &owner))
		return -ENOENT;
	fill(o, process, &owner);
	return 0;
}

int tw_owners_listener(struct tw_owners *owners, const struct tw_addr *addr, uint16_t port, struct tw_process *process)
{
	bool v4 = !addr->word[0] && !addr->word[1] && addr->word[2] == TW_V4_PREFIX;
	struct tw_addr none = { 0 }, any = { 0 };
	int err;

	if (!owners)
		return -ENOENT;
	if (v4)
		tw_addr_v4(&none, 0);
	err = find_listener(owners, addr, &none, port, v4 ? 4 : 6, process);
	if (err)
		err = find_listener(owners, &none, &none, port, v4 ? 4 : 6, process);
	return err && v4 ? find_listener(owners, &any, &any, port, 6, process) : err;
}
