#include "base/base.h"
#include "flow/number_format_private.h"
#include "flow/number_private.h"
#include "flow/value_private.h"
#include "text/culture.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DEFAULT_PLACES = 2, EXPONENT_PLACES = 6, NOT_GIVEN = -1, GROUP = 3, GENERAL_DIGITS = 15 };

static char letter_of(hg_str format)
{
    char c = format.ptr[0];
    return (char)(c >= 'a' && c <= 'z' ? c - 32 : c);
}

bool flow_number_is_standard(hg_str format)
{
    if (format.len == 0 || format.len > 3)
        return format.len == 0;
    char c = letter_of(format);
    uint64_t digits;
    return c >= 'A' && c <= 'Z' &&
           (format.len == 1 || hg_str_u64(hg_str_from(format, 1), FLOW_MAX_PRECISION, &digits));
}

static void write_zeros(struct hg_buf *buf, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        hg_buf_byte(buf, '0');
}

static struct flow_digits digits_of(struct hg_arena *arena, const struct hg_json *value)
{
    struct flow_digits digits = {0};
    if (value->kind == HG_JSON_DOUBLE)
        return flow_digits_shortest(arena, value->number);
    struct hg_buf buf = hg_buf_new(arena, 64);
    flow_text_write(&buf, value);
    (void)flow_digits_read(hg_buf_view(&buf), &digits);
    return digits;
}

/* [-]whole.fraction with exactly so many places, the point moved right by `shift`. */
struct fixed {
    bool is_negative;
    hg_str whole, fraction;
};

static hg_str fixed_text(struct hg_arena *arena, const struct hg_json *value, int places)
{
    if (value->kind == HG_JSON_DOUBLE) /* exact, and glibc rounds halves to even */
        return hg_str_format(arena, "%.*f", places, value->number);
    struct flow_digits digits = digits_of(arena, value);
    struct hg_buf buf = hg_buf_new(arena, 512);
    flow_digits_round(&digits, places, true);
    if (digits.is_negative && digits.n > 0)
        hg_buf_byte(&buf, '-');
    for (int i = digits.point < 1 ? digits.point - 1 : 0; i < digits.point; i++) {
        if (i >= 0)
            hg_buf_byte(&buf, i < digits.n ? digits.digits[i] : '0');
    }
    if (digits.point < 1)
        hg_buf_byte(&buf, '0');
    hg_buf_byte(&buf, '.');
    for (int i = 0; i < places; i++) {
        int at = digits.point + i;
        hg_buf_byte(&buf, at >= 0 && at < digits.n ? digits.digits[at] : '0');
    }
    return hg_buf_view(&buf);
}

static struct fixed fixed_of(struct hg_arena *arena, const struct hg_json *value, int places,
                             int shift)
{
    struct fixed fixed = {0};
    hg_str text = fixed_text(arena, value, places + shift);
    hg_str whole;
    hg_str fraction;
    if (hg_str_starts(text, HG_STR("-"))) {
        fixed.is_negative = true;
        text = hg_str_from(text, 1);
    }
    (void)hg_str_cut(text, '.', &whole, &fraction);
    if (shift > 0) {
        whole = hg_str_format(arena, "%.*s%.*s", HG_ARG(whole),
                              HG_ARG(hg_str_sub(fraction, 0, (size_t)shift)));
        fraction = hg_str_from(fraction, (size_t)shift);
    }
    while (whole.len > 1 && whole.ptr[0] == '0')
        whole = hg_str_from(whole, 1);
    fixed.whole = whole;
    fixed.fraction = fraction;
    return fixed;
}

static void write_grouped(struct hg_buf *buf, hg_str whole, hg_str separator)
{
    for (size_t i = 0; i < whole.len; i++) {
        if (i > 0 && (whole.len - i) % GROUP == 0)
            hg_buf_str(buf, separator);
        hg_buf_byte(buf, whole.ptr[i]);
    }
}

static void write_fixed(struct hg_buf *buf, const struct fixed *fixed,
                        const struct text_culture *culture, bool grouped)
{
    write_grouped(buf, fixed->whole, grouped ? culture->group : (hg_str){0});
    if (fixed->fraction.len == 0)
        return;
    hg_buf_str(buf, culture->decimal);
    hg_buf_str(buf, fixed->fraction);
}

/* "¤n", "n %" … with the number and the symbol put in; the minus sign stands first. */
static void write_around(struct hg_buf *buf, const struct fixed *fixed, hg_str pattern,
                         const struct text_culture *culture)
{
    static const hg_str sign = HG_LIT("\u00a4");
    if (fixed->is_negative)
        hg_buf_str(buf, culture->minus);
    while (pattern.len > 0) {
        size_t taken = 1;
        if (hg_str_starts(pattern, sign)) {
            hg_buf_str(buf, culture->currency);
            taken = sign.len;
        } else if (pattern.ptr[0] == '%') {
            hg_buf_str(buf, culture->percent);
        } else if (pattern.ptr[0] == 'n') {
            write_fixed(buf, fixed, culture, true);
        } else {
            hg_buf_byte(buf, pattern.ptr[0]);
        }
        pattern = hg_str_from(pattern, taken);
    }
}

static bool write_decimal(struct hg_buf *buf, const struct hg_json *value, int precision,
                          const struct text_culture *culture)
{
    if (value->kind != HG_JSON_INT)
        return false;
    hg_str digits = hg_str_format(buf->arena, "%lld", (long long)value->integer);
    if (value->integer < 0) {
        hg_buf_str(buf, culture->minus);
        digits = hg_str_from(digits, 1);
    }
    write_zeros(buf, precision - (int64_t)digits.len);
    hg_buf_str(buf, digits);
    return true;
}

static bool write_hex(struct hg_buf *buf, const struct hg_json *value, int precision, bool upper)
{
    if (value->kind != HG_JSON_INT)
        return false;
    hg_str digits =
        hg_str_format(buf->arena, upper ? "%llX" : "%llx", (unsigned long long)value->integer);
    write_zeros(buf, precision - (int64_t)digits.len);
    hg_buf_str(buf, digits);
    return true;
}

/* How an exponent is written: 'E' or 'e', at least so many digits. */
struct exponent_form {
    char letter;
    int width;
};

static void write_scientific(struct hg_buf *buf, const struct flow_digits *digits, int places,
                             struct exponent_form form, const struct text_culture *culture)
{
    int exponent = digits->n == 0 ? 0 : digits->point - 1;
    if (digits->is_negative)
        hg_buf_str(buf, culture->minus);
    hg_buf_byte(buf, digits->n > 0 ? digits->digits[0] : '0');
    if (places > 0)
        hg_buf_str(buf, culture->decimal);
    for (int i = 1; i <= places; i++)
        hg_buf_byte(buf, i < digits->n ? digits->digits[i] : '0');
    hg_buf_format(buf, "%c%c%0*d", form.letter, exponent < 0 ? '-' : '+', form.width,
                  exponent < 0 ? -exponent : exponent);
}

static void write_exponent(struct hg_buf *buf, const struct hg_json *value, int places, bool upper,
                           const struct text_culture *culture)
{
    struct flow_digits digits;
    if (value->kind == HG_JSON_DOUBLE && places < FLOW_MAX_DIGITS - 1)
        (void)flow_digits_read(hg_str_format(buf->arena, "%.*e", places, value->number), &digits);
    else
        digits = digits_of(buf->arena, value);
    flow_digits_round(&digits, places + 1 - digits.point, true);
    write_scientific(buf, &digits, places, (struct exponent_form){upper ? 'E' : 'e', 3}, culture);
}

static void write_all_digits(struct hg_buf *buf, const struct flow_digits *digits,
                             const struct text_culture *culture)
{
    if (digits->is_negative)
        hg_buf_str(buf, culture->minus);
    if (digits->point <= 0)
        hg_buf_byte(buf, '0');
    for (int i = 0; i < digits->point; i++)
        hg_buf_byte(buf, i < digits->n ? digits->digits[i] : '0');
    if (digits->n > digits->point)
        hg_buf_str(buf, culture->decimal);
    write_zeros(buf, digits->point < 0 ? -digits->point : 0);
    for (int i = digits->point < 0 ? 0 : digits->point; i < digits->n; i++)
        hg_buf_byte(buf, digits->digits[i]);
}

/* As short as it goes, or so many digits; an exponent where the plain form is longer. */
static void write_general(struct hg_buf *buf, const struct hg_json *value, int precision,
                          bool upper, const struct text_culture *culture)
{
    struct flow_digits digits = digits_of(buf->arena, value);
    bool is_double = value->kind == HG_JSON_DOUBLE;
    int most = precision > 0 ? precision : is_double ? GENERAL_DIGITS : FLOW_MAX_DIGITS;
    if (precision > 0)
        flow_digits_round(&digits, precision - digits.point, true);
    int exponent = digits.point - 1;
    bool is_small = exponent <= -5 && (is_double || precision > 0);
    if (digits.n > 0 && (exponent >= most || is_small)) {
        write_scientific(buf, &digits, digits.n - 1, (struct exponent_form){upper ? 'E' : 'e', 2},
                         culture);
        return;
    }
    write_all_digits(buf, &digits, culture);
}

static bool write_special(struct hg_buf *buf, const struct hg_json *value)
{
    if (value->kind != HG_JSON_DOUBLE || isfinite(value->number))
        return false;
    flow_double_write(buf, value->number);
    return true;
}

bool flow_number_standard(struct hg_buf *buf, const struct hg_json *value, hg_str format,
                          const struct text_culture *culture)
{
    uint64_t given = 0;
    bool has_precision =
        format.len > 1 && hg_str_u64(hg_str_from(format, 1), FLOW_MAX_PRECISION, &given);
    int precision = has_precision ? (int)given : NOT_GIVEN;
    int places = has_precision ? precision : DEFAULT_PLACES;
    char letter = format.len == 0 ? 'G' : letter_of(format);
    bool upper = format.len == 0 || format.ptr[0] == letter;
    struct fixed fixed;
    if (write_special(buf, value))
        return true;
    switch (letter) {
    case 'C':
    case 'P':
        fixed = fixed_of(buf->arena, value, places, letter == 'P' ? 2 : 0);
        write_around(buf, &fixed,
                     letter == 'P' ? culture->percent_pattern : culture->currency_pattern, culture);
        return true;
    case 'F':
    case 'N':
        fixed = fixed_of(buf->arena, value, places, 0);
        if (fixed.is_negative)
            hg_buf_str(buf, culture->minus);
        write_fixed(buf, &fixed, culture, letter == 'N');
        return true;
    case 'D':
        return write_decimal(buf, value, precision, culture);
    case 'X':
        return write_hex(buf, value, precision, upper);
    case 'E':
        write_exponent(buf, value, has_precision ? precision : EXPONENT_PLACES, upper, culture);
        return true;
    case 'G':
    case 'R':
        write_general(buf, value, letter == 'R' ? NOT_GIVEN : precision, upper, culture);
        return true;
    default:
        return false;
    }
}
