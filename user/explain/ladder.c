// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * One row a step:
 *
 *   |----------- SYN ----------->|     from the originator
 *   |<-------- SYN-ACK ----------|     from the responder
 *   |             *--- ICMP ---->|     from somebody between
 */
#include "ladder.h"

#include <string.h>

#include "tcpwhy/port.h"

#define INSIDE (TW_LADDER_WIDTH - 2)
#define MIDDLE (INSIDE / 2) /* where the routers are */

/* [from, to) of the inside: a line with the label in its middle. */
static void draw(char *inside, unsigned int from, unsigned int to, const char *label)
{
	unsigned int room = to - from, len = TW_MIN((unsigned int)strlen(label), room > 4 ? room - 4 : 0);
	unsigned int at = from + (room - len) / 2;

	memset(inside + from, '-', room);
	if (!len)
		return;
	memcpy(inside + at, label, len);
	inside[at - 1] = inside[at + len] = ' ';
}

void tw_ladder_row(char row[TW_LADDER_WIDTH + 1], enum tw_arrow arrow, const char *label)
{
	char *inside = row + 1;

	memset(row, ' ', TW_LADDER_WIDTH);
	row[0] = row[TW_LADDER_WIDTH - 1] = '|';
	row[TW_LADDER_WIDTH] = '\0';
	switch (arrow) {
	case TW_ARROW_RIGHT:
	case TW_ARROW_TO_RIGHT:
		draw(inside, arrow == TW_ARROW_RIGHT ? 0 : MIDDLE, INSIDE - 1, label);
		inside[INSIDE - 1] = '>';
		break;
	case TW_ARROW_LEFT:
	case TW_ARROW_TO_LEFT:
		draw(inside, 1, arrow == TW_ARROW_LEFT ? INSIDE : INSIDE - MIDDLE, label);
		inside[0] = '<';
		break;
	case TW_ARROW_NONE:
		break;
	}
	if (arrow == TW_ARROW_TO_RIGHT)
		inside[MIDDLE] = '*';
	if (arrow == TW_ARROW_TO_LEFT)
		inside[INSIDE - MIDDLE - 1] = '*';
}
