/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The names of the log's fields: what a rule may ask for. */
#ifndef TCPWHY_USER_FIELDNAME_H
#define TCPWHY_USER_FIELDNAME_H

#include <stdbool.h>

/* Its unit ("seconds", "number", "word", …); NULL: there is no field of this name. */
const char *tw_field_unit(const char *name);

/* Whether it can be added up, or be a quantile. */
bool tw_field_is_number(const char *name);

#endif
