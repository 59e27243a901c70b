#pragma once

#include "text/culture.h"

#include <unicode/utypes.h>

/* Each fills its half of *culture from ICU's data of `locale` ("sl_SI"). */
HG_MUST_USE enum hg_code text_culture_dates(struct hg_arena *arena, const char *locale,
                                            struct text_culture *culture, struct hg_err *err);
HG_MUST_USE enum hg_code text_culture_numbers(struct hg_arena *arena, const char *locale,
                                              struct text_culture *culture, struct hg_err *err);

/* UTF-16 to UTF-8 in the arena; empty when the arena ended. */
hg_str text_utf8_of(struct hg_arena *arena, const UChar *units, int32_t n);
