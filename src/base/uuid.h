#pragma once

#include "base/arena.h"
#include "base/random.h"
#include "base/str.h"
#include "base/time.h"

#include <stdbool.h>

/* Object ids are UUIDs in text, 36 characters, lower case (RFC 9562 §4). */
enum { HG_UUID_LEN = 36 };

bool hg_uuid_valid(hg_str text); /* either case */
hg_str hg_uuid_v4(struct hg_arena *arena, const struct hg_random *random);
/* Begins with the time, so that rows of such ids are stored one behind the other. */
hg_str hg_uuid_v7(struct hg_arena *arena, const struct hg_random *random, hg_time now);
hg_str hg_uuid_text(struct hg_arena *arena, const unsigned char bytes[16]); /* as they are */
