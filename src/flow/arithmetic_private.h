#pragma once

#include "flow/function_private.h"

/* Numbers of the three kinds together (4.6): integers stay integers, one double makes
 * doubles, one decimal makes decimals. */
bool flow_is_number(const struct hg_json *value);
double flow_number_double(const struct hg_json *value);

/* <0, 0, >0, or `unordered` when one is NaN. */
int flow_numbers_compare(const struct hg_json *a, const struct hg_json *b, int unordered);

/* The same number in the wider kind of the two; false: no decimal is so large. */
bool flow_number_as(struct hg_arena *arena, const struct hg_json *value, enum flow_kind kind,
                    struct hg_json *out);
enum flow_kind flow_wider_kind(enum flow_kind a, enum flow_kind b);
