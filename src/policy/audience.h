#pragma once

#include "base/base.h"
#include "policy/policy.h"

/* Which resources conditional access looks at for a request (3.4 steps A and C,
 * 3.5). The answer is policy_facts.resources.
 *
 *   - the resources behind the scopes; a Graph scope stands for the data set behind
 *     it: Mail.* is Exchange, Files.* SharePoint, ChannelMessage.* Teams;
 *   - a confidential client that asks for an ID token, also itself;
 *   - only baseline scopes (OIDC ones, User.Read, People.Read …): the directory,
 *     00000002-0000-0000-c000-000000000000, so that an exclusion of one resource
 *     does not open the profile; what the tenant's baselineScopesMode makes of those of
 *     low privilege, the set knows;
 *   - with `with_dependencies` what the called service needs before it is entered:
 *     Power Automate → Power Apps → Azure management, directory, SharePoint, Exchange. */
struct policy_request {
    hg_str client; /* appId */
    bool is_confidential;
    bool wants_id_token;    /* openid is among the scopes */
    bool with_dependencies; /* behaviour `entra` */
    hg_str resource;        /* appId the token is for; empty: OIDC scopes alone */
    const hg_str *scopes;   /* bare names: "Mail.Read", "openid"; what .default means */
    size_t n_scopes;
};

/* policy_facts.resources and .low_privilege. No audience twice; at least one. */
struct policy_audiences {
    const hg_str *items;
    size_t n;
    hg_str low_privilege;
};
HG_MUST_USE enum hg_code policy_audiences(struct hg_arena *arena, const struct policy_set *set,
                                          const struct policy_request *request,
                                          struct policy_audiences *out, struct hg_err *err);
