#pragma once

#include "base/base.h"
#include "model/model.h"
#include "policy/policy.h"
#include "policy/policy_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A compiled set. Each policy is one bit; for each value that a condition can see
 * there is a mask of the policies for which the condition then holds, so that a
 * decision is an AND of one mask per condition. */

/* Which policies name a key among their includes and among their excludes. */
struct policy_naming {
    uint64_t *include, *exclude;
};

struct policy_slot {
    hg_str key; /* ptr NULL: free */
    struct policy_naming naming;
};
/* Open addressing; keys compare without letter case. */
struct policy_index {
    struct policy_slot *slots;
    size_t n_slots; /* a power of two, or 0 */
    size_t n_words;
    struct hg_arena *arena;
};

/* Room for n keys; false when the arena is exhausted. */
bool policy_index_init(struct policy_index *index, struct hg_arena *arena, size_t n,
                       size_t n_words);
/* The naming of a key, made when new; NULL when the arena is exhausted. */
struct policy_naming *policy_index_put(struct policy_index *index, hg_str key);
const struct policy_naming *policy_index_find(const struct policy_index *index, hg_str key);

/* An address of either family as one number; IPv4 at ::ffff:0:0. */
struct policy_address {
    uint64_t high, low;
};
struct policy_address policy_address_of(struct hg_ip ip);

/* The addresses from one start up to the next lie in the same set of locations. */
struct policy_place_group {
    uint64_t *locations; /* bit per location, the last one for the MFA trusted IPs */
    struct policy_naming naming;
    bool is_trusted;
};
struct policy_spans {
    struct policy_address *starts; /* ascending */
    uint32_t *groups;              /* of each start */
    size_t n;
    struct policy_place_group *list;
    size_t n_groups;
    size_t n_location_words;
};
HG_MUST_USE enum hg_code policy_spans_build(struct hg_arena *arena,
                                            const struct policy_source *source,
                                            struct policy_spans *out, struct hg_err *err);
/* NULL: the address is in no location. */
const struct policy_place_group *policy_spans_find(const struct policy_spans *spans,
                                                   struct hg_ip ip);

enum {
    POLICY_N_CLIENTS = 5,
    POLICY_N_RISKS = POLICY_RISK_UNKNOWN + 1,
    POLICY_N_INSIDER = 8,
    POLICY_N_FLOWS = 4,
    POLICY_N_FAMILIES = 3,
};

/* What a decision needs of every policy that applies, close together: the rules themselves lie
 * all over the memory. */
enum policy_trait {
    POLICY_TRAIT_ENABLED = 1u << 0,
    POLICY_TRAIT_NEEDS_ALL = 1u << 1,
    POLICY_TRAIT_FOR_ALL = 1u << 2,      /* includes All resources */
    POLICY_TRAIT_HAS_LISTS = 1u << 3,    /* a strength, terms or custom controls */
    POLICY_TRAIT_BINDS_TOKENS = 1u << 4, /* secureSignInSession */
    POLICY_TRAIT_HAS_SESSION = 1u << 5,
};
struct policy_brief {
    uint32_t controls;
    uint16_t traits;
    uint16_t mfa_sources; /* enum policy_mfa_source bits */
};

struct policy_brief policy_brief_of(const struct policy_rule *rule);

struct policy_set {
    size_t n, n_words;
    struct policy_brief *briefs;
    const struct policy_rule *const *rules;
    uint64_t *enabled, *report_only;
    hg_str *quoted;                           /* ids as JSON strings */
    unsigned char *idle;                      /* result of each policy when it does not apply */
    uint32_t used;                            /* conditions that some policy narrows by */
    const struct policy_strength **strengths; /* that each policy demands; NULL: none, or one that
                                                 nobody knows and nothing meets */
    size_t n_terms, n_factors;                /* listed by all policies together */
    bool security_defaults;

    struct policy_index users, groups, roles, workloads;
    struct policy_naming everyone, externals; /* "All", "GuestsOrExternalUsers" */
    uint64_t *own_workloads;                  /* policies for ServicePrincipalsInMyTenant */
    size_t *guest_rules;                      /* policies with a structured guest condition */
    size_t n_guest_rules;

    const struct policy_app_groups *app_groups;
    enum policy_baseline baseline;
    hg_str baseline_resource;
    /* `apps` also holds the members of families, each with what names its family. */
    struct policy_index apps, actions, contexts;
    struct policy_naming families[POLICY_N_FAMILIES];
    uint64_t *excluding_apps; /* policies that exclude some application */

    /* n_words each, one row a value. */
    uint64_t *platforms, *clients, *signin_risks, *workload_risks, *user_risks, *insider, *flows;
    uint64_t *no_platforms, *no_clients; /* policies that do not narrow by it */

    size_t *filter_rules; /* policies that narrow by devices */
    size_t n_filter_rules;
    uint64_t *no_filter;
    size_t *app_filter_rules, *workload_filter_rules;
    size_t n_app_filter_rules, n_workload_filter_rules;

    const struct policy_location *const *locations;
    size_t n_locations;
    struct policy_spans spans;
    struct policy_index places;                   /* by location id */
    struct policy_index countries, gps_countries; /* by country code */
    struct policy_naming network;                 /* the compliant network, under any of its ids */
    bool network_is_trusted;
    struct policy_naming all_places, trusted_places, unknown_country;
    uint64_t *no_places;
};

/* What asks for multi-factor authentication without being a policy (other_mfa.c). */
struct policy_other_mfa {
    uint32_t sources;   /* enum policy_mfa_source bits, met or not */
    bool asks;          /* … and it is not met */
    bool is_final;      /* … and cannot be had */
    bool blocks_legacy; /* security defaults refuse this client */
};

/* Small, and by itself: what was looked at once is not looked at again for a decision. */
struct policy_resolved {
    const struct policy_facts *facts;
    const uint64_t *holds[POLICY_CONDITION_COUNT]; /* policies whose condition holds */
    uint32_t met;                /* controls, but for strengths, terms and custom ones */
    uint32_t met_through_all;    /* more of them, for policies that include All resources */
    uint32_t can_be_had;         /* controls that a step could still meet */
    uint32_t denied;             /* controls that nothing meets for this external user */
    uint32_t methods;            /* that count for a strength */
    uint32_t usable;             /* that the user has used or could use */
    bool strengths_of_all_yield; /* to the one of a policy on registering security information */
    bool is_legacy;              /* a client that can show no question */
    bool is_user;                /* and no workload */
    struct policy_other_mfa other;
};

static inline void policy_mask_set(uint64_t *mask, size_t i)
{
    mask[i / 64] |= UINT64_C(1) << (i % 64);
}

static inline bool policy_mask_has(const uint64_t *mask, size_t i)
{
    return (mask[i / 64] >> (i % 64) & 1) != 0;
}

static inline size_t policy_bits_count(uint64_t bits)
{
    size_t n = 0;
    for (; bits != 0; bits &= bits - 1)
        n++;
    return n;
}

/* What a policy that applies still misses, and what it asks for: the same for AND,
 * for OR the first control that can be had (3.2). */
struct policy_missing {
    uint32_t unmet, asked;
    uint32_t met;  /* of its controls, also when one is enough */
    bool is_final; /* no step of this sign-in can help: a block */
};
struct policy_missing policy_rule_missing(const struct policy_set *set,
                                          const struct policy_resolved *facts, size_t i);
/* met … strengths_of_all_yield; after `holds` is filled (controls.c). */
void policy_resolve_controls(const struct policy_set *set, struct policy_resolved *out);

/* Agreements and custom controls that are asked for. */
struct policy_names {
    hg_str *items;
    size_t n;
};
struct policy_asked {
    struct policy_names terms, factors;
};
/* Adds those of a policy that asks for `asked`; false when the arena is exhausted. */
bool policy_names_add(struct hg_arena *arena, const struct policy_set *set, size_t i,
                      uint32_t asked, const struct policy_facts *facts, struct policy_asked *out);

struct policy_other_mfa policy_other_mfa(const struct policy_set *set,
                                         const struct policy_resolved *facts);

/* Signals (enum policy_stated bits) that no policy may match: malformed ones, and in a What
 * If those that were not stated. */
uint32_t policy_facts_unknown(const struct policy_facts *facts);

/* All conditions hold, whatever the state. */
bool policy_rule_applies(const struct policy_set *set, const struct policy_resolved *facts,
                         size_t i);

/* Does this user fall under a structured guest condition? */
bool policy_guests_match(const struct policy_guests *guests, const struct model_user *user);

/* Error row, pair and claims from outcome and needs; deciding is set (outcome.c). Of a block
 * that no policy made `code` is the row. */
HG_MUST_USE enum hg_code
policy_outcome_describe(struct hg_arena *arena, const struct policy_set *set,
                        const struct policy_facts *facts, const uint64_t *deciding, uint32_t code,
                        struct policy_verdict *verdict, struct hg_err *err);

/* Rows with reasons for every policy (explain.c). */
HG_MUST_USE enum hg_code policy_explain(struct hg_arena *arena, const struct policy_set *set,
                                        const struct policy_resolved *facts, hg_str results,
                                        const struct policy_result_row **out, struct hg_err *err);
