// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Offloads of an interface: the ethtool ioctls, which find a feature's bit by its name. */
#include "ethtool.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int ask(int sock, const char *name, void *request)
{
	struct ifreq ifr = { .ifr_data = request };

	strncpy(ifr.ifr_name, name, IF_NAMESIZE - 1);
	return ioctl(sock, SIOCETHTOOL, &ifr);
}

static uint32_t count_features(int sock, const char *name)
{
	struct {
		struct ethtool_sset_info info;
		uint32_t count;
	} request = { .info = { .cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1ULL << ETH_SS_FEATURES } };

	return ask(sock, name, &request) || !request.info.sset_mask ? 0 : request.count;
}

/* The bit of @feature, or -1. */
static int find_bit(int sock, const char *name, uint32_t count, const char *feature)
{
	struct ethtool_gstrings *strings = calloc(1, sizeof(*strings) + count * ETH_GSTRING_LEN);
	int bit = -1;

	if (!strings)
		return -1;
	strings->cmd = ETHTOOL_GSTRINGS;
	strings->string_set = ETH_SS_FEATURES;
	strings->len = count;
	if (!ask(sock, name, strings))
		for (uint32_t i = 0; i < count && bit < 0; i++)
			if (!strncmp((char *)strings->data + i * ETH_GSTRING_LEN, feature, ETH_GSTRING_LEN))
				bit = i;
	free(strings);
	return bit;
}

static bool is_active(int sock, const char *name, uint32_t count, int bit)
{
	uint32_t blocks = (count + 31) / 32;
	struct ethtool_gfeatures *features;
	bool active = false;

	features = calloc(1, sizeof(*features) + blocks * sizeof(features->features[0]));
	if (!features)
		return false;
	features->cmd = ETHTOOL_GFEATURES;
	features->size = blocks;
	if (!ask(sock, name, features))
		active = features->features[bit / 32].active >> bit % 32 & 1;
	free(features);
	return active;
}

bool tw_ethtool_feature(const char *name, const char *feature)
{
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool active = false;
	uint32_t count;
	int bit;

	if (sock < 0)
		return false;
	count = count_features(sock, name);
	bit = find_bit(sock, name, count, feature);
	if (bit >= 0)
		active = is_active(sock, name, count, bit);
	close(sock);
	return active;
}

void tw_ethtool_driver(const char *name, char *driver, size_t size)
{
	struct ethtool_drvinfo info = { .cmd = ETHTOOL_GDRVINFO };
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (sock < 0 || ask(sock, name, &info))
		info.driver[0] = '\0';
	if (sock >= 0)
		close(sock);
	snprintf(driver, size, "%.*s", (int)sizeof(info.driver), info.driver);
}
