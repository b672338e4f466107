// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The command line of `tcpwhy run`. */
#include "run_options.h"

#include <errno.h>
#include <string.h>

#include "kern.h"
#include "rules_option.h"

static int take_iface(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	struct tw_run_options *o = options;

	if (o->n_ifaces == TW_WATCH_MAX)
		return tw_option_mistake(option, value, "at most 64 of them", reason);
	o->ifaces[o->n_ifaces++] = value;
	return 0;
}

static int take_ingress(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	struct tw_run_options *o = options;

	return tw_ingress_parse(&o->ingress, value) ?
		       tw_option_mistake(option, value, "auto, xdp, xdp-generic or tc", reason) : 0;
}

static int take_ring(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	struct tw_run_options *o = options;

	if (tw_take_u32(o, option, value, reason))
		return -EINVAL;
	if (o->ring_mib & (o->ring_mib - 1))
		return tw_option_mistake(option, value, "a power of 2: 1, 2, 4, … 1024", reason);
	return 0;
}

#define AT(field) .at = offsetof(struct tw_run_options, field)

static const struct tw_option options[] = {
	{ "What to watch", "interface", 'i', "IFACE", "interface",
	  "watch this interface; may be given several times (default: the default route's); one that goes away is "
	  "attached again when it comes back", take_iface, AT(ifaces), .many = true },
	{ NULL, "ingress", 0, "HOOK", "ingress",
	  "where to look at what comes in:\n"
	  "  auto         native XDP on network cards where it costs nothing, else tc\n"
	  "  xdp          native XDP, or fail\n"
	  "  xdp-generic  XDP for drivers that have none of their own\n"
	  "  tc           tc, after the kernel has merged packets", take_ingress, AT(ingress) },
	{ NULL, "duration", 'd', "SECONDS", "duration", "stop after so long (default: at Ctrl-C or SIGTERM)",
	  tw_take_seconds, AT(duration_ns) },

	{ "What to write", "write", 'w', "FILE", "write",
	  "append the log to FILE, `-` for standard output (default); SIGUSR1 opens it anew after rotation",
	  tw_take_file, AT(log) },
	{ NULL, "print", 0, NULL, "print",
	  "print events as people read them on standard output, instead of the log or beside -w FILE",
	  tw_take_set, AT(print) },
	{ NULL, "color", 0, "WHEN", "color", "colour in --print: auto (on a terminal), always, never",
	  tw_take_word, AT(colour), .words = "auto, always or never" },
	{ NULL, "event-budget", 0, "N", "event_budget",
	  "at most N events a second of one kind, connection and side; what is held back is counted and told "
	  "(default 20, 0 = no limit)", tw_take_u32, AT(config.event_budget), .most = 250 },
	{ NULL, "no-markers", 0, NULL, "no_markers", "do not report pings", tw_take_set, AT(no_markers) },

	{ "Alerts", "rules", 0, "FILE", NULL, "read rules' values from FILE", tw_take_rules, AT(rules) },
	{ NULL, "rule", 0, "NAME:KEY=VALUE[,…]", NULL,
	  "change one rule: threshold, window, key, clear, min, good, hold, or on, off", tw_take_rule, AT(rules),
	  .many = true },
	{ NULL, "list-rules", 0, NULL, NULL, "show the rules with their values, and stop", tw_take_set,
	  AT(list_rules) },

	{ "Bounds", "max-connections", 'n', "N", "max_connections",
	  "established connections that are followed, of each of IPv4 and IPv6 (default 262144): 512 bytes of "
	  "kernel memory and about 250 of this program's each, and 1 KiB more for each in trouble, all taken as "
	  "they come: 128 MiB + 64 MiB of either family when all are used",
	  tw_take_u32, AT(max_connections), 16, 1 << 26 },
	{ NULL, "max-half-open", 0, "N", "max_half_open",
	  "attempts that are followed (default 32768): 504 bytes of kernel memory each, taken at once (16 MiB); a "
	  "flood evicts the oldest of them, and never an established connection",
	  tw_take_u32, AT(max_half_open), 16, 1 << 26 },
	{ NULL, "ring", 0, "MIB", "ring", "buffer between kernel and log (default 4); a power of 2", take_ring,
	  AT(ring_mib), 1, 1024 },

	{ "Privileges, given up when it has attached, but for those that attaching again needs", "user", 0, "NAME",
	  "user", "become this user, when started as root (default: tcpwhy, if there is such a user; root: stay root, "
	  "without root's capabilities)", tw_take_text, AT(user) },
	{ NULL, "no-seccomp", 0, NULL, "no_seccomp", "go without the filter of system calls", tw_take_set,
	  AT(no_seccomp) },

	{ "", "verbose", 'v', NULL, "verbose", "show what the kernel says when it refuses a program", tw_take_set,
	  AT(verbose) },
	{ 0 },
};

const struct tw_command tw_command_run = {
	.name = "run",
	.about = "Attaches to network interfaces, follows every TCP connection, and writes what happens to them as a "
		 "log: one JSON object a line. Raises alerts in the log and on stderr. Ctrl-C detaches and sums up.",
	.usage = "[OPTION…]",
	.options = options,
	.notes = "Needs CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON (root has them), and Linux 5.11, 5.18 for XDP. Packets "
		 "are only looked at: never dropped, changed or delayed. Another XDP or tc program is never replaced.",
};

enum tw_parsed tw_run_options_parse(struct tw_run_options *o, int argc, char **argv)
{
	enum tw_parsed parsed;

	*o = (struct tw_run_options){
		.colour = "auto",
		.max_connections = TW_KERN_CONNECTIONS,
		.max_half_open = TW_KERN_HALF_OPEN,
		.ring_mib = TW_KERN_RING >> 20,
		.config = TW_CONFIG_DEFAULT,
	};
	tw_rules_default(&o->rules);
	parsed = tw_options_parse(&tw_command_run, o, argc, argv, NULL);
	o->config.markers = !o->no_markers;
	if (parsed != TW_PARSED_GO || !o->list_rules)
		return parsed;
	tw_rules_print(&o->rules, stdout);
	return TW_PARSED_DONE;
}
