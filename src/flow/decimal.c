#include "base/base.h"
#include "flow/decimal_private.h"
#include "flow/number_private.h"
#include "flow/value_private.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A whole number while it is being worked on: two coefficients of 29 digits, one
 * shifted by 28 places or multiplied with the other, and a carry. */
enum { WIDE = 2 * FLOW_DECIMAL_DIGITS + 2 * FLOW_DECIMAL_SCALE + 8 };

struct wide {
    unsigned char digits[WIDE]; /* the most significant first */
    int n;
};

static void strip_leading_zeros(struct wide *wide)
{
    int zeros = 0;
    while (zeros < wide->n && wide->digits[zeros] == 0)
        zeros++;
    memmove(wide->digits, wide->digits + zeros, (size_t)(wide->n - zeros));
    wide->n -= zeros;
}

static struct wide shifted(const unsigned char *digits, int n, int places)
{
    struct wide wide = {.n = n + places};
    HG_ASSERT(wide.n <= WIDE);
    memcpy(wide.digits, digits, (size_t)n);
    if (n == 0)
        wide.n = 0;
    return wide;
}

static int compare(const struct wide *a, const struct wide *b)
{
    if (a->n != b->n)
        return a->n < b->n ? -1 : 1;
    return memcmp(a->digits, b->digits, (size_t)a->n);
}

static int digit_from_right(const struct wide *wide, int i)
{
    return i < wide->n ? wide->digits[wide->n - 1 - i] : 0;
}

static struct wide sum(const struct wide *a, const struct wide *b)
{
    struct wide out = {.n = (a->n > b->n ? a->n : b->n) + 1};
    int carry = 0;
    for (int i = 0; i < out.n; i++) {
        int digit = digit_from_right(a, i) + digit_from_right(b, i) + carry;
        out.digits[out.n - 1 - i] = (unsigned char)(digit % 10);
        carry = digit / 10;
    }
    strip_leading_zeros(&out);
    return out;
}

/* a is not smaller than b. */
static struct wide difference(const struct wide *a, const struct wide *b)
{
    struct wide out = {.n = a->n};
    int borrow = 0;
    for (int i = 0; i < out.n; i++) {
        int digit = digit_from_right(a, i) - digit_from_right(b, i) - borrow;
        borrow = digit < 0;
        out.digits[out.n - 1 - i] = (unsigned char)(digit + (borrow ? 10 : 0));
    }
    strip_leading_zeros(&out);
    return out;
}

static void append_digit(struct wide *wide, unsigned char digit)
{
    if (wide->n == 0 && digit == 0)
        return;
    HG_ASSERT(wide->n < WIDE);
    wide->digits[wide->n++] = digit;
}

/* Long division, one digit of the quotient at a time. */
static struct wide quotient(const struct wide *a, const struct wide *b, struct wide *rest)
{
    struct wide out = {.n = 0};
    struct wide current = {.n = 0};
    for (int i = 0; i < a->n; i++) {
        append_digit(&current, a->digits[i]);
        unsigned char digit = 0;
        while (compare(&current, b) >= 0) {
            current = difference(&current, b);
            digit++;
        }
        append_digit(&out, digit);
    }
    *rest = current;
    return out;
}

static bool fits(const struct wide *wide)
{
    static const struct wide most = {
        {7, 9, 2, 2, 8, 1, 6, 2, 5, 1, 4, 2, 6, 4, 3, 3, 7, 5, 9, 3, 5, 4, 3, 9, 5, 0, 3, 3, 5},
        FLOW_DECIMAL_DIGITS};
    return compare(wide, &most) <= 0;
}

/* Leaves out the last `drop` digits, half to even. `is_sticky`: there were more
 * digits behind, not all zero. */
static struct wide rounded(const struct wide *wide, int drop, bool is_sticky)
{
    static const struct wide one = {{1}, 1};
    if (drop == 0)
        return *wide;
    struct wide out = {.n = 0};
    if (drop > wide->n)
        return out;
    out.n = wide->n - drop;
    memcpy(out.digits, wide->digits, (size_t)out.n);
    for (int i = 0; i < drop - 1; i++)
        is_sticky = is_sticky || digit_from_right(wide, i) != 0;
    int next = digit_from_right(wide, drop - 1);
    bool is_odd = digit_from_right(&out, 0) % 2 == 1;
    bool up = next > 5 || (next == 5 && (is_sticky || is_odd));
    return up ? sum(&out, &one) : out;
}

/* The nearest decimal to wide / 10^scale. */
static bool settle(const struct wide *wide, int scale, bool is_sticky, struct flow_decimal *out)
{
    int drop = scale > FLOW_DECIMAL_SCALE ? scale - FLOW_DECIMAL_SCALE : 0;
    struct wide best = rounded(wide, drop, is_sticky);
    while (!fits(&best)) {
        if (++drop > scale)
            return false;
        best = rounded(wide, drop, is_sticky);
    }
    out->n = best.n;
    out->scale = scale - drop;
    memcpy(out->digits, best.digits, (size_t)best.n);
    return true;
}

/* The coefficient of `decimal` at a scale that is not smaller than its own. */
static struct wide at_scale(const struct flow_decimal *decimal, int scale)
{
    return shifted(decimal->digits, decimal->n, scale - decimal->scale);
}

static int common_scale(const struct flow_decimal *a, const struct flow_decimal *b)
{
    return a->scale > b->scale ? a->scale : b->scale;
}

bool flow_decimal_add(const struct flow_decimal *a, const struct flow_decimal *b,
                      struct flow_decimal *out)
{
    int scale = common_scale(a, b);
    struct wide x = at_scale(a, scale);
    struct wide y = at_scale(b, scale);
    bool x_is_larger = compare(&x, &y) >= 0;
    struct wide result;
    if (a->is_negative == b->is_negative)
        result = sum(&x, &y);
    else
        result = x_is_larger ? difference(&x, &y) : difference(&y, &x);
    struct flow_decimal decimal = {.is_negative = x_is_larger ? a->is_negative : b->is_negative};
    if (!settle(&result, scale, false, &decimal))
        return false;
    *out = decimal;
    return true;
}

bool flow_decimal_mul(const struct flow_decimal *a, const struct flow_decimal *b,
                      struct flow_decimal *out)
{
    struct wide product = {.n = a->n + b->n};
    for (int i = 0; i < b->n; i++) {
        int carry = 0;
        for (int j = 0; j < a->n || carry > 0; j++) {
            int at = product.n - 1 - i - j;
            int digit = j < a->n ? a->digits[a->n - 1 - j] * b->digits[b->n - 1 - i] : 0;
            digit += product.digits[at] + carry;
            product.digits[at] = (unsigned char)(digit % 10);
            carry = digit / 10;
        }
    }
    strip_leading_zeros(&product);
    struct flow_decimal decimal = {.is_negative = a->is_negative != b->is_negative};
    if (!settle(&product, a->scale + b->scale, false, &decimal))
        return false;
    *out = decimal;
    return true;
}

bool flow_decimal_div(const struct flow_decimal *a, const struct flow_decimal *b,
                      struct flow_decimal *out)
{
    int places = FLOW_DECIMAL_DIGITS + 1 + b->n - a->n; /* so that 30 digits come out */
    int least = b->scale - a->scale;
    places = places > least ? places : least;
    places = places > 0 ? places : 0;
    struct wide x = shifted(a->digits, a->n, places);
    struct wide y = shifted(b->digits, b->n, 0);
    struct wide rest;
    struct wide result = quotient(&x, &y, &rest);
    struct flow_decimal decimal = {.is_negative = a->is_negative != b->is_negative};
    if (!settle(&result, a->scale - b->scale + places, rest.n > 0, &decimal))
        return false;
    int keep = least < 0 ? -least : 0; /* zeros behind what the operands had go away */
    while (decimal.scale > keep && decimal.n > 0 && decimal.digits[decimal.n - 1] == 0) {
        decimal.n--;
        decimal.scale--;
    }
    if (decimal.n == 0)
        decimal.scale = keep;
    *out = decimal;
    return true;
}

bool flow_decimal_rem(const struct flow_decimal *a, const struct flow_decimal *b,
                      struct flow_decimal *out)
{
    int scale = common_scale(a, b);
    struct wide x = at_scale(a, scale);
    struct wide y = at_scale(b, scale);
    struct wide rest;
    (void)quotient(&x, &y, &rest);
    struct flow_decimal decimal = {.is_negative = a->is_negative};
    if (!settle(&rest, scale, false, &decimal))
        return false;
    *out = decimal;
    return true;
}

struct flow_decimal flow_decimal_negated(struct flow_decimal decimal)
{
    decimal.is_negative = !decimal.is_negative;
    return decimal;
}

int flow_decimal_compare(struct flow_decimal a, struct flow_decimal b)
{
    int scale = common_scale(&a, &b);
    struct wide x = at_scale(&a, scale);
    struct wide y = at_scale(&b, scale);
    int sign_a = x.n == 0 ? 0 : a.is_negative ? -1 : 1;
    int sign_b = y.n == 0 ? 0 : b.is_negative ? -1 : 1;
    if (sign_a != sign_b)
        return sign_a < sign_b ? -1 : 1;
    return sign_a < 0 ? compare(&y, &x) : compare(&x, &y);
}

/* [-]digits[.digits][e±n], as many places kept as were written. */
bool flow_decimal_read(hg_str text, struct flow_decimal *out)
{
    struct flow_digits digits;
    if (!flow_digits_read(text, &digits))
        return false;
    int places = 0;
    size_t point = hg_str_find_byte(text, '.');
    for (size_t i = point == HG_NPOS ? text.len : point + 1; i < text.len; i++) {
        if (text.ptr[i] == 'e' || text.ptr[i] == 'E')
            break;
        places++;
    }
    places = places < FLOW_DECIMAL_SCALE ? places : FLOW_DECIMAL_SCALE;
    int scale = digits.n - digits.point;
    struct flow_decimal decimal = {.is_negative = digits.is_negative};
    struct wide wide = {.n = 0};
    if (digits.point > FLOW_DECIMAL_DIGITS)
        return false;
    if (digits.point > -FLOW_DECIMAL_SCALE) /* else nothing is left at this scale */
        for (int i = 0; i < digits.n; i++)
            append_digit(&wide, (unsigned char)(digits.digits[i] - '0'));
    for (; wide.n > 0 && scale < places; scale++) /* "5.00" keeps its places */
        append_digit(&wide, 0);
    if (wide.n == 0)
        scale = places;
    if (!settle(&wide, scale, false, &decimal))
        return false;
    *out = decimal;
    return true;
}

bool flow_decimal_of_double(struct hg_arena *arena, double number, struct flow_decimal *out)
{
    HG_SCRATCH(arena);
    struct flow_digits digits;
    if (!isfinite(number) || !flow_digits_read(hg_str_format(arena, "%.14e", number), &digits))
        return false;
    struct hg_buf buf = hg_buf_new(arena, 64);
    hg_buf_z(&buf, digits.is_negative ? "-0." : "0.");
    hg_buf_str(&buf, (hg_str){digits.digits, (size_t)digits.n});
    hg_buf_format(&buf, "e%d", digits.point);
    struct flow_decimal decimal;
    if (!flow_decimal_read(hg_buf_view(&buf), &decimal))
        return false;
    while (decimal.scale > 0 && decimal.n > 0 && decimal.digits[decimal.n - 1] == 0) {
        decimal.n--;
        decimal.scale--;
    }
    *out = decimal;
    return true;
}

/* The digits with their point: at most a sign, 29 digits, "0." and a NUL. */
static hg_str written(const struct flow_decimal *decimal, char room[WIDE])
{
    size_t len = 0;
    int total = decimal->n > decimal->scale ? decimal->n : decimal->scale + 1;
    if (decimal->is_negative && decimal->n > 0)
        room[len++] = '-';
    for (int i = 0; i < total; i++) {
        int at = i - (total - decimal->n);
        if (i == total - decimal->scale)
            room[len++] = '.';
        room[len++] = (char)('0' + (at < 0 ? 0 : decimal->digits[at]));
    }
    room[len] = '\0';
    return (hg_str){room, len};
}

double flow_decimal_to_double(struct flow_decimal decimal)
{
    char room[WIDE];
    return strtod(written(&decimal, room).ptr, NULL);
}

struct hg_json flow_decimal_value(struct hg_arena *arena, const struct flow_decimal *decimal)
{
    char room[WIDE];
    struct hg_json value = hg_json_str(hg_str_dup(arena, written(decimal, room)));
    value.at = FLOW_DECIMAL_AT;
    return value;
}

struct flow_decimal flow_decimal_of(const struct hg_json *value)
{
    struct flow_decimal decimal = {.n = 0};
    if (value->kind == HG_JSON_STRING) {
        (void)flow_decimal_read(value->string, &decimal);
        return decimal;
    }
    HG_ASSERT(value->kind == HG_JSON_INT);
    uint64_t rest = value->integer < 0 ? 0 - (uint64_t)value->integer : (uint64_t)value->integer;
    unsigned char reversed[FLOW_DECIMAL_DIGITS];
    for (; rest > 0; rest /= 10)
        reversed[decimal.n++] = (unsigned char)(rest % 10);
    for (int i = 0; i < decimal.n; i++)
        decimal.digits[i] = reversed[decimal.n - 1 - i];
    decimal.is_negative = value->integer < 0;
    return decimal;
}
