#include "base/base.h"
#include "flow/expression_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

const char *flow_token_name(enum flow_token_kind kind)
{
    static const char *const names[] = {
        [FLOW_TOKEN_END] = "EndOfData",
        [FLOW_TOKEN_IDENTIFIER] = "Identifier",
        [FLOW_TOKEN_STRING] = "StringLiteral",
        [FLOW_TOKEN_INTEGER] = "Integer",
        [FLOW_TOKEN_FLOAT] = "Float",
        [FLOW_TOKEN_LEFT_PARENTHESIS] = "LeftParenthesis",
        [FLOW_TOKEN_RIGHT_PARENTHESIS] = "RightParenthesis",
        [FLOW_TOKEN_LEFT_BRACKET] = "LeftSquareBracket",
        [FLOW_TOKEN_RIGHT_BRACKET] = "RightSquareBracket",
        [FLOW_TOKEN_RIGHT_BRACE] = "RightCurlyBracket",
        [FLOW_TOKEN_COMMA] = "Comma",
        [FLOW_TOKEN_DOT] = "Dot",
        [FLOW_TOKEN_QUESTION] = "QuestionMark",
    };
    return names[kind];
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
           (unsigned char)c >= 0x80;
}

static char peek(hg_str text, size_t at)
{
    return at < text.len ? text.ptr[at] : '\0';
}

static size_t skip_digits(hg_str text, size_t at)
{
    while (is_digit(peek(text, at)))
        at++;
    return at;
}

static size_t skip_sign(hg_str text, size_t at)
{
    return peek(text, at) == '+' || peek(text, at) == '-' ? at + 1 : at;
}

/* Where the number at `at` ends; 0: there is none of the right form. */
static size_t number_end(hg_str text, size_t at, bool *is_float)
{
    size_t start = skip_sign(text, at);
    size_t end = skip_digits(text, start);
    bool has_digits = end > start;
    if (peek(text, end) == '.') {
        size_t fraction = end + 1;
        end = skip_digits(text, fraction);
        has_digits = has_digits || end > fraction;
        *is_float = true;
    }
    if (!has_digits)
        return 0;
    if (peek(text, end) == 'e' || peek(text, end) == 'E') {
        size_t exponent = skip_sign(text, end + 1);
        end = skip_digits(text, exponent);
        *is_float = true;
        if (end == exponent)
            return 0;
    }
    return is_name_start(peek(text, end)) || peek(text, end) == '.' ? 0 : end;
}

static enum flow_token_error read_number(struct hg_arena *arena, hg_str text,
                                         struct flow_token *token)
{
    bool is_float = false;
    size_t end = number_end(text, token->at, &is_float);
    if (end == 0)
        return FLOW_TOKEN_BAD_NUMBER;
    hg_str digits = hg_str_sub(text, token->at, end - token->at);
    token->end = (uint32_t)end;
    if (is_float) {
        token->kind = FLOW_TOKEN_FLOAT;
        token->value = hg_json_double(strtod(hg_str_z(arena, digits), NULL));
        return hg_arena_exhausted(arena) ? FLOW_TOKEN_NO_MEMORY : FLOW_TOKEN_OK;
    }
    int64_t n = 0;
    if (!hg_str_i64(digits, &n))
        return FLOW_TOKEN_OVERFLOW;
    token->kind = FLOW_TOKEN_INTEGER;
    token->value = hg_json_int(n);
    return FLOW_TOKEN_OK;
}

/* 'it''s': a doubled quote is one; nothing else is special. */
static enum flow_token_error read_string(struct hg_arena *arena, hg_str text,
                                         struct flow_token *token)
{
    struct hg_buf buf = hg_buf_new(arena, text.len);
    size_t start = token->at + 1;
    bool has_doubled = false;
    size_t at = start;
    for (;; at++) {
        size_t quote = hg_str_find_byte(hg_str_from(text, at), '\'');
        if (quote == HG_NPOS)
            return FLOW_TOKEN_UNTERMINATED;
        at += quote;
        if (peek(text, at + 1) != '\'')
            break;
        hg_buf_str(&buf, hg_str_sub(text, start, at + 1 - start));
        has_doubled = true;
        start = ++at + 1;
    }
    hg_str last = hg_str_sub(text, start, at - start);
    hg_buf_str(&buf, last);
    token->kind = FLOW_TOKEN_STRING;
    token->end = (uint32_t)(at + 1);
    token->value = hg_json_str(has_doubled ? hg_buf_view(&buf) : last);
    return has_doubled && buf.failed ? FLOW_TOKEN_NO_MEMORY : FLOW_TOKEN_OK;
}

static enum flow_token_error read_name(hg_str text, struct flow_token *token)
{
    size_t end = token->at;
    while (is_name_start(peek(text, end)) || is_digit(peek(text, end)))
        end++;
    token->kind = FLOW_TOKEN_IDENTIFIER;
    token->end = (uint32_t)end;
    token->value = hg_json_str(hg_str_sub(text, token->at, end - token->at));
    return FLOW_TOKEN_OK;
}

static bool is_mark(char c, enum flow_token_kind *out)
{
    static const struct {
        char c;
        enum flow_token_kind kind;
    } marks[] = {
        {'(', FLOW_TOKEN_LEFT_PARENTHESIS},
        {')', FLOW_TOKEN_RIGHT_PARENTHESIS},
        {'[', FLOW_TOKEN_LEFT_BRACKET},
        {']', FLOW_TOKEN_RIGHT_BRACKET},
        {'}', FLOW_TOKEN_RIGHT_BRACE},
        {',', FLOW_TOKEN_COMMA},
        {'.', FLOW_TOKEN_DOT},
        {'?', FLOW_TOKEN_QUESTION},
    };
    for (size_t i = 0; i < HG_COUNT(marks); i++) {
        if (marks[i].c == c) {
            *out = marks[i].kind;
            return true;
        }
    }
    return false;
}

enum flow_token_error flow_token_next(struct hg_arena *arena, hg_str text, size_t at,
                                      struct flow_token *out)
{
    struct hg_scan scan = {.text = text, .at = at};
    hg_scan_blanks(&scan);
    *out = (struct flow_token){.at = (uint32_t)scan.at, .end = (uint32_t)scan.at};
    if (hg_scan_done(&scan))
        return FLOW_TOKEN_OK;
    char c = hg_scan_peek(&scan);
    if (c == '\'')
        return read_string(arena, text, out);
    if (is_digit(c) || c == '+' || c == '-' || (c == '.' && is_digit(peek(text, scan.at + 1))))
        return read_number(arena, text, out);
    if (is_name_start(c))
        return read_name(text, out);
    if (!is_mark(c, &out->kind))
        return FLOW_TOKEN_UNEXPECTED;
    out->end = out->at + 1;
    return FLOW_TOKEN_OK;
}
