// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The interfaces that captures name: an array, which is nearly always of one. */
#include "ifaces.h"

#include <stdlib.h>
#include <string.h>

#define IFACES_MAX 4096u

struct iface {
	char name[64]; /* "": none */
	uint32_t id, sub;
};

struct tw_ifaces {
	struct iface *list;
	uint32_t used, size;
	uint32_t last; /* the one that was asked for last */
};

struct tw_ifaces *tw_ifaces_new(void)
{
	return calloc(1, sizeof(struct tw_ifaces));
}

void tw_ifaces_free(struct tw_ifaces *ifaces)
{
	if (!ifaces)
		return;
	free(ifaces->list);
	free(ifaces);
}

static int is_it(const struct iface *i, const char *name, uint32_t id, uint32_t sub)
{
	return i->id == id && i->sub == sub && !strncmp(i->name, name, sizeof(i->name) - 1);
}

static int grow(struct tw_ifaces *ifaces)
{
	uint32_t size = ifaces->size ? 2 * ifaces->size : 4;
	struct iface *list = realloc(ifaces->list, size * sizeof(*list));

	if (!list)
		return -1;
	ifaces->list = list;
	ifaces->size = size;
	return 0;
}

uint32_t tw_ifaces_number(struct tw_ifaces *ifaces, const char *name, uint32_t id, uint32_t sub)
{
	struct iface *new;

	name = name ? name : "";
	if (ifaces->last < ifaces->used && is_it(&ifaces->list[ifaces->last], name, id, sub))
		return ifaces->last + 1;
	for (uint32_t i = 0; i < ifaces->used; i++)
		if (is_it(&ifaces->list[i], name, id, sub)) {
			ifaces->last = i;
			return i + 1;
		}
	if (ifaces->used == IFACES_MAX || (ifaces->used == ifaces->size && grow(ifaces)))
		return ifaces->used ? ifaces->used : 1;
	new = &ifaces->list[ifaces->used++];
	memset(new, 0, sizeof(*new));
	strncpy(new->name, name, sizeof(new->name) - 1);
	new->id = id;
	new->sub = sub;
	return ifaces->used;
}

const char *tw_ifaces_name(void *ctx, uint32_t number)
{
	const struct tw_ifaces *ifaces = ctx;
	const struct iface *i;

	if (!number || number > ifaces->used)
		return NULL;
	i = &ifaces->list[number - 1];
	return *i->name && !i->sub ? i->name : NULL;
}
