/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* tcpwhy-events(7) and docs/fields.md, from the tables of names and fields. */
#include <string.h>

#include "base/names.h"
#include "line/fieldtable.h"
#include "manual.h"
#include "tcpwhy/names.h"

struct word {
	const char *word, *meaning;
};

#define X(id, word, meaning) { word, meaning },
static const struct word events[] = { TW_EVENTS(X) { 0 } };
static const struct word causes[] = { TW_CAUSES(X) { 0 } };
static const struct word stages[] = { TW_STAGES(X) { 0 } };
static const struct word suspects[] = { TW_SUSPECTS(X) { 0 } };
static const struct word kinds[] = { TW_KINDS(X) { 0 } };
static const struct word confidences[] = { TW_CONFIDENCES(X) { 0 } };
static const struct word ends[] = { TW_ENDS(X) { 0 } };
static const struct word letters[] = { TW_LETTERS(X) { 0 } };
static const struct word handshake_causes[] = { TW_HANDSHAKE_CAUSES(X) { 0 } };
static const struct word verdicts[] = { TW_VERDICTS(X) { 0 } };
#undef X

struct field {
	const char *name, *unit, *meaning, *ecs, *otel, *zeek;
	int side;
};

#define FIELD(name, unit, meaning, ecs, otel, zeek) { name, unit, meaning, ecs, otel, zeek, 0 },
#define SIDE(name, unit, meaning, ecs, otel, zeek) { name, unit, meaning, ecs, otel, zeek, 1 },
static const struct field fields[] = { TW_FIELDS(FIELD, SIDE) };
#undef FIELD
#undef SIDE

#define N_FIELDS (sizeof(fields) / sizeof(fields[0]))

/* But for words that are never written to a log. */
static void write_words(FILE *out, const char *title, const char *about, const struct word *w)
{
	fprintf(out, ".SH %s\n", title);
	if (about)
		tw_man_text(out, about);
	for (int i = 0; w[i].word; i++) {
		if (!strcmp(w[i].word, "none") || (w == events && !tw_event_is_public(i)))
			continue;
		fprintf(out, ".TP\n\\fB%s\\fR\n", w[i].word);
		tw_man_text(out, w[i].meaning);
	}
}

static void write_fields(FILE *out)
{
	fputs(".SH FIELDS\n", out);
	tw_man_text(out, "What is not known is left out, never null or 0. Seconds have nine decimals. Lists are JSON arrays. Fields "
		    "only ever get added.");
	for (size_t i = 0; i < N_FIELDS; i++) {
		const struct field *f = &fields[i];

		if (f->side)
			fprintf(out, ".TP\n\\fBorig_%s\\fR, \\fBresp_%s\\fR (%s)\n", f->name, f->name, f->unit);
		else
			fprintf(out, ".TP\n\\fB%s\\fR (%s)\n", f->name, f->unit);
		tw_man_text(out, f->meaning);
	}
}

void tw_manual_events(const char *version, FILE *out)
{
	fprintf(out, ".TH TCPWHY\\-EVENTS 7 \"\" \"tcpwhy %s\"\n.ad l\n.SH NAME\n"
		"tcpwhy\\-events \\- what the log of tcpwhy says\n.SH DESCRIPTION\n", version);
	tw_man_text(out, "The log is one JSON object a line. The field `event` says what happened. The originator is who sent the "
		    "first SYN, the responder is the other side.");
	write_words(out, "EVENTS", NULL, events);
	write_fields(out);
	write_words(out, "VERDICTS", "Why a connection went the way it did. The first that holds explains the end; those from "
		    "receiver_stalled on speak of connections that ended well or are open.", verdicts);
	write_words(out, "HANDSHAKE CAUSES", "Of handshake_delayed, the likeliest.", handshake_causes);
	write_words(out, "CAUSES", "Of a RST, the first that fits.", causes);
	write_words(out, "STAGES", NULL, stages);
	write_words(out, "SUSPECTS", "One of them is `low`, two `medium`, three `high`; sender_kept_talking is `medium` alone, and "
		    "`high` with any other.", suspects);
	write_words(out, "KINDS", "Of a retransmission.", kinds);
	write_words(out, "CONFIDENCE", NULL, confidences);
	write_words(out, "ENDS", NULL, ends);
	write_words(out, "HISTORY", "Upper case from the originator, lower case from the responder.", letters);
	fputs(".SH SEE ALSO\n\\fBtcpwhy\\fR(1), \\fBtcpwhy\\-run\\fR(1), \\fBtcpwhy\\-tail\\fR(1)\n", out);
}

static void write_cell(FILE *out, const char *text)
{
	if (*text)
		fprintf(out, " `%s` |", text);
	else
		fputs(" |", out);
}

void tw_manual_fields(FILE *out)
{
	fputs("# Fields of the log, and their names elsewhere\n\n"
	      "For pipelines that keep events under the names of the Elastic Common Schema, OpenTelemetry's semantic conventions or\n"
	      "Zeek's conn.log. A field without a name there keeps its own, below `tcpwhy.`. `event.duration` of ECS is in\n"
	      "nanoseconds, here durations are seconds; ECS says `ingress` and `egress`, OpenTelemetry `receive` and `transmit` for\n"
	      "`in` and `out`; of `orig_` and `resp_` fields the originator's name is shown, the responder's is the same with\n"
	      "`destination.` for `source.` or `resp_` for `orig_`. Made by `make fields` from the table that the manual page has too.\n\n"
	      "| field | unit | meaning | ECS | OpenTelemetry | Zeek |\n| --- | --- | --- | --- | --- | --- |\n", out);
	for (size_t i = 0; i < N_FIELDS; i++) {
		const struct field *f = &fields[i];

		if (f->side)
			fprintf(out, "| `orig_%s`, `resp_%s` | %s | %s |", f->name, f->name, f->unit, f->meaning);
		else
			fprintf(out, "| `%s` | %s | %s |", f->name, f->unit, f->meaning);
		write_cell(out, f->ecs);
		write_cell(out, f->otel);
		write_cell(out, f->zeek);
		fputc('\n', out);
	}
}
