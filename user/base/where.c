/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Conditions on fields: a parser by recursive descent into a small tree, and its evaluation (where.h). */
#include "where.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "linefield.h"

#define DEPTH_MAX 16 /* of parentheses and nots */

struct parser {
	struct tw_where *where;
	const char *at;
	unsigned int depth;
	struct tw_reason *reason;
};

/* ---- words ---- */

static int mistake(struct parser *p, const char *what)
{
	return tw_reason(p->reason, -EINVAL, "%s at \"%.40s\"; write for example: resp_port = 443 and not orig_addr in "
			 "10.0.0.0/8", what, *p->at ? p->at : "the end");
}

static void skip_blanks(struct parser *p)
{
	p->at += strspn(p->at, " \t\n\r");
}

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("_.:/%+-", c));
}

static size_t word_len(const char *at)
{
	size_t len = 0;

	while (is_word_char(at[len]))
		len++;
	return len;
}

/* Takes the word or sign @word when it is next. */
static bool take(struct parser *p, const char *word)
{
	size_t len = strlen(word);

	skip_blanks(p);
	if (strncmp(p->at, word, len) || (isalpha((unsigned char)*word) && is_word_char(p->at[len])))
		return false;
	p->at += len;
	return true;
}

/* Offset of a copy of @len bytes in the words. There is room: no word is longer than its text. */
static short keep(struct parser *p, const char *at, size_t len)
{
	struct tw_where *w = p->where;
	short offset = w->used;

	memcpy(w->words + offset, at, len);
	w->words[offset + len] = '\0';
	w->used += len + 1;
	return offset;
}

/* A word, or text in single quotes (the file has the double ones). Its offset, or -EINVAL. */
static int take_value(struct parser *p)
{
	size_t len;
	short offset;

	skip_blanks(p);
	if (*p->at == '\'') {
		len = strcspn(p->at + 1, "'");
		if (!p->at[len + 1])
			return mistake(p, "a quote is not closed");
		offset = keep(p, p->at + 1, len);
		p->at += len + 2;
		return offset;
	}
	len = word_len(p->at);
	if (!len)
		return mistake(p, "a value is missing");
	offset = keep(p, p->at, len);
	p->at += len;
	return offset;
}

bool tw_where_number(const char *text, double *number)
{
	static const struct {
		const char *suffix;
		double factor;
	} units[] = { { "", 1 }, { "us", 1e-6 }, { "ms", 1e-3 }, { "s", 1 }, { "m", 60 }, { "h", 3600 }, { "%", 0.01 } };
	char *end;
	double value = strtod(text, &end);

	if (end == text || !isfinite(value) || !isdigit((unsigned char)text[strspn(text, "+-.")]))
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (!strcmp(end, units[i].suffix)) {
			*number = value * units[i].factor;
			return true;
		}
	}
	return false;
}

/* ---- grammar ---- */

static int parse_or(struct parser *p);

/* A node's number, or -EINVAL. */
static int add(struct parser *p, struct tw_where_node node)
{
	if (p->where->n == TW_WHERE_NODES)
		return mistake(p, "there are more than 24 parts");
	p->where->node[(int)p->where->n] = node;
	return p->where->n++;
}

static bool read_network(struct tw_prefix *network, const char *text)
{
	struct tw_prefixes one;

	one.n = 0;
	if (tw_prefixes_add(&one, text))
		return false;
	*network = one.list[0];
	return true;
}

static int add_value(struct parser *p, struct tw_where_node node)
{
	int value = take_value(p);

	if (value < 0)
		return value;
	node.value = value;
	node.is_number = tw_where_number(p->where->words + value, &node.number);
	node.is_network = node.op == TW_WHERE_IN && read_network(&node.network, p->where->words + value);
	return add(p, node);
}

/* What `in` is followed by: one value, or some in parentheses, which become a chain. */
static int parse_list(struct parser *p, struct tw_where_node node)
{
	int first, last, next;

	node.right = -1;
	if (!take(p, "("))
		return add_value(p, node);
	first = last = add_value(p, node);
	while (last >= 0 && take(p, ",")) {
		next = add_value(p, node);
		if (next < 0)
			return next;
		p->where->node[last].right = next;
		last = next;
	}
	if (last < 0)
		return last;
	return take(p, ")") ? first : mistake(p, "a list is not closed");
}

static bool is_reserved(const char *word, size_t len)
{
	static const char *const words[] = { "and", "or", "not", "in" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == len && !memcmp(words[i], word, len))
			return true;
	return false;
}

static int parse_field(struct parser *p)
{
	static const char *const ops[] = { "=", "!=", "<", "<=", ">", ">=" };
	static const int order[] = { TW_WHERE_NE, TW_WHERE_LE, TW_WHERE_GE, TW_WHERE_EQ, TW_WHERE_LT, TW_WHERE_GT };
	struct tw_where_node node = { .kind = TW_WHERE_COMPARE };
	size_t len;

	skip_blanks(p);
	len = strspn(p->at, "abcdefghijklmnopqrstuvwxyz0123456789_");
	if (!len || len > 40 || isdigit((unsigned char)*p->at) || is_reserved(p->at, len))
		return mistake(p, "the name of a field is missing");
	node.field = keep(p, p->at, len);
	p->at += len;
	if (take(p, "in")) {
		node.op = TW_WHERE_IN;
		return parse_list(p, node);
	}
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (take(p, ops[order[i]])) {
			node.op = order[i];
			take(p, "="); /* == is = */
			return add_value(p, node);
		}
	}
	node.kind = TW_WHERE_HAS;
	return add(p, node);
}

static int parse_term(struct parser *p)
{
	int inner, ret;

	if (p->depth == DEPTH_MAX)
		return mistake(p, "it is nested too deep");
	p->depth++;
	if (take(p, "not") || take(p, "!")) {
		inner = parse_term(p);
		ret = inner < 0 ? inner : add(p, (struct tw_where_node){ .kind = TW_WHERE_NOT, .left = inner });
	} else if (take(p, "(")) {
		ret = parse_or(p);
		if (ret >= 0 && !take(p, ")"))
			ret = mistake(p, "a parenthesis is not closed");
	} else {
		ret = parse_field(p);
	}
	p->depth--;
	return ret;
}

static int parse_and(struct parser *p)
{
	int left = parse_term(p);

	while (left >= 0 && take(p, "and")) {
		int right = parse_term(p);

		if (right < 0)
			return right;
		left = add(p, (struct tw_where_node){ .kind = TW_WHERE_AND, .left = left, .right = right });
	}
	return left;
}

static int parse_or(struct parser *p)
{
	int left = parse_and(p);

	while (left >= 0 && take(p, "or")) {
		int right = parse_and(p);

		if (right < 0)
			return right;
		left = add(p, (struct tw_where_node){ .kind = TW_WHERE_OR, .left = left, .right = right });
	}
	return left;
}

int tw_where_parse(struct tw_where *where, const char *text, struct tw_reason *reason)
{
	struct parser p = { .where = where, .reason = reason };
	int root;

	memset(where, 0, sizeof(*where));
	if (strlen(text) >= sizeof(where->text))
		return tw_reason(reason, -EINVAL, "longer than %zu characters", sizeof(where->text) - 1);
	strcpy(where->text, text);
	p.at = where->text;
	skip_blanks(&p);
	if (!*p.at) {
		where->text[0] = '\0';
		return 0;
	}
	root = parse_or(&p);
	if (root < 0)
		return root;
	skip_blanks(&p);
	if (*p.at)
		return mistake(&p, "\"and\" or \"or\" is missing");
	where->root = root;
	return 0;
}

/* ---- evaluation ---- */

static bool in_order(int op, int order)
{
	switch (op) {
	case TW_WHERE_EQ:
	case TW_WHERE_IN:
		return order == 0;
	case TW_WHERE_NE:
		return order != 0;
	case TW_WHERE_LT:
		return order < 0;
	case TW_WHERE_LE:
		return order <= 0;
	case TW_WHERE_GT:
		return order > 0;
	default:
		return order >= 0;
	}
}

static bool in_network(const struct tw_prefix *network, const char *text)
{
	struct tw_prefixes one;
	struct tw_prefix address;

	one.n = 1;
	one.list[0] = *network;
	return read_network(&address, text) && tw_prefixes_have(&one, &address.addr);
}

static bool compare_one(const struct tw_where *w, const struct tw_where_node *node, const struct tw_linefield *value)
{
	const char *wanted = w->words + node->value;
	char text[128];
	double number;

	if (node->is_number && tw_linefield_number(value, &number))
		return in_order(node->op, number < node->number ? -1 : number > node->number);
	tw_linefield_text(value, text, sizeof(text));
	if (node->is_network)
		return in_network(&node->network, text);
	return in_order(node->op, strcmp(text, wanted));
}

/* A list: whether any element does; for != whether none is it. */
static bool compare_value(const struct tw_where *w, const struct tw_where_node *node, const struct tw_linefield *value)
{
	struct tw_linefield element = { 0 };
	struct tw_where_node same = *node;

	if (!value->len || *value->at != '[')
		return compare_one(w, node, value);
	if (node->op == TW_WHERE_NE)
		same.op = TW_WHERE_EQ;
	while (tw_linefield_next(value, &element))
		if (compare_one(w, &same, &element))
			return node->op != TW_WHERE_NE;
	return node->op == TW_WHERE_NE;
}

static bool compare(const struct tw_where *w, const struct tw_where_node *node, const char *line)
{
	struct tw_linefield value;

	if (!tw_linefield_find(&value, line, w->words + node->field))
		return false;
	if (node->kind == TW_WHERE_HAS)
		return strncmp(value.at, "false", 5) && strncmp(value.at, "[]", 2);
	if (node->op != TW_WHERE_IN)
		return compare_value(w, node, &value);
	for (;; node = &w->node[(int)node->right]) {
		if (compare_value(w, node, &value))
			return true;
		if (node->right < 0)
			return false;
	}
}

static bool holds(const struct tw_where *w, int i, const char *line)
{
	const struct tw_where_node *node = &w->node[i];

	switch (node->kind) {
	case TW_WHERE_AND:
		return holds(w, node->left, line) && holds(w, node->right, line);
	case TW_WHERE_OR:
		return holds(w, node->left, line) || holds(w, node->right, line);
	case TW_WHERE_NOT:
		return !holds(w, node->left, line);
	default:
		return compare(w, node, line);
	}
}

bool tw_where_takes(const struct tw_where *where, const char *line)
{
	return !where->text[0] || holds(where, where->root, line);
}

void tw_where_fields(const struct tw_where *where, void (*check)(void *ctx, const char *field), void *ctx)
{
	for (int i = 0; i < where->n; i++)
		if (where->node[i].kind == TW_WHERE_HAS || where->node[i].kind == TW_WHERE_COMPARE)
			check(ctx, where->words + where->node[i].field);
}
