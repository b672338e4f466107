/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Offloads of an interface, as ethtool -k shows them. */
#ifndef TCPWHY_USER_ETHTOOL_H
#define TCPWHY_USER_ETHTOOL_H

#include <stdbool.h>
#include <stddef.h>

/* True when @feature (for example "rx-gro-hw") of interface @name is on; false also when it cannot be told. */
bool tw_ethtool_feature(const char *name, const char *feature);

/* The name of its driver; empty when it cannot be told. */
void tw_ethtool_driver(const char *name, char *driver, size_t size);

#endif
