/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the files that make a line of the log share: logline.c the frame, logevent.c packets, logfinal.c connections. */
#ifndef TCPWHY_USER_LOGJSON_H
#define TCPWHY_USER_LOGJSON_H

#include "base/json.h"
#include "record/record.h"

#define TW_FIELD(j, key) tw_json_lit(j, ",\"" key "\":")
#define TW_NUMBER(j, key, value) do { TW_FIELD(j, key); tw_json_u64(j, value); } while (0)
#define TW_SECONDS(j, key, ns) do { TW_FIELD(j, key); tw_json_seconds(j, ns); } while (0)
#define TW_WORD(j, key, word) do { TW_FIELD(j, key); tw_json_word(j, word); } while (0)
#define TW_STRING(j, key, text) do { TW_FIELD(j, key); tw_json_string(j, text); } while (0)
#define TW_BOOL(j, key, value) do { TW_FIELD(j, key); tw_json_bool(j, value); } while (0)

/* The fields of an event that a packet made, behind those that every event has. */
void tw_log_put_event(struct tw_json *j, const struct tw_event *event);
/* All fields of `connection` behind those that every event has. */
void tw_log_put_final(struct tw_json *j, const struct tw_rec_final *final);

/* pid, comm, cgroup of the ends that are here. */
void tw_log_put_owners(struct tw_json *j, const struct tw_record *record);

/* Each writes nothing when there is nothing to say. */
void tw_log_put_suspect(struct tw_json *j, unsigned int suspect, enum tw_cause cause); /* and `forged` */
void tw_log_put_side(struct tw_json *j, enum tw_side side);
/* The words of the bits of @mask, as a JSON array. */
void tw_log_put_words(struct tw_json *j, uint64_t mask, const char *(*word)(unsigned int bit));

#endif
