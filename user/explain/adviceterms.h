/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Short words for the tables of advice. */
#ifndef TCPWHY_USER_ADVICETERMS_H
#define TCPWHY_USER_ADVICETERMS_H

#include "advice.h"

#define NEXT TW_ADVICE_NEXT
#define MEANS TW_ADVICE_MEANS
#define CHECK TW_ADVICE_CHECK

#define ANY TW_AT_ANY
#define WHO TW_AT_WHO
#define WHOM TW_AT_WHOM
#define AWAY_WHO (TW_AT_WHOM | TW_AT_BETWEEN)  /* not on the host of {who} */
#define AWAY_WHOM (TW_AT_WHO | TW_AT_BETWEEN)

#endif
