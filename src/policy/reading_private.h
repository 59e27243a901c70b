#pragma once

#include "base/base.h"
#include "policy/policy_private.h"
#include "policy/schema_private.h"

#include <stddef.h>
#include <stdint.h>

/* What the readers of a policy's parts share. Each reads what is well-formed and
 * leaves the rest empty: the schema has reported it. */

struct policy_word_bit {
    const char *word;
    uint32_t bit;
};
struct policy_words {
    const struct policy_word_bit *items;
    size_t n;
};

/* The member of that name in any letter case; NULL when absent or null. */
const struct hg_json *policy_member(const struct hg_json *object, const char *name);
uint32_t policy_read_words(const struct hg_json *array, struct policy_words words);
uint32_t policy_read_flags(const struct hg_json *value, struct policy_words words);
/* The strings of a list that are no keywords; *keywords gathers the bits of those that are. */
struct policy_ids policy_read_ids(struct hg_arena *arena, const struct hg_json *array,
                                  struct policy_words words, uint32_t *keywords);

/* {"mode", "rule"}; `reason` names what is wrong with one that does not parse. False when there
 * is none. */
struct policy_filter_language;
bool policy_read_filter(struct policy_findings *findings, const struct hg_json *json, hg_str path,
                        const struct policy_filter_language *language, const char *reason,
                        struct policy_rule_filter *out);

void policy_read_people(struct policy_findings *findings, const struct hg_json *conditions,
                        struct policy_rule *rule);
void policy_read_targets(struct policy_findings *findings, const struct hg_json *conditions,
                         struct policy_rule *rule);
void policy_read_conditions(struct policy_findings *findings, const struct hg_json *conditions,
                            struct policy_rule *rule);
void policy_read_controls(struct policy_findings *findings, const struct hg_json *json,
                          struct policy_rule *rule);
void policy_read_session(struct policy_findings *findings, const struct hg_json *json,
                         struct policy_rule *rule);
/* A strength as the tenant or a policy writes it; `path` "" at the top. NULL: no memory. */
const struct policy_strength *policy_read_strength(struct policy_findings *findings,
                                                   const struct hg_json *json, hg_str path);
/* Of combinationConfigurations: of passkeys, else of certificates. */
bool policy_configuration_is_fido2(const struct hg_json *json);

/* V1-V16 on what was read. */
void policy_rule_validate(struct policy_findings *findings, const struct policy_rule *rule);
