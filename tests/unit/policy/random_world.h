#pragma once

#include "base/base.h"
#include "policy/policy.h"

#include <stddef.h>
#include <stdint.h>

/* Random policies, locations and sign-ins, wide: every condition, every target, filters,
 * workloads, What If. What is drawn depends on the seed alone; the ids of what a tenant has
 * (users, groups, applications, places, policies …) on `names` alone. */

enum { WORLD_POLICIES = 6, WORLD_PLACES = 4 };

struct draw {
    uint64_t state;
};
unsigned below(struct draw *draw, unsigned n);

/* What a policy is made of, as JSON texts, to be put together in more than one way. */
struct random_policy {
    hg_str users, exclude_users;   /* members; items of excludeUsers */
    hg_str apps, exclude_apps;     /* members; items of excludeApplications */
    hg_str places, exclude_places; /* items; `places` empty: not configured */
    hg_str platforms, exclude_platforms;
    hg_str workloads; /* members of clientApplications, or empty */
    hg_str narrow;    /* more conditions */
    hg_str controls;  /* grantControls and sessionControls */
};

struct random_world {
    struct hg_arena *arena;
    struct draw draw;
    unsigned names;
    const struct policy_location *places[WORLD_PLACES];
    struct random_policy policies[WORLD_POLICIES];
    struct policy_settings settings;
    struct policy_facts facts;
};

/* Fails the test when something drawn is refused. */
void random_world_draw(struct hg_arena *arena, uint64_t seed, unsigned names,
                       struct random_world *out);
struct random_policy random_policy_draw(struct random_world *world);

/* A policy as a rule; `n` makes its id. */
const struct policy_rule *random_policy_rule(struct random_world *world,
                                             const struct random_policy *policy, unsigned n,
                                             const char *state);
