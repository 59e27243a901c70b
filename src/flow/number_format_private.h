#pragma once

#include "base/base.h"
#include "text/culture.h"

/* .NET's number formats for formatNumber(): standard ones ("N2", "C", "P1", "E3", "D5",
 * "X", "F2", "G", "R") round half to even, custom ones ("#,##0.00;(0)") half away from
 * zero, as measured (flow-platform.md 4.7). `value` is a number of any kind. */
enum { FLOW_MAX_PRECISION = 99 };

/* A standard format is one letter and up to two digits. False: it is not one of them,
 * or not one for this kind of number. */
bool flow_number_standard(struct hg_buf *buf, const struct hg_json *value, hg_str format,
                          const struct text_culture *culture);
bool flow_number_is_standard(hg_str format);

void flow_number_custom(struct hg_buf *buf, const struct hg_json *value, hg_str format,
                        const struct text_culture *culture);
