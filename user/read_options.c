// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The command line of `tcpwhy read`. */
#include "read_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reason.h"

#define CONNECTIONS (1u << 20)
#define HALF_OPEN (1u << 18)

enum {
	OPT_LOCAL = 256,
	OPT_PRINT,
	OPT_COLOUR,
	OPT_MAX_HALF_OPEN,
	OPT_BUDGET,
	OPT_NO_MARKERS,
	OPT_RULES,
	OPT_RULE,
};

static const struct option longs[] = {
	{ "local", required_argument, NULL, OPT_LOCAL },
	{ "write", required_argument, NULL, 'w' },
	{ "print", no_argument, NULL, OPT_PRINT },
	{ "color", required_argument, NULL, OPT_COLOUR },
	{ "max-connections", required_argument, NULL, 'n' },
	{ "max-half-open", required_argument, NULL, OPT_MAX_HALF_OPEN },
	{ "event-budget", required_argument, NULL, OPT_BUDGET },
	{ "no-markers", no_argument, NULL, OPT_NO_MARKERS },
	{ "rules", required_argument, NULL, OPT_RULES },
	{ "rule", required_argument, NULL, OPT_RULE },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static const char help[] =
	"Reads captures and writes the log that `tcpwhy run` would have written: one JSON object a line.\n"
	"\n"
	"Usage: tcpwhy read [OPTION…] FILE… [EXPRESSION]\n"
	"\n"
	"  FILE         pcap or pcapng, also compressed with gzip or zstd; several are read one after another,\n"
	"               in the order given, as one log. `-` is standard input, read as it comes:\n"
	"                 tcpdump -U -w - | tcpwhy read -\n"
	"  EXPRESSION   only packets that pass this filter, as tcpdump takes it (pcap-filter(7)). It begins\n"
	"               where arguments are no longer names of files. ICMP errors tell why connections fail:\n"
	"               `tcp port 443 or icmp or icmp6` keeps them.\n"
	"\n"
	"What to say:\n"
	"      --local ADDR[/BITS]  this address, or this network, is ours: events say which way packets went\n"
	"                           (`dir` in or out) and which side we are; may be given several times\n"
	"  -w, --write FILE         append the log to FILE, `-` for standard output (default)\n"
	"      --print              print events as people read them on standard output, instead of the log\n"
	"                           or beside -w FILE\n"
	"      --color WHEN         colour in --print: auto (on a terminal), always, never\n"
	"      --event-budget N     at most N events a second of one kind, connection and side; what is held\n"
	"                           back is counted and told (default 0 = no limit)\n"
	"      --no-markers         do not report pings\n"
	"      --rules FILE         read alert rules' values from FILE\n"
	"      --rule NAME:KEY=VALUE[,…]\n"
	"                           change one rule; `tcpwhy run --list-rules` shows them\n"
	"\n"
	"Bounds:\n"
	"  -n, --max-connections N  connections that are followed at the same time, of each of IPv4 and IPv6\n"
	"                           (default 1048576): about 800 bytes each, taken as they come\n"
	"      --max-half-open N    attempts that are followed at the same time (default 262144)\n"
	"\n"
	"  -v, --verbose            sum up on stderr\n"
	"  -h, --help               this text\n"
	"\n"
	"Time is the packets' own. Exit status: 0; 1 when a file could not be opened or the log not written;\n"
	"2 when it was called wrongly, or a file is damaged or cut off: what comes before is in the log.\n";

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

static int parse_colour(struct tw_read_options *o, const char *value)
{
	if (strcmp(value, "auto") && strcmp(value, "always") && strcmp(value, "never"))
		return mistake("--color", value, "auto, always or never");
	o->colour = value;
	return 0;
}

static int add_local(struct tw_read_options *o, const char *value)
{
	int err = tw_prefixes_add(&o->local, value);

	if (err == -ENOSPC)
		return mistake("--local", value, "at most 64 of them");
	return err ? mistake("--local", value, "an address or a network: 192.0.2.7, 10.0.0.0/8, 2001:db8::/32") : 0;
}

static int change_rules(struct tw_read_options *o, int opt, const char *value)
{
	char text[512];
	int err = opt == OPT_RULES ? tw_rules_load_file(&o->rules, value, text, sizeof(text)) :
				     tw_rules_set(&o->rules, value, text, sizeof(text));

	if (err)
		tw_say("%s", text);
	return err;
}

/* One option. 0; 1: all was said; -EINVAL: a mistake, said. */
static int take(struct tw_read_options *o, int opt, const char *value)
{
	switch (opt) {
	case OPT_LOCAL:
		return add_local(o, value);
	case 'w':
		o->log = strcmp(value, "-") ? value : NULL;
		return 0;
	case OPT_PRINT:
		o->print = true;
		return 0;
	case OPT_COLOUR:
		return parse_colour(o, value);
	case 'n':
		return parse_number(&o->max_connections, "--max-connections", value, 1, 1 << 28);
	case OPT_MAX_HALF_OPEN:
		return parse_number(&o->max_half_open, "--max-half-open", value, 1, 1 << 28);
	case OPT_BUDGET:
		return parse_number(&o->config.event_budget, "--event-budget", value, 0, 250);
	case OPT_NO_MARKERS:
		o->config.markers = 0;
		return 0;
	case OPT_RULES:
	case OPT_RULE:
		return change_rules(o, opt, value);
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

/* ---- files and expression ---- */

static bool is_file(const char *name)
{
	return !strcmp(name, "-") || !access(name, F_OK);
}

static char *join(char **words, int n)
{
	size_t len = 1;
	char *text;

	for (int i = 0; i < n; i++)
		len += strlen(words[i]) + 1;
	text = calloc(1, len);
	for (int i = 0; text && i < n; i++) {
		if (i)
			strcat(text, " ");
		strcat(text, words[i]);
	}
	return text;
}

/* The first argument is a file in any case: opening it tells what is wrong with it. */
static int take_arguments(struct tw_read_options *o, int argc, char **argv)
{
	int n = 1;

	if (!argc) {
		tw_say("read: no file is given; `-` is standard input");
		return -EINVAL;
	}
	while (n < argc && is_file(argv[n]))
		n++;
	o->files = argv;
	o->n_files = n;
	if (n == argc)
		return 0;
	o->expression = join(argv + n, argc - n);
	return o->expression ? 0 : -ENOMEM;
}

enum tw_read_parsed tw_read_options_parse(struct tw_read_options *o, int argc, char **argv)
{
	int opt, err = 0;

	*o = (struct tw_read_options){
		.colour = "auto",
		.max_connections = CONNECTIONS,
		.max_half_open = HALF_OPEN,
		.config = TW_CONFIG_DEFAULT,
	};
	o->config.event_budget = o->config.stray_budget = 0; /* who reads a capture wants all of it */
	tw_rules_default(&o->rules);
	argv[0] = "tcpwhy read"; /* for getopt's messages */
	while (!err && (opt = getopt_long(argc, argv, "w:n:vh", longs, NULL)) != -1)
		err = take(o, opt, optarg);
	if (err == 1)
		return TW_READ_DONE;
	if (!err)
		err = take_arguments(o, argc - optind, argv + optind);
	if (!err)
		return TW_READ_GO;
	fputs("`tcpwhy read --help` lists the options.\n", stderr);
	return TW_READ_USAGE;
}
