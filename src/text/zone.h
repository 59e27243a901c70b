#pragma once

#include "base/base.h"

/* Time zones by their Windows name ("Central Europe Standard Time") or IANA name
 * ("Europe/Ljubljana"), from the data ICU brings. Case does not count. */
struct text_zone {
    const char *id; /* IANA, in the arena it was found into */
    bool is_utc;
};

/* HG_NOT_FOUND: no zone of that name. */
HG_MUST_USE enum hg_code text_zone_find(struct hg_arena *arena, hg_str name, struct text_zone *out,
                                        struct hg_err *err);

/* What has to be added to UTC, in milliseconds, at an instant given in milliseconds
 * since 1970. */
HG_MUST_USE enum hg_code text_zone_offset(const struct text_zone *zone, int64_t utc_ms,
                                          int64_t *out_ms, struct hg_err *err);

/* The same for a wall-clock time: one that occurs twice is taken as standard time;
 * one that is skipped when the clock goes forward is HG_MALFORMED. */
HG_MUST_USE enum hg_code text_zone_offset_of_wall(const struct text_zone *zone, int64_t wall_ms,
                                                  int64_t *out_ms, struct hg_err *err);
