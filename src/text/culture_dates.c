#include "base/base.h"
#include "text/culture.h"
#include "text/culture_private.h"

#include <stddef.h>
#include <stdint.h>
#include <unicode/udat.h>   // IWYU pragma: keep
#include <unicode/udatpg.h> // IWYU pragma: keep
#include <unicode/umachine.h>
#include <unicode/urename.h>
#include <unicode/utypes.h>

enum { UNITS = 128, MAX_UTF8 = 512 };

hg_str text_utf8_of(struct hg_arena *arena, const UChar *units, int32_t n)
{
    struct hg_buf buf = hg_buf_new(arena, MAX_UTF8);
    for (int32_t i = 0; i < n; i++) {
        uint32_t point = units[i];
        if (point >= 0xd800 && point <= 0xdbff && i + 1 < n)
            point = 0x10000 + ((point - 0xd800) << 10) + (units[++i] - 0xdc00u);
        char utf8[4];
        size_t len = hg_utf8_encode(point, utf8);
        hg_buf_str(&buf, (hg_str){utf8, len});
    }
    return hg_buf_view(&buf);
}

/* One run of a pattern letter in .NET's letters. */
static const char *dotnet_field(UChar letter, int32_t n)
{
    switch (letter) {
    case 'y':
        return n == 2 ? "yy" : "yyyy";
    case 'M':
    case 'L':
        return &"MMMM"[n >= 4 ? 0 : 4 - n];
    case 'd':
        return n == 2 ? "dd" : "d";
    case 'E':
    case 'c':
    case 'e':
        return n >= 4 ? "dddd" : "ddd";
    case 'a':
    case 'b':
    case 'B':
        return "tt";
    case 'h':
        return n == 2 ? "hh" : "h";
    case 'H':
    case 'k':
        return n == 2 ? "HH" : "H";
    case 'm':
        return n == 2 ? "mm" : "m";
    case 's':
        return n == 2 ? "ss" : "s";
    default:
        return "";
    }
}

static bool is_letter(UChar c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void put_plain(struct hg_buf *buf, UChar c)
{
    char utf8[4];
    size_t n = hg_utf8_encode(c == 0x202f || c == 0xa0 ? ' ' : c, utf8);
    hg_buf_str(buf, (hg_str){utf8, n});
}

/* ICU pattern to .NET pattern. Quoted text has the same form in both. */
static hg_str dotnet_pattern(struct hg_arena *arena, const UChar *units, int32_t n)
{
    struct hg_buf buf = hg_buf_new(arena, MAX_UTF8);
    bool quoted = false;
    for (int32_t i = 0; i < n;) {
        if (units[i] == '\'')
            quoted = !quoted;
        if (quoted || !is_letter(units[i])) {
            put_plain(&buf, units[i++]);
            continue;
        }
        int32_t start = i;
        while (i < n && units[i] == units[start])
            i++;
        hg_buf_z(&buf, dotnet_field(units[start], i - start));
    }
    return hg_str_trim(hg_buf_view(&buf));
}

/* A year of two digits is widened: .NET's short date has four. */
static hg_str wide_year(struct hg_arena *arena, hg_str pattern)
{
    size_t at = hg_str_find(pattern, HG_STR("yy"));
    if (at == HG_NPOS || hg_str_starts(hg_str_from(pattern, at), HG_STR("yyyy")))
        return pattern;
    return hg_str_format(arena, "%.*syy%.*s", (int)at, pattern.ptr,
                         HG_ARG(hg_str_from(pattern, at)));
}

static hg_str style_pattern(struct hg_arena *arena, const char *locale, UDateFormatStyle time,
                            UDateFormatStyle date)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar units[UNITS];
    UDateFormat *format = udat_open(time, date, locale, u"UTC", 3, NULL, 0, &status);
    int32_t n = U_SUCCESS(status) ? udat_toPattern(format, false, units, UNITS, &status) : 0;
    udat_close(format);
    return U_SUCCESS(status) && n < UNITS ? dotnet_pattern(arena, units, n) : HG_STR("");
}

static hg_str skeleton_pattern(struct hg_arena *arena, const char *locale, const UChar *skeleton)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar units[UNITS];
    UDateTimePatternGenerator *generator = udatpg_open(locale, &status);
    int32_t n = U_SUCCESS(status)
                    ? udatpg_getBestPattern(generator, skeleton, -1, units, UNITS, &status)
                    : 0;
    udatpg_close(generator);
    return U_SUCCESS(status) && n < UNITS ? dotnet_pattern(arena, units, n) : HG_STR("");
}

struct symbols {
    struct hg_arena *arena;
    const UDateFormat *format;
    UErrorCode status;
};

static void read_symbols(struct symbols *symbols, UDateFormatSymbolType type, int32_t first,
                         hg_str *out, int32_t n_out)
{
    for (int32_t i = 0; i < n_out; i++) {
        UChar units[UNITS];
        int32_t n =
            udat_getSymbols(symbols->format, type, first + i, units, UNITS, &symbols->status);
        if (U_SUCCESS(symbols->status) && n < UNITS)
            out[i] = text_utf8_of(symbols->arena, units, n);
    }
}

/* The separator between the first two fields: .NET's '/' and ':' stand for it. */
static hg_str separator_of(hg_str pattern, hg_str otherwise)
{
    static const char fields[] = "yMdHhms";
    size_t at = 0;
    while (at < pattern.len && hg_str_find_byte(HG_STR("yMdHhms"), pattern.ptr[at]) != HG_NPOS)
        at++;
    size_t end = at;
    while (end < pattern.len &&
           hg_str_find_byte((hg_str){fields, sizeof(fields) - 1}, pattern.ptr[end]) == HG_NPOS)
        end++;
    hg_str between = hg_str_trim(hg_str_sub(pattern, at, end - at));
    return between.len == 0 ? otherwise : between;
}

enum hg_code text_culture_dates(struct hg_arena *arena, const char *locale,
                                struct text_culture *culture, struct hg_err *err)
{
    UErrorCode status = U_ZERO_ERROR;
    UDateFormat *format = udat_open(UDAT_SHORT, UDAT_SHORT, locale, u"UTC", 3, NULL, 0, &status);
    if (U_FAILURE(status))
        return HG_FAIL(err, HG_UNSUPPORTED, "culture %s: %s", locale, u_errorName(status));
    struct symbols symbols = {.arena = arena, .format = format, .status = status};
    read_symbols(&symbols, UDAT_STANDALONE_MONTHS, 0, culture->months, TEXT_MONTHS);
    read_symbols(&symbols, UDAT_MONTHS, 0, culture->months_of_day, TEXT_MONTHS);
    read_symbols(&symbols, UDAT_SHORT_MONTHS, 0, culture->months_short, TEXT_MONTHS);
    read_symbols(&symbols, UDAT_WEEKDAYS, 1, culture->days, TEXT_DAYS); /* 0 is unused */
    read_symbols(&symbols, UDAT_SHORT_WEEKDAYS, 1, culture->days_short, TEXT_DAYS);
    read_symbols(&symbols, UDAT_AM_PMS, 0, &culture->am, 1);
    read_symbols(&symbols, UDAT_AM_PMS, 1, &culture->pm, 1);
    udat_close(format);
    if (U_FAILURE(symbols.status))
        return HG_FAIL(err, HG_UNSUPPORTED, "culture %s: %s", locale, u_errorName(symbols.status));

    culture->short_date = wide_year(arena, style_pattern(arena, locale, UDAT_NONE, UDAT_SHORT));
    culture->long_date = style_pattern(arena, locale, UDAT_NONE, UDAT_FULL);
    culture->short_time = style_pattern(arena, locale, UDAT_SHORT, UDAT_NONE);
    culture->long_time = style_pattern(arena, locale, UDAT_MEDIUM, UDAT_NONE);
    culture->month_day = skeleton_pattern(arena, locale, u"MMMMd");
    culture->year_month = skeleton_pattern(arena, locale, u"yMMMM");
    culture->date_separator = separator_of(culture->short_date, HG_STR("/"));
    culture->time_separator = separator_of(culture->short_time, HG_STR(":"));
    return hg_arena_exhausted(arena) ? HG_FAIL(err, HG_NO_MEMORY, "culture %s", locale) : HG_OK;
}
