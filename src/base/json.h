#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/defs.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* JSON (RFC 8259) as a tree in an arena. Members keep their order, integers
 * that fit stay int64, every value knows where in the source it stood. Depth,
 * number of members and duplicate keys are checked while reading, so that no
 * later code meets a document past its limits. The parser is our own because
 * the pure core may not call a heap, and because a flow's metadata must
 * survive a round trip in its order (docs/decisions/0002). */
enum hg_json_kind {
    HG_JSON_NULL,
    HG_JSON_BOOL,
    HG_JSON_INT,
    HG_JSON_DOUBLE,
    HG_JSON_STRING,
    HG_JSON_ARRAY,
    HG_JSON_OBJECT,
};

struct hg_json_member;

struct hg_json {
    enum hg_json_kind kind;
    uint32_t at; /* byte offset in the source; 0 for built values */
    union {
        bool boolean;
        int64_t integer;
        double number;
        hg_str string;
        struct {
            struct hg_json *items;
            uint32_t n, room;
        } array;
        struct {
            struct hg_json_member *members;
            uint32_t n, room;
        } object;
    };
};

struct hg_json_member {
    hg_str name;
    struct hg_json value;
};

enum hg_json_option {
    HG_JSON_STRICT = 0,          /* duplicate keys refused, nothing beyond RFC 8259 */
    HG_JSON_LAST_WINS = 1u << 0, /* duplicate keys: the last value wins and moves to the end */
    HG_JSON_TOLERANT = 1u << 1,  /* comments and trailing commas, as exports on disk have them */
};

struct hg_json_limits {
    uint32_t depth;
    uint32_t members; /* members and items, all together */
};

/* Limits of an API body; a file from disk gets HG_JSON_FILE. */
extern const struct hg_json_limits hg_json_api;
extern const struct hg_json_limits hg_json_file;

/* `text` is UTF-8 and must outlive the tree, which borrows strings without
 * escapes from it. err->detail reads "line 3, column 14: expected ',' or '}'".
 * HG_MALFORMED, HG_TOO_BIG (a limit), HG_NO_MEMORY. */
HG_MUST_USE enum hg_code hg_json_parse(struct hg_arena *arena, hg_str text, unsigned options,
                                       const struct hg_json_limits *limits, struct hg_json *out,
                                       struct hg_err *err);

/* Line and column, both from 1, of a byte offset. */
struct hg_json_place {
    uint32_t line, column;
};
struct hg_json_place hg_json_place_of(hg_str text, uint32_t at);

/* Reading. A NULL or wrong-kind value gives NULL / false / the empty answer, so
 * that chains need one check at their end. */
const struct hg_json *hg_json_get(const struct hg_json *object, const char *name); /* exact name */
const struct hg_json *hg_json_get_str(const struct hg_json *object, hg_str name);
const struct hg_json *hg_json_get_nocase(const struct hg_json *object,
                                         hg_str name); /* exact first */
const struct hg_json *hg_json_path(const struct hg_json *object, const char *dotted); /* "a.b.c" */
bool hg_json_is(const struct hg_json *value, enum hg_json_kind kind);
bool hg_json_is_null(const struct hg_json *value); /* absent or null */
bool hg_json_as_str(const struct hg_json *value, hg_str *out);
bool hg_json_as_bool(const struct hg_json *value, bool *out);
bool hg_json_as_int(const struct hg_json *value, int64_t *out);   /* an integer literal that fits */
bool hg_json_as_double(const struct hg_json *value, double *out); /* of an integer, too */
hg_str hg_json_str_or(const struct hg_json *value, hg_str otherwise);
bool hg_json_bool_or(const struct hg_json *value, bool otherwise);
size_t hg_json_count(const struct hg_json *value); /* items or members; 0 otherwise */
const struct hg_json *hg_json_item(const struct hg_json *array, size_t i);
const char *hg_json_kind_name(enum hg_json_kind kind);             /* "object", "string" … */
bool hg_json_eq(const struct hg_json *a, const struct hg_json *b); /* member order ignored;
                                                                    * 1 and 1.0 differ in kind */

/* Building. Values are made by value; what grows grows in the arena. When the
 * arena ends, additions are dropped and hg_json_render() fails. */
struct hg_json hg_json_null(void);
struct hg_json hg_json_bool(bool boolean);
struct hg_json hg_json_int(int64_t integer);
struct hg_json hg_json_double(double number);
struct hg_json hg_json_str(hg_str string); /* borrowed */
struct hg_json hg_json_z(const char *z);
struct hg_json hg_json_array(void);
struct hg_json hg_json_object(void);
/* Replaces a member of that name in its place, else appends. */
void hg_json_set(struct hg_arena *arena, struct hg_json *object, hg_str name, struct hg_json value);
void hg_json_put(struct hg_arena *arena, struct hg_json *object, const char *name,
                 struct hg_json value);
void hg_json_put_str(struct hg_arena *arena, struct hg_json *object, const char *name,
                     hg_str value);
bool hg_json_remove(struct hg_json *object, hg_str name); /* false: it was not there */
void hg_json_push(struct hg_arena *arena, struct hg_json *array, struct hg_json value);
struct hg_json hg_json_copy(struct hg_arena *arena, const struct hg_json *value); /* deep */

/* Compact text. Doubles are written with the shortest digits that read back the
 * same and always look like doubles (5.0, 1e+20); infinities and NaN, which
 * JSON does not have, become null. */
void hg_json_write(struct hg_buf *buf, const struct hg_json *value);
void hg_json_write_pretty(struct hg_buf *buf, const struct hg_json *value); /* two blanks a level */
HG_MUST_USE enum hg_code hg_json_render(struct hg_arena *arena, const struct hg_json *value,
                                        hg_str *out, struct hg_err *err);
