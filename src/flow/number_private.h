#pragma once

#include "base/base.h"

/* Doubles as decimal digits. number = 0.d1d2d3… × 10^point, without trailing zeros;
 * zero has no digits. Exact for any double when asked for so many digits. */
enum { FLOW_MAX_DIGITS = 40 };

struct flow_digits {
    char digits[FLOW_MAX_DIGITS + 1]; /* '0'..'9' */
    int n;
    int point;
    bool is_negative;
};

/* The fewest digits that read back as the same double (17 at most). Finite only. */
struct flow_digits flow_digits_shortest(struct hg_arena *arena, double number);

/* Any text of an optional sign, digits, '.', digits, exponent; more digits than
 * FLOW_MAX_DIGITS are cut. False: not of that form. */
bool flow_digits_read(hg_str text, struct flow_digits *out);

/* Cuts to `places` after the point, halves away from zero or to the even neighbour. */
void flow_digits_round(struct flow_digits *digits, int places, bool half_to_even);

/* .NET: 5, -0.5, 1E+15, 5E-324, Infinity, NaN. */
void flow_double_write(struct hg_buf *buf, double number);

bool flow_double_read(struct hg_arena *arena, hg_str text, double *out);
