// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* tcpwhy doctor: facts of host and interfaces → findings → table or JSON. Attaches nothing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "doctor/doctor.h"
#include "options/options.h"

#define IFACES_MAX 64

struct doctor_options {
	const char *iface[IFACES_MAX];
	unsigned int n;
	enum tw_ingress ingress;
	bool json;
};

static int take_iface(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	struct doctor_options *o = options;

	if (o->n == IFACES_MAX)
		return tw_reason(reason, -E2BIG, "-i: more than %d interfaces", IFACES_MAX);
	o->iface[o->n++] = value;
	return 0;
}

static int take_ingress(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	if (tw_ingress_parse(&((struct doctor_options *)options)->ingress, value))
		return tw_option_mistake(option, value, "auto, xdp, xdp-generic or tc", reason);
	return 0;
}

static const struct tw_option options[] = {
	{ NULL, "interface", 'i', "IFACE", NULL, "look at this interface; may be given several times (default: that of the default route)",
	  take_iface, .many = true },
	{ NULL, "ingress", 0, "MODE", NULL, "as `run` would be told: auto (default), xdp, xdp-generic or tc", take_ingress,
	  .at = offsetof(struct doctor_options, ingress) },
	{ NULL, "json", 'j', NULL, NULL, "one JSON object instead of a table",
	  tw_take_set, .at = offsetof(struct doctor_options, json) },
	{ 0 }
};

const struct tw_command tw_command_doctor = {
	.name = "doctor",
	.about = "Tells what attaching to this host would do, and what it would miss: each with its cost and its cure. "
		 "Nothing is attached or changed.",
	.usage = "[OPTION…]",
	.options = options,
	.notes = "Exit status: 0 nothing is missed; 1 something is missed or disturbed (degraded); 2 it cannot run (fatal). "
		 "A wrong command line is 2 as well.\n\n"
		 "JSON: `severity` is the worst of all `findings`; each has `severity` (ok, note, degraded, fatal), `what` and "
		 "`found`, and where they are known `iface`, `cost`, `cure` and `source`.\n\n"
		 "It needs the privileges of `run` to try what the kernel can do; without them it tells what it can read.",
};

static void look_at(struct tw_doctor *d, const char *name, enum tw_ingress ingress, const struct tw_host_facts *host)
{
	static struct tw_iface_facts facts;
	char names[256];
	int err = tw_doctor_read_iface(&facts, name, ingress, !host->probed || host->xdp_frags);

	d->iface = name;
	if (!err) {
		tw_doctor_iface(d, &facts, host);
	} else if (err == -ENODEV) {
		tw_iface_names(names, sizeof(names));
		tw_doctor_cure(tw_doctor_find(d, TW_SEVERITY_FATAL, "interface", "there is none of this name"),
			       "choose one of: %s", names);
	} else {
		tw_doctor_find(d, TW_SEVERITY_FATAL, "interface", "cannot ask the kernel about it: %s", strerror(-err));
	}
}

static void look_at_all(struct tw_doctor *d, struct doctor_options *o, const struct tw_host_facts *host)
{
	char name[IF_NAMESIZE], names[256];

	for (unsigned int i = 0; i < o->n; i++)
		look_at(d, o->iface[i], o->ingress, host);
	if (o->n)
		return;
	if (!tw_iface_default(name)) {
		look_at(d, name, o->ingress, host);
		return;
	}
	tw_iface_names(names, sizeof(names));
	tw_doctor_cure(tw_doctor_find(d, TW_SEVERITY_FATAL, "interface", "there is no default route, and no -i"),
		       "choose an interface with -i, of: %s", names);
}

static int exit_status(enum tw_severity worst)
{
	return worst == TW_SEVERITY_FATAL ? 2 : worst == TW_SEVERITY_DEGRADED ? 1 : 0;
}

int cmd_doctor(int argc, char **argv)
{
	static struct doctor_options o;
	static struct tw_host_facts host;
	struct tw_doctor *d;
	enum tw_parsed parsed = tw_options_parse(&tw_command_doctor, &o, argc, argv, NULL);
	int status;

	if (parsed != TW_PARSED_GO)
		return parsed == TW_PARSED_DONE ? TW_EXIT_OK : TW_EXIT_USAGE;
	d = calloc(1, sizeof(*d));
	if (!d) {
		tw_say("doctor: out of memory");
		return TW_EXIT_FAILED;
	}
	tw_doctor_read_host(&host);
	tw_doctor_host(d, &host);
	look_at_all(d, &o, &host);
	if (o.json)
		tw_doctor_json(d, stdout);
	else
		tw_doctor_table(d, stdout);
	status = exit_status(tw_doctor_worst(d));
	free(d);
	return status;
}
