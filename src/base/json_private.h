#pragma once

#include "base/json.h" // IWYU pragma: export

/* The state of one reading. Values of containers that are still open wait on
 * one stack; when a container closes, they are copied out in one exact piece. */
struct hg_json_parser {
    struct hg_arena *arena;
    hg_str text;
    size_t at;
    unsigned options;
    struct hg_json_limits limits;
    uint32_t members; /* so far */
    struct hg_json_member *stack;
    size_t n_stack, room;
    struct hg_err *err;
};

/* Fails at a place: "line 3, column 14: " and the text. */
enum hg_code hg_json_fail_at(const struct hg_json_parser *p, size_t at, enum hg_code code,
                             const char *format, ...) HG_PRINTF(4, 5);

/* The cursor stands on the opening quote and moves behind the closing one. */
HG_MUST_USE enum hg_code hg_json_parse_text(struct hg_json_parser *p, hg_str *out);

/* The cursor stands on the first character of a number. */
HG_MUST_USE enum hg_code hg_json_parse_number(struct hg_json_parser *p, struct hg_json *out);

/* Refuses an object whose names are not unique, or keeps the last of each. */
HG_MUST_USE enum hg_code hg_json_check_names(const struct hg_json_parser *p,
                                             struct hg_json *object);
