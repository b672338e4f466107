// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The command line of `tcpwhy run`. */
#include "run_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "kern.h"

enum {
	OPT_INGRESS = 256,
	OPT_PRINT,
	OPT_COLOUR,
	OPT_MAX_HALF_OPEN,
	OPT_RING,
	OPT_BUDGET,
	OPT_NO_MARKERS,
	OPT_RULES,
	OPT_RULE,
	OPT_LIST_RULES,
};

static const struct option longs[] = {
	{ "interface", required_argument, NULL, 'i' },
	{ "ingress", required_argument, NULL, OPT_INGRESS },
	{ "write", required_argument, NULL, 'w' },
	{ "print", no_argument, NULL, OPT_PRINT },
	{ "color", required_argument, NULL, OPT_COLOUR },
	{ "duration", required_argument, NULL, 'd' },
	{ "max-connections", required_argument, NULL, 'n' },
	{ "max-half-open", required_argument, NULL, OPT_MAX_HALF_OPEN },
	{ "ring", required_argument, NULL, OPT_RING },
	{ "event-budget", required_argument, NULL, OPT_BUDGET },
	{ "no-markers", no_argument, NULL, OPT_NO_MARKERS },
	{ "rules", required_argument, NULL, OPT_RULES },
	{ "rule", required_argument, NULL, OPT_RULE },
	{ "list-rules", no_argument, NULL, OPT_LIST_RULES },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static const char help[] =
	"Attaches to network interfaces, follows every TCP connection, and writes what happens to them as a\n"
	"log: one JSON object a line. Raises alerts in the log and on stderr. Ctrl-C detaches and sums up.\n"
	"\n"
	"Usage: tcpwhy run [OPTION…]\n"
	"\n"
	"What to watch:\n"
	"  -i, --interface IFACE    watch this interface; may be given several times (default: the default\n"
	"                           route's); one that goes away is attached again when it comes back\n"
	"      --ingress HOOK       where to look at what comes in:\n"
	"                             auto         native XDP on network cards where it costs nothing, else tc\n"
	"                             xdp          native XDP, or fail\n"
	"                             xdp-generic  XDP for drivers that have none of their own\n"
	"                             tc           tc, after the kernel has merged packets\n"
	"  -d, --duration SECONDS   stop after so long (default: at Ctrl-C or SIGTERM)\n"
	"\n"
	"What to write:\n"
	"  -w, --write FILE         append the log to FILE, `-` for standard output (default);\n"
	"                           SIGUSR1 opens it anew after rotation\n"
	"      --print              print events as people read them on standard output, instead of the log\n"
	"                           or beside -w FILE\n"
	"      --color WHEN         colour in --print: auto (on a terminal), always, never\n"
	"      --event-budget N     at most N events a second of one kind, connection and side; what is held\n"
	"                           back is counted and told (default 20, 0 = no limit)\n"
	"      --no-markers         do not report pings\n"
	"\n"
	"Alerts:\n"
	"      --rules FILE         read rules' values from FILE\n"
	"      --rule NAME:KEY=VALUE[,…]\n"
	"                           change one rule: threshold, window, key, clear, min, good, hold, or on, off\n"
	"      --list-rules         show the rules with their values, and stop\n"
	"\n"
	"Bounds:\n"
	"  -n, --max-connections N  established connections that are followed, of each of IPv4 and IPv6\n"
	"                           (default 262144): 512 bytes of kernel memory and about 250 of this\n"
	"                           program's each, and 1 KiB more for each in trouble, all taken as they\n"
	"                           come: 128 MiB + 64 MiB of either family when all are used\n"
	"      --max-half-open N    attempts that are followed (default 32768): 504 bytes of kernel memory\n"
	"                           each, taken at once (16 MiB); a flood evicts the oldest of them, and never\n"
	"                           an established connection\n"
	"      --ring MIB           buffer between kernel and log (default 4); a power of 2\n"
	"\n"
	"  -v, --verbose            show what the kernel says when it refuses a program\n"
	"  -h, --help               this text\n"
	"\n"
	"Needs CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON (root has them), and Linux 5.11, 5.18 for XDP. Packets are\n"
	"only looked at: never dropped, changed or delayed. Another XDP or tc program is never replaced.\n";

static int mistake(const char *option, const char *value, const char *accepted)
{
	tw_say("%s %s: accepted is %s", option, value, accepted);
	return -EINVAL;
}

static int parse_number(uint32_t *number, const char *option, const char *value, uint32_t min, uint32_t max)
{
	char accepted[64], *end;
	unsigned long long n;

	errno = 0;
	n = strtoull(value, &end, 10);
	if (*value >= '0' && *value <= '9' && !*end && !errno && n >= min && n <= max) {
		*number = n;
		return 0;
	}
	snprintf(accepted, sizeof(accepted), "a whole number from %u to %u", min, max);
	return mistake(option, value, accepted);
}

static int parse_ring(struct tw_run_options *o, const char *value)
{
	uint32_t mib;

	if (parse_number(&mib, "--ring", value, 1, 1024))
		return -EINVAL;
	if (mib & (mib - 1))
		return mistake("--ring", value, "a power of 2: 1, 2, 4, … 1024");
	o->ring_bytes = mib << 20;
	return 0;
}

static int parse_duration(struct tw_run_options *o, const char *value)
{
	char *end;
	double seconds = strtod(value, &end);

	if (end == value || *end || !(seconds > 0 && seconds <= 1e9))
		return mistake("--duration", value, "seconds above 0, for example 0.5 or 60");
	o->duration_ns = seconds * 1e9;
	return 0;
}

static int parse_colour(struct tw_run_options *o, const char *value)
{
	if (strcmp(value, "auto") && strcmp(value, "always") && strcmp(value, "never"))
		return mistake("--color", value, "auto, always or never");
	o->colour = value;
	return 0;
}

static int add_iface(struct tw_run_options *o, const char *name)
{
	if (o->n_ifaces == TW_WATCH_MAX)
		return mistake("--interface", name, "at most 64 of them");
	o->ifaces[o->n_ifaces++] = name;
	return 0;
}

static int change_rules(struct tw_run_options *o, int opt, const char *value)
{
	char text[512];
	int err = opt == OPT_RULES ? tw_rules_load_file(&o->rules, value, text, sizeof(text)) :
				     tw_rules_set(&o->rules, value, text, sizeof(text));

	if (err)
		tw_say("%s", text);
	return err;
}

/* One option. 0; 1: all was said; -EINVAL: a mistake, said. */
static int take(struct tw_run_options *o, int opt, const char *value)
{
	switch (opt) {
	case 'i':
		return add_iface(o, value);
	case OPT_INGRESS:
		return tw_ingress_parse(&o->ingress, value) ?
			       mistake("--ingress", value, "auto, xdp, xdp-generic or tc") : 0;
	case 'w':
		o->log = strcmp(value, "-") ? value : NULL;
		return 0;
	case OPT_PRINT:
		o->print = true;
		return 0;
	case OPT_COLOUR:
		return parse_colour(o, value);
	case 'd':
		return parse_duration(o, value);
	case 'n':
		return parse_number(&o->max_connections, "--max-connections", value, 16, 1 << 26);
	case OPT_MAX_HALF_OPEN:
		return parse_number(&o->max_half_open, "--max-half-open", value, 16, 1 << 26);
	case OPT_RING:
		return parse_ring(o, value);
	case OPT_BUDGET:
		return parse_number(&o->config.event_budget, "--event-budget", value, 0, 250);
	case OPT_NO_MARKERS:
		o->config.markers = 0;
		return 0;
	case OPT_RULES:
	case OPT_RULE:
		return change_rules(o, opt, value);
	case OPT_LIST_RULES:
		o->list_rules = true;
		return 0;
	case 'v':
		o->verbose = true;
		return 0;
	case 'h':
		fputs(help, stdout);
		return 1;
	default: /* getopt said what is wrong */
		return -EINVAL;
	}
}

enum tw_run_parsed tw_run_options_parse(struct tw_run_options *o, int argc, char **argv)
{
	int opt, err = 0;

	*o = (struct tw_run_options){
		.colour = "auto",
		.max_connections = TW_KERN_CONNECTIONS,
		.max_half_open = TW_KERN_HALF_OPEN,
		.ring_bytes = TW_KERN_RING,
		.config = TW_CONFIG_DEFAULT,
	};
	tw_rules_default(&o->rules);
	argv[0] = "tcpwhy run"; /* for getopt's messages */
	while (!err && (opt = getopt_long(argc, argv, "i:w:d:n:vh", longs, NULL)) != -1)
		err = take(o, opt, optarg);
	if (err == 1)
		return TW_RUN_DONE;
	if (!err && optind < argc) {
		tw_say("run takes no argument '%s'; interfaces are given with -i", argv[optind]);
		err = -EINVAL;
	}
	if (err) {
		fputs("`tcpwhy run --help` lists the options.\n", stderr);
		return TW_RUN_USAGE;
	}
	if (!o->list_rules)
		return TW_RUN_GO;
	tw_rules_print(&o->rules, stdout);
	return TW_RUN_DONE;
}
