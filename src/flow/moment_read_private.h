#pragma once

#include "flow/moment_private.h"

/* The pieces of which both readers of dates are made, the free and the exact one. Each
 * takes what it names and advances, or answers false. */
struct flow_moment_reading {
    struct hg_civil civil;
    int64_t fraction; /* ticks */
    int offset_minutes;
    bool has_offset, has_half, is_pm;
};

bool flow_moment_read_number(struct hg_scan *scan, size_t most, unsigned *out, size_t *n_digits);
void flow_moment_read_fraction(struct hg_scan *scan, int64_t *out);
/* The longest of the names that the text begins with; case does not count. */
bool flow_moment_read_name(struct hg_scan *scan, const hg_str *names, size_t n, unsigned *out);
bool flow_moment_read_month(struct hg_scan *scan, const struct text_culture *culture,
                            unsigned *out);
bool flow_moment_read_offset(struct hg_scan *scan, struct flow_moment_reading *reading);
bool flow_moment_read_half(struct hg_scan *scan, const struct text_culture *culture,
                           struct flow_moment_reading *reading);
unsigned flow_moment_whole_year(unsigned year, size_t n_digits); /* 18 is 2018, 50 is 1950 */

bool flow_moment_finish(const struct flow_moment_reading *reading, struct flow_moment *out);
