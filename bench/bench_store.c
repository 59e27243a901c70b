#include "base/base.h"
#include "edge/store_open.h"
#include "store/store.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* perf-L4: commits a second with synchronous=FULL and 16 threads, each replacing
 * one token by another, against one thread that does the same on SQLite itself,
 * one commit after the other, as durably. Turn and turn about in one run; both
 * databases lie in the folder that is given, or in the current one. */

enum { THREADS = 16, ROUNDS = 5, SECONDS = 2 };
static const double target = 2.5;

static const struct store_table tokens = {
    .name = "tokens",
    .columns = {{"tenant", STORE_TEXT},
                {"hash", STORE_BLOB},
                {"client", STORE_TEXT},
                {"issued", STORE_INT}},
    .n_columns = 4,
    .n_key = 2,
};
#define TABLE                                                                              \
    "CREATE TABLE tokens (tenant TEXT NOT NULL, hash BLOB NOT NULL, client TEXT NOT NULL," \
    " issued INTEGER NOT NULL, PRIMARY KEY (tenant, hash)) STRICT, WITHOUT ROWID"
static const struct store_migration table_made = {
    .number = 1, .name = "0001-bench-tokens", .checksum = "bench", .sql = TABLE};
static const struct store_migrations migrations = {.items = &table_made, .n = 1};

static const hg_str tenant = HG_LIT("3d9f5c5e-8f0f-4b5e-9c0e-7e2f5a0b6c1d");
static const hg_str client = HG_LIT("6204c1d1-4712-4c46-a7d9-3ed63d992682");

/* The hash of a thread's n-th token: spread like one, without computing one. */
static void hash_fill(uint64_t out[4], uint64_t thread, uint64_t n)
{
    uint64_t x = (thread << 40 ^ n) + 1;
    for (int i = 0; i < 4; i++) {
        x *= UINT64_C(0x9e3779b97f4a7c15);
        x ^= x >> 31;
        out[i] = x;
    }
}

static void fail(const char *what, const char *why)
{
    (void)fprintf(stderr, "bench_store: %s: %s\n", what, why);
    exit(1);
}

static double now(void)
{
    struct timespec ts;
    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void files_remove(const char *path)
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < HG_COUNT(suffixes); i++) {
        char name[512];
        (void)snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
        (void)unlink(name);
    }
}

/* Ours. */

struct load {
    struct store *store;
    atomic_bool stop;
    atomic_ulong n_commits;
};

struct worker {
    struct load *load;
    uint64_t number;
};

static void token_commit(struct store *store, uint64_t thread, uint64_t n)
{
    uint64_t old_hash[4], new_hash[4];
    hash_fill(old_hash, thread, n);
    hash_fill(new_hash, thread, n + 1);
    const struct store_value old_key[] = {
        store_text(tenant), store_blob((hg_str){.ptr = (char *)old_hash, .len = sizeof(old_hash)})};
    const struct store_value row[] = {
        store_text(tenant), store_blob((hg_str){.ptr = (char *)new_hash, .len = sizeof(new_hash)}),
        store_text(client), store_int((int64_t)n)};
    const struct store_condition unused = {.column = 3, .test = STORE_NOT_NULL};
    const struct store_op ops[] = {
        {.kind = STORE_DELETE,
         .table = &tokens,
         .key = old_key,
         .n_key = 2,
         .conditions = &unused,
         .n_conditions = 1},
        {.kind = STORE_INSERT, .table = &tokens, .values = row},
    };
    struct hg_err err = {0};
    bool is_first = n == 0; /* which has nothing to replace */
    if (store_commit(store, ops + is_first, is_first ? 1 : 2, &err) != HG_OK)
        fail("commit", err.detail);
}

static void *worker_run(void *arg)
{
    const struct worker *worker = arg;
    uint64_t n = 0;
    while (!atomic_load(&worker->load->stop)) {
        token_commit(worker->load->store, worker->number, n++);
        atomic_fetch_add(&worker->load->n_commits, 1);
    }
    return NULL;
}

static double ours(const char *folder)
{
    char path[400], url[416];
    (void)snprintf(path, sizeof(path), "%s/bench_store.db", folder);
    (void)snprintf(url, sizeof(url), "sqlite:%s", path);
    files_remove(path);
    struct load load = {0};
    struct hg_err err = {0};
    if (edge_store_open(hg_str_of(url), &(struct edge_store_options){0}, &load.store, &err) !=
            HG_OK ||
        store_migrate(load.store, &migrations, &err) != HG_OK)
        fail(path, err.detail);
    pthread_t threads[THREADS];
    struct worker workers[THREADS];
    double began = now();
    for (uint64_t i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.load = &load, .number = i};
        if (pthread_create(&threads[i], NULL, worker_run, &workers[i]) != 0)
            fail("thread", "none to be had");
    }
    (void)sleep(SECONDS);
    atomic_store(&load.stop, true);
    for (size_t i = 0; i < THREADS; i++)
        (void)pthread_join(threads[i], NULL);
    double rate = (double)atomic_load(&load.n_commits) / (now() - began);
    store_close(load.store);
    files_remove(path);
    return rate;
}

/* The floor. */

static void run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail(sql, sqlite3_errmsg(db));
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail(sql, sqlite3_errmsg(db));
    return statement;
}

static void step(sqlite3_stmt *statement)
{
    if (sqlite3_step(statement) != SQLITE_DONE)
        fail("step", sqlite3_errmsg(sqlite3_db_handle(statement)));
    (void)sqlite3_reset(statement);
}

static void bind_key(sqlite3_stmt *statement, const uint64_t hash[4])
{
    (void)sqlite3_bind_text(statement, 1, tenant.ptr, (int)tenant.len, SQLITE_STATIC);
    (void)sqlite3_bind_blob(statement, 2, hash, 32, SQLITE_STATIC);
}

enum { BEGIN, DELETE, INSERT, COMMIT, N_STATEMENTS };

static unsigned long floor_run(sqlite3_stmt *const statements[N_STATEMENTS], double until)
{
    uint64_t hashes[2][4];
    unsigned long n = 0;
    hash_fill(hashes[0], 0, 0);
    (void)sqlite3_bind_text(statements[INSERT], 3, client.ptr, (int)client.len, SQLITE_STATIC);
    for (; now() < until; n++) {
        hash_fill(hashes[(n + 1) % 2], 0, n + 1);
        bind_key(statements[DELETE], hashes[n % 2]);
        bind_key(statements[INSERT], hashes[(n + 1) % 2]);
        (void)sqlite3_bind_int64(statements[INSERT], 4, (sqlite3_int64)n);
        for (int i = 0; i < N_STATEMENTS; i++)
            step(statements[i]);
    }
    return n;
}

static double floor_rate(const char *folder)
{
    static const char *const texts[N_STATEMENTS] = {
        "BEGIN IMMEDIATE",
        "DELETE FROM tokens WHERE tenant = ? AND hash = ? AND issued IS NOT NULL",
        "INSERT INTO tokens VALUES (?, ?, ?, ?)", "COMMIT"};
    char path[400];
    (void)snprintf(path, sizeof(path), "%s/bench_floor.db", folder);
    files_remove(path);
    sqlite3 *db = NULL;
    if (sqlite3_open(path, &db) != SQLITE_OK)
        fail(path, sqlite3_errmsg(db));
    run(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    run(db, TABLE);
    sqlite3_stmt *statements[N_STATEMENTS];
    for (int i = 0; i < N_STATEMENTS; i++)
        statements[i] = prepare(db, texts[i]);
    double began = now();
    unsigned long n = floor_run(statements, began + SECONDS);
    double rate = (double)n / (now() - began);
    for (int i = 0; i < N_STATEMENTS; i++)
        (void)sqlite3_finalize(statements[i]);
    (void)sqlite3_close(db);
    files_remove(path);
    return rate;
}

static int double_cmp(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : ".";
    double rates[ROUNDS], floors[ROUNDS], ratios[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        floors[i] = floor_rate(folder);
        rates[i] = ours(folder);
        ratios[i] = rates[i] / floors[i];
    }
    qsort(rates, ROUNDS, sizeof(*rates), double_cmp);
    qsort(floors, ROUNDS, sizeof(*floors), double_cmp);
    qsort(ratios, ROUNDS, sizeof(*ratios), double_cmp);
    double ratio = ratios[ROUNDS / 2];
    (void)printf("BENCH perf-L4 %.0f commits/s floor=%.0f ratio=%.2f target=%.2f %s\n",
                 rates[ROUNDS / 2], floors[ROUNDS / 2], ratio, target,
                 ratio >= target ? "pass" : "fail");
    return ratio >= target ? 0 : 1;
}
