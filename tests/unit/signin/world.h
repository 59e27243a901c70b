#pragma once

/* Users, settings and a session for the tests of the sign-in journey. */

#include "signin/signin.h"
#include "unit/test.h"

static inline hg_time world_at(int64_t seconds)
{
    return hg_time_add((hg_time){.us = INT64_C(1764000000) * 1000000}, HG_SECONDS(seconds));
}

static const struct model_user world_ana = {.id = HG_LIT("ana-id"),
                                            .upn = HG_LIT("ana@contoso.test"),
                                            .enabled = true,
                                            .has_mfa_method = true};
static const struct model_user world_new = {
    .id = HG_LIT("new-id"), .upn = HG_LIT("new@contoso.test"), .enabled = true};
static const struct model_user world_off = {.id = HG_LIT("ana-id"),
                                            .upn = HG_LIT("ana@contoso.test")};

/* Signed in an hour ago, with two factors. */
static inline struct signin_session world_session(void)
{
    return (struct signin_session){.id = HG_STR("s1"),
                                   .user = HG_STR("ana-id"),
                                   .username = HG_STR("ana@contoso.test"),
                                   .login_hint = HG_STR("opaque"),
                                   .auth_at = world_at(-3600),
                                   .last_used = world_at(-60),
                                   .mfa_at = {.is_set = true, .at = world_at(-3590)},
                                   .methods = MODEL_METHOD_PASSWORD | MODEL_METHOD_SOFTWARE_OATH};
}

static inline struct policy_verdict world_verdict(enum policy_outcome outcome, uint32_t needs,
                                                  uint32_t aadsts)
{
    return (struct policy_verdict){.outcome = outcome,
                                   .needs = needs,
                                   .aadsts = aadsts,
                                   .claims = aadsts != 0 ? HG_STR("{\"c\":1}") : HG_STR("")};
}

static inline const struct signin_effect *world_effect(const struct signin_step *step,
                                                       enum signin_effect_kind kind)
{
    for (size_t i = 0; i < step->n_effects; i++)
        if (step->effects[i].kind == kind)
            return &step->effects[i];
    return NULL;
}
