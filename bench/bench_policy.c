#include "base/base.h"
#include "policy/policy.h"
#include "policy_world.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* perf-P1: a decision with the result of each policy, from resolved facts, beside bit
 * masks over numbers that know nothing of policies (the floor), both in turn in this
 * process. perf-P2: recompiling a set. perf-P4: both give the same checksum over the
 * failing policies, which is also printed; with a folder of data-N.txt as argument
 * it is that of the worlds there. */

enum { ROUNDS = 7, SIGN_INS = 10000 };

static double now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    const double *x = a;
    const double *y = b;
    return (*x > *y) - (*x < *y);
}

static double median(double values[ROUNDS])
{
    qsort(values, ROUNDS, sizeof(*values), by_value);
    return values[ROUNDS / 2];
}

static void line(const char *id, double figure, const char *unit, double floor, double target)
{
    double ratio = floor > 0 ? figure / floor : figure / target;
    bool pass = floor > 0 ? ratio <= target : figure <= target;
    (void)printf("BENCH %s %.1f %s floor=%.1f ratio=%.2f target=%.2f %s\n", id, figure, unit, floor,
                 ratio, target, pass ? "pass" : "fail");
}

static uint32_t add_failures(uint32_t hash, hg_str results)
{
    bool denied = false;
    for (size_t i = 0; i < results.len; i++)
        if (results.ptr[i] == POLICY_RESULT_FAILURE) {
            hash = hash * 31 + (uint32_t)i + 1;
            denied = true;
        }
    return hash * 31 + (denied ? 7777 : 0);
}

static void need(bool is, const char *what)
{
    if (is)
        return;
    (void)fprintf(stderr, "bench_policy: %s\n", what);
    exit(1);
}

/* ns a decision; each verdict lives until the arena is rewound, as in a request. */
static double time_policy(struct hg_arena *arena, const struct bench_world *world)
{
    double before = now_ns();
    for (size_t i = 0; i < world->n_facts; i++) {
        HG_SCRATCH(arena);
        struct policy_verdict verdict;
        need(policy_evaluate(arena, world->set, world->resolved[i], false, &verdict, NULL) == HG_OK,
             "a decision failed");
    }
    return (now_ns() - before) / (double)world->n_facts;
}

static double time_resolve(struct hg_arena *arena, const struct bench_world *world)
{
    double before = now_ns();
    for (size_t i = 0; i < world->n_facts; i++) {
        HG_SCRATCH(arena);
        struct policy_verdict verdict;
        need(policy_judge(arena, world->set, &world->facts[i], false, &verdict, NULL) == HG_OK,
             "a decision failed");
    }
    return (now_ns() - before) / (double)world->n_facts;
}

static double time_floor(const struct bench_world *world, uint32_t *hash)
{
    double before = now_ns();
    uint32_t sum = 1;
    for (size_t i = 0; i < world->n_facts; i++)
        sum = bench_floor_decide(world, i, sum);
    *hash = sum;
    return (now_ns() - before) / (double)world->n_facts;
}

static double time_compile(const struct bench_world *world)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("set", (size_t)1 << 30);
    need(arena != NULL, "no memory");
    const struct policy_set *set;
    double before = now_ns();
    need(policy_compile(arena, &world->source, &set, NULL) == HG_OK, "a set did not compile");
    return (now_ns() - before) / 1e6;
}

static uint32_t checksum(struct hg_arena *arena, const struct bench_world *world)
{
    uint32_t hash = 1;
    for (size_t i = 0; i < world->n_facts; i++) {
        HG_SCRATCH(arena);
        struct policy_verdict verdict;
        need(policy_evaluate(arena, world->set, world->resolved[i], false, &verdict, NULL) == HG_OK,
             "a decision failed");
        hash = add_failures(hash, verdict.results);
    }
    return hash;
}

static void measure(struct hg_arena *arena, const struct bench_world *world)
{
    double ours[ROUNDS];
    double floors[ROUNDS];
    double whole[ROUNDS];
    double compiled[ROUNDS];
    uint32_t floor_hash = 0;
    char id[32];
    for (int r = 0; r < ROUNDS; r++) {
        ours[r] = time_policy(arena, world);
        floors[r] = time_floor(world, &floor_hash);
        whole[r] = time_resolve(arena, world);
        compiled[r] = time_compile(world);
    }
    uint32_t hash = checksum(arena, world);
    double floor = median(floors);
    (void)snprintf(id, sizeof(id), "perf-P1/N=%zu", world->n_rules);
    line(id, median(ours), "ns", floor, 5);
    (void)printf("INFO perf-P1/N=%zu resolving and deciding %.1f ns\n", world->n_rules,
                 median(whole));
    (void)snprintf(id, sizeof(id), "perf-P2/N=%zu", world->n_rules);
    line(id, median(compiled), "ms", 0, 10);
    (void)printf("BENCH perf-P4/N=%zu %u checksum floor=%u ratio=1.00 target=1.00 %s\n",
                 world->n_rules, hash, floor_hash, hash == floor_hash ? "pass" : "fail");
}

int main(int argc, char **argv)
{
    static const size_t sizes[] = {10, 50, 200};
    for (size_t i = 0; i < HG_COUNT(sizes); i++) {
        HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("bench", (size_t)4 << 30);
        HG_CLEANUP(hg_arena_freep) struct hg_arena *work = hg_arena_new("work", (size_t)1 << 30);
        need(arena != NULL && work != NULL, "no memory");
        struct bench_numbers numbers = argc > 1 ? bench_numbers_read(arena, argv[1], sizes[i])
                                                : bench_numbers_draw(arena, sizes[i], SIGN_INS);
        struct bench_world world;
        need(numbers.items != NULL, "no data");
        need(bench_world_build(arena, &numbers, &world), "the world cannot be built");
        HG_SCRATCH(work); /* the arena keeps its first block, as that of a request does */
        need(HG_NEW(work, char) != NULL, "no memory");
        measure(work, &world);
    }
    return 0;
}
