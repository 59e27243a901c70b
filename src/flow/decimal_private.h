#pragma once

#include "base/base.h"

/* .NET's decimal: an integer of up to 96 bits and a scale of 0 to 28 that is kept
 * ("5.00" is not "5"), rounded half to even. Worked in decimal digits: it is rare,
 * and so it is easy to see that it is right. */
enum { FLOW_DECIMAL_DIGITS = 29, FLOW_DECIMAL_SCALE = 28 };

struct flow_decimal {
    unsigned char digits[FLOW_DECIMAL_DIGITS]; /* 0..9, the most significant first */
    int n;                                     /* without leading zeros; zero has none */
    int scale;
    bool is_negative;
};

/* Each false: the result does not fit. */
bool flow_decimal_read(hg_str text, struct flow_decimal *out); /* also: not a number */
bool flow_decimal_of_double(struct hg_arena *arena, double number, struct flow_decimal *out);
bool flow_decimal_add(const struct flow_decimal *a, const struct flow_decimal *b,
                      struct flow_decimal *out);
bool flow_decimal_mul(const struct flow_decimal *a, const struct flow_decimal *b,
                      struct flow_decimal *out);
/* The divisor is not zero. */
bool flow_decimal_div(const struct flow_decimal *a, const struct flow_decimal *b,
                      struct flow_decimal *out);
bool flow_decimal_rem(const struct flow_decimal *a, const struct flow_decimal *b,
                      struct flow_decimal *out);

struct flow_decimal flow_decimal_negated(struct flow_decimal decimal);
int flow_decimal_compare(struct flow_decimal a, struct flow_decimal b); /* by value */
double flow_decimal_to_double(struct flow_decimal decimal);

/* As a value of the language and back (value_private.h). flow_decimal_of takes
 * integers too. */
struct hg_json flow_decimal_value(struct hg_arena *arena, const struct flow_decimal *decimal);
struct flow_decimal flow_decimal_of(const struct hg_json *value);
