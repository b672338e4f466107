/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* tcpwhy(1) and tcpwhy.conf(5). */
#include "manual.h"

#include "options/options.h"

static void section(FILE *out, const char *title, const char *text)
{
	fprintf(out, ".SH %s\n", title);
	tw_man_text(out, text);
}

void tw_manual_program(const struct tw_manual_command *commands, const char *version, FILE *out)
{
	fprintf(out, ".TH TCPWHY 1 \"\" \"tcpwhy %s\"\n.ad l\n.SH NAME\n"
		"tcpwhy \\- tells why TCP connections fail, stall or slow down\n"
		".SH SYNOPSIS\n\\fBtcpwhy\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR…]\n", version);
	section(out, "DESCRIPTION",
		"Attaches to network interfaces, follows every TCP connection inside the kernel, and writes one line when "
		"something happens, with the reason; at the end of each connection a verdict. It never drops, changes or "
		"delays a packet. The same rules read captures.");
	fputs(".SH COMMANDS\n", out);
	for (; commands->name; commands++) {
		fputs(".TP\n\\fBtcpwhy\\-", out);
		for (const char *c = commands->name; *c; c++)
			fprintf(out, *c == '-' ? "\\-" : "%c", *c);
		fputs("\\fR(1)\n", out);
		tw_man_text(out, commands->summary);
	}
	section(out, "EXIT STATUS",
		"0; 1 when something failed; 2 when it was called wrongly or its input is damaged. Some commands say more.");
	fputs(".SH FILES\n.TP\n\\fI/etc/tcpwhy/tcpwhy.conf\\fR\n", out);
	tw_man_text(out, "Configuration of the service, tcpwhy.conf(5).");
	fputs(".TP\n\\fI/etc/tcpwhy/rules.conf\\fR\n", out);
	tw_man_text(out, "The alert rules with their values, and why they are so.");
	fputs(".TP\n\\fI/var/log/tcpwhy/events.ndjson\\fR\n", out);
	tw_man_text(out, "The log: one JSON object a line, tcpwhy-events(7).");
	fputs(".SH SEE ALSO\n\\fBtcpwhy\\-events\\fR(7), \\fBtcpwhy.conf\\fR(5)\n", out);
}

static void write_key(FILE *out, const struct tw_option *o)
{
	fprintf(out, ".TP\n\\fB%s\\fR = \\fI%s\\fR\n", o->key, o->argument ? o->argument : "true|false");
	tw_man_text(out, o->help);
	if (o->many)
		tw_man_text(out, "\nSeveral as a list: [ \"…\", \"…\" ].");
}

void tw_manual_conf(const struct tw_command *run, const char *version, FILE *out)
{
	fprintf(out, ".TH TCPWHY.CONF 5 \"\" \"tcpwhy %s\"\n.ad l\n.SH NAME\n"
		"tcpwhy.conf \\- configuration of tcpwhy run\n.SH SYNOPSIS\n\\fI/etc/tcpwhy/tcpwhy.conf\\fR\n", version);
	section(out, "DESCRIPTION",
		"`tcpwhy run --config FILE` reads it, and so does the service. Each key is an option of the command line, which "
		"goes before what is here; what is left out has its default. `key = value;`, text in quotes, numbers and "
		"`true` or `false` without; # begins a comment. A key that is not known is an error, told with its line. "
		"`tcpwhy check-config FILE` checks one. SIGHUP (`systemctl reload tcpwhy`) reads the rules anew at once; all "
		"else takes effect at the next start.");
	fputs(".SH KEYS\n", out);
	for (const struct tw_option *o = run->options; o->name; o++) {
		if (o->section && *o->section)
			fprintf(out, ".SS %s\n", o->section);
		if (o->key)
			write_key(out, o);
	}
	section(out, "ALERT RULES",
		"`rules: { NAME: { KEY = VALUE; … }; … };` changes rules and adds others. The sample /etc/tcpwhy/rules.conf has "
		"every rule with its values, what each key means, and the reason for each value; `tcpwhy run --list-rules` "
		"shows those in effect. Conditions, own rules and who is told: /usr/share/doc/tcpwhy/alerts.md.");
	fputs(".SH SEE ALSO\n\\fBtcpwhy\\-run\\fR(1), \\fBtcpwhy\\-check\\-config\\fR(1), \\fBtcpwhy\\-events\\fR(7)\n", out);
}
