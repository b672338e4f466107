// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The command line of `tcpwhy run`. */
#include "run_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cmd.h"
#include "live/kern.h"
#include "log/log_option.h"
#include "options/conf.h"
#include "recorder/recorder.h"
#include "say_options.h"

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

/* --config is read before all others (take_all). */
static int take_conf_path(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	((struct tw_run_options *)options)->conf_path = value;
	return 0;
}

static int take_rules_path(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	struct tw_run_options *o = options;

	o->rules_path = value;
	return tw_rules_load_file(&o->rules, value, &tw_command_run, reason);
}

static void show_ifaces(struct tw_json *j, const void *options)
{
	const struct tw_run_options *o = options;

	tw_json_lit(j, "[");
	for (unsigned int i = 0; i < o->n_ifaces; i++) {
		if (i)
			tw_json_lit(j, ",");
		tw_json_string(j, o->ifaces[i]);
	}
	tw_json_lit(j, "]");
}

static void show_ingress(struct tw_json *j, const void *options)
{
	tw_json_word(j, tw_ingress_word(((const struct tw_run_options *)options)->ingress));
}

static void show_rules_path(struct tw_json *j, const void *options)
{
	tw_json_string(j, ((const struct tw_run_options *)options)->rules_path);
}

static int take_metrics(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	struct tw_run_options *o = options;

	o->metrics = value;
	return tw_http_parse(&o->metrics_at, value) ?
		       tw_option_mistake(option, value, "PORT (on 127.0.0.1), ADDR:PORT or [ADDR6]:PORT", reason) : 0;
}

static void show_rotate_size(struct tw_json *j, const void *options)
{
	tw_json_u64(j, ((const struct tw_run_options *)options)->rotate.size);
}

static void show_rotate_interval(struct tw_json *j, const void *options)
{
	tw_json_u64(j, ((const struct tw_run_options *)options)->rotate.interval_ns / TW_NS_PER_SEC);
}

static void show_sync(struct tw_json *j, const void *options)
{
	tw_json_word(j, tw_sync_word(((const struct tw_run_options *)options)->rotate.sync));
}

static const char *const journal_words[] = { "none", "trouble", "all" };

static int take_journal(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	for (unsigned int i = TW_JOURNAL_NONE; i <= TW_JOURNAL_ALL; i++) {
		if (strcmp(value, journal_words[i]))
			continue;
		((struct tw_run_options *)options)->journal = i;
		return 0;
	}
	return tw_option_mistake(option, value, "none, trouble or all", reason);
}

static void show_journal(struct tw_json *j, const void *options)
{
	tw_json_word(j, journal_words[((const struct tw_run_options *)options)->journal]);
}

static void show_metrics(struct tw_json *j, const void *options)
{
	tw_json_string(j, ((const struct tw_run_options *)options)->metrics);
}

#define AT(field) .at = offsetof(struct tw_run_options, field)

static const struct tw_option options[] = {
	{ "What to watch", "interface", 'i', "IFACE", "interface",
	  "watch this interface; may be given several times (default: the default route's); one that goes away is "
	  "attached again when it comes back", take_iface, AT(ifaces),
	  .show = show_ifaces, .many = true },
	{ NULL, "ingress", 0, "HOOK", "ingress",
	  "where to look at what comes in:\n"
	  "  auto         native XDP on network cards where it costs nothing, else tc\n"
	  "  xdp          native XDP, or fail\n"
	  "  xdp-generic  XDP for drivers that have none of their own\n"
	  "  tc           tc, after the kernel has merged packets", take_ingress, AT(ingress),
	  .show = show_ingress },
	{ NULL, "no-tracepoints", 0, NULL, "no_tracepoints",
	  "do not ask the kernel for what only it knows: why it dropped a packet or sent a RST, and which process a "
	  "connection is of", tw_take_set, AT(no_tracepoints) },
	{ NULL, "duration", 'd', "SECONDS", "duration", "stop after so long (default: at Ctrl-C or SIGTERM)",
	  tw_take_seconds, AT(duration_ns) },

	{ "What to write", "write", 'w', "FILE", "write",
	  "append the log to FILE, `-` for standard output (default); SIGUSR1 opens it anew after rotation",
	  tw_take_file, AT(log) },
	{ NULL, "rotate-size", 0, "SIZE", "rotate_size",
	  "begin a new file when FILE has SIZE bytes (100M, 2G): the old one is renamed to FILE.TIME, for example "
	  "FILE.20261121T182203.417 (UTC)", tw_take_size, AT(rotate.size), .show = show_rotate_size },
	{ NULL, "rotate-interval", 0, "TIME", "rotate_interval",
	  "begin a new file after so long (3600, 90m, 12h, 1d), counted from midnight UTC", tw_take_span,
	  AT(rotate.interval_ns), .show = show_rotate_interval },
	{ NULL, "keep", 0, "N", "keep", "so many of the old files stay, older ones are deleted (default 10)",
	  tw_take_u32, AT(rotate.keep), 1, 100000 },
	{ NULL, "compress", 0, NULL, "compress", "compress the old files (zstd), to about a tenth", tw_take_set,
	  AT(rotate.compress) },
	{ NULL, "sync", 0, "WHEN", "sync",
	  "when the log is surely on the disk: none (when the kernel likes, usually within 30 s; default), rotate "
	  "(each file when it is closed), second (each second)", tw_take_sync, AT(rotate.sync), .show = show_sync },
	{ NULL, "journal", 0, "WHAT", "journal",
	  "write to the systemd journal, instead of the log on standard output or beside -w FILE, each field as "
	  "TCPWHY_FIELD: trouble (alerts, losses, start and stop, connections that did not go well), all, none", take_journal,
	  AT(journal), .show = show_journal },
	TW_SAY_OPTIONS("20, 0 = no limit"),

	{ "Flight recorder", "capture", 0, "FILE", "capture",
	  "keep the headers of each connection's last packets (128 bytes of each), and write them when something "
	  "happens to it or it ends badly: those that led to it, then those that follow, as pcapng with a comment "
	  "beside each packet. FILE.pcapng stands for a ring of files FILE_00001_20261121175500.pcapng, …; those of "
	  "an earlier run count", tw_take_text, AT(capture) },
	{ NULL, "capture-depth", 0, "N", "capture_depth",
	  "packets before and after an event (default 16), at most four times as many a second of one connection",
	  tw_take_u32, AT(capture_depth), 2, TW_EVIDENCE_DEPTH_MAX },
	{ NULL, "capture-size", 0, "MIB", "capture_size", "of each file (default 16)", tw_take_u32, AT(capture_mib),
	  1, 4096 },
	{ NULL, "capture-files", 0, "N", "capture_files", "how many there may be (default 8); then the oldest goes",
	  tw_take_u32, AT(capture_files), 1, 9999 },
	{ NULL, "capture-memory", 0, "MIB", "capture_memory",
	  "kernel memory for last packets, taken at once (default 32: 9700 connections of 16 packets); those that "
	  "were silent for longest make room. Besides 2 MiB to hand them over, and 16 MiB of this program's for "
	  "packets that wait for a verdict", tw_take_u32, AT(capture_memory_mib), 1, 65536 },

	{ "Alerts", "rules", 0, "FILE", "rules_file", "read rules from FILE", take_rules_path, AT(rules_path),
	  .show = show_rules_path },
	{ NULL, "action", 0, "NAME:KEY=VALUE[,…]", NULL,
	  "something to do for alerts: NAME:type=exec,command=/path/to/program or NAME:type=webhook,url=http://HOST:PORT; "
	  "rules name it: --rule refused:actions=NAME", tw_take_action, AT(rules), .many = true },
	{ NULL, "rule", 0, "NAME:KEY=VALUE[,…]", NULL,
	  "change one rule (threshold, window, key, clear, min, good, hold, where, or on, off) or add one: docs/alerts.md", tw_take_rule, AT(rules),
	  .many = true },
	{ NULL, "list-rules", 0, NULL, NULL, "show the rules with their values, and stop", tw_take_set,
	  AT(list_rules) },

	{ "Monitoring", "metrics", 0, "[ADDR:]PORT", "metrics",
	  "serve numbers for Prometheus at http://ADDR:PORT/metrics, and /healthz (default ADDR: 127.0.0.1; off "
	  "unless asked for): whoever can reach it may read it", take_metrics, AT(metrics),
	  .show = show_metrics },
	{ NULL, "program-stats", 0, NULL, "program_stats",
	  "have the kernel count the CPU time of these programs, for --metrics: it costs every BPF program of the machine "
	  "some 20 ns a run, and needs CAP_SYS_ADMIN", tw_take_set, AT(program_stats) },

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

	{ "", "config", 'c', "FILE", NULL,
	  "read options, by the keys that `tcpwhy help --man run` names, and rules from FILE; what is also on the "
	  "command line is taken from there. SIGHUP reads the rules anew. `tcpwhy check-config FILE` checks one",
	  take_conf_path, AT(conf_path) },
	{ NULL, "verbose", 'v', NULL, "verbose", "show what the kernel says when it refuses a program", tw_take_set,
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

static void set_defaults(struct tw_run_options *o)
{
	*o = (struct tw_run_options){
		.colour = "auto",
		.max_connections = TW_KERN_CONNECTIONS,
		.max_half_open = TW_KERN_HALF_OPEN,
		.ring_mib = TW_KERN_RING >> 20,
		.capture_depth = TW_RECORDER_DEPTH,
		.capture_mib = TW_RECORDER_FILE_MIB,
		.capture_files = TW_RECORDER_FILES,
		.capture_memory_mib = TW_RECORDER_MEMORY_MIB,
		.config = TW_CONFIG_DEFAULT,
		.rotate.keep = TW_ROTATE_KEEP,
	};
	tw_rules_default(&o->rules);
}

/* What would do nothing. A log on standard output in spite of a configuration with rotation is fine: for a look. */
static int check_rotation(const struct tw_run_options *o, struct tw_reason *reason)
{
	bool wanted = o->rotate.size || o->rotate.interval_ns;

	if (wanted && !o->log && !tw_options_value(&o->given, "write"))
		return tw_reason(reason, -EINVAL, "rotation needs the log in a file: -w FILE");
	if (o->rotate.compress && !wanted)
		return tw_reason(reason, -EINVAL, "--compress: there are no old files without --rotate-size or --rotate-interval");
	return 0;
}

/* The file first, then what the command line says besides or instead. */
static int take_all(struct tw_run_options *o, struct tw_reason *reason)
{
	const char *path = tw_options_value(&o->given, "config");
	int err = path ? tw_conf_read(&o->conf, path, reason) : 0;

	if (path && !err)
		err = tw_conf_take(o->conf, &tw_command_run, &o->given, o, reason);
	if (path && !err)
		err = tw_rules_take(&o->rules, o->conf, reason);
	if (!err)
		err = tw_options_take(&o->given, o, reason);
	if (!err)
		err = check_rotation(o, reason);
	o->config.markers = !o->no_markers;
	o->config.capture_depth = o->capture ? o->capture_depth : 0;
	return err;
}

enum tw_parsed tw_run_options_parse(struct tw_run_options *o, int argc, char **argv)
{
	struct tw_reason reason;
	enum tw_parsed parsed;
	int err;

	set_defaults(o);
	parsed = tw_options_read(&o->given, &tw_command_run, argc, argv);
	if (parsed != TW_PARSED_GO)
		return parsed;
	err = take_all(o, &reason);
	if (!err && o->given.rest < argc)
		err = tw_reason(&reason, -EINVAL, "run takes no argument '%s'; interfaces are given with -i",
				argv[o->given.rest]);
	if (err)
		return tw_options_mistake(&tw_command_run, &reason);
	o->may_exec = o->no_seccomp || tw_actions_exec(&o->rules.actions);
	if (!o->list_rules)
		return TW_PARSED_GO;
	tw_rules_print(&o->rules, stdout);
	return TW_PARSED_DONE;
}

int tw_run_options_check(struct tw_run_options *o, const char *path, struct tw_reason *reason)
{
	set_defaults(o);
	o->given.list[0] = (struct tw_given){ tw_options_find(&tw_command_run, "config"), path };
	o->given.n = 1;
	return take_all(o, reason);
}

/* Whether anything but rules differs. */
static bool differ(const struct tw_run_options *a, const struct tw_run_options *b)
{
	char text[2][4096] = { "", "" };
	const struct tw_run_options *o[2] = { a, b };

	for (int i = 0; i < 2; i++) {
		struct tw_json j;

		tw_json_init(&j, text[i], sizeof(text[i]) - 1);
		tw_options_show(&j, &tw_command_run, o[i]);
	}
	return memcmp(text[0], text[1], sizeof(text[0]));
}

int tw_run_options_reload(struct tw_run_options *o, bool *other, struct tw_reason *reason)
{
	struct tw_run_options *fresh = malloc(sizeof(*fresh));
	int err;

	if (!fresh)
		return tw_reason(reason, -ENOMEM, "out of memory");
	set_defaults(fresh);
	fresh->given = o->given;
	err = take_all(fresh, reason);
	if (!err && tw_actions_exec(&fresh->rules.actions) && !o->may_exec)
		err = tw_reason(reason, -EPERM, "an action that starts a program needs a new start: this process has given up "
				"the system calls for it");
	if (!err) {
		*other = differ(o, fresh);
		o->rules = fresh->rules;
	}
	tw_run_options_release(fresh);
	free(fresh);
	return err;
}

void tw_run_options_release(struct tw_run_options *o)
{
	tw_conf_free(o->conf);
	o->conf = NULL;
}

static size_t show(const struct tw_run_options *o, char *buf, size_t size, bool rules)
{
	struct tw_json j;

	tw_json_init(&j, buf, size - 1);
	tw_json_lit(&j, "{");
	if (o->conf_path) {
		tw_json_lit(&j, "\"file\":");
		tw_json_string(&j, o->conf_path);
		tw_json_lit(&j, ",");
	}
	tw_options_show(&j, &tw_command_run, o);
	tw_json_lit(&j, ",\"actions\":");
	tw_actions_show(&j, &o->rules.actions);
	tw_json_lit(&j, ",\"rules\":");
	if (rules)
		tw_rules_show(&j, &o->rules);
	else
		tw_json_lit(&j, "\"too long to be shown\"");
	tw_json_lit(&j, "}");
	*j.at = '\0';
	return j.full ? 0 : j.at - buf;
}

size_t tw_run_options_show(const struct tw_run_options *o, char *buf, size_t size)
{
	size_t len = show(o, buf, size, true);

	return len ? len : show(o, buf, size, false);
}
