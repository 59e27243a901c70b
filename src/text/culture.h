#pragma once

#include "base/base.h"

/* What a culture calls its months and days, and how it writes dates and numbers:
 * the invariant culture and en-US from tables of our own, so that the usual case
 * cannot change with a library, all others from ICU. Patterns are .NET's
 * ("dd. MM. yyyy"). Every blank ICU would have non-breaking in a date pattern is a
 * plain one. Names are as .NET spells them ("sl-SI"); case does not count. */
enum { TEXT_MONTHS = 12, TEXT_DAYS = 7 };

struct text_culture {
    hg_str months[TEXT_MONTHS];        /* standing alone */
    hg_str months_of_day[TEXT_MONTHS]; /* after a day of the month (genitive) */
    hg_str months_short[TEXT_MONTHS];
    hg_str days[TEXT_DAYS]; /* Sunday first */
    hg_str days_short[TEXT_DAYS];
    hg_str am, pm;
    hg_str date_separator, time_separator;
    hg_str short_date, long_date, short_time, long_time, month_day, year_month;
    hg_str decimal, group, minus, percent, currency;
    hg_str currency_pattern; /* "¤n", "n ¤" …: ¤ the symbol, n the number */
    hg_str percent_pattern;  /* "n%", "n %", "%n" */
};

extern const struct text_culture text_culture_invariant, text_culture_en_us;

/* HG_NOT_FOUND: no culture of that name. "" is the invariant culture. */
HG_MUST_USE enum hg_code text_culture_find(struct hg_arena *arena, hg_str name,
                                           const struct text_culture **out, struct hg_err *err);
