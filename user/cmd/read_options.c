// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The command line of `tcpwhy read`. */
#include "read_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "say_options.h"

#define CONNECTIONS (1u << 20)
#define HALF_OPEN (1u << 18)

static int take_local(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	struct tw_read_options *o = options;
	int err = tw_prefixes_add(&o->local, value);

	if (err == -ENOSPC)
		return tw_option_mistake(option, value, "at most 64 of them", reason);
	return err ? tw_option_mistake(option, value, "an address or a network: 192.0.2.7, 10.0.0.0/8, 2001:db8::/32",
				       reason) : 0;
}

/* The file may be the one that `run` is configured with. */
static int take_rules(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	return tw_rules_load_file(&((struct tw_read_options *)options)->rules, value, &tw_command_run, reason);
}

#define AT(field) .at = offsetof(struct tw_read_options, field)

static const struct tw_option options[] = {
	{ "What to say", "local", 0, "ADDR[/BITS]", "local",
	  "this address, or this network, is ours: events say which way packets went (`dir` in or out) and which side "
	  "we are; may be given several times", take_local, .many = true },
	{ NULL, "write", 'w', "FILE", "write", "append the log to FILE, `-` for standard output (default)",
	  tw_take_file, AT(log) },
	TW_SAY_OPTIONS("0 = no limit"),
	{ NULL, "rules", 0, "FILE", NULL, "read alert rules' values from FILE", take_rules, AT(rules) },
	{ NULL, "rule", 0, "NAME:KEY=VALUE[,…]", NULL, "change one rule; `tcpwhy run --list-rules` shows them",
	  tw_take_rule, AT(rules), .many = true },

	{ NULL, "decap", 0, NULL, "decap",
	  "look inside VXLAN, Geneve, GRE (and ERSPAN, PPTP, Ethernet in it), IP in IP, 6in4, 4in6, MPLS, PPPoE, GTP, L2TP, TZSP, "
	  "Teredo, EtherIP, FabricPath and MAC in MAC, eight layers deep. Addresses and ports are then those of the packets inside; where two "
	  "tunnels have the same at the same time, the first that shows a connection has it, and packets of the other are counted "
	  "(`other_tunnel`), not judged. Without it such packets are counted by what they are in. EXPRESSION looks at the packet "
	  "as it was captured (`vxlan and tcp port 443`)", tw_take_set, AT(decap) },

	{ "Bounds", "max-connections", 'n', "N", "max_connections",
	  "connections that are followed at the same time, of each of IPv4 and IPv6 (default 1048576): about 800 bytes "
	  "each, taken as they come", tw_take_u32, AT(max_connections), 1, 1 << 28 },
	{ NULL, "max-half-open", 0, "N", "max_half_open",
	  "attempts that are followed at the same time (default 262144)", tw_take_u32, AT(max_half_open), 1, 1 << 28 },

	{ "", "verbose", 'v', NULL, "verbose", "sum up on stderr", tw_take_set, AT(verbose) },
	{ 0 },
};

static const struct tw_argument arguments[] = {
	{ "FILE", "pcap or pcapng, also compressed with gzip or zstd; several are read one after another, in the order "
	  "given, as one log. `-` is standard input, read as it comes:\n  tcpdump -U -w - | tcpwhy read -" },
	{ "EXPRESSION", "only packets that pass this filter, as tcpdump takes it (pcap-filter(7)). It begins where "
	  "arguments are no longer names of files. ICMP errors tell why connections fail: `tcp port 443 or icmp or "
	  "icmp6` keeps them." },
	{ 0 },
};

const struct tw_command tw_command_read = {
	.name = "read",
	.about = "Reads captures and writes the log that `tcpwhy run` would have written: one JSON object a line.",
	.usage = "[OPTION…] FILE… [EXPRESSION]",
	.arguments = arguments,
	.options = options,
	.notes = "Time is the packets' own. Exit status: 0; 1 when a file could not be opened or the log not written; "
		 "2 when it was called wrongly, or a file is damaged or cut off: what comes before is in the log.",
};

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
static int take_arguments(struct tw_read_options *o, int argc, char **argv, struct tw_reason *reason)
{
	int n = 1;

	if (!argc)
		return tw_reason(reason, -EINVAL, "read: no file is given; `-` is standard input");
	while (n < argc && is_file(argv[n]))
		n++;
	o->files = argv;
	o->n_files = n;
	if (n == argc)
		return 0;
	o->expression = join(argv + n, argc - n);
	return o->expression ? 0 : tw_reason(reason, -ENOMEM, "out of memory");
}

enum tw_parsed tw_read_options_parse(struct tw_read_options *o, int argc, char **argv)
{
	struct tw_reason reason;
	enum tw_parsed parsed;
	int rest;

	*o = (struct tw_read_options){
		.colour = "auto",
		.max_connections = CONNECTIONS,
		.max_half_open = HALF_OPEN,
		.config = TW_CONFIG_DEFAULT,
	};
	o->config.event_budget = o->config.stray_budget = 0; /* who reads a capture wants all of it */
	tw_rules_default(&o->rules);
	parsed = tw_options_parse(&tw_command_read, o, argc, argv, &rest);
	o->config.markers = !o->no_markers;
	if (parsed == TW_PARSED_GO && take_arguments(o, argc - rest, argv + rest, &reason))
		return tw_options_mistake(&tw_command_read, &reason);
	return parsed;
}
