// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The list of findings: made, and shown as a table or as JSON. */
#include "doctor.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/json.h"
#include "base/text.h"

#ifndef TW_VERSION
#define TW_VERSION "unknown"
#endif

static const char *const words[_TW_SEVERITY_MAX] = { "ok", "note", "degraded", "fatal" };

const char *tw_severity_word(enum tw_severity severity)
{
	return severity < _TW_SEVERITY_MAX ? words[severity] : "?";
}

struct tw_finding *tw_doctor_find(struct tw_doctor *d, enum tw_severity severity, const char *what, const char *fmt, ...)
{
	static struct tw_finding nowhere; /* a host with so many interfaces: what is left out is counted */
	struct tw_finding *f = d->n < TW_FINDINGS_MAX ? &d->finding[d->n] : &nowhere;
	va_list args;

	if (f == &nowhere)
		d->left_out++;
	else
		d->n++;
	*f = (struct tw_finding){ .severity = severity, .what = what };
	if (d->iface)
		snprintf(f->iface, sizeof(f->iface), "%s", d->iface);
	va_start(args, fmt);
	vsnprintf(f->found, sizeof(f->found), fmt, args);
	va_end(args);
	return f;
}

void tw_doctor_cost(struct tw_finding *finding, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(finding->cost, sizeof(finding->cost), fmt, args);
	va_end(args);
}

void tw_doctor_cure(struct tw_finding *finding, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(finding->cure, sizeof(finding->cure), fmt, args);
	va_end(args);
}

enum tw_severity tw_doctor_worst(const struct tw_doctor *d)
{
	enum tw_severity worst = TW_SEVERITY_OK;

	for (unsigned int i = 0; i < d->n; i++)
		if (d->finding[i].severity > worst)
			worst = d->finding[i].severity;
	return worst;
}

/* --- for people --- */

static void put_line(FILE *out, const char *lead, const char *untrusted)
{
	char clean[1024];
	struct tw_text text = { clean, clean + sizeof(clean) };

	clean[0] = '\0';
	tw_text_clean(&text, untrusted);
	fprintf(out, "%s%s\n", lead, clean);
}

static void put_finding(const struct tw_finding *f, FILE *out)
{
	char lead[64];

	snprintf(lead, sizeof(lead), "  %-9s %-18s ", tw_severity_word(f->severity), f->what);
	put_line(out, lead, f->found);
	if (f->cost[0])
		put_line(out, "                               cost: ", f->cost);
	if (f->cure[0])
		put_line(out, "                               cure: ", f->cure);
	if (f->source)
		put_line(out, "                               source: Linux, ", f->source);
}

static const char *summary(enum tw_severity worst)
{
	switch (worst) {
	case TW_SEVERITY_FATAL:
		return "tcpwhy cannot run here.";
	case TW_SEVERITY_DEGRADED:
		return "tcpwhy runs here, but misses or disturbs something.";
	case TW_SEVERITY_NOTE:
		return "tcpwhy runs here; the notes tell what to keep in mind.";
	default:
		return "tcpwhy runs here, and misses nothing.";
	}
}

void tw_doctor_table(const struct tw_doctor *d, FILE *out)
{
	const char *last = NULL;

	for (unsigned int i = 0; i < d->n; i++) {
		const struct tw_finding *f = &d->finding[i];

		if (!last || strcmp(last, f->iface))
			fprintf(out, "%s%s%s\n", last ? "\n" : "", f->iface[0] ? "Interface " : "Host", f->iface);
		last = f->iface;
		put_finding(f, out);
	}
	if (d->left_out)
		fprintf(out, "\n%u findings more are left out.\n", d->left_out);
	fprintf(out, "\n%s\n", summary(tw_doctor_worst(d)));
}

/* --- for machines --- */

static void put_field(struct tw_json *j, const char *key, const char *text)
{
	tw_json_lit(j, ",\"");
	tw_json_raw(j, key, strlen(key));
	tw_json_lit(j, "\":");
	tw_json_string(j, text);
}

static void json_finding(struct tw_json *j, const struct tw_finding *f)
{
	tw_json_lit(j, "{\"severity\":");
	tw_json_string(j, tw_severity_word(f->severity));
	if (f->iface[0])
		put_field(j, "iface", f->iface);
	put_field(j, "what", f->what);
	put_field(j, "found", f->found);
	if (f->cost[0])
		put_field(j, "cost", f->cost);
	if (f->cure[0])
		put_field(j, "cure", f->cure);
	if (f->source)
		put_field(j, "source", f->source);
	tw_json_lit(j, "}");
}

/* Each finding fits: its texts are bounded, and six bytes a character at most. */
void tw_doctor_json(const struct tw_doctor *d, FILE *out)
{
	static char buf[8192];
	struct tw_json j;

	fprintf(out, "{\"version\":\"" TW_VERSION "\",\"severity\":\"%s\",\"left_out\":%u,\"findings\":[",
		tw_severity_word(tw_doctor_worst(d)), d->left_out);
	for (unsigned int i = 0; i < d->n; i++) {
		tw_json_init(&j, buf, sizeof(buf));
		if (i)
			tw_json_lit(&j, ",");
		json_finding(&j, &d->finding[i]);
		fwrite(buf, 1, j.at - buf, out);
	}
	fputs("]}\n", out);
}
