#include "base/base.h"
#include "flow/expression.h"
#include "flow/expression_private.h"
#include "flow/function_private.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { SHOWN = 1024 };

/* One token ahead, recursive descent over the grammar of 4.3. */
struct parser {
    struct hg_arena *arena;
    hg_str text;
    size_t from; /* where the expression begins */
    struct flow_token token;
    unsigned depth;
    struct flow_fault *fault;
    struct hg_err *err;
};

static enum hg_code parse_expression(struct parser *parser, struct flow_term *out);

/* The expression as far as a message shows it: whole characters, not pages. */
static hg_str source_of(const struct parser *parser)
{
    hg_str source = hg_str_sub(parser->text, parser->from, SHOWN);
    while (source.len == SHOWN && ((unsigned char)source.ptr[source.len - 1] & 0xc0) == 0x80)
        source.len--;
    return source;
}

static enum hg_code refuse(struct parser *parser, uint32_t at, hg_str message)
{
    if (hg_arena_exhausted(parser->arena))
        return HG_FAIL(parser->err, HG_NO_MEMORY, "expression");
    *parser->fault = (struct flow_fault){.message = message, .at = at};
    return HG_FAIL(parser->err, HG_MALFORMED, "%.*s", HG_ARG(message));
}

static enum hg_code refuse_token(struct parser *parser, enum flow_token_error error)
{
    hg_str source = source_of(parser);
    uint32_t at = parser->token.at;
    size_t column = at - parser->from;
    const char *hint = at < parser->text.len && parser->text.ptr[at] == '"'
                           ? " Text stands in single quotes."
                           : "";
    if (error == FLOW_TOKEN_UNTERMINATED)
        return refuse(parser, at,
                      hg_str_format(parser->arena,
                                    "The template language expression '%.*s' is not valid: the "
                                    "string literal at position '%zu' is not terminated.",
                                    HG_ARG(source), column));
    if (error == FLOW_TOKEN_OVERFLOW)
        return refuse(parser, at,
                      hg_str_format(parser->arena,
                                    "The template language expression '%.*s' is not valid: the "
                                    "integer at position '%zu' overflows 64 bits.",
                                    HG_ARG(source), column));
    return refuse(parser, at,
                  hg_str_format(parser->arena,
                                "The template language expression '%.*s' is not valid: the string "
                                "character '%.*s' at position '%zu' is not expected.%s",
                                HG_ARG(source), at < parser->text.len ? 1 : 0,
                                parser->text.ptr + at, column, hint));
}

static enum hg_code advance(struct parser *parser)
{
    enum flow_token_error error =
        flow_token_next(parser->arena, parser->text, parser->token.end, &parser->token);
    if (error == FLOW_TOKEN_NO_MEMORY)
        return HG_FAIL(parser->err, HG_NO_MEMORY, "expression");
    return error == FLOW_TOKEN_OK ? HG_OK : refuse_token(parser, error);
}

static enum hg_code refuse_kind(struct parser *parser, enum flow_token_kind wanted)
{
    return refuse(parser, parser->token.at,
                  hg_str_format(parser->arena,
                                "Unable to parse template language expression '%.*s': expected "
                                "token '%s' and actual '%s'.",
                                HG_ARG(source_of(parser)), flow_token_name(wanted),
                                flow_token_name(parser->token.kind)));
}

static enum hg_code expect(struct parser *parser, enum flow_token_kind wanted)
{
    return parser->token.kind == wanted ? advance(parser) : refuse_kind(parser, wanted);
}

/* Room for one more in a list that doubles. NULL: the arena ended. */
static void *grow(struct hg_arena *arena, void *items, uint32_t n, size_t size)
{
    bool is_full = n == 0 || (n >= 4 && (n & (n - 1)) == 0);
    if (!is_full)
        return items;
    char *bigger = hg_arena_array(arena, n == 0 ? 4 : (size_t)n * 2, size, alignof(max_align_t));
    if (bigger != NULL && n > 0)
        memcpy(bigger, items, n * size);
    return bigger;
}

static enum hg_code parse_args(struct parser *parser, struct flow_term *node)
{
    HG_TRY(advance(parser));
    if (parser->token.kind == FLOW_TOKEN_RIGHT_PARENTHESIS)
        return advance(parser);
    for (;;) {
        node->args = grow(parser->arena, node->args, node->n_args, sizeof(*node->args));
        if (node->args == NULL)
            return HG_FAIL(parser->err, HG_NO_MEMORY, "arguments");
        HG_TRY(parse_expression(parser, &node->args[node->n_args]));
        node->n_args++;
        if (parser->token.kind != FLOW_TOKEN_COMMA)
            return expect(parser, FLOW_TOKEN_RIGHT_PARENTHESIS);
        HG_TRY(advance(parser));
    }
}

static enum hg_code parse_key(struct parser *parser, struct flow_term *key)
{
    if (parser->token.kind == FLOW_TOKEN_LEFT_BRACKET) {
        HG_TRY(advance(parser));
        HG_TRY(parse_expression(parser, key));
        return expect(parser, FLOW_TOKEN_RIGHT_BRACKET);
    }
    HG_TRY(expect(parser, FLOW_TOKEN_DOT));
    if (parser->token.kind != FLOW_TOKEN_IDENTIFIER)
        return refuse_kind(parser, FLOW_TOKEN_IDENTIFIER);
    *key = (struct flow_term){.at = parser->token.at, .literal = parser->token.value};
    return advance(parser);
}

static bool at_step(const struct parser *parser)
{
    return parser->token.kind == FLOW_TOKEN_DOT || parser->token.kind == FLOW_TOKEN_QUESTION ||
           parser->token.kind == FLOW_TOKEN_LEFT_BRACKET;
}

static enum hg_code parse_step(struct parser *parser, struct flow_term *node)
{
    struct flow_step step = {.at = parser->token.at};
    struct flow_term *key = HG_NEW(parser->arena, struct flow_term);
    node->steps = grow(parser->arena, node->steps, node->n_steps, sizeof(*node->steps));
    if (key == NULL || node->steps == NULL)
        return HG_FAIL(parser->err, HG_NO_MEMORY, "accesses");
    step.is_optional = parser->token.kind == FLOW_TOKEN_QUESTION;
    if (step.is_optional)
        HG_TRY(advance(parser));
    HG_TRY(parse_key(parser, key));
    step.key = key;
    node->steps[node->n_steps++] = step;
    return HG_OK;
}

static enum hg_code parse_steps(struct parser *parser, struct flow_term *node)
{
    while (at_step(parser))
        HG_TRY(parse_step(parser, node));
    return HG_OK;
}

static bool is_keyword(hg_str name, struct hg_json *out)
{
    if (hg_str_eq_nocase(name, HG_STR("true")))
        *out = hg_json_bool(true);
    else if (hg_str_eq_nocase(name, HG_STR("false")))
        *out = hg_json_bool(false);
    else if (hg_str_eq_nocase(name, HG_STR("null")))
        *out = hg_json_null();
    else
        return false;
    return true;
}

static enum hg_code parse_name(struct parser *parser, struct flow_term *node)
{
    hg_str name = parser->token.value.string;
    HG_TRY(advance(parser));
    if (parser->token.kind != FLOW_TOKEN_LEFT_PARENTHESIS && is_keyword(name, &node->literal))
        return HG_OK;
    if (parser->token.kind != FLOW_TOKEN_LEFT_PARENTHESIS)
        return refuse_kind(parser, FLOW_TOKEN_LEFT_PARENTHESIS);
    node->is_call = true;
    node->name = name;
    node->function = flow_function_find(name);
    HG_TRY(parse_args(parser, node));
    return parse_steps(parser, node);
}

static enum hg_code parse_expression(struct parser *parser, struct flow_term *out)
{
    struct flow_term node = {.at = parser->token.at};
    switch (parser->token.kind) {
    case FLOW_TOKEN_STRING:
    case FLOW_TOKEN_INTEGER:
    case FLOW_TOKEN_FLOAT:
        node.literal = parser->token.value;
        HG_TRY(advance(parser));
        break;
    case FLOW_TOKEN_IDENTIFIER:
        if (++parser->depth > HG_MAX_EXPRESSION_DEPTH)
            return refuse(parser, node.at,
                          hg_str_format(parser->arena,
                                        "The template language expression nests deeper than %d.",
                                        HG_MAX_EXPRESSION_DEPTH));
        HG_TRY(parse_name(parser, &node));
        parser->depth--;
        break;
    case FLOW_TOKEN_END:
    case FLOW_TOKEN_LEFT_PARENTHESIS:
    case FLOW_TOKEN_RIGHT_PARENTHESIS:
    case FLOW_TOKEN_LEFT_BRACKET:
    case FLOW_TOKEN_RIGHT_BRACKET:
    case FLOW_TOKEN_RIGHT_BRACE:
    case FLOW_TOKEN_COMMA:
    case FLOW_TOKEN_DOT:
    case FLOW_TOKEN_QUESTION:
        return refuse_kind(parser, FLOW_TOKEN_IDENTIFIER);
    }
    *out = node;
    return HG_OK;
}

/* One expression that begins at *at and must be followed by `end`; *at becomes the
 * place behind that. */
static enum hg_code parse_root(struct parser *parser, enum flow_token_kind end, size_t *at,
                               struct flow_part *out)
{
    struct flow_term *root = HG_NEW(parser->arena, struct flow_term);
    if (root == NULL)
        return HG_FAIL(parser->err, HG_NO_MEMORY, "expression");
    parser->from = *at;
    parser->token = (struct flow_token){.end = (uint32_t)*at};
    HG_TRY(advance(parser));
    HG_TRY(parse_expression(parser, root));
    if (parser->token.kind != end)
        return refuse_kind(parser, end);
    hg_str source = hg_str_sub(parser->text, *at, parser->token.at - *at);
    if (hg_utf16_length(source) > HG_MAX_EXPRESSION)
        return refuse(parser, (uint32_t)*at,
                      hg_str_format(parser->arena,
                                    "The template language expression is longer than the limit "
                                    "of %d characters.",
                                    HG_MAX_EXPRESSION));
    *at = parser->token.end;
    *out = (struct flow_part){.text = hg_str_trim(source), .root = root};
    return HG_OK;
}

static enum hg_code add_part(struct parser *parser, struct flow_expression *expression,
                             struct flow_part part)
{
    if (part.root == NULL && part.text.len == 0)
        return HG_OK;
    expression->parts = grow(parser->arena, expression->parts, expression->n_parts, sizeof(part));
    if (expression->parts == NULL)
        return HG_FAIL(parser->err, HG_NO_MEMORY, "template");
    expression->parts[expression->n_parts++] = part;
    return HG_OK;
}

/* Where the next "@{" or "@@{" is; the text's end when there is none. */
static size_t next_marker(hg_str text, size_t from)
{
    for (size_t at = from; at + 1 < text.len; at++) {
        size_t found = hg_str_find_byte(hg_str_from(text, at), '@');
        if (found == HG_NPOS)
            break;
        at += found;
        hg_str rest = hg_str_from(text, at);
        if (hg_str_starts(rest, HG_STR("@{")) || hg_str_starts(rest, HG_STR("@@{")))
            return at;
    }
    return text.len;
}

/* Text with expressions in it, from `at` on. */
static enum hg_code parse_pieces(struct parser *parser, size_t at,
                                 struct flow_expression *expression)
{
    hg_str text = parser->text;
    size_t start = at;
    for (at = next_marker(text, at); at < text.len; at = next_marker(text, at)) {
        struct flow_part part = {.text = hg_str_sub(text, start, at - start)};
        HG_TRY(add_part(parser, expression, part));
        if (text.ptr[at + 1] == '@') { /* "@@{" is "@{" */
            start = at + 1;
            at += 3;
            continue;
        }
        at += 2;
        HG_TRY(parse_root(parser, FLOW_TOKEN_RIGHT_BRACE, &at, &part));
        HG_TRY(add_part(parser, expression, part));
        start = at;
    }
    return add_part(parser, expression, (struct flow_part){.text = hg_str_from(text, start)});
}

static enum hg_code parse_template(struct parser *parser, struct flow_expression *expression)
{
    hg_str text = parser->text;
    size_t at = 0;
    if (hg_str_starts(text, HG_STR("@@")) && !hg_str_starts(text, HG_STR("@@{")))
        return parse_pieces(parser, 1, expression);
    bool is_typed = text.len > 1 && text.ptr[0] == '@' && text.ptr[1] != '{' && text.ptr[1] != '@';
    if (!is_typed)
        return parse_pieces(parser, at, expression);
    struct flow_part part;
    at = 1;
    HG_TRY(parse_root(parser, FLOW_TOKEN_END, &at, &part));
    expression->is_typed = true;
    return add_part(parser, expression, part);
}

static enum hg_code parse_bare(struct parser *parser, struct flow_expression *expression)
{
    struct flow_part part;
    size_t at = 0;
    HG_TRY(parse_root(parser, FLOW_TOKEN_END, &at, &part));
    expression->is_typed = true;
    return add_part(parser, expression, part);
}

enum hg_code flow_expression_parse(struct hg_arena *arena, hg_str text, enum flow_form form,
                                   const struct flow_expression **out, struct flow_fault *fault,
                                   struct hg_err *err)
{
    if (text.len > UINT32_MAX)
        return HG_FAIL(err, HG_TOO_BIG, "expression of %zu bytes", text.len);
    struct parser parser = {.arena = arena, .text = text, .fault = fault, .err = err};
    struct flow_expression *expression = HG_NEW(arena, struct flow_expression);
    if (expression == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "expression");
    if (form == FLOW_FORM_BARE)
        HG_TRY(parse_bare(&parser, expression));
    else
        HG_TRY(parse_template(&parser, expression));
    *out = expression;
    return HG_OK;
}

bool flow_expression_is_plain(const struct flow_expression *expression)
{
    for (uint32_t i = 0; i < expression->n_parts; i++)
        if (expression->parts[i].root != NULL)
            return false;
    return true;
}
