#include "base/base.h"
#include "flow/number_private.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    SURE_DIGITS = 15, /* so many decimal digits survive a double; 17 always suffice */
    ALL_DIGITS = 17,
    FIRST_EXPONENT = 15, /* from 1E+15 on .NET writes an exponent */
    LAST_PLAIN = -4,     /* 0.0001 has none, 1E-05 has */
    MAX_POINT = 100000,  /* exponents past this are the same infinity or zero */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void drop_trailing_zeros(struct flow_digits *digits)
{
    while (digits->n > 0 && digits->digits[digits->n - 1] == '0')
        digits->n--;
    if (digits->n == 0)
        digits->point = 0;
}

/* Digits around an optional point; *point counts those before it, without leading zeros. */
static bool read_mantissa(struct hg_scan *scan, struct flow_digits *out)
{
    bool any = false;
    bool after_point = false;
    for (; !hg_scan_done(scan); scan->at++) {
        char c = hg_scan_peek(scan);
        if (c == '.' && !after_point) {
            after_point = true;
            continue;
        }
        if (!is_digit(c))
            break;
        any = true;
        bool is_leading = out->n == 0 && c == '0';
        if (!is_leading && out->n < FLOW_MAX_DIGITS)
            out->digits[out->n++] = c;
        if (is_leading && after_point)
            out->point--;
        if (!is_leading && !after_point)
            out->point++;
    }
    return any;
}

bool flow_digits_read(hg_str text, struct flow_digits *out)
{
    struct hg_scan scan = hg_scan_of(text);
    struct flow_digits digits = {0};
    digits.is_negative = hg_scan_byte(&scan, '-');
    if (!digits.is_negative)
        (void)hg_scan_byte(&scan, '+');
    if (!read_mantissa(&scan, &digits))
        return false;
    if (hg_scan_byte(&scan, 'e') || hg_scan_byte(&scan, 'E')) {
        bool is_negative = hg_scan_byte(&scan, '-');
        uint64_t exponent = 0;
        if (!is_negative)
            (void)hg_scan_byte(&scan, '+');
        if (!hg_scan_u64(&scan, MAX_POINT, &exponent))
            return false;
        digits.point += is_negative ? -(int)exponent : (int)exponent;
    }
    if (!hg_scan_done(&scan))
        return false;
    drop_trailing_zeros(&digits);
    *out = digits;
    return true;
}

struct flow_digits flow_digits_shortest(struct hg_arena *arena, double number)
{
    HG_SCRATCH(arena);
    struct flow_digits digits = {0};
    int n = fabs(number) < DBL_MIN ? 1 : SURE_DIGITS;
    for (; n <= ALL_DIGITS; n++) {
        hg_str text = hg_str_format(arena, "%.*e", n - 1, number);
        (void)flow_digits_read(text, &digits);
        if (n == ALL_DIGITS || text.len == 0 || strtod(text.ptr, NULL) == number)
            break;
    }
    return digits;
}

static void add_one(struct flow_digits *digits)
{
    int i = digits->n - 1;
    while (i >= 0 && digits->digits[i] == '9')
        digits->digits[i--] = '0';
    if (i >= 0) {
        digits->digits[i]++;
        return;
    }
    memmove(digits->digits + 1, digits->digits, (size_t)digits->n);
    digits->digits[0] = '1';
    digits->n++;
    digits->point++;
}

void flow_digits_round(struct flow_digits *digits, int places, bool half_to_even)
{
    int keep = digits->point + places;
    if (keep >= digits->n)
        return;
    if (keep < 0) {
        digits->n = 0;
        digits->point = 0;
        return;
    }
    char next = digits->digits[keep];
    bool is_half = next == '5' && keep + 1 == digits->n;
    bool is_odd = keep > 0 && (digits->digits[keep - 1] - '0') % 2 == 1;
    bool up = next >= '5' && !(is_half && half_to_even && !is_odd);
    digits->n = keep;
    if (up)
        add_one(digits);
    drop_trailing_zeros(digits);
}

static void write_zeros(struct hg_buf *buf, int n)
{
    for (int i = 0; i < n; i++)
        hg_buf_byte(buf, '0');
}

static void write_plain(struct hg_buf *buf, const struct flow_digits *digits)
{
    hg_str all = {digits->digits, (size_t)digits->n};
    if (digits->point <= 0) {
        hg_buf_z(buf, "0.");
        write_zeros(buf, -digits->point);
        hg_buf_str(buf, all);
        return;
    }
    hg_buf_str(buf, hg_str_sub(all, 0, (size_t)digits->point));
    write_zeros(buf, digits->point - digits->n);
    if (digits->n > digits->point) {
        hg_buf_byte(buf, '.');
        hg_buf_str(buf, hg_str_from(all, (size_t)digits->point));
    }
}

static void write_scientific(struct hg_buf *buf, const struct flow_digits *digits)
{
    hg_str all = {digits->digits, (size_t)digits->n};
    int exponent = digits->point - 1;
    hg_buf_str(buf, hg_str_sub(all, 0, 1));
    if (digits->n > 1) {
        hg_buf_byte(buf, '.');
        hg_buf_str(buf, hg_str_from(all, 1));
    }
    hg_buf_format(buf, "E%c%02d", exponent < 0 ? '-' : '+', exponent < 0 ? -exponent : exponent);
}

void flow_double_write(struct hg_buf *buf, double number)
{
    if (isnan(number)) {
        hg_buf_z(buf, "NaN");
        return;
    }
    if (isinf(number)) {
        hg_buf_z(buf, number < 0 ? "-Infinity" : "Infinity");
        return;
    }
    struct flow_digits digits = flow_digits_shortest(buf->arena, number);
    if (digits.is_negative)
        hg_buf_byte(buf, '-');
    if (digits.n == 0)
        hg_buf_byte(buf, '0');
    else if (digits.point - 1 < LAST_PLAIN || digits.point - 1 >= FIRST_EXPONENT)
        write_scientific(buf, &digits);
    else
        write_plain(buf, &digits);
}

bool flow_double_read(struct hg_arena *arena, hg_str text, double *out)
{
    struct flow_digits digits;
    if (!flow_digits_read(text, &digits))
        return false;
    HG_SCRATCH(arena);
    *out = strtod(hg_str_z(arena, text), NULL);
    return true;
}
