// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the service manager is told, by libsystemd. */
#include "service.h"

#include <stdarg.h>
#include <stdio.h>
#include <systemd/sd-daemon.h>

#include "tcpwhy/port.h"

void tw_service_ready(void)
{
	sd_notify(0, "READY=1");
}

void tw_service_status(const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	sd_notifyf(0, "STATUS=%s", text);
}

/* The manager's time limit; 0: it watches nobody, or not this process. */
static uint64_t limit_ns(void)
{
	uint64_t limit_us;

	return sd_watchdog_enabled(0, &limit_us) > 0 ? limit_us * TW_NS_PER_US : 0;
}

void tw_service_alive(uint64_t now_ns)
{
	static uint64_t due_ns, half_ns;

	if (!due_ns)
		half_ns = limit_ns() / 2;
	if (now_ns < due_ns)
		return;
	due_ns = half_ns ? now_ns + half_ns : UINT64_MAX;
	if (half_ns)
		sd_notify(0, "WATCHDOG=1");
}

void tw_service_reloading(uint64_t now_ns)
{
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%llu", (unsigned long long)(now_ns / TW_NS_PER_US));
}

void tw_service_stopping(void)
{
	sd_notify(0, "STOPPING=1");
}
