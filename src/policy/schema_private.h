#pragma once

#include "base/base.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The resource types as tables. One table says what a member is called, what it may
 * hold and in which canonical form it is written; checking and rendering both read it. */

enum schema_kind {
    SCHEMA_STRING,
    SCHEMA_BOOL,
    SCHEMA_INT,
    SCHEMA_WORD,    /* one of `words` */
    SCHEMA_WORDS,   /* array of them */
    SCHEMA_FLAGS,   /* one string, words joined by commas */
    SCHEMA_TEXTS,   /* array of ids; `words` are the keywords among them */
    SCHEMA_OBJECT,  /* `object` */
    SCHEMA_OBJECTS, /* array of them */
    SCHEMA_OPAQUE,  /* kept as it is */
};

enum schema_trait {
    SCHEMA_BETA = 1u << 0,     /* only beta shows it */
    SCHEMA_SILENT = 1u << 1,   /* accepted, never shown */
    SCHEMA_UNJUDGED = 1u << 2, /* a value that says something cannot be judged */
    SCHEMA_ALL_WORD = 1u << 3, /* empty is written ["all"] (clientAppTypes) */
    SCHEMA_NARROWS = 1u << 4,  /* where it says something, it is shown in every shape */
};

struct schema;

struct schema_member {
    const char *name;
    enum schema_kind kind;
    unsigned traits;
    const char *const *words; /* canonical, NULL at the end; "old=canonical" is an alias */
    const struct schema *object;
};

struct schema {
    const struct schema_member *members;
    size_t n_members;
    /* When set it renders the object instead of the member-by-member rule. */
    struct hg_json (*render)(struct hg_arena *arena, const struct hg_json *json,
                             enum policy_shape shape);
};

extern const struct schema schema_policy;
extern const struct schema schema_location;
extern const struct schema schema_what_if;
extern const struct schema schema_strength;

/* Where the faults of one document gather. */
struct policy_findings {
    struct hg_arena *arena;
    bool lenient;
    enum policy_state state; /* of the document: what cannot be judged is a warning if disabled */
    bool becomes_disabled;   /* lenient, and something cannot be judged */
    struct policy_fault *items;
    size_t n, room;
    bool has_error;
    bool out_of_memory;
};

/* Adds an error or a warning whose message is "CODE: text". `path` and `text` live
 * as long as the arena. */
void policy_find(struct policy_findings *findings, const char *code, hg_str path, hg_str text);
void policy_warn(struct policy_findings *findings, const char *code, hg_str path, hg_str text);
/* A word that no schema knows: an error, in an import a warning that disables. */
void policy_find_value(struct policy_findings *findings, hg_str path, hg_str text);
/* A rule of 1.9 that is broken: an error, in an import a warning that disables. */
void policy_find_broken(struct policy_findings *findings, hg_str path, hg_str text);
/* An element that cannot be judged: an error, unless the policy is disabled or becomes so. */
void policy_find_unjudged(struct policy_findings *findings, hg_str path);
/* What nothing in this server asks for or about, if the rule is enabled (unasked.c). */
void policy_find_unasked(struct policy_findings *findings, const struct policy_rule *rule,
                         bool is_warning);
/* A member that no schema knows: an error, in an import a warning that disables. */
void policy_find_unknown(struct policy_findings *findings, hg_str member, hg_str inside);
/* Ends a parse: HG_OK, HG_NO_MEMORY, or HG_MALFORMED with the first error in err. */
HG_MUST_USE enum hg_code policy_findings_close(const struct policy_findings *findings,
                                               struct policy_faults *faults, struct hg_err *err);

/* "a.b", or "b" at the top. */
hg_str policy_path(struct hg_arena *arena, hg_str parent, const char *member);
/* At most 64 bytes of what a client wrote, for use in a message. */
hg_str policy_clip(hg_str text);
/* Null, [], {} and absence say nothing. */
bool policy_says_something(const struct hg_json *value);

void schema_check(struct policy_findings *findings, const struct schema *schema,
                  const struct hg_json *json, hg_str path);
struct hg_json schema_render(struct hg_arena *arena, const struct schema *schema,
                             const struct hg_json *json, enum policy_shape shape);
/* The canonical form of a word, or NULL. */
const char *schema_word(const char *const *words, hg_str text);
