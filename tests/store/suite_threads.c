#include "base/base.h"
#include "store/store.h"
#include "store/suite.h"
#include "unit/test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* cmocka's asserts belong to the test's own thread: threads count, the test judges. */

enum { THREADS = 16 };

struct race {
    struct store *store;
    pthread_barrier_t start;
    enum hg_code (*attempt)(struct store *store, int round, int thread);
    int rounds;
    atomic_int won, lost, failed;
};

struct racer {
    struct race *race;
    int thread;
};

static void *race_run(void *arg)
{
    const struct racer *racer = arg;
    struct race *race = racer->race;
    for (int round = 0; round < race->rounds; round++) {
        (void)pthread_barrier_wait(&race->start);
        enum hg_code code = race->attempt(race->store, round, racer->thread);
        if (code == HG_OK)
            atomic_fetch_add(&race->won, 1);
        else if (code == HG_EXISTS || code == HG_CONFLICT)
            atomic_fetch_add(&race->lost, 1);
        else
            atomic_fetch_add(&race->failed, 1);
    }
    return NULL;
}

static void race_all(struct race *race)
{
    pthread_t threads[THREADS];
    struct racer racers[THREADS];
    assert_int_equal(pthread_barrier_init(&race->start, NULL, THREADS), 0);
    for (int i = 0; i < THREADS; i++) {
        racers[i] = (struct racer){.race = race, .thread = i};
        assert_int_equal(pthread_create(&threads[i], NULL, race_run, &racers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    (void)pthread_barrier_destroy(&race->start);
}

static enum hg_code insert_attempt(struct store *store, int round, int thread)
{
    char id[16];
    (void)snprintf(id, sizeof(id), "k%d", round);
    struct thing thing = suite_thing("t", id, "u", thread);
    struct store_op op = suite_put(STORE_INSERT, &thing);
    return store_commit(store, &op, 1, NULL);
}

static void of_threads_that_insert_one_key_exactly_one_wins(void **state)
{
    const struct suite *suite = *state;
    struct race race = {.store = suite->store, .attempt = insert_attempt, .rounds = 40};
    race_all(&race);
    assert_int_equal(race.failed, 0);
    assert_int_equal(race.won, race.rounds);
    assert_int_equal(race.lost, race.rounds * (THREADS - 1));
}

/* Using up a code and issuing what it is good for, as one commit. */
static enum hg_code redeem_attempt(struct store *store, int round, int thread)
{
    char id[24];
    struct thing code = suite_thing("t", "code", "u", 0);
    struct store_op ops[] = {suite_by_key(STORE_UPDATE, &code), {0}};
    struct store_condition unused = {
        .column = THING_SIZE, .test = STORE_EQ, .value = store_int(round)};
    struct store_change used = {.column = THING_SIZE, .value = store_int(round + 1)};
    ops[0].conditions = &unused;
    ops[0].n_conditions = 1;
    ops[0].changes = &used;
    ops[0].n_changes = 1;
    (void)snprintf(id, sizeof(id), "token-%d-%d", round, thread);
    struct thing token = suite_thing("t", id, "v", round);
    ops[1] = suite_put(STORE_INSERT, &token);
    return store_commit(store, ops, 2, NULL);
}

static void of_threads_that_redeem_one_code_exactly_one_wins(void **state)
{
    const struct suite *suite = *state;
    suite_insert(suite, "t", "code", "u", 0);
    struct race race = {.store = suite->store, .attempt = redeem_attempt, .rounds = 40};
    race_all(&race);
    assert_int_equal(race.failed, 0);
    assert_int_equal(race.won, race.rounds);
    struct store_value prefix[] = {store_text(HG_STR("t")), store_text(HG_STR("v"))};
    struct store_query tokens = {
        .table = &suite_things, .index = THINGS_BY_USER, .prefix = prefix, .n_prefix = 2};
    struct store_rows rows = {0};
    assert_int_equal(store_find(suite->store, suite->arena, &tokens, &rows, NULL), HG_OK);
    assert_int_equal(rows.n, race.rounds);
    for (size_t i = 0; i < rows.n; i++)
        assert_int_equal(rows.rows[i].values[THING_SIZE].integer, i);
}

/* Each commit asks that one row be absent and writes the other: were they not
 * serializable, both would find nothing and both rows would stand. */
static enum hg_code skew_attempt(struct store *store, int round, int thread)
{
    char mine[16], other[16];
    (void)snprintf(mine, sizeof(mine), "%d-%c", round, "ab"[thread % 2]);
    (void)snprintf(other, sizeof(other), "%d-%c", round, "ba"[thread % 2]);
    struct thing row = suite_thing("t", mine, "u", 0), absent = suite_thing("t", other, "u", 0);
    struct store_op ops[] = {suite_by_key(STORE_ABSENT, &absent), suite_put(STORE_PUT, &row)};
    return store_commit(store, ops, 2, NULL);
}

static void a_row_that_had_to_be_absent_was(void **state)
{
    const struct suite *suite = *state;
    struct race race = {.store = suite->store, .attempt = skew_attempt, .rounds = 40};
    race_all(&race);
    assert_int_equal(race.failed, 0);
    struct store_query all = {.table = &suite_things, .index = -1};
    struct store_rows rows = {0};
    assert_int_equal(store_find(suite->store, suite->arena, &all, &rows, NULL), HG_OK);
    assert_int_equal(rows.n, race.rounds);
}

/* Revoking deletes every token of the family; issuing asks that it stands. A
 * token that outlives the revocation is one that was issued while it ran. */
static enum hg_code revoke_attempt(struct store *store, int round, int thread)
{
    char family[16], id[24];
    (void)snprintf(family, sizeof(family), "f%d", round);
    struct thing head = suite_thing("t", family, "head", 0);
    if (thread == 0) {
        struct store_value prefix[] = {store_text(HG_STR("t")), store_text(hg_str_of(family))};
        struct store_op ops[] = {{.kind = STORE_DELETE_WHERE,
                                  .table = &suite_things,
                                  .index = THINGS_BY_USER,
                                  .key = prefix,
                                  .n_key = 2},
                                 suite_by_key(STORE_DELETE, &head)};
        return store_commit(store, ops, 2, NULL);
    }
    (void)snprintf(id, sizeof(id), "%d-%d", round, thread);
    struct thing token = suite_thing("t", id, family, 0);
    struct store_op ops[] = {suite_by_key(STORE_REQUIRE, &head), suite_put(STORE_INSERT, &token)};
    return store_commit(store, ops, 2, NULL);
}

static void no_token_outlives_the_revocation_of_its_family(void **state)
{
    const struct suite *suite = *state;
    struct race race = {.store = suite->store, .attempt = revoke_attempt, .rounds = 40};
    for (int i = 0; i < race.rounds; i++) {
        char family[16];
        (void)snprintf(family, sizeof(family), "f%d", i);
        suite_insert(suite, "t", family, "head", 0);
    }
    race_all(&race);
    assert_int_equal(race.failed, 0);
    suite_ids_eq(suite, "what is left", &(struct store_query){.table = &suite_things, .index = -1},
                 "");
}

/* A transfer between two of four accounts, read and decided anew until it holds. */
static enum hg_code transfer_attempt(struct store *store, int round, int thread)
{
    struct hg_arena *arena = hg_arena_new("transfer", 1 << 16);
    enum hg_code code = HG_CONFLICT;
    while (code == HG_CONFLICT && arena != NULL) {
        struct thing from =
            suite_thing("t", (const char *[]){"a", "b", "c", "d"}[thread % 4], "u", 0);
        struct thing to =
            suite_thing("t", (const char *[]){"b", "c", "d", "a"}[(thread + round) % 4], "u", 0);
        struct thing *sides[] = {&from, &to};
        struct store_op ops[2];
        struct store_condition seen[2];
        struct store_change next[2];
        for (int i = 0; i < 2; i++) {
            struct store_row row = {0};
            if (store_get(store, arena, &suite_things, sides[i]->values, &row, NULL) != HG_OK)
                break;
            ops[i] = suite_by_key(STORE_UPDATE, sides[i]);
            seen[i] = (struct store_condition){THING_SIZE, STORE_EQ, row.values[THING_SIZE]};
            next[i] = (struct store_change){
                THING_SIZE, store_int(row.values[THING_SIZE].integer + (i == 0 ? -1 : 1))};
            ops[i].conditions = &seen[i];
            ops[i].changes = &next[i];
            ops[i].n_conditions = ops[i].n_changes = 1;
        }
        bool same = hg_str_eq(from.values[THING_ID].bytes, to.values[THING_ID].bytes);
        code = same ? HG_OK : store_commit(store, ops, 2, NULL);
        hg_arena_reset(arena);
    }
    hg_arena_free(arena);
    return code;
}

static void transfers_between_accounts_keep_their_sum(void **state)
{
    const struct suite *suite = *state;
    const char *accounts[] = {"a", "b", "c", "d"};
    for (size_t i = 0; i < HG_COUNT(accounts); i++)
        suite_insert(suite, "t", accounts[i], "u", 100);
    struct race race = {.store = suite->store, .attempt = transfer_attempt, .rounds = 10};
    race_all(&race);
    assert_int_equal(race.failed, 0);
    assert_int_equal(race.won, race.rounds * THREADS);
    int64_t sum = 0;
    for (size_t i = 0; i < HG_COUNT(accounts); i++)
        sum += suite_row(suite, "t", accounts[i])[THING_SIZE].integer;
    assert_int_equal(sum, 400);
}

const struct CMUnitTest suite_thread_tests[] = {
    SUITE_TEST(of_threads_that_insert_one_key_exactly_one_wins),
    SUITE_TEST(of_threads_that_redeem_one_code_exactly_one_wins),
    SUITE_TEST(a_row_that_had_to_be_absent_was),
    SUITE_TEST(no_token_outlives_the_revocation_of_its_family),
    SUITE_TEST(transfers_between_accounts_keep_their_sum),
};
const size_t suite_n_thread_tests = HG_COUNT(suite_thread_tests);
