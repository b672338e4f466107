/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The subcommands. Each gets its own name as argv[0] and returns the exit status:
 * 0, 1 when something failed, 2 when it was called wrongly or its input is damaged.
 */
#ifndef TCPWHY_USER_CMD_H
#define TCPWHY_USER_CMD_H

enum { TW_EXIT_OK, TW_EXIT_FAILED, TW_EXIT_USAGE };

struct tw_command; /* options.h */
extern const struct tw_command tw_command_run, tw_command_read, tw_command_tail;
extern const struct tw_command tw_command_check_config;
extern const struct tw_command tw_command_explain;
extern const struct tw_command tw_command_compare;
extern const struct tw_command tw_command_doctor;

int cmd_run(int argc, char **argv);
int cmd_read(int argc, char **argv);
int cmd_tail(int argc, char **argv);
int cmd_check_config(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_doctor(int argc, char **argv);

#endif
