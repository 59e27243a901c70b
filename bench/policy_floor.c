#include "base/base.h"
#include "policy_world.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* The least that a decision can cost: every value of a sign-in indexes a row of bits,
 * one bit a policy, and the rows are ANDed. No ids, no results, no reasons. */

enum { WORDS = 4 };

struct row {
    uint64_t words[WORDS];
};

struct bench_floor {
    struct row *users, *apps, *fails; /* fails: by the controls that are met */
    struct row platforms[BENCH_PLATFORMS], clients[BENCH_CLIENTS], risks[BENCH_RISKS];
    struct row in_place[64], ex_place[64], anywhere;
    uint32_t *cuts; /* ascending addresses; between two the same locations */
    uint64_t *places;
    size_t n_cuts, n_words;
};

static void set_if(struct row *row, size_t i, bool is)
{
    if (is)
        row->words[i / 64] |= UINT64_C(1) << (i % 64);
}

static bool shares(struct bench_list a, struct bench_list b)
{
    for (size_t i = 0; i < a.n; i++)
        if (bench_has(b, a.items[i]))
            return true;
    return false;
}

static bool user_is_in(const struct bench_policy *policy, uint32_t user, struct bench_list groups)
{
    bool in =
        policy->all_users || bench_has(policy->in_users, user) || shares(groups, policy->in_groups);
    return in && !bench_has(policy->ex_users, user) && !shares(groups, policy->ex_groups);
}

static bool is_met(const struct bench_policy *policy, uint32_t met)
{
    uint32_t wanted = 0;
    for (size_t i = 0; i < policy->controls.n; i++)
        wanted |= 1u << policy->controls.items[i];
    if (policy->blocks)
        return false;
    return policy->needs_all ? (wanted & ~met) == 0 : (wanted & met) != 0;
}

static bool in_range(struct bench_list ranges, uint32_t address)
{
    for (size_t i = 0; i + 1 < ranges.n; i += 2)
        if ((address & (UINT32_MAX << (32 - ranges.items[i + 1]))) == ranges.items[i])
            return true;
    return false;
}

static int by_address(const void *a, const void *b)
{
    const uint32_t *x = a;
    const uint32_t *y = b;
    return (*x > *y) - (*x < *y);
}

static void cut(struct bench_floor *floor, const struct bench_plain *plain)
{
    floor->cuts[floor->n_cuts++] = 0;
    for (size_t i = 0; i < plain->n_places; i++) {
        struct bench_list ranges = plain->places[i].ranges;
        for (size_t k = 0; k + 1 < ranges.n; k += 2) {
            uint64_t end = ranges.items[k] + (UINT64_C(1) << (32 - ranges.items[k + 1]));
            floor->cuts[floor->n_cuts++] = ranges.items[k];
            if (end <= UINT32_MAX)
                floor->cuts[floor->n_cuts++] = (uint32_t)end;
        }
    }
    qsort(floor->cuts, floor->n_cuts, sizeof(*floor->cuts), by_address);
    for (size_t c = 0; c < floor->n_cuts; c++)
        for (size_t i = 0; i < plain->n_places; i++)
            if (in_range(plain->places[i].ranges, floor->cuts[c]))
                floor->places[c] |= UINT64_C(1) << i;
}

static void fill_places(struct bench_floor *floor, const struct bench_plain *plain, size_t i)
{
    const struct bench_policy *policy = &plain->policies[i];
    set_if(&floor->anywhere, i, !policy->has_places || policy->all_places);
    for (uint32_t k = 0; k < plain->n_places; k++) {
        bool trusted = policy->ex_trusted && plain->places[k].is_trusted;
        set_if(&floor->in_place[k], i, bench_has(policy->in_places, k));
        set_if(&floor->ex_place[k], i, bench_has(policy->ex_places, k) || trusted);
    }
}

static void fill(struct bench_floor *floor, const struct bench_plain *plain, size_t i)
{
    const struct bench_policy *policy = &plain->policies[i];
    fill_places(floor, plain, i);
    for (uint32_t u = 0; u < plain->n_users; u++)
        set_if(&floor->users[u], i, user_is_in(policy, u, plain->users[u]));
    for (uint32_t a = 0; a < plain->n_apps; a++)
        set_if(&floor->apps[a], i,
               (policy->all_apps || bench_has(policy->in_apps, a)) &&
                   !bench_has(policy->ex_apps, a));
    for (uint32_t p = 0; p < BENCH_PLATFORMS; p++)
        set_if(&floor->platforms[p], i,
               !policy->has_platforms ||
                   ((policy->all_platforms || bench_has(policy->in_platforms, p)) &&
                    !bench_has(policy->ex_platforms, p)));
    for (uint32_t c = 0; c < BENCH_CLIENTS; c++)
        set_if(&floor->clients[c], i, !policy->has_clients || bench_has(policy->clients, c));
    for (uint32_t r = 0; r < BENCH_RISKS; r++)
        set_if(&floor->risks[r], i, !policy->has_risks || bench_has(policy->risks, r));
    for (uint32_t met = 0; met < 1u << BENCH_CONTROLS; met++)
        set_if(&floor->fails[met], i, policy->state == BENCH_ENABLED && !is_met(policy, met));
}

const struct bench_floor *bench_floor_build(struct hg_arena *arena, const struct bench_plain *plain)
{
    struct bench_floor *floor = HG_NEW(arena, struct bench_floor);
    size_t n_cuts = 1;
    for (size_t i = 0; i < plain->n_places; i++)
        n_cuts += plain->places[i].ranges.n;
    if (floor == NULL || plain->n_policies > (size_t)WORDS * 64 || plain->n_places > 64)
        return NULL;
    floor->users = HG_NEW_ARRAY(arena, struct row, plain->n_users);
    floor->apps = HG_NEW_ARRAY(arena, struct row, plain->n_apps);
    floor->fails = HG_NEW_ARRAY(arena, struct row, 1u << BENCH_CONTROLS);
    floor->cuts = HG_NEW_ARRAY(arena, uint32_t, n_cuts);
    floor->places = HG_NEW_ARRAY(arena, uint64_t, n_cuts);
    floor->n_words = (plain->n_policies + 63) / 64;
    if (hg_arena_exhausted(arena))
        return NULL;
    cut(floor, plain);
    for (size_t i = 0; i < plain->n_policies; i++)
        fill(floor, plain, i);
    return floor;
}

static uint64_t places_of(const struct bench_floor *floor, uint32_t address)
{
    size_t low = 0;
    for (size_t n = floor->n_cuts; n > 1; n -= n / 2)
        low += (floor->cuts[low + n / 2] <= address) * (n / 2);
    return floor->places[low];
}

uint32_t bench_floor_decide(const struct bench_world *world, size_t i, uint32_t hash)
{
    const struct bench_floor *floor = world->floor;
    const struct bench_signin *signin = &world->plain.signins[i];
    uint64_t places = places_of(floor, signin->address);
    bool denied = false;
    for (size_t w = 0; w < floor->n_words; w++) {
        uint64_t left =
            floor->users[signin->user].words[w] & floor->apps[signin->app].words[w] &
            floor->platforms[signin->platform].words[w] & floor->clients[signin->client].words[w] &
            floor->risks[signin->risk].words[w] & floor->fails[signin->controls].words[w];
        uint64_t in = floor->anywhere.words[w];
        uint64_t out = 0;
        for (uint64_t bits = left == 0 ? 0 : places; bits != 0; bits &= bits - 1) {
            in |= floor->in_place[__builtin_ctzll(bits)].words[w];
            out |= floor->ex_place[__builtin_ctzll(bits)].words[w];
        }
        for (left &= in & ~out; left != 0; left &= left - 1) {
            hash = hash * 31 + (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(left) + 1;
            denied = true;
        }
    }
    return hash * 31 + (denied ? 7777 : 0);
}
