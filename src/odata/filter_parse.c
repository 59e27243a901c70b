#include "base/base.h"
#include "odata/odata.h"
#include "odata/odata_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAX_DEPTH = 32 };

struct parser {
    struct hg_arena *arena;
    struct hg_scan scan;
    struct hg_err *err;
    int depth;
};

typedef enum hg_code parse_fn(struct parser *p, const struct odata_filter **out);
static parse_fn parse_or;

static enum hg_code fail(struct parser *p, const char *what)
{
    return HG_FAIL(p->err, HG_MALFORMED, "at character %zu: %s", p->scan.at + 1, what);
}

static struct odata_filter *new_node(struct parser *p, enum odata_node_kind kind)
{
    struct odata_filter *node = HG_NEW(p->arena, struct odata_filter);
    if (node != NULL)
        node->kind = kind;
    return node;
}

static enum hg_code no_memory(struct parser *p)
{
    return HG_FAIL(p->err, HG_NO_MEMORY, "filter");
}

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '@';
}

/* A keyword standing alone. */
static bool take_word(struct parser *p, const char *word)
{
    struct hg_scan at = p->scan;
    hg_scan_blanks(&at);
    if (!hg_scan_lit_nocase(&at, word) || is_word_byte(hg_scan_peek(&at)))
        return false;
    p->scan = at;
    return true;
}

static bool take_byte(struct parser *p, char byte)
{
    hg_scan_blanks(&p->scan);
    return hg_scan_byte(&p->scan, byte);
}

/* Letters, digits and what a path has between them. */
static hg_str take_token(struct parser *p)
{
    hg_scan_blanks(&p->scan);
    size_t start = p->scan.at;
    while (is_word_byte(hg_scan_peek(&p->scan)) || hg_scan_peek(&p->scan) == '/' ||
           hg_scan_peek(&p->scan) == '-' || hg_scan_peek(&p->scan) == ':' ||
           hg_scan_peek(&p->scan) == '+')
        p->scan.at++;
    return hg_str_sub(p->scan.text, start, p->scan.at - start);
}

/* 'it''s' */
static enum hg_code parse_string(struct parser *p, struct odata_filter *node)
{
    struct hg_buf buf = hg_buf_new(p->arena, HG_MAX_TARGET);
    (void)hg_scan_byte(&p->scan, '\'');
    for (;;) {
        if (hg_scan_done(&p->scan))
            return fail(p, "a text without its closing quote");
        char c = hg_scan_peek(&p->scan);
        p->scan.at++;
        if (c == '\'' && !hg_scan_byte(&p->scan, '\''))
            break;
        hg_buf_byte(&buf, c);
    }
    node->value = hg_json_str(hg_buf_view(&buf));
    return HG_OK;
}

/* true, null, 42, 4.5, a time or an id; anything else that looks like a name is a path. */
static bool constant_of(hg_str token, struct hg_json *out)
{
    int64_t integer;
    hg_time time;
    if (hg_str_eq_nocase(token, HG_STR("null")))
        *out = hg_json_null();
    else if (hg_str_eq_nocase(token, HG_STR("true")) || hg_str_eq_nocase(token, HG_STR("false")))
        *out = hg_json_bool(token.len == 4);
    else if (hg_str_i64(token, &integer))
        *out = hg_json_int(integer);
    else if (hg_uuid_valid(token) || hg_time_parse(token, &time, NULL) == HG_OK)
        *out = hg_json_str(token);
    else
        return false;
    return true;
}

static enum hg_code parse_call(struct parser *p, enum odata_node_kind kind,
                               const struct odata_filter **out)
{
    struct odata_filter *node = new_node(p, kind);
    if (node == NULL)
        return no_memory(p);
    HG_TRY(parse_or(p, &node->left));
    if (!take_byte(p, ','))
        return fail(p, "',' and a text are expected");
    HG_TRY(parse_or(p, &node->right));
    if (!take_byte(p, ')'))
        return fail(p, "')' is expected");
    *out = node;
    return HG_OK;
}

/* assignedPlans/any(p: p/service eq 'exchange') */
static enum hg_code parse_lambda(struct parser *p, hg_str path, enum odata_node_kind kind,
                                 const struct odata_filter **out)
{
    struct odata_filter *node = new_node(p, kind);
    if (node == NULL)
        return no_memory(p);
    node->path = path;
    hg_str token = take_token(p); /* "p", "p:", or with what follows: "p:p/service" */
    hg_str rest;
    if (hg_str_cut(token, ':', &node->variable, &rest))
        p->scan.at -= rest.len;
    else if (token.len > 0 && !take_byte(p, ':'))
        return fail(p, "':' is expected after the variable");
    if (node->variable.len == 0)
        return fail(p, "a variable and ':' are expected");
    HG_TRY(parse_or(p, &node->left));
    if (!take_byte(p, ')'))
        return fail(p, "')' is expected");
    *out = node;
    return HG_OK;
}

static enum hg_code parse_name(struct parser *p, hg_str token, const struct odata_filter **out)
{
    static const struct {
        const char *name;
        enum odata_node_kind kind;
    } functions[] = {{"startswith", ODATA_STARTSWITH},
                     {"endswith", ODATA_ENDSWITH},
                     {"contains", ODATA_CONTAINS}};
    if (!take_byte(p, '(')) {
        struct odata_filter *node = new_node(p, ODATA_PATH);
        if (node == NULL)
            return no_memory(p);
        node->path = token;
        *out = node;
        return HG_OK;
    }
    for (size_t i = 0; i < HG_COUNT(functions); i++)
        if (hg_str_eq_nocase(token, hg_str_of(functions[i].name)))
            return parse_call(p, functions[i].kind, out);
    if (hg_str_ends(token, HG_STR("/any")))
        return parse_lambda(p, hg_str_sub(token, 0, token.len - 4), ODATA_ANY, out);
    if (hg_str_ends(token, HG_STR("/all")))
        return parse_lambda(p, hg_str_sub(token, 0, token.len - 4), ODATA_ALL, out);
    return HG_FAIL(p->err, HG_MALFORMED, "at character %zu: there is no function '%.*s'",
                   p->scan.at, HG_ARG(token));
}

static enum hg_code parse_primary(struct parser *p, const struct odata_filter **out)
{
    if (take_byte(p, '(')) {
        HG_TRY(parse_or(p, out));
        return take_byte(p, ')') ? HG_OK : fail(p, "')' is expected");
    }
    struct odata_filter *node = new_node(p, ODATA_CONSTANT);
    if (node == NULL)
        return no_memory(p);
    if (hg_scan_peek(&p->scan) == '\'') {
        *out = node;
        return parse_string(p, node);
    }
    hg_str token = take_token(p);
    if (token.len == 0)
        return fail(p, "a property, value or '(' is expected");
    if (!constant_of(token, &node->value))
        return parse_name(p, token, out);
    *out = node;
    return HG_OK;
}

static enum hg_code parse_list(struct parser *p, struct odata_filter *in)
{
    if (!take_byte(p, '('))
        return fail(p, "'(' and values are expected after in");
    const struct odata_filter **link = &in->right;
    do {
        const struct odata_filter *value;
        HG_TRY(parse_primary(p, &value));
        if (value->kind != ODATA_CONSTANT)
            return fail(p, "a value is expected");
        struct odata_filter *item = new_node(p, ODATA_CONSTANT);
        if (item == NULL)
            return no_memory(p);
        item->value = value->value;
        *link = item;
        link = &item->next;
    } while (take_byte(p, ','));
    return take_byte(p, ')') ? HG_OK : fail(p, "')' is expected");
}

static enum hg_code parse_comparison(struct parser *p, const struct odata_filter **out)
{
    static const char *const names[] = {"eq", "ne", "gt", "ge", "lt", "le"};
    const struct odata_filter *left;
    HG_TRY(parse_primary(p, &left));
    if (take_word(p, "in")) {
        struct odata_filter *in = new_node(p, ODATA_IN);
        if (in == NULL)
            return no_memory(p);
        in->left = left;
        *out = in;
        return parse_list(p, in);
    }
    for (size_t i = 0; i < HG_COUNT(names); i++) {
        if (!take_word(p, names[i]))
            continue;
        struct odata_filter *node = new_node(p, ODATA_COMPARE);
        if (node == NULL)
            return no_memory(p);
        node->op = (enum odata_operator)i;
        node->left = left;
        *out = node;
        return parse_primary(p, &node->right);
    }
    *out = left;
    return HG_OK;
}

static enum hg_code parse_not(struct parser *p, const struct odata_filter **out)
{
    if (!take_word(p, "not"))
        return parse_comparison(p, out);
    struct odata_filter *node = new_node(p, ODATA_NOT);
    if (node == NULL)
        return no_memory(p);
    *out = node;
    return parse_not(p, &node->left);
}

static enum hg_code parse_chain(struct parser *p, const char *word, enum odata_node_kind kind,
                                parse_fn *operand, const struct odata_filter **out)
{
    HG_TRY(operand(p, out));
    while (take_word(p, word)) {
        struct odata_filter *node = new_node(p, kind);
        if (node == NULL)
            return no_memory(p);
        node->left = *out;
        *out = node;
        HG_TRY(operand(p, &node->right));
    }
    return HG_OK;
}

static enum hg_code parse_and(struct parser *p, const struct odata_filter **out)
{
    return parse_chain(p, "and", ODATA_AND, parse_not, out);
}

static enum hg_code parse_or(struct parser *p, const struct odata_filter **out)
{
    if (++p->depth > MAX_DEPTH)
        return fail(p, "nested too deeply");
    enum hg_code code = parse_chain(p, "or", ODATA_OR, parse_and, out);
    p->depth--;
    return code;
}

enum hg_code odata_filter_parse(struct hg_arena *arena, hg_str text,
                                const struct odata_filter **out, struct hg_err *err)
{
    if (text.len > HG_MAX_TARGET)
        return HG_FAIL(err, HG_TOO_BIG, "a filter of more than %d characters", HG_MAX_TARGET);
    struct parser p = {.arena = arena, .scan = hg_scan_of(text), .err = err};
    const struct odata_filter *filter;
    HG_TRY(parse_or(&p, &filter));
    hg_scan_blanks(&p.scan);
    if (!hg_scan_done(&p.scan))
        return fail(&p, "an operator (eq, and, or …) is expected");
    *out = filter;
    return HG_OK;
}
