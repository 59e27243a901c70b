#include "text/culture.h"

#include "base/base.h"
#include "text/culture_private.h"

#include <stddef.h>
#include <stdint.h>
#include <unicode/uloc.h> // IWYU pragma: keep
#include <unicode/urename.h>
#include <unicode/utypes.h>

#define ENGLISH_NAMES                                                                            \
    .months = {HG_LIT("January"),   HG_LIT("February"), HG_LIT("March"),    HG_LIT("April"),     \
               HG_LIT("May"),       HG_LIT("June"),     HG_LIT("July"),     HG_LIT("August"),    \
               HG_LIT("September"), HG_LIT("October"),  HG_LIT("November"), HG_LIT("December")}, \
    .months_of_day = {HG_LIT("January"), HG_LIT("February"), HG_LIT("March"),                    \
                      HG_LIT("April"),   HG_LIT("May"),      HG_LIT("June"),                     \
                      HG_LIT("July"),    HG_LIT("August"),   HG_LIT("September"),                \
                      HG_LIT("October"), HG_LIT("November"), HG_LIT("December")},                \
    .months_short = {HG_LIT("Jan"), HG_LIT("Feb"), HG_LIT("Mar"), HG_LIT("Apr"),                 \
                     HG_LIT("May"), HG_LIT("Jun"), HG_LIT("Jul"), HG_LIT("Aug"),                 \
                     HG_LIT("Sep"), HG_LIT("Oct"), HG_LIT("Nov"), HG_LIT("Dec")},                \
    .days = {HG_LIT("Sunday"),   HG_LIT("Monday"), HG_LIT("Tuesday"), HG_LIT("Wednesday"),       \
             HG_LIT("Thursday"), HG_LIT("Friday"), HG_LIT("Saturday")},                          \
    .days_short = {HG_LIT("Sun"), HG_LIT("Mon"), HG_LIT("Tue"), HG_LIT("Wed"),                   \
                   HG_LIT("Thu"), HG_LIT("Fri"), HG_LIT("Sat")},                                 \
    .am = HG_LIT("AM"), .pm = HG_LIT("PM"), .date_separator = HG_LIT("/"),                       \
    .time_separator = HG_LIT(":"), .decimal = HG_LIT("."), .group = HG_LIT(","),                 \
    .minus = HG_LIT("-"), .percent = HG_LIT("%")

const struct text_culture text_culture_invariant = {
    ENGLISH_NAMES,
    .short_date = HG_LIT("MM/dd/yyyy"),
    .long_date = HG_LIT("dddd, dd MMMM yyyy"),
    .short_time = HG_LIT("HH:mm"),
    .long_time = HG_LIT("HH:mm:ss"),
    .month_day = HG_LIT("MMMM dd"),
    .year_month = HG_LIT("yyyy MMMM"),
    .currency = HG_LIT("\u00a4"),
    .currency_pattern = HG_LIT("\u00a4n"),
    .percent_pattern = HG_LIT("n %"),
};

const struct text_culture text_culture_en_us = {
    ENGLISH_NAMES,
    .short_date = HG_LIT("M/d/yyyy"),
    .long_date = HG_LIT("dddd, MMMM d, yyyy"),
    .short_time = HG_LIT("h:mm tt"),
    .long_time = HG_LIT("h:mm:ss tt"),
    .month_day = HG_LIT("MMMM d"),
    .year_month = HG_LIT("MMMM yyyy"),
    .currency = HG_LIT("$"),
    .currency_pattern = HG_LIT("\u00a4n"),
    .percent_pattern = HG_LIT("n%"),
};

/* ICU's own spelling of the locale ("sl_SI"), or NULL when it has no data for it. */
static const char *available(hg_str name)
{
    char plain[ULOC_FULLNAME_CAPACITY];
    char canonical[ULOC_FULLNAME_CAPACITY];
    UErrorCode status = U_ZERO_ERROR;
    if (name.len >= sizeof(plain))
        return NULL;
    for (size_t i = 0; i < name.len; i++)
        plain[i] = name.ptr[i];
    plain[name.len] = '\0';
    (void)uloc_canonicalize(plain, canonical, sizeof(canonical), &status);
    if (U_FAILURE(status) || status == U_STRING_NOT_TERMINATED_WARNING)
        return NULL;
    int32_t n = uloc_countAvailable();
    for (int32_t i = 0; i < n; i++)
        if (hg_str_eq(hg_str_of(uloc_getAvailable(i)), hg_str_of(canonical)))
            return uloc_getAvailable(i);
    return NULL;
}

enum hg_code text_culture_find(struct hg_arena *arena, hg_str name, const struct text_culture **out,
                               struct hg_err *err)
{
    static const hg_str american[] = {HG_LIT("en-us"), HG_LIT("en_us"), HG_LIT("en")};
    if (name.len == 0) {
        *out = &text_culture_invariant;
        return HG_OK;
    }
    for (size_t i = 0; i < HG_COUNT(american); i++) {
        if (hg_str_eq_nocase(name, american[i])) {
            *out = &text_culture_en_us;
            return HG_OK;
        }
    }
    const char *locale = available(name);
    if (locale == NULL)
        return HG_FAIL(err, HG_NOT_FOUND, "no culture is called '%.*s'", HG_ARG(name));
    struct text_culture *culture = HG_NEW(arena, struct text_culture);
    if (culture == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "culture");
    HG_TRY(text_culture_dates(arena, locale, culture, err));
    HG_TRY(text_culture_numbers(arena, locale, culture, err));
    *out = culture;
    return HG_OK;
}
