#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/str.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    COMPACT = -1,     /* a level that puts everything on one line */
    SURE_DIGITS = 15, /* so many decimal digits survive a double; 17 always suffice */
    ALL_DIGITS = 17,
};

/* A number with at most 15 digits is found by %.15g, which drops trailing
 * zeros; only subnormal numbers have fewer digits to give. */
static void write_double(struct hg_buf *buf, double number)
{
    char text[40];
    int digits = fabs(number) < DBL_MIN ? 1 : SURE_DIGITS;
    for (; digits <= ALL_DIGITS; digits++) {
        (void)snprintf(text, sizeof(text), "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    hg_str written = hg_str_of(text);
    hg_buf_str(buf, written);
    if (hg_str_find_byte(written, '.') == HG_NPOS && hg_str_find_byte(written, 'e') == HG_NPOS)
        hg_buf_z(buf, ".0");
}

static void new_line(struct hg_buf *buf, int level)
{
    if (level == COMPACT)
        return;
    hg_buf_byte(buf, '\n');
    for (int i = 0; i < level; i++)
        hg_buf_z(buf, "  ");
}

static int inside(int level)
{
    return level == COMPACT ? COMPACT : level + 1;
}

static void write_value(struct hg_buf *buf, const struct hg_json *value, int level);

static void write_array(struct hg_buf *buf, const struct hg_json *value, int level)
{
    hg_buf_byte(buf, '[');
    for (uint32_t i = 0; i < value->array.n; i++) {
        if (i > 0)
            hg_buf_byte(buf, ',');
        new_line(buf, inside(level));
        write_value(buf, &value->array.items[i], inside(level));
    }
    if (value->array.n > 0)
        new_line(buf, level);
    hg_buf_byte(buf, ']');
}

static void write_object(struct hg_buf *buf, const struct hg_json *value, int level)
{
    hg_buf_byte(buf, '{');
    for (uint32_t i = 0; i < value->object.n; i++) {
        const struct hg_json_member *member = &value->object.members[i];
        if (i > 0)
            hg_buf_byte(buf, ',');
        new_line(buf, inside(level));
        hg_buf_json(buf, member->name);
        hg_buf_z(buf, level == COMPACT ? ":" : ": ");
        write_value(buf, &member->value, inside(level));
    }
    if (value->object.n > 0)
        new_line(buf, level);
    hg_buf_byte(buf, '}');
}

static void write_value(struct hg_buf *buf, const struct hg_json *value, int level)
{
    switch (value->kind) {
    case HG_JSON_NULL:
        hg_buf_z(buf, "null");
        return;
    case HG_JSON_BOOL:
        hg_buf_z(buf, value->boolean ? "true" : "false");
        return;
    case HG_JSON_INT:
        hg_buf_i64(buf, value->integer);
        return;
    case HG_JSON_DOUBLE:
        if (isfinite(value->number))
            write_double(buf, value->number);
        else
            hg_buf_z(buf, "null");
        return;
    case HG_JSON_STRING:
        hg_buf_json(buf, value->string);
        return;
    case HG_JSON_ARRAY:
        write_array(buf, value, level);
        return;
    case HG_JSON_OBJECT:
        write_object(buf, value, level);
        return;
    }
}

void hg_json_write(struct hg_buf *buf, const struct hg_json *value)
{
    write_value(buf, value, COMPACT);
}

void hg_json_write_pretty(struct hg_buf *buf, const struct hg_json *value)
{
    write_value(buf, value, 0);
}

enum hg_code hg_json_render(struct hg_arena *arena, const struct hg_json *value, hg_str *out,
                            struct hg_err *err)
{
    struct hg_buf buf = hg_buf_new(arena, HG_MAX_RESPONSE);
    if (hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "a value that was built past the arena's end");
    hg_json_write(&buf, value);
    return hg_buf_finish(&buf, out, err);
}
