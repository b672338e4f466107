// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Open connections by the address and port that they were opened to. */
#include "services.h"

#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

struct key {
	struct tw_addr addr;
	uint32_t port; /* and no hole */
};

struct tw_service_node {
	struct key key;
	uint32_t open;
	UT_hash_handle hh;
};

static struct tw_service_node *find(const struct tw_services *services, const struct tw_conn_name *name)
{
	struct key key = { .addr = name->resp_addr, .port = name->resp_port };
	struct tw_service_node *node;

	HASH_FIND(hh, services->table, &key, sizeof(key), node);
	return node;
}

static struct tw_service_node *add(struct tw_services *services, const struct tw_conn_name *name)
{
	struct tw_service_node *node = calloc(1, sizeof(*node));

	if (!node)
		return NULL;
	node->key = (struct key){ .addr = name->resp_addr, .port = name->resp_port };
	HASH_ADD(hh, services->table, key, sizeof(node->key), node);
	if (node->hh.tbl)
		return node;
	free(node);
	return NULL;
}

bool tw_services_opened(struct tw_services *services, const struct tw_conn_name *name)
{
	struct tw_service_node *node = find(services, name);

	if (!node)
		node = add(services, name);
	if (node)
		node->open++;
	return node;
}

void tw_services_closed(struct tw_services *services, const struct tw_conn_name *name)
{
	struct tw_service_node *node = find(services, name);

	if (!node || --node->open)
		return;
	HASH_DEL(services->table, node);
	free(node);
}

uint32_t tw_services_open(const struct tw_services *services, const struct tw_conn_name *name)
{
	const struct tw_service_node *node = find(services, name);

	return node ? node->open : 0;
}
