#include "base/arena.h"
#include "base/defs.h"
#include "base/err.h"
#include "base/json.h"
#include "base/json_private.h"
#include "base/limits.h"
#include "base/str.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_STACK = 32 };

const struct hg_json_limits hg_json_api = {.depth = HG_MAX_JSON_DEPTH,
                                           .members = HG_MAX_JSON_MEMBERS};
const struct hg_json_limits hg_json_file = {.depth = HG_MAX_FILE_JSON_DEPTH,
                                            .members = HG_MAX_FILE_JSON_MEMBERS};

struct hg_json_place hg_json_place_of(hg_str text, uint32_t at)
{
    struct hg_json_place place = {.line = 1, .column = 1};
    for (size_t i = 0; i < at && i < text.len; i++) {
        if (text.ptr[i] == '\n')
            place = (struct hg_json_place){.line = place.line + 1, .column = 1};
        else if (((unsigned char)text.ptr[i] & 0xc0) != 0x80) /* a character, not a byte */
            place.column++;
    }
    return place;
}

enum hg_code hg_json_fail_at(const struct hg_json_parser *p, size_t at, enum hg_code code,
                             const char *format, ...)
{
    char what[128];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(what, sizeof(what), format, args);
    va_end(args);
    struct hg_json_place place = hg_json_place_of(p->text, (uint32_t)at);
    return HG_FAIL(p->err, code, "line %u, column %u: %s", place.line, place.column, what);
}

static char peek(const struct hg_json_parser *p)
{
    return p->at < p->text.len ? p->text.ptr[p->at] : '\0';
}

static bool take(struct hg_json_parser *p, char c)
{
    if (p->at >= p->text.len || p->text.ptr[p->at] != c)
        return false;
    p->at++;
    return true;
}

/* An unfinished comment is left standing: whatever is expected is not there. */
static bool skip_comment(struct hg_json_parser *p)
{
    hg_str rest = hg_str_from(p->text, p->at);
    if (hg_str_starts(rest, HG_STR("//"))) {
        size_t end = hg_str_find_byte(rest, '\n');
        p->at = end == HG_NPOS ? p->text.len : p->at + end + 1;
        return true;
    }
    if (!hg_str_starts(rest, HG_STR("/*")))
        return false;
    size_t end = hg_str_find(hg_str_from(rest, 2), HG_STR("*/"));
    if (end == HG_NPOS)
        return false;
    p->at += 2 + end + 2;
    return true;
}

static void skip_blanks(struct hg_json_parser *p)
{
    for (;;) {
        char c = peek(p);
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t')
            p->at++;
        else if (c != '/' || (p->options & HG_JSON_TOLERANT) == 0 || !skip_comment(p))
            return;
    }
}

static enum hg_code push(struct hg_json_parser *p, size_t *slot)
{
    if (p->members >= p->limits.members)
        return hg_json_fail_at(p, p->at, HG_TOO_BIG, "more than %u members and items",
                               p->limits.members);
    if (p->n_stack == p->room) {
        size_t room = p->room == 0 ? FIRST_STACK : p->room * 2;
        struct hg_json_member *bigger = HG_NEW_ARRAY(p->arena, struct hg_json_member, room);
        if (bigger == NULL)
            return HG_FAIL(p->err, HG_NO_MEMORY, "JSON of %zu bytes", p->text.len);
        if (p->n_stack > 0)
            memcpy(bigger, p->stack, p->n_stack * sizeof(*bigger));
        p->stack = bigger;
        p->room = room;
    }
    p->members++;
    *slot = p->n_stack++;
    return HG_OK;
}

static enum hg_code parse_name(struct hg_json_parser *p, hg_str *out)
{
    if (peek(p) != '"')
        return hg_json_fail_at(p, p->at, HG_MALFORMED, "expected a member name in quotes");
    HG_TRY(hg_json_parse_text(p, out));
    skip_blanks(p);
    if (!take(p, ':'))
        return hg_json_fail_at(p, p->at, HG_MALFORMED, "expected ':' after the member name");
    skip_blanks(p);
    return HG_OK;
}

static enum hg_code parse_value(struct hg_json_parser *p, unsigned depth, struct hg_json *out);

/* One member or item, put on the stack. */
static enum hg_code parse_part(struct hg_json_parser *p, unsigned depth, bool named)
{
    size_t slot = 0;
    struct hg_json_member part = {0};
    HG_TRY(push(p, &slot));
    if (named)
        HG_TRY(parse_name(p, &part.name));
    HG_TRY(parse_value(p, depth, &part.value));
    p->stack[slot] = part;
    return HG_OK;
}

static enum hg_code parse_parts(struct hg_json_parser *p, unsigned depth, char close)
{
    for (;;) {
        HG_TRY(parse_part(p, depth, close == '}'));
        skip_blanks(p);
        if (take(p, close))
            return HG_OK;
        if (!take(p, ','))
            return hg_json_fail_at(p, p->at, HG_MALFORMED, "expected ',' or '%c'", close);
        skip_blanks(p);
        if ((p->options & HG_JSON_TOLERANT) != 0 && take(p, close))
            return HG_OK;
    }
}

static enum hg_code close_object(struct hg_json_parser *p, size_t base, struct hg_json *out)
{
    size_t n = p->n_stack - base;
    struct hg_json_member *members = HG_NEW_ARRAY(p->arena, struct hg_json_member, n);
    if (members == NULL)
        return HG_FAIL(p->err, HG_NO_MEMORY, "an object of %zu members", n);
    memcpy(members, p->stack + base, n * sizeof(*members));
    out->object.members = members;
    out->object.n = out->object.room = (uint32_t)n;
    return hg_json_check_names(p, out);
}

static enum hg_code close_array(struct hg_json_parser *p, size_t base, struct hg_json *out)
{
    size_t n = p->n_stack - base;
    struct hg_json *items = HG_NEW_ARRAY(p->arena, struct hg_json, n);
    if (items == NULL)
        return HG_FAIL(p->err, HG_NO_MEMORY, "an array of %zu items", n);
    for (size_t i = 0; i < n; i++)
        items[i] = p->stack[base + i].value;
    out->array.items = items;
    out->array.n = out->array.room = (uint32_t)n;
    return HG_OK;
}

static enum hg_code parse_container(struct hg_json_parser *p, unsigned depth, struct hg_json *out)
{
    bool is_object = peek(p) == '{';
    char close = is_object ? '}' : ']';
    if (depth >= p->limits.depth)
        return hg_json_fail_at(p, p->at, HG_TOO_BIG, "more than %u levels", p->limits.depth);
    p->at++;
    out->kind = is_object ? HG_JSON_OBJECT : HG_JSON_ARRAY;
    skip_blanks(p);
    if (take(p, close))
        return HG_OK;

    size_t base = p->n_stack;
    HG_TRY(parse_parts(p, depth + 1, close));
    HG_TRY(is_object ? close_object(p, base, out) : close_array(p, base, out));
    p->n_stack = base;
    return HG_OK;
}

static enum hg_code parse_word(struct hg_json_parser *p, struct hg_json *out)
{
    static const struct {
        hg_str word;
        struct hg_json value;
    } words[] = {
        {HG_LIT("true"), {.kind = HG_JSON_BOOL, .boolean = true}},
        {HG_LIT("false"), {.kind = HG_JSON_BOOL, .boolean = false}},
        {HG_LIT("null"), {.kind = HG_JSON_NULL}},
    };
    hg_str rest = hg_str_from(p->text, p->at);
    for (size_t i = 0; i < HG_COUNT(words); i++) {
        if (!hg_str_starts(rest, words[i].word))
            continue;
        *out = words[i].value;
        out->at = (uint32_t)p->at;
        p->at += words[i].word.len;
        return HG_OK;
    }
    return hg_json_fail_at(p, p->at, HG_MALFORMED, "expected a value");
}

static enum hg_code parse_value(struct hg_json_parser *p, unsigned depth, struct hg_json *out)
{
    *out = (struct hg_json){.kind = HG_JSON_NULL, .at = (uint32_t)p->at};
    char c = peek(p);
    if (c == '{' || c == '[')
        return parse_container(p, depth, out);
    if (c == '"') {
        out->kind = HG_JSON_STRING;
        return hg_json_parse_text(p, &out->string);
    }
    if (c == '-' || (c >= '0' && c <= '9'))
        return hg_json_parse_number(p, out);
    return parse_word(p, out);
}

enum hg_code hg_json_parse(struct hg_arena *arena, hg_str text, unsigned options,
                           const struct hg_json_limits *limits, struct hg_json *out,
                           struct hg_err *err)
{
    if (text.len >= UINT32_MAX)
        return HG_FAIL(err, HG_TOO_BIG, "JSON of %zu bytes", text.len);
    struct hg_json_parser p = {
        .arena = arena, .text = text, .options = options, .limits = *limits, .err = err};
    struct hg_json value;
    skip_blanks(&p);
    HG_TRY(parse_value(&p, 0, &value));
    skip_blanks(&p);
    if (p.at != text.len)
        return hg_json_fail_at(&p, p.at, HG_MALFORMED, "text after the end of the value");
    *out = value;
    return HG_OK;
}
