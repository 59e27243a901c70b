#include "base/base.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/set_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Which error row stands for a verdict (conditional-access.md 5.4) and which pair the
 * v2 token endpoint sends with it (protocol.md E2.8, 5.3). */

static const struct {
    uint32_t code;
    hg_str error, suberror;
} pairs[] = {
    {50076, HG_LIT("interaction_required"), HG_LIT("basic_action")},
    {50078, HG_LIT("interaction_required"), HG_LIT("basic_action")},
    {50079, HG_LIT("interaction_required"), HG_LIT("basic_action")},
    {50097, HG_LIT("interaction_required"), HG_LIT("basic_action")},
    {50135, HG_LIT("interaction_required"), HG_LIT("basic_action")},
    {50158, HG_LIT("interaction_required"), HG_LIT("additional_action")},
    {53000, HG_LIT("invalid_grant"), HG_LIT("additional_action")},
    {53001, HG_LIT("invalid_grant"), HG_LIT("additional_action")},
    {53002, HG_LIT("invalid_grant"), HG_LIT("message_only")},
    {53003, HG_LIT("invalid_grant"), HG_LIT("message_only")},
    {53009, HG_LIT("unauthorized_client"), HG_LIT("protection_policy_required")},
    {530035, HG_LIT("invalid_grant"), HG_LIT("message_only")},
    {530036, HG_LIT("invalid_grant"), HG_LIT("message_only")},
    {530084, HG_LIT("invalid_grant"), HG_LIT("message_only")},
};

static void set_code(struct policy_verdict *verdict, uint32_t code)
{
    size_t i = 0;
    while (i < HG_COUNT(pairs) && pairs[i].code != code)
        i++;
    HG_ASSERT(i < HG_COUNT(pairs));
    verdict->aadsts = code;
    verdict->error = pairs[i].error;
    verdict->suberror = pairs[i].suberror;
}

static uint32_t mfa_code(const struct policy_facts *facts)
{
    if (facts->mfa_at.is_set && facts->mfa_is_stale)
        return 50078;
    return facts->user != NULL && facts->user->has_mfa_method ? 50076 : 50079;
}

/* The row of the first need in the order of asking. */
static uint32_t need_code(uint32_t needs, const struct policy_facts *facts)
{
    static const uint32_t rows[] = {0,     0,     50076, 53000, 53001, 53002,
                                    53009, 50135, 50135, 50158, 50158, 530084};
    unsigned first = (unsigned)__builtin_ctz(needs);
    HG_ASSERT(first < HG_COUNT(rows));
    if (needs & POLICY_CONTROL_MFA)
        return mfa_code(facts);
    bool silent_without_device = !facts->device->is_present && !facts->is_interactive;
    if (1u << first == POLICY_CONTROL_COMPLIANT_DEVICE && silent_without_device)
        return 50097;
    return rows[first];
}

/* 53003; or 530036 when a silent redemption is refused by policies about transferred
 * sign-ins alone. The token is then dead for good if one of them covers everything. */
static void set_block_code(struct policy_verdict *verdict, const struct policy_set *set,
                           const struct policy_facts *facts, const uint64_t *blocking)
{
    bool by_flow = !facts->is_interactive;
    bool everywhere = false;
    for (size_t w = 0; by_flow && w < set->n_words; w++)
        for (uint64_t mask = blocking[w]; mask != 0; mask &= mask - 1) {
            const struct policy_rule *rule = set->rules[w * 64 + (size_t)__builtin_ctzll(mask)];
            by_flow &= rule->transfer_methods != 0 && (rule->controls & POLICY_CONTROL_BLOCK) != 0;
            everywhere |= (rule->include_apps.families & POLICY_FAMILY_ALL) != 0;
        }
    set_code(verdict, by_flow ? 530036 : 53003);
    if (by_flow && everywhere)
        verdict->suberror = HG_STR("bad_token");
}

static bool list_deciding(struct hg_arena *arena, const struct policy_set *set,
                          const uint64_t *deciding, struct policy_verdict *verdict)
{
    size_t n = 0;
    for (size_t w = 0; w < set->n_words; w++)
        n += policy_bits_count(deciding[w]);
    hg_str *ids = HG_NEW_ARRAY(arena, hg_str, n);
    if (ids == NULL)
        return false;
    verdict->deciding = ids;
    for (size_t w = 0; w < set->n_words; w++)
        for (uint64_t mask = deciding[w]; mask != 0; mask &= mask - 1)
            ids[verdict->n_deciding++] = set->rules[w * 64 + (size_t)__builtin_ctzll(mask)]->id;
    return true;
}

static char *append(char *at, hg_str text)
{
    memcpy(at, text.ptr, text.len);
    return at + text.len;
}

/* The document that a client hands back as the `claims` parameter. The ids were quoted
 * when the set was compiled. */
static enum hg_code write_claims(struct hg_arena *arena, const struct policy_set *set,
                                 const uint64_t *deciding, struct policy_verdict *verdict,
                                 struct hg_err *err)
{
    static const hg_str head =
        HG_LIT("{\"access_token\":{\"capolids\":{\"essential\":true,\"values\":[");
    static const hg_str tail = HG_LIT("]}}}");
    size_t room = head.len + tail.len;
    for (size_t w = 0; w < set->n_words; w++)
        for (uint64_t mask = deciding[w]; mask != 0; mask &= mask - 1)
            room += set->quoted[w * 64 + (size_t)__builtin_ctzll(mask)].len + 1;
    char *text = hg_arena_alloc(arena, room, 1);
    if (text == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "claims of a challenge");
    char *at = append(text, head);
    for (size_t w = 0; w < set->n_words; w++)
        for (uint64_t mask = deciding[w]; mask != 0; mask &= mask - 1) {
            if (at[-1] != '[')
                *at++ = ',';
            at = append(at, set->quoted[w * 64 + (size_t)__builtin_ctzll(mask)]);
        }
    at = append(at, tail);
    verdict->claims = (hg_str){.ptr = text, .len = (size_t)(at - text)};
    return HG_OK;
}

enum hg_code policy_outcome_describe(struct hg_arena *arena, const struct policy_set *set,
                                     const struct policy_facts *facts, const uint64_t *deciding,
                                     uint32_t code, struct policy_verdict *verdict,
                                     struct hg_err *err)
{
    if (verdict->outcome == POLICY_ALLOW)
        return HG_OK;
    if (!list_deciding(arena, set, deciding, verdict))
        return HG_FAIL(err, HG_NO_MEMORY, "ids of deciding policies");
    if (verdict->outcome == POLICY_BLOCK && verdict->n_deciding == 0) {
        set_code(verdict, code);
        return HG_OK;
    }
    if (verdict->outcome == POLICY_BLOCK) {
        set_block_code(verdict, set, facts, deciding);
        return HG_OK;
    }
    set_code(verdict, need_code(verdict->needs, facts));
    return verdict->n_deciding == 0 ? HG_OK : write_claims(arena, set, deciding, verdict, err);
}
