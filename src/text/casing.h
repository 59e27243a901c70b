#pragma once

#include "base/base.h"

/* Letter case and white space as .NET's invariant culture has them: one code point
 * for one code point (no "ß" → "SS"), dotted and dotless i left alone. Text is
 * UTF-8; what is not becomes U+FFFD. Source: flow-platform.md 4.7 (toLower). */
uint32_t text_upper(uint32_t point);
uint32_t text_lower(uint32_t point);

HG_MUST_USE enum hg_code text_to_upper(struct hg_arena *arena, hg_str text, hg_str *out,
                                       struct hg_err *err);
HG_MUST_USE enum hg_code text_to_lower(struct hg_arena *arena, hg_str text, hg_str *out,
                                       struct hg_err *err);

/* OrdinalIgnoreCase: equal when the upper case is, code point by code point. */
bool text_eq_nocase(hg_str a, hg_str b);
bool text_starts_nocase(hg_str text, hg_str prefix);
int text_cmp_nocase(hg_str a, hg_str b);

bool text_is_white(uint32_t point); /* Unicode White_Space */
hg_str text_trim(hg_str text);      /* white space at both ends */
