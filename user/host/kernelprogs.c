// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which tracepoints this kernel has, by its BTF: `btf_trace_NAME` is a pointer to a function with its arguments. */
#include "kernelprogs.h"

#include <bpf/btf.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "reasons.h"

/* The first argument of such a function is not the tracepoint's. */
static uint32_t arguments(const struct btf *btf, const char *tracepoint)
{
	const struct btf_type *type;
	char name[64];
	int id;

	snprintf(name, sizeof(name), "btf_trace_%s", tracepoint);
	id = btf__find_by_name_kind(btf, name, BTF_KIND_TYPEDEF);
	type = id > 0 ? btf__type_by_id(btf, id) : NULL;
	if (type)
		type = btf__type_by_id(btf, type->type);
	if (!type || !btf_is_ptr(type))
		return 0;
	type = btf__type_by_id(btf, type->type);
	if (!type || !btf_is_func_proto(type) || btf_vlen(type) < 1)
		return 0;
	return btf_vlen(type) - 1;
}

static uint32_t at_least(uint32_t count, uint32_t least)
{
	return count >= least ? count : 0;
}

void tw_kernelprogs_probe(struct tw_kernelprogs *found)
{
	struct btf *btf = btf__load_vmlinux_btf();

	memset(found, 0, sizeof(*found));
	if (!btf)
		return;
	if (!tw_reasons_load(btf)) {
		found->kfree_skb = at_least(arguments(btf, "kfree_skb"), 3);
		found->send_reset = at_least(arguments(btf, "tcp_send_reset"), 2);
		found->retransmit = at_least(arguments(btf, "tcp_retransmit_skb"), 2);
	}
	btf__free(btf);
}

uint32_t tw_kernelprogs_netns(void)
{
	struct stat st;

	return stat("/proc/self/ns/net", &st) ? 0 : st.st_ino;
}
