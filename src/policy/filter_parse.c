#include "base/base.h"
#include "policy/filter_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DEPTH_MAX = 32, VALUES_MAX = 256 };

static const struct {
    const char *name;
    enum filter_op op;
    bool is_negative;
} operators[] = {
    {"eq", FILTER_EQ, false},
    {"ne", FILTER_EQ, true},
    {"startsWith", FILTER_STARTS, false},
    {"notStartsWith", FILTER_STARTS, true},
    {"endsWith", FILTER_ENDS, false},
    {"notEndsWith", FILTER_ENDS, true},
    {"contains", FILTER_CONTAINS, false},
    {"notContains", FILTER_CONTAINS, true},
    {"in", FILTER_IN, false},
    {"notIn", FILTER_IN, true},
};

enum token_kind { TOKEN_END, TOKEN_MARK, TOKEN_TEXT, TOKEN_WORD };

struct token {
    enum token_kind kind;
    hg_str text; /* a string's content, unescaped */
    size_t at;
};

struct parser {
    struct hg_arena *arena;
    const struct policy_filter_language *language;
    hg_str rule;
    size_t at; /* behind `token` */
    struct token token;
    unsigned depth;
};

static enum hg_code fail(const struct parser *parser, size_t at, const char *what,
                         struct hg_err *err)
{
    size_t column = 1;
    for (size_t i = 0; i < at && i < parser->rule.len; i++)
        column += ((unsigned char)parser->rule.ptr[i] & 0xc0) != 0x80;
    return HG_FAIL(err, HG_MALFORMED, "column %zu of the rule: %s", column, what);
}

/* --- Words --------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_mark(char c)
{
    return c == '(' || c == ')' || c == '[' || c == ']' || c == ',';
}

/* Double quotes escape by a backtick, single ones by doubling. */
static enum hg_code read_quoted(struct parser *parser, char quote, struct hg_err *err)
{
    struct hg_buf buf = hg_buf_new(parser->arena, parser->rule.len + 1);
    hg_str rule = parser->rule;
    size_t i = parser->token.at + 1;
    while (i < rule.len) {
        bool escaped = quote == '"'
                           ? rule.ptr[i] == '`'
                           : rule.ptr[i] == quote && i + 1 < rule.len && rule.ptr[i + 1] == quote;
        if (escaped && i + 1 < rule.len)
            i++;
        else if (rule.ptr[i] == quote)
            break;
        hg_buf_byte(&buf, rule.ptr[i++]);
    }
    if (i >= rule.len)
        return fail(parser, parser->token.at, "the quote is not closed", err);
    parser->at = i + 1;
    parser->token.kind = TOKEN_TEXT;
    return hg_buf_finish(&buf, &parser->token.text, err);
}

static enum hg_code advance(struct parser *parser, struct hg_err *err)
{
    hg_str rule = parser->rule;
    while (parser->at < rule.len && is_blank(rule.ptr[parser->at]))
        parser->at++;
    size_t at = parser->at;
    parser->token = (struct token){.kind = TOKEN_END, .text = HG_STR(""), .at = at};
    if (at >= rule.len)
        return HG_OK;
    char c = rule.ptr[at];
    if (c == '"' || c == '\'')
        return read_quoted(parser, c, err);
    size_t end = at + 1;
    if (!is_mark(c))
        while (end < rule.len && !is_blank(rule.ptr[end]) && !is_mark(rule.ptr[end]) &&
               rule.ptr[end] != '"' && rule.ptr[end] != '\'')
            end++;
    parser->at = end;
    parser->token.kind = is_mark(c) ? TOKEN_MARK : TOKEN_WORD;
    parser->token.text = hg_str_sub(rule, at, end - at);
    return HG_OK;
}

/* Rules pasted from documents carry en and em dashes for the hyphen, or none. */
static hg_str without_dash(hg_str word)
{
    static const hg_str dashes[] = {HG_LIT("-"), HG_LIT("\xe2\x80\x93"), HG_LIT("\xe2\x80\x94")};
    for (size_t i = 0; i < HG_COUNT(dashes); i++)
        if (hg_str_starts(word, dashes[i]))
            return hg_str_from(word, dashes[i].len);
    return word;
}

static bool at_word(const struct parser *parser, const char *word)
{
    return parser->token.kind == TOKEN_WORD &&
           hg_str_eq_nocase(without_dash(parser->token.text), hg_str_of(word));
}

static bool at_mark(const struct parser *parser, char mark)
{
    return parser->token.kind == TOKEN_MARK && parser->token.text.ptr[0] == mark;
}

/* --- Comparisons ------------------------------------------------------------------ */

static enum hg_code parse_property(struct parser *parser, struct policy_filter *node,
                                   struct hg_err *err)
{
    const struct policy_filter_language *language = parser->language;
    size_t at = parser->token.at;
    if (parser->token.kind != TOKEN_WORD ||
        !hg_str_starts_nocase(parser->token.text, language->prefix))
        return fail(
            parser, at,
            hg_str_z(parser->arena, hg_str_format(parser->arena, "expected a property such as %s",
                                                  language->example)),
            err);
    if (!language->find(hg_str_from(parser->token.text, language->prefix.len), &node->property))
        return fail(parser, at, language->unknown, err);
    return advance(parser, err);
}

static enum hg_code parse_operator(struct parser *parser, struct policy_filter *node,
                                   struct hg_err *err)
{
    for (size_t i = 0; i < HG_COUNT(operators); i++) {
        if (!at_word(parser, operators[i].name))
            continue;
        node->op = operators[i].op;
        node->is_negative = operators[i].is_negative;
        if ((node->property.ops & 1u << node->op) == 0)
            return fail(parser, parser->token.at, "the property does not take this operator", err);
        return advance(parser, err);
    }
    return fail(parser, parser->token.at, "expected an operator such as -eq", err);
}

static bool at_value(const struct parser *parser)
{
    return parser->token.kind == TOKEN_TEXT || parser->token.kind == TOKEN_WORD;
}

static enum hg_code parse_list(struct parser *parser, struct policy_filter *node,
                               struct hg_err *err)
{
    hg_str *values = HG_NEW_ARRAY(parser->arena, hg_str, VALUES_MAX);
    if (values == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "values of a rule");
    node->values = values;
    do {
        HG_TRY(advance(parser, err)); /* over [ or , */
        if (!at_value(parser))
            return fail(parser, parser->token.at, "expected a value", err);
        if (node->n_values == VALUES_MAX)
            return fail(parser, parser->token.at, "the list has more than 256 values", err);
        values[node->n_values++] = parser->token.text;
        HG_TRY(advance(parser, err));
    } while (at_mark(parser, ','));
    if (!at_mark(parser, ']'))
        return fail(parser, parser->token.at, "expected , or ]", err);
    return advance(parser, err);
}

static enum hg_code parse_value(struct parser *parser, struct policy_filter *node,
                                struct hg_err *err)
{
    if (node->op == FILTER_IN) {
        if (!at_mark(parser, '['))
            return fail(parser, parser->token.at, "expected a list in square brackets", err);
        return parse_list(parser, node, err);
    }
    if (!at_value(parser))
        return fail(parser, parser->token.at, "expected a value", err);
    node->is_null = at_word(parser, "null");
    if (node->is_null && node->op != FILTER_EQ)
        return fail(parser, parser->token.at, "null is compared by -eq and -ne alone", err);
    hg_str *value = HG_NEW(parser->arena, hg_str);
    if (value == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "value of a rule");
    *value = parser->token.text;
    node->values = value;
    node->n_values = 1;
    return advance(parser, err);
}

static enum hg_code parse_compare(struct parser *parser, struct policy_filter *node,
                                  struct hg_err *err)
{
    node->kind = FILTER_COMPARE;
    HG_TRY(parse_property(parser, node, err));
    HG_TRY(parse_operator(parser, node, err));
    return parse_value(parser, node, err);
}

/* --- Precedence ---------------------------------------------------------------------- */

static enum hg_code parse_chain(struct parser *parser, enum filter_kind kind,
                                const struct policy_filter **out, struct hg_err *err);

static enum hg_code parse_primary(struct parser *parser, const struct policy_filter **out,
                                  struct hg_err *err)
{
    if (!at_mark(parser, '(')) {
        struct policy_filter *node = HG_NEW(parser->arena, struct policy_filter);
        if (node == NULL)
            return HG_FAIL(err, HG_NO_MEMORY, "a filter rule");
        HG_TRY(parse_compare(parser, node, err));
        *out = node;
        return HG_OK;
    }
    if (++parser->depth > DEPTH_MAX)
        return fail(parser, parser->token.at, "more than 32 brackets inside each other", err);
    HG_TRY(advance(parser, err));
    HG_TRY(parse_chain(parser, FILTER_OR, out, err));
    if (!at_mark(parser, ')'))
        return fail(parser, parser->token.at, "expected -and, -or or )", err);
    parser->depth--;
    return advance(parser, err);
}

static enum hg_code parse_not(struct parser *parser, const struct policy_filter **out,
                              struct hg_err *err)
{
    if (!at_word(parser, "not"))
        return parse_primary(parser, out, err);
    struct policy_filter *node = HG_NEW(parser->arena, struct policy_filter);
    if (node == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "a filter rule");
    node->kind = FILTER_NOT;
    HG_TRY(advance(parser, err));
    HG_TRY(parse_primary(parser, &node->left, err));
    *out = node;
    return HG_OK;
}

static enum hg_code parse_operand(struct parser *parser, enum filter_kind kind,
                                  const struct policy_filter **out, struct hg_err *err)
{
    return kind == FILTER_OR ? parse_chain(parser, FILTER_AND, out, err)
                             : parse_not(parser, out, err);
}

/* One or more operands of -or, or of -and. */
static enum hg_code parse_chain(struct parser *parser, enum filter_kind kind,
                                const struct policy_filter **out, struct hg_err *err)
{
    const struct policy_filter *left = NULL;
    HG_TRY(parse_operand(parser, kind, &left, err));
    while (at_word(parser, kind == FILTER_OR ? "or" : "and")) {
        struct policy_filter *node = HG_NEW(parser->arena, struct policy_filter);
        if (node == NULL)
            return HG_FAIL(err, HG_NO_MEMORY, "a filter rule");
        node->kind = kind;
        node->left = left;
        HG_TRY(advance(parser, err));
        HG_TRY(parse_operand(parser, kind, &node->right, err));
        left = node;
    }
    *out = left;
    return HG_OK;
}

enum hg_code policy_filter_parse(struct hg_arena *arena, hg_str rule,
                                 const struct policy_filter_language *language,
                                 const struct policy_filter **out, struct hg_err *err)
{
    struct parser parser = {.arena = arena, .language = language, .rule = rule};
    const struct policy_filter *filter = NULL;
    HG_TRY(advance(&parser, err));
    HG_TRY(parse_chain(&parser, FILTER_OR, &filter, err));
    if (parser.token.kind != TOKEN_END)
        return fail(&parser, parser.token.at, "expected -and, -or or the end", err);
    *out = filter;
    return HG_OK;
}
