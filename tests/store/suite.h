#pragma once

#include "store/store.h"
#include "unit/test.h"

/* One suite, three backends: each test runs against a database of its own that
 * suite_open() makes for the backend named on the command line. */

enum { THING_TENANT, THING_ID, THING_USER, THING_SIZE, THING_DUE, THING_CODE, THING_BODY };
enum { THING_N_COLUMNS = 7, THINGS_BY_USER = 0, THINGS_DUE = 1, THINGS_CODE = 2 };
enum { LINK_TENANT, LINK_THING, LINK_POSITION, LINK_MARK, LINK_N };
enum { LINK_N_COLUMNS = 5, LINKS_BY_MARK = 0 };
extern const struct store_table suite_things;
extern const struct store_table suite_links;
extern const struct store_table *const suite_tables[2];
extern const struct store_migrations suite_migrations;

/* Where tests get their database from; main() chooses one. */
struct suite_backend {
    const char *name;
    void (*start)(void);             /* once, before the tests; may skip them all */
    void (*stop)(void);              /* once, after them */
    struct store *(*open_new)(void); /* an empty database, not yet migrated */
    struct store *(*reopen)(void);   /* the database of the last open_new(); NULL: not durable */
    bool is_shared;                  /* by several processes at once */
    bool has_joined;                 /* its stores come with a name (store_join) */
};
extern const struct suite_backend suite_memory, suite_sqlite, suite_sqlite_sole, suite_postgres;
extern const struct suite_backend *suite_backend;

/* What a test has: cmocka's state points to it. */
struct suite {
    struct store *store;
    struct hg_arena *arena;
};
int suite_setup(void **state);
int suite_teardown(void **state);
#define SUITE_TEST(f) cmocka_unit_test_setup_teardown(f, suite_setup, suite_teardown)

/* A row of suite_things; due, code and body are null. */
struct thing {
    struct store_value values[THING_N_COLUMNS];
};
struct thing suite_thing(const char *tenant, const char *id, const char *user, int64_t size);

struct store_op suite_put(enum store_op_kind kind, const struct thing *thing);
struct store_op suite_by_key(enum store_op_kind kind, const struct thing *thing);

/* Fails the test, naming the place, unless the commit ends with `want`. */
void suite_commit(const struct suite *suite, const struct store_op *ops, size_t n,
                  enum hg_code want);
void suite_insert(const struct suite *suite, const char *tenant, const char *id, const char *user,
                  int64_t size);
/* The row of this key, or NULL. */
const struct store_value *suite_row(const struct suite *suite, const char *tenant, const char *id);
void suite_update_size(const struct suite *suite, const char *id, int64_t from, int64_t to,
                       enum hg_code want);

/* The ids that a query over suite_things finds, joined by blanks. */
hg_str suite_ids(const struct suite *suite, const struct store_query *query);
void suite_ids_eq(const struct suite *suite, const char *name, const struct store_query *query,
                  const char *want);

bool suite_value_eq(const struct store_value *a, const struct store_value *b);

/* A seeded stream of numbers, the same on every machine. */
uint64_t suite_random(uint64_t *state);

extern const struct CMUnitTest suite_row_tests[], suite_find_tests[], suite_commit_tests[],
    suite_thread_tests[], suite_random_tests[], suite_schema_tests[], suite_presence_tests[],
    suite_processes_tests[], suite_durable_tests[];
extern const size_t suite_n_row_tests, suite_n_find_tests, suite_n_commit_tests,
    suite_n_thread_tests, suite_n_random_tests, suite_n_schema_tests, suite_n_presence_tests,
    suite_n_processes_tests, suite_n_durable_tests;
