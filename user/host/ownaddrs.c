// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The addresses of this host, as a sorted list. */
#include "ownaddrs.h"

#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "tcpwhy/key.h"

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct tw_addr));
}

static bool take(struct tw_addr *addr, const struct sockaddr *sa)
{
	if (!sa || (sa->sa_family != AF_INET && sa->sa_family != AF_INET6))
		return false;
	if (sa->sa_family == AF_INET)
		tw_addr_v4(addr, ((const struct sockaddr_in *)sa)->sin_addr.s_addr);
	else
		memcpy(addr, &((const struct sockaddr_in6 *)sa)->sin6_addr, sizeof(*addr));
	return true;
}

int tw_ownaddrs_refresh(struct tw_ownaddrs *own)
{
	struct ifaddrs *all, *a;
	struct tw_addr *list;
	size_t room = 0, n = 0;

	if (getifaddrs(&all))
		return -errno;
	for (a = all; a; a = a->ifa_next)
		room++;
	list = malloc((room + 1) * sizeof(*list));
	for (a = all; list && a; a = a->ifa_next)
		n += take(&list[n], a->ifa_addr);
	freeifaddrs(all);
	if (!list)
		return -ENOMEM;
	qsort(list, n, sizeof(*list), compare);
	free(own->list);
	own->list = list;
	own->n = n;
	return 0;
}

bool tw_ownaddrs_have(const struct tw_ownaddrs *own, const struct tw_addr *addr)
{
	return own->n && bsearch(addr, own->list, own->n, sizeof(*addr), compare);
}

void tw_ownaddrs_release(struct tw_ownaddrs *own)
{
	free(own->list);
	own->list = NULL;
	own->n = 0;
}
