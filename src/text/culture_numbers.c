#include "base/base.h"
#include "text/culture.h"
#include "text/culture_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unicode/umachine.h>
#include <unicode/unum.h> // IWYU pragma: keep
#include <unicode/urename.h>
#include <unicode/utypes.h>

enum { UNITS = 64 };

static hg_str symbol(struct hg_arena *arena, const UNumberFormat *format, UNumberFormatSymbol which)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar units[UNITS];
    int32_t n = unum_getSymbol(format, which, units, UNITS, &status);
    return U_SUCCESS(status) && n < UNITS ? text_utf8_of(arena, units, n) : HG_STR("");
}

static bool is_digit_place(UChar c)
{
    return c == '#' || c == '0' || c == ',' || c == '.';
}

/* "#,##0.00 ¤" to "n ¤": what stands around the number, the number as one letter.
 * Only the half for positive numbers is read. */
static hg_str around_number(struct hg_arena *arena, const UNumberFormat *format)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar units[UNITS];
    UChar around[UNITS];
    int32_t n = unum_toPattern(format, false, units, UNITS, &status);
    if (U_FAILURE(status) || n >= UNITS)
        return HG_STR("n");
    int32_t len = 0;
    bool in_number = false;
    for (int32_t i = 0; i < n && units[i] != ';'; i++) {
        if (!is_digit_place(units[i])) {
            in_number = false;
            around[len++] = units[i] == '\'' ? ' ' : units[i];
        } else if (!in_number) {
            in_number = true;
            around[len++] = 'n';
        }
    }
    return text_utf8_of(arena, around, len);
}

static UNumberFormat *open_style(const char *locale, UNumberFormatStyle style, UErrorCode *status)
{
    return unum_open(style, NULL, 0, locale, NULL, status);
}

enum hg_code text_culture_numbers(struct hg_arena *arena, const char *locale,
                                  struct text_culture *culture, struct hg_err *err)
{
    UErrorCode status = U_ZERO_ERROR;
    UNumberFormat *decimal = open_style(locale, UNUM_DECIMAL, &status);
    UNumberFormat *currency = open_style(locale, UNUM_CURRENCY, &status);
    UNumberFormat *percent = open_style(locale, UNUM_PERCENT, &status);
    if (U_SUCCESS(status)) {
        culture->decimal = symbol(arena, decimal, UNUM_DECIMAL_SEPARATOR_SYMBOL);
        culture->group = symbol(arena, decimal, UNUM_GROUPING_SEPARATOR_SYMBOL);
        culture->minus = symbol(arena, decimal, UNUM_MINUS_SIGN_SYMBOL);
        culture->percent = symbol(arena, decimal, UNUM_PERCENT_SYMBOL);
        culture->currency = symbol(arena, currency, UNUM_CURRENCY_SYMBOL);
        culture->currency_pattern = around_number(arena, currency);
        culture->percent_pattern = around_number(arena, percent);
    }
    unum_close(decimal);
    unum_close(currency);
    unum_close(percent);
    if (U_FAILURE(status))
        return HG_FAIL(err, HG_UNSUPPORTED, "culture %s: %s", locale, u_errorName(status));
    return hg_arena_exhausted(arena) ? HG_FAIL(err, HG_NO_MEMORY, "culture %s", locale) : HG_OK;
}
