#pragma once

#include "base/base.h"

/* The kinds of the expression language over the shapes of JSON. A decimal, which
 * JSON has no kind for, travels inside one evaluation as a string (its canonical
 * digits) whose `at` is FLOW_DECIMAL_AT, an offset no document reaches; it never
 * leaves (expression.h). So code of this module asks flow_kind_of(), not value->kind. */
enum flow_kind {
    FLOW_KIND_NULL,
    FLOW_KIND_BOOL,
    FLOW_KIND_INT,
    FLOW_KIND_DOUBLE,
    FLOW_KIND_DECIMAL,
    FLOW_KIND_STRING,
    FLOW_KIND_ARRAY,
    FLOW_KIND_OBJECT,
};

#define FLOW_DECIMAL_AT UINT32_MAX

enum flow_kind flow_kind_of(const struct hg_json *value);

static inline bool flow_is(const struct hg_json *value, enum flow_kind kind)
{
    return flow_kind_of(value) == kind;
}

/* A member by the rule of 4.4: the exact name first, else the first that differs only
 * in case. NULL: none. */
struct hg_json_member *flow_member_find(const struct hg_json *object, hg_str name);

/* --- Text --- */

void flow_text_write(struct hg_buf *buf, const struct hg_json *value); /* flow_value_text */
void flow_json_write(struct hg_buf *buf, const struct hg_json *value); /* compact JSON */

/* Bytes as text: what is not UTF-8 shows as U+FFFD, as .NET decodes it. */
void flow_bytes_write(struct hg_buf *buf, hg_str bytes);

/* {"$content-type":…,"$content":base64}: its bytes. False: not such an object. */
bool flow_content_bytes(struct hg_arena *arena, const struct hg_json *value, hg_str *out);
struct hg_json flow_content_make(struct hg_arena *arena, hg_str content_type, hg_str bytes);

/* Turns what has no kind in JSON into what has, in place, and measures: HG_TOO_BIG past
 * HG_MAX_FLOW_DEPTH. Only parts made by the evaluation that ends here are changed. */
HG_MUST_USE enum hg_code flow_value_settle(struct hg_json *value, unsigned depth,
                                           struct hg_err *err);

/* --- Arrays and objects made by functions. They never write into what they are given:
 * values are shared. --- */

/* An empty one with room for so many; hg_json_push() fills it. */
struct hg_json flow_array_of(struct hg_arena *arena, uint32_t room);
/* [from, from+n) of an array; shares its items. */
struct hg_json flow_array_part(const struct hg_json *array, uint32_t from, uint32_t n);
/* The same members in a piece of its own, with room for `more`. */
struct hg_json flow_object_copy(struct hg_arena *arena, const struct hg_json *object,
                                uint32_t more);
