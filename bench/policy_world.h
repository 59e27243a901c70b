#pragma once

#include "base/base.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Policies and sign-ins of bench_policy, first as plain numbers, then as this module's
 * own values and as the floor's bit masks. The stream of numbers: counts of users,
 * groups, apps, locations, policies, sign-ins; each user's groups; each location
 * (trusted, ranges of address and length); each policy; each sign-in. A list is its
 * length and its members. */
struct bench_numbers {
    const uint32_t *items; /* NULL: none could be had */
    size_t n;
};

/* The same worlds for one n_policies: 1,000 users, 100 groups, 100 apps, 30 locations. */
struct bench_numbers bench_numbers_draw(struct hg_arena *arena, size_t n_policies,
                                        size_t n_signins);
/* DIR/data-N.txt: numbers parted by blanks. */
struct bench_numbers bench_numbers_read(struct hg_arena *arena, const char *dir, size_t n_policies);

struct bench_list {
    const uint32_t *items;
    size_t n;
};
static inline bool bench_has(struct bench_list list, uint32_t value)
{
    for (size_t i = 0; i < list.n; i++)
        if (list.items[i] == value)
            return true;
    return false;
}

enum {
    BENCH_ENABLED,
    BENCH_REPORT_ONLY,
    BENCH_DISABLED,
    BENCH_PLATFORMS = 5,
    BENCH_CLIENTS = 4,
    BENCH_RISKS = 4,
    BENCH_CONTROLS = 6,
};

struct bench_policy {
    uint32_t state;
    bool all_users, all_apps;
    struct bench_list in_users, in_groups, ex_users, ex_groups, in_apps, ex_apps;
    bool has_places, all_places, ex_trusted;
    struct bench_list in_places, ex_places;
    bool has_platforms, all_platforms;
    struct bench_list in_platforms, ex_platforms;
    bool has_clients, has_risks;
    struct bench_list clients, risks;
    bool blocks, needs_all;
    struct bench_list controls;
};

struct bench_place {
    bool is_trusted;
    struct bench_list ranges; /* address, length, address, length, … */
};

struct bench_signin {
    uint32_t user, app, address, platform, client, risk, controls;
};

struct bench_plain {
    size_t n_users, n_groups, n_apps, n_places, n_policies, n_signins;
    struct bench_list *users; /* their groups */
    struct bench_place *places;
    struct bench_policy *policies;
    struct bench_signin *signins;
};

struct bench_floor; /* policy_floor.c */

struct bench_world {
    struct bench_plain plain;
    const struct policy_rule **rules;
    size_t n_rules;
    const struct policy_location **locations;
    size_t n_locations;
    struct policy_source source;
    const struct policy_set *set;
    struct policy_facts *facts;
    const struct policy_resolved **resolved;
    size_t n_facts;
    const struct bench_floor *floor;
};

bool bench_plain_read(struct hg_arena *arena, const struct bench_numbers *numbers,
                      struct bench_plain *out);
bool bench_world_build(struct hg_arena *arena, const struct bench_numbers *numbers,
                       struct bench_world *out);

const struct bench_floor *bench_floor_build(struct hg_arena *arena,
                                            const struct bench_plain *plain);
/* Hashes the failing policies of sign-in i onto `hash`. */
uint32_t bench_floor_decide(const struct bench_world *world, size_t i, uint32_t hash);
