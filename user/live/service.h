/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the service manager is told (sd_notify). Without one, all of this does nothing.
 */
#ifndef TCPWHY_USER_SERVICE_H
#define TCPWHY_USER_SERVICE_H

#include <stdint.h>

/* It runs now: attached, or done with reloading. */
void tw_service_ready(void);

/* One line for `systemctl status`, in printf's way. */
void tw_service_status(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * The loop turns: a sign of life when half of the watchdog's time is over. Cheap when it is not;
 * @now_ns is CLOCK_MONOTONIC.
 */
void tw_service_alive(uint64_t now_ns);

/* Between tw_service_reloading() and tw_service_ready() the manager knows that it reads its files anew. */
void tw_service_reloading(uint64_t now_ns);

void tw_service_stopping(void);

#endif
