#pragma once

#include "flow/expression.h"

/* The tree behind an expression. A node is a literal or a call; a call carries the
 * accesses that follow it as a list, so that "a.b.c.d" is wide and not deep and the
 * depth of recursion is that of brackets alone. */
struct flow_function;
struct flow_term;

struct flow_step {
    const struct flow_term *key; /* ".name" is a literal string */
    bool is_optional;            /* with '?' */
    uint32_t at;
};

struct flow_term {
    uint32_t at;
    bool is_call;
    struct hg_json literal;
    hg_str name;                          /* of the function, as written */
    const struct flow_function *function; /* NULL: there is none of that name */
    struct flow_term *args;
    uint32_t n_args;
    struct flow_step *steps;
    uint32_t n_steps;
};

/* A piece of a template: text, or an expression when root is there. */
struct flow_part {
    hg_str text; /* of an expression: its source, without '@' and braces */
    const struct flow_term *root;
};

struct flow_expression {
    bool is_typed; /* one part that is an expression and keeps the kind of its value */
    struct flow_part *parts;
    uint32_t n_parts;
};

/* --- Tokens --- */

enum flow_token_kind {
    FLOW_TOKEN_END,
    FLOW_TOKEN_IDENTIFIER,
    FLOW_TOKEN_STRING,
    FLOW_TOKEN_INTEGER,
    FLOW_TOKEN_FLOAT,
    FLOW_TOKEN_LEFT_PARENTHESIS,
    FLOW_TOKEN_RIGHT_PARENTHESIS,
    FLOW_TOKEN_LEFT_BRACKET,
    FLOW_TOKEN_RIGHT_BRACKET,
    FLOW_TOKEN_RIGHT_BRACE,
    FLOW_TOKEN_COMMA,
    FLOW_TOKEN_DOT,
    FLOW_TOKEN_QUESTION,
};

struct flow_token {
    enum flow_token_kind kind;
    uint32_t at, end;     /* bytes in the text */
    struct hg_json value; /* of literals; of an identifier its name as a string */
};

const char *flow_token_name(enum flow_token_kind kind); /* as the platform calls it */

/* Why a token could not be read; the words go into the fault. */
enum flow_token_error {
    FLOW_TOKEN_OK,
    FLOW_TOKEN_UNEXPECTED,   /* a character that starts nothing */
    FLOW_TOKEN_UNTERMINATED, /* a string without its end */
    FLOW_TOKEN_BAD_NUMBER,
    FLOW_TOKEN_OVERFLOW, /* an integer past 64 bits */
    FLOW_TOKEN_NO_MEMORY,
};

/* Reads the token that starts at or after `at` (blanks are passed over). On an error
 * out->at is where it was met. */
enum flow_token_error flow_token_next(struct hg_arena *arena, hg_str text, size_t at,
                                      struct flow_token *out);
