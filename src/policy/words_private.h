#pragma once

#include "base/base.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/set_private.h"

/* The two texts of a reason: what the sign-in showed and what the policy asks for,
 * each of one line. Long lists are cut after a few and say how many follow. */

hg_str policy_seen_who(struct hg_arena *arena, const struct policy_facts *facts);
hg_str policy_seen_target(struct hg_arena *arena, const struct policy_facts *facts);
hg_str policy_seen_platform(struct hg_arena *arena, const struct policy_facts *facts);
hg_str policy_seen_device(struct hg_arena *arena, const struct policy_facts *facts);
hg_str policy_seen_client(struct hg_arena *arena, const struct policy_facts *facts);
hg_str policy_seen_place(struct hg_arena *arena, const struct policy_facts *facts);
hg_str policy_seen_signin_risk(struct hg_arena *arena, const struct policy_facts *facts);
hg_str policy_seen_user_risk(struct hg_arena *arena, const struct policy_facts *facts);
hg_str policy_seen_insider_risk(struct hg_arena *arena, const struct policy_facts *facts);
hg_str policy_seen_flow(struct hg_arena *arena, const struct policy_facts *facts);

hg_str policy_wanted_who(struct hg_arena *arena, const struct policy_set *set,
                         const struct policy_rule *rule);
hg_str policy_wanted_target(struct hg_arena *arena, const struct policy_set *set,
                            const struct policy_rule *rule);
hg_str policy_wanted_platforms(struct hg_arena *arena, const struct policy_set *set,
                               const struct policy_rule *rule);
hg_str policy_wanted_devices(struct hg_arena *arena, const struct policy_set *set,
                             const struct policy_rule *rule);
hg_str policy_wanted_clients(struct hg_arena *arena, const struct policy_set *set,
                             const struct policy_rule *rule);
hg_str policy_wanted_places(struct hg_arena *arena, const struct policy_set *set,
                            const struct policy_rule *rule);
hg_str policy_wanted_signin_risk(struct hg_arena *arena, const struct policy_set *set,
                                 const struct policy_rule *rule);
hg_str policy_wanted_user_risk(struct hg_arena *arena, const struct policy_set *set,
                               const struct policy_rule *rule);
hg_str policy_wanted_insider_risk(struct hg_arena *arena, const struct policy_set *set,
                                  const struct policy_rule *rule);
hg_str policy_wanted_flows(struct hg_arena *arena, const struct policy_set *set,
                           const struct policy_rule *rule);
