// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Placeholder. */
typedef int tw_conn_hold_is_to_come;
