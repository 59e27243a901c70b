#include "base/base.h"
#include "edge/files.h"
#include "edge/sql_private.h"
#include "edge/sqlite_private.h"
#include "edge/store_open.h"
#include "store/plans.h"
#include "store/store.h"
#include "store/suite.h"
#include "store/temporary.h"
#include "unit/test.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What only a file can do: be another's, and be left behind by a process that was killed. */

const struct suite_backend *suite_backend = &suite_sqlite;

static char folder[TEMPORARY_PATH];

static struct store *open_at(const char *path)
{
    struct store *store = NULL;
    struct hg_err err = {0};
    char url[256];
    (void)snprintf(url, sizeof(url), "sqlite:%s", path);
    if (edge_store_open(hg_str_of(url), &(struct edge_store_options){0}, &store, &err) != HG_OK ||
        store_migrate(store, &suite_migrations, &err) != HG_OK)
        fail_msg("%s: %s", path, err.detail);
    return store;
}

static void path_in(char out[256], const char *name)
{
    (void)snprintf(out, 256, "%s/%s", folder, name);
}

static void refuses(const char *name, const char *url, enum hg_code want)
{
    struct store *store = NULL;
    struct hg_err err = {0};
    enum hg_code code =
        edge_store_open(hg_str_of(url), &(struct edge_store_options){0}, &store, &err);
    if (code != want || store != NULL || err.detail[0] == '\0')
        fail_msg("%s: %s: \"%s\"", name, hg_code_text(code), err.detail);
}

static void what_is_not_its_own_is_refused(void **state)
{
    (void)state;
    char path[256], url[300];
    path_in(path, "another.db");
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE t (x)", NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(db);
    (void)snprintf(url, sizeof(url), "sqlite:%s", path);
    refuses("the database of another program", url, HG_UNSUPPORTED);

    path_in(path, "letter.txt");
    char letter[4096];
    memset(letter, 'x', sizeof(letter));
    const hg_str bytes = {.ptr = letter, .len = sizeof(letter)};
    assert_int_equal(edge_file_write(path, bytes, NULL), HG_OK);
    (void)snprintf(url, sizeof(url), "sqlite:%s", path);
    refuses("no database", url, HG_UNSUPPORTED);

    (void)snprintf(url, sizeof(url), "sqlite:%s/no/such/folder.db", folder);
    refuses("no folder", url, HG_IO);
    (void)snprintf(url, sizeof(url), "sqlite:%s", folder);
    refuses("a folder", url, HG_IO);
    refuses("another kind", "mysql://localhost/x", HG_UNSUPPORTED);
    refuses("memory with a name", "memory:x", HG_UNSUPPORTED);
}

static void its_files_are_for_its_user_alone(void **state)
{
    (void)state;
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    char path[256], name[300];
    path_in(path, "mode.db");
    struct store *store = open_at(path);
    for (size_t i = 0; i < HG_COUNT(suffixes); i++) {
        struct stat st;
        (void)snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
        assert_int_equal(stat(name, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
    }
    store_close(store);
    (void)snprintf(name, sizeof(name), "%s-wal", path);
    assert_int_not_equal(access(name, F_OK), 0); /* closing empties the log */
}

/* Commits of two rows each until it is killed; what was acknowledged goes to `fd`. */
enum { WRITERS = 4 };

struct writer {
    struct store *store;
    int fd, number;
};

static enum hg_code pair_commit(struct store *store, const char *id, int64_t size)
{
    struct thing thing = suite_thing("t", id, "u", size);
    struct store_value link[] = {store_text(HG_STR("t")), store_text(hg_str_of(id)), store_int(0),
                                 store_blob(HG_STR("m")), store_int(size)};
    struct store_op ops[] = {suite_put(STORE_INSERT, &thing),
                             {.kind = STORE_INSERT, .table = &suite_links, .values = link}};
    return store_commit(store, ops, 2, NULL);
}

static void *writer_run(void *arg)
{
    const struct writer *writer = arg;
    for (uint32_t n = 0;; n++) {
        char id[24];
        uint32_t acknowledged[2] = {(uint32_t)writer->number, n};
        (void)snprintf(id, sizeof(id), "%d-%08u", writer->number, n);
        if (pair_commit(writer->store, id, n) != HG_OK ||
            write(writer->fd, acknowledged, sizeof(acknowledged)) != sizeof(acknowledged))
            _exit(1);
    }
    return NULL;
}

static void child_run(const char *path, int fd)
{
    struct writer writers[WRITERS];
    struct store *store = open_at(path);
    for (int i = 0; i < WRITERS; i++) {
        pthread_t thread;
        writers[i] = (struct writer){.store = store, .fd = fd, .number = i};
        if (pthread_create(&thread, NULL, writer_run, &writers[i]) != 0)
            _exit(1);
    }
    for (;;)
        (void)pause();
}

/* Kills the child after `n` acknowledgements; seen[w] counts those of writer w. */
static void kill_after(const char *path, unsigned n, uint32_t seen[WRITERS])
{
    int fds[2], status = 0;
    assert_int_equal(pipe(fds), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)close(fds[0]);
        child_run(path, fds[1]);
    }
    (void)close(fds[1]);
    uint32_t acknowledged[2];
    for (unsigned i = 0; read(fds[0], acknowledged, sizeof(acknowledged)) == sizeof(acknowledged);
         i++) {
        seen[acknowledged[0]] = acknowledged[1] + 1;
        if (i == n)
            (void)kill(child, SIGKILL);
    }
    (void)close(fds[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* Both rows of each pair, none missing that was acknowledged, at most the one
 * that was under way beyond it. */
static void left_behind_check(const struct suite *suite, const uint32_t seen[WRITERS])
{
    struct store_rows things = {0}, links = {0};
    struct store_query query = {.table = &suite_things, .index = -1};
    assert_int_equal(store_find(suite->store, suite->arena, &query, &things, NULL), HG_OK);
    query.table = &suite_links;
    assert_int_equal(store_find(suite->store, suite->arena, &query, &links, NULL), HG_OK);
    assert_int_equal(things.n, links.n);
    uint32_t found[WRITERS] = {0};
    for (size_t i = 0; i < things.n; i++) {
        const struct store_value *thing = things.rows[i].values, *link = links.rows[i].values;
        assert_true(suite_value_eq(&thing[THING_ID], &link[LINK_THING]));
        int writer = thing[THING_ID].bytes.ptr[0] - '0';
        assert_int_equal(thing[THING_SIZE].integer, found[writer]++);
    }
    for (int w = 0; w < WRITERS; w++)
        assert_true(found[w] == seen[w] || found[w] == seen[w] + 1);
}

static void a_killed_process_loses_nothing_that_it_acknowledged(void **state)
{
    (void)state;
    uint64_t random = 20261124;
    for (int round = 0; round < 20; round++) {
        char path[256], name[16];
        uint32_t seen[WRITERS] = {0};
        (void)snprintf(name, sizeof(name), "kill%d.db", round);
        path_in(path, name);
        kill_after(path, (unsigned)(suite_random(&random) % 150), seen);
        struct suite suite = {.store = open_at(path), .arena = test_arena()};
        left_behind_check(&suite, seen);
        store_close(suite.store);
        hg_arena_free(suite.arena);
    }
}

/* Plans, and the work they take: SQLite's machine counts its own steps, so no
 * clock is needed to tell that a page costs the same everywhere. */

static void rows_fill(sqlite3 *db, int n)
{
    char sql[512];
    (void)snprintf(sql, sizeof(sql),
                   "PRAGMA synchronous = OFF; DELETE FROM things; WITH RECURSIVE n (i) AS"
                   " (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
                   " INSERT INTO things SELECT 't', printf('id%%07d', i), CASE i %% 2 WHEN 0 THEN"
                   " 'ann' ELSE 'bob' END, i, CASE i %% 4 WHEN 0 THEN i END, printf('c%%d', i),"
                   " NULL FROM n",
                   n);
    char *text = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &text) != SQLITE_OK)
        fail_msg("%s", text);
}

static int steps_of(struct sqlite_connection *connection, const struct store_query *query,
                    struct hg_arena *arena)
{
    struct sql sql;
    sql_find(&sql, SQL_SQLITE, query);
    sqlite3_stmt *statement = NULL;
    struct store_rows rows = {0};
    assert_int_equal(sqlite_prepare(connection, &sql, &statement, NULL), HG_OK);
    (void)sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 1);
    assert_int_equal(sqlite_rows_read(connection, statement, query->table, arena, &rows, NULL),
                     HG_OK);
    int steps = sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 1);
    sqlite_resetp(&statement);
    return steps;
}

static void plan_check(struct sqlite_connection *connection, const struct plan_case *given)
{
    struct sql sql;
    sql_find(&sql, SQL_SQLITE, &given->query);
    char text[SQL_MAX_TEXT], explain[SQL_MAX_TEXT + 32];
    sql_text(&sql, text);
    (void)snprintf(explain, sizeof(explain), "EXPLAIN QUERY PLAN %s", text);
    HG_CLEANUP(sqlite_finalizep) sqlite3_stmt *plan = NULL;
    assert_int_equal(sqlite3_prepare_v2(connection->db, explain, -1, &plan, NULL), SQLITE_OK);
    while (sqlite3_step(plan) == SQLITE_ROW) {
        const char *step = (const char *)sqlite3_column_text(plan, 3);
        if (strstr(step, "TEMP B-TREE") != NULL)
            fail_msg("%s: %s", given->name, step);
        /* Without prefix or bound a walk along the whole index is what was asked for. */
        bool is_bound = given->query.n_prefix > 0 || given->query.has_to;
        if (is_bound && strncmp(step, "SEARCH", 6) != 0)
            fail_msg("%s: %s", given->name, step);
    }
}

static void every_query_costs_the_same_among_a_million_rows(void **state)
{
    const struct suite *suite = *state;
    char path[256];
    path_in(path, "million.db");
    store_close(open_at(path));
    struct sqlite_connection *connection = NULL;
    assert_int_equal(sqlite_connection_open(path, SQLITE_ROLE_WRITER, &connection, NULL), HG_OK);
    int few[64];
    assert_true(n_plan_cases <= HG_COUNT(few));
    rows_fill(connection->db, 1000);
    for (size_t i = 0; i < n_plan_cases; i++) {
        plan_check(connection, &plan_cases[i]);
        few[i] = steps_of(connection, &plan_cases[i].query, suite->arena);
    }
    rows_fill(connection->db, 1000000);
    for (size_t i = 0; i < n_plan_cases; i++) {
        int many = steps_of(connection, &plan_cases[i].query, suite->arena);
        if (many > few[i] + 50)
            fail_msg("%s: %d steps among a thousand rows, %d among a million", plan_cases[i].name,
                     few[i], many);
    }
    sqlite_connection_close(connection);
}

static void pages_deep_inside_cost_what_the_first_one_costs(void **state)
{
    const struct suite *suite = *state;
    char path[256];
    path_in(path, "million.db");
    struct sqlite_connection *connection = NULL;
    assert_int_equal(sqlite_connection_open(path, SQLITE_ROLE_READER, &connection, NULL), HG_OK);
    struct thing last = suite_thing("t", "id0900000", "ann", 900000);
    const struct store_value from = store_int(1);
    struct store_query query = {
        .table = &suite_things,
        .index = THINGS_BY_USER,
        .prefix = (struct store_value[]){last.values[THING_TENANT], last.values[THING_USER]},
        .n_prefix = 2,
        .has_from = true,
        .from = from,
        .limit = 20};
    int first = steps_of(connection, &query, suite->arena);
    query.after = last.values;
    int deep = steps_of(connection, &query, suite->arena);
    if (deep > 2 * first) /* comparing a place takes some steps a row */
        fail_msg("%d steps for the first page, %d for one deep inside", first, deep);
    sqlite_connection_close(connection);
}

static int files_make(void **state)
{
    (void)state;
    temporary_make(folder);
    suite_backend->start();
    return 0;
}

static int files_remove(void **state)
{
    (void)state;
    suite_backend->stop();
    temporary_remove(folder);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_killed_process_loses_nothing_that_it_acknowledged),
        cmocka_unit_test(what_is_not_its_own_is_refused),
        cmocka_unit_test(its_files_are_for_its_user_alone),
        SUITE_TEST(every_query_costs_the_same_among_a_million_rows),
        SUITE_TEST(pages_deep_inside_cost_what_the_first_one_costs),
    };
    return cmocka_run_group_tests(tests, files_make, files_remove);
}
