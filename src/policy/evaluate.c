#include "base/base.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/set_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* What gathers while the applying policies are gone through. */
struct tally {
    const struct policy_set *set;
    const struct policy_resolved *facts;
    struct hg_arena *arena;
    unsigned char *results;
    uint64_t *blocking, *failing; /* enabled policies */
    bool any_blocking;
    bool out_of_memory;
    struct policy_asked asked;
    struct policy_verdict verdict;
};

/* --- One policy --------------------------------------------------------------------- */

/* 3.6. With nobody there to be asked, what would have been a question is a failure:
 * enforced, the policy would have refused (scenario E1e). */
static enum policy_result report_only_result(const struct policy_missing *missing,
                                             const struct policy_resolved *facts)
{
    if (missing->unmet == 0)
        return POLICY_RESULT_REPORT_ONLY_SUCCESS;
    bool answerable =
        (missing->asked & ~(uint32_t)POLICY_CONTROLS_PROMPT) == 0 && !missing->is_final;
    return answerable && facts->facts->is_interactive ? POLICY_RESULT_REPORT_ONLY_INTERRUPTED
                                                      : POLICY_RESULT_REPORT_ONLY_FAILURE;
}

/* --- Session controls (3.7) ------------------------------------------------------------ */

static void merge_frequency(struct policy_frequency *into, const struct policy_frequency *from)
{
    if (!from->is_set)
        return;
    bool stricter = !into->is_set || from->every_time ||
                    (!into->every_time && from->window.us < into->window.us);
    if (stricter)
        *into = *from;
}

static void merge_session(struct policy_session_controls *into,
                          const struct policy_session_controls *from)
{
    merge_frequency(&into->frequency, &from->frequency);
    merge_frequency(&into->mfa_frequency, &from->mfa_frequency);
    if (from->has_persistent) {
        into->persistent_always =
            from->persistent_always && (!into->has_persistent || into->persistent_always);
        into->has_persistent = true;
    }
    into->app_enforced_restrictions |= from->app_enforced_restrictions;
    into->secure_signin_session |= from->secure_signin_session;
    into->disable_resilience_defaults |= from->disable_resilience_defaults;
    if (from->cloud_app_security > into->cloud_app_security)
        into->cloud_app_security = from->cloud_app_security;
    if (from->continuous_access > into->continuous_access)
        into->continuous_access = from->continuous_access;
}

/* --- All policies ------------------------------------------------------------------------ */

static uint64_t applying(const struct policy_set *set, const struct policy_resolved *facts,
                         size_t word)
{
    uint64_t mask = set->enabled[word] | set->report_only[word];
    for (uint32_t used = set->used; used != 0; used &= used - 1)
        mask &= facts->holds[__builtin_ctz(used)][word];
    return mask;
}

bool policy_rule_applies(const struct policy_set *set, const struct policy_resolved *facts,
                         size_t i)
{
    for (uint32_t used = set->used; used != 0; used &= used - 1)
        if (!policy_mask_has(facts->holds[__builtin_ctz(used)], i))
            return false;
    return true;
}

static void count_enabled(struct tally *tally, size_t i, const struct policy_missing *missing)
{
    const struct policy_brief *brief = &tally->set->briefs[i];
    struct policy_verdict *verdict = &tally->verdict;
    verdict->any_applied = true;
    verdict->needs |= missing->asked;
    if (tally->facts->is_user)
        verdict->mfa_required_by |= brief->mfa_sources;
    tally->results[i] = missing->unmet == 0 ? POLICY_RESULT_SUCCESS : POLICY_RESULT_FAILURE;
    if (missing->unmet != 0)
        policy_mask_set(tally->failing, i);
    if (missing->is_final) {
        policy_mask_set(tally->blocking, i);
        tally->any_blocking = true;
    }
    if ((missing->asked & (POLICY_CONTROL_TERMS_OF_USE | POLICY_CONTROL_CUSTOM)) != 0)
        tally->out_of_memory |= !policy_names_add(tally->arena, tally->set, i, missing->asked,
                                                  tally->facts->facts, &tally->asked);
    if ((brief->traits & POLICY_TRAIT_HAS_SESSION) != 0)
        merge_session(&verdict->session, &tally->set->rules[i]->session);
}

static void count(struct tally *tally, size_t i)
{
    struct policy_missing missing = policy_rule_missing(tally->set, tally->facts, i);
    if ((tally->set->briefs[i].traits & POLICY_TRAIT_ENABLED) != 0)
        count_enabled(tally, i, &missing);
    else
        tally->results[i] = (unsigned char)report_only_result(&missing, tally->facts);
}

static bool tally_init(struct tally *tally, struct hg_arena *arena)
{
    const struct policy_set *set = tally->set;
    uint64_t *masks = HG_NEW_ARRAY(arena, uint64_t, set->n_words * 2);
    tally->results = HG_NEW_ARRAY(arena, unsigned char, set->n);
    if (masks == NULL || tally->results == NULL)
        return false;
    tally->blocking = masks;
    tally->failing = masks + set->n_words;
    if (set->n > 0)
        memcpy(tally->results, set->idle, set->n);
    return true;
}

/* Blocks of policies come first; a setting names no policy. */
static enum hg_code conclude(struct tally *tally, struct hg_err *err)
{
    enum { BLOCKED = 53003, BY_SECURITY_DEFAULTS = 530035 };
    struct policy_verdict *verdict = &tally->verdict;
    const struct policy_other_mfa other = tally->facts->other;
    verdict->mfa_required_by |= other.sources;
    if (other.asks)
        verdict->needs |= POLICY_CONTROL_MFA;
    if (tally->any_blocking || other.blocks_legacy || other.is_final)
        verdict->outcome = POLICY_BLOCK;
    else if (verdict->needs != 0)
        verdict->outcome = POLICY_CHALLENGE;
    verdict->terms = tally->asked.terms.items;
    verdict->n_terms = tally->asked.terms.n;
    verdict->factors = tally->asked.factors.items;
    verdict->n_factors = tally->asked.factors.n;
    return policy_outcome_describe(
        tally->arena, tally->set, tally->facts->facts,
        verdict->outcome == POLICY_BLOCK ? tally->blocking : tally->failing,
        other.blocks_legacy ? BY_SECURITY_DEFAULTS : BLOCKED, verdict, err);
}

enum hg_code policy_evaluate(struct hg_arena *arena, const struct policy_set *set,
                             const struct policy_resolved *facts, bool with_reasons,
                             struct policy_verdict *out_verdict, struct hg_err *err)
{
    struct tally tally = {.set = set, .facts = facts, .arena = arena};
    if (!tally_init(&tally, arena))
        return HG_FAIL(err, HG_NO_MEMORY, "results of %zu policies", set->n);
    for (size_t w = 0; w < set->n_words; w++)
        for (uint64_t mask = applying(set, facts, w); mask != 0; mask &= mask - 1)
            count(&tally, w * 64 + (size_t)__builtin_ctzll(mask));
    if (tally.out_of_memory)
        return HG_FAIL(err, HG_NO_MEMORY, "terms and factors of %zu policies", set->n);

    struct policy_verdict *verdict = &tally.verdict;
    verdict->results = (hg_str){.ptr = (const char *)tally.results, .len = set->n};
    HG_TRY(conclude(&tally, err));
    if (with_reasons)
        HG_TRY(policy_explain(arena, set, facts, verdict->results, &verdict->rows, err));
    *out_verdict = *verdict;
    return HG_OK;
}

enum hg_code policy_judge(struct hg_arena *arena, const struct policy_set *set,
                          const struct policy_facts *facts, bool with_reasons,
                          struct policy_verdict *out_verdict, struct hg_err *err)
{
    const struct policy_resolved *resolved;
    HG_TRY(policy_resolve(arena, set, facts, &resolved, err));
    return policy_evaluate(arena, set, resolved, with_reasons, out_verdict, err);
}
