/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The configuration file (conf.h). */
#include "conf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX_BYTES (1u << 20)
#define BYTE_ORDER_MARK "\xef\xbb\xbf" /* some editors begin UTF-8 with it */

static int complain(const char *path, int line, const char *what, const char *why, struct tw_reason *reason)
{
	return tw_reason(reason, -EINVAL, "%s:%d: %s%s%s", path, line, what, *what ? ": " : "", why);
}

int tw_conf_complain(const struct tw_conf *conf, const config_setting_t *setting, const char *what, const char *why,
		     struct tw_reason *reason)
{
	return complain(conf->path, config_setting_source_line(setting), what, why, reason);
}

/* ---- reading ---- */

/* The whole file, NUL-terminated. libconfig's own reader ends the program when @path is a directory. */
static int read_file(const char *path, char **text)
{
	FILE *f = fopen(path, "re");
	int ret = 0;
	size_t n;

	if (!f)
		return -errno;
	*text = malloc(FILE_MAX_BYTES + 1);
	if (!*text) {
		ret = -ENOMEM;
		goto out;
	}
	n = fread(*text, 1, FILE_MAX_BYTES + 1, f);
	if (ferror(f))
		ret = -errno;
	else if (n > FILE_MAX_BYTES)
		ret = -EFBIG;
	else if (memchr(*text, '\0', n))
		ret = -EILSEQ;
	else
		(*text)[n] = '\0';
out:
	fclose(f);
	return ret;
}

/* The line of an `@include`, 0: there is none. libconfig would end the program when it names a directory. */
static int line_of_include(const char *text)
{
	for (int line = 1; text; line++) {
		text += strspn(text, " \t\r");
		if (!strncmp(text, "@include", 8))
			return line;
		text = strchr(text, '\n');
		text += text ? 1 : 0;
	}
	return 0;
}

static int parse(struct tw_conf *conf, const char *text, struct tw_reason *reason)
{
	int line = line_of_include(text);

	if (line)
		return complain(conf->path, line, "@include", "is not taken here; rules may be in a file of their own: "
				"rules_file = \"…\";", reason);
	if (config_read_string(&conf->file, text) == CONFIG_TRUE)
		return 0;
	return complain(conf->path, config_error_line(&conf->file), "", config_error_text(&conf->file), reason);
}

int tw_conf_read(struct tw_conf **conf, const char *path, struct tw_reason *reason)
{
	struct tw_conf *c = calloc(1, sizeof(*c));
	char *text = NULL;
	int err;

	if (!c)
		return tw_reason(reason, -ENOMEM, "out of memory");
	c->path = path;
	config_init(&c->file);
	err = read_file(path, &text);
	if (err)
		tw_reason(reason, err, "cannot read %s: %s", path, strerror(-err));
	else
		err = parse(c, text + (strncmp(text, BYTE_ORDER_MARK, 3) ? 0 : 3), reason);
	free(text);
	if (err)
		tw_conf_free(c);
	else
		*conf = c;
	return err;
}

void tw_conf_free(struct tw_conf *conf)
{
	if (!conf)
		return;
	config_destroy(&conf->file);
	free(conf);
}

/* ---- options ---- */

/* A value as it would stand on the command line; NULL: it is of another type than @option takes. */
static const char *text_of(const struct tw_option *option, const config_setting_t *s, char number[32])
{
	enum tw_option_kind kind = tw_option_kind(option);

	switch (config_setting_type(s)) {
	case CONFIG_TYPE_BOOL:
		return kind != TW_OPTION_SWITCH ? NULL : config_setting_get_bool(s) ? "true" : "false";
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		snprintf(number, 32, "%lld", config_setting_get_int64(s));
		return kind == TW_OPTION_NUMBER ? number : NULL;
	case CONFIG_TYPE_FLOAT:
		snprintf(number, 32, "%.15g", config_setting_get_float(s));
		return kind == TW_OPTION_NUMBER ? number : NULL;
	case CONFIG_TYPE_STRING:
		return kind == TW_OPTION_TEXT ? config_setting_get_string(s) : NULL;
	default:
		return NULL;
	}
}

/* What the parser said, without the dashes of the command line. */
static int complain_value(const struct tw_conf *conf, const config_setting_t *s, const struct tw_option *option,
			  struct tw_reason *reason)
{
	size_t name = strlen(option->name);
	struct tw_reason said = *reason;
	const char *why = said.text;

	if (!strncmp(why, "--", 2) && !strncmp(why + 2, option->name, name))
		why += 2 + name + strspn(why + 2 + name, " :");
	return tw_conf_complain(conf, s, option->key, why, reason);
}

static int take_value(const struct tw_conf *conf, const config_setting_t *s, const struct tw_option *option,
		      void *options, struct tw_reason *reason)
{
	static const char *const types[] = { "must be true or false", "must be a number", "must be text in quotes" };
	char number[32];
	const char *text = text_of(option, s, number);

	if (!text)
		return tw_conf_complain(conf, s, option->key, types[tw_option_kind(option)], reason);
	if (option->parse(options, option, text, reason))
		return complain_value(conf, s, option, reason);
	return 0;
}

static int take_setting(const struct tw_conf *conf, const config_setting_t *s, const struct tw_option *option,
			void *options, struct tw_reason *reason)
{
	int err = 0;

	if (!option->many || !config_setting_is_aggregate(s) || config_setting_is_group(s))
		return take_value(conf, s, option, options, reason);
	for (int i = 0; i < config_setting_length(s) && !err; i++)
		err = take_value(conf, config_setting_get_elem(s, i), option, options, reason);
	return err;
}

static int complain_unknown(const struct tw_conf *conf, const config_setting_t *s, const struct tw_command *command,
			    struct tw_reason *reason)
{
	char why[700] = "there is no such key; there are ";

	for (const struct tw_option *o = command->options; o->name; o++)
		if (o->key)
			snprintf(why + strlen(why), sizeof(why) - strlen(why), "%s, ", o->key);
	snprintf(why + strlen(why), sizeof(why) - strlen(why), "actions, rules");
	return tw_conf_complain(conf, s, config_setting_name(s), why, reason);
}

int tw_conf_take(const struct tw_conf *conf, const struct tw_command *command, const struct tw_given_list *given,
		 void *options, struct tw_reason *reason)
{
	const config_setting_t *root = config_root_setting(&conf->file);
	int err = 0;

	for (int i = 0; i < config_setting_length(root) && !err; i++) {
		const config_setting_t *s = config_setting_get_elem(root, i);
		const struct tw_option *option = tw_options_find_key(command, config_setting_name(s));

		if (!strcmp(config_setting_name(s), "rules") || !strcmp(config_setting_name(s), "actions"))
			continue;
		if (!option)
			err = complain_unknown(conf, s, command, reason);
		else if (!tw_options_given(given, option))
			err = take_setting(conf, s, option, options, reason);
	}
	return err;
}
