#include "base/base.h"
#include "edge/sql_private.h"
#include "edge/store_open.h"
#include "store/cluster.h"
#include "store/plans.h"
#include "store/proxy.h"
#include "store/store.h"
#include "store/suite.h"
#include "store/temporary.h"
#include "unit/test.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What only PostgreSQL can do: go away, and not answer a COMMIT. */

const struct suite_backend *suite_backend = &suite_postgres;

static PGconn *connect_to_it(void)
{
    PGconn *conn = PQconnectdb(cluster_url());
    assert_int_equal(PQstatus(conn), CONNECTION_OK);
    return conn;
}

static void run(PGconn *conn, const char *sql)
{
    PGresult *result = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(conn));
    PQclear(result);
}

static void a_store_goes_on_after_its_connections_were_cut(void **state)
{
    const struct suite *suite = *state;
    suite_insert(suite, "t", "before", "u", 1);
    PGconn *conn = connect_to_it();
    for (int i = 0; i < 3; i++) {
        char id[16];
        run(conn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                  " WHERE application_name = 'headgate'");
        (void)snprintf(id, sizeof(id), "after%d", i);
        if (i % 2 == 0)
            assert_non_null(suite_row(suite, "t", "before"));
        else
            suite_insert(suite, "t", id, "u", 1);
    }
    PQfinish(conn);
    suite_ids_eq(suite, "all", &(struct store_query){.table = &suite_things, .index = -1},
                 "after1 before");
}

static void a_store_goes_on_after_the_server_crashed(void **state)
{
    const struct suite *suite = *state;
    bool present = false;
    assert_int_equal(store_join(suite->store, HG_STR("process"), NULL), HG_OK);
    suite_insert(suite, "t", "before", "u", 1);
    cluster_crash();
    suite_insert(suite, "t", "after", "u", 1);
    assert_int_equal(store_is_present(suite->store, HG_STR("process"), &present, NULL), HG_OK);
    assert_true(present);
    suite_ids_eq(suite, "all", &(struct store_query){.table = &suite_things, .index = -1},
                 "after before");
}

static void without_a_server_the_store_is_unavailable(void **state)
{
    (void)state;
    struct store *store = NULL;
    struct hg_err err = {0};
    assert_int_equal(edge_store_open(HG_STR("postgresql:///x?host=/nowhere"),
                                     &(struct edge_store_options){0}, &store, &err),
                     HG_UNAVAILABLE);
    assert_null(store);
    assert_non_null(strstr(err.detail, "/nowhere"));
}

static void a_schema_that_does_not_exist_is_named(void **state)
{
    (void)state;
    struct store *store = NULL;
    struct hg_err err = {0};
    char url[512];
    (void)snprintf(url, sizeof(url), "%s%%2Cno_such", cluster_url());
    char *at = strstr(url, "suite");
    assert_non_null(at);
    memcpy(at, "nosch", 5); /* options=-csearch_path=noschN */
    assert_int_equal(edge_store_open(hg_str_of(url), &(struct edge_store_options){0}, &store, &err),
                     HG_OK);
    assert_int_equal(store_migrate(store, &suite_migrations, &err), HG_UNSUPPORTED);
    assert_non_null(strstr(err.detail, "CREATE SCHEMA"));
    store_close(store);
}

/* Counts with an update that has no condition: applied twice it shows. */
static void a_commit_without_an_answer_is_neither_lost_nor_doubled(void **state)
{
    const struct suite *suite = *state;
    static const enum proxy_cut cuts[] = {PROXY_CUT_AFTER_COMMIT, PROXY_CUT_BEFORE_COMMIT,
                                          PROXY_CUT_AFTER_COMMIT};
    char folder[TEMPORARY_PATH];
    temporary_make(folder);
    proxy_start(cluster_folder(), folder);
    struct suite proxied = {.arena = suite->arena};
    hg_str url = hg_str_format(suite->arena, "%s&host=%s", cluster_url(), folder);
    assert_int_equal(edge_store_open(url, &(struct edge_store_options){0}, &proxied.store, NULL),
                     HG_OK);
    suite_insert(suite, "t", "n", "u", 0);
    for (int i = 0; i < (int)HG_COUNT(cuts); i++) {
        char id[16];
        (void)snprintf(id, sizeof(id), "x%d", i);
        struct thing counter = suite_thing("t", "n", "", 0), thing = suite_thing("t", id, "u", i);
        struct store_change change = {.column = THING_SIZE, .value = store_int(i + 1)};
        struct store_op ops[] = {suite_put(STORE_INSERT, &thing),
                                 suite_by_key(STORE_UPDATE, &counter)};
        ops[1].changes = &change;
        ops[1].n_changes = 1;
        proxy_cut_next(cuts[i]);
        suite_commit(&proxied, ops, 2, HG_OK); /* doubled, the insert would be HG_EXISTS */
        assert_int_equal(proxy_cuts(), i + 1);
        assert_int_equal(suite_row(suite, "t", "n")[THING_SIZE].integer, i + 1);
    }
    store_close(proxied.store);
    proxy_stop();
    temporary_remove(folder);
}

/* "$1, $2" with a type, or a value, for each. */
static hg_str list(struct hg_arena *arena, const struct sql *sql, bool is_types)
{
    static const char *const types[] = {"int8", "text", "bytea"};
    struct hg_buf buf = hg_buf_new(arena, 4096);
    for (size_t i = 0; i < sql->n_params; i++) {
        hg_buf_z(&buf, i > 0 ? ", " : "");
        hg_buf_z(&buf, is_types ? types[sql->params[i]->type] : "'1'");
    }
    return hg_buf_view(&buf);
}

static void plan_check(PGconn *conn, struct hg_arena *arena, const struct plan_case *given)
{
    struct sql sql;
    sql_find(&sql, SQL_POSTGRES, &given->query);
    char text[SQL_MAX_TEXT];
    sql_text(&sql, text);
    hg_str types = list(arena, &sql, true), values = list(arena, &sql, false);
    hg_str prepare = hg_str_format(arena, "PREPARE p (%.*s) AS %s", HG_ARG(types), text);
    hg_str explain = hg_str_format(arena, "EXPLAIN EXECUTE p (%.*s)", HG_ARG(values));
    run(conn, hg_str_z(arena, prepare));
    PGresult *plan = PQexec(conn, hg_str_z(arena, explain));
    assert_int_equal(PQresultStatus(plan), PGRES_TUPLES_OK);
    bool is_indexed = false;
    for (int r = 0; r < PQntuples(plan); r++) {
        const char *line = PQgetvalue(plan, r, 0);
        is_indexed = is_indexed || strstr(line, "Index Scan") != NULL;
        if (strstr(line, "Sort") != NULL || strstr(line, "Seq Scan") != NULL)
            fail_msg("%s: %s", given->name, line);
    }
    if (!is_indexed)
        fail_msg("%s: no index", given->name);
    PQclear(plan);
    run(conn, "DEALLOCATE p");
}

static void every_query_is_one_walk_along_an_index(void **state)
{
    const struct suite *suite = *state;
    PGconn *conn = connect_to_it();
    run(conn, "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off;"
              "SET enable_bitmapscan = off; SET enable_sort = off");
    run(conn, "INSERT INTO things SELECT 't', 'id' || n, 'u' || n % 10, n, n, 'c' || n, NULL"
              " FROM generate_series(1, 20000) n; ANALYZE things");
    for (size_t i = 0; i < n_plan_cases; i++)
        plan_check(conn, suite->arena, &plan_cases[i]);
    PQfinish(conn);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SUITE_TEST(a_store_goes_on_after_its_connections_were_cut),
        SUITE_TEST(a_store_goes_on_after_the_server_crashed),
        SUITE_TEST(without_a_server_the_store_is_unavailable),
        SUITE_TEST(a_schema_that_does_not_exist_is_named),
        SUITE_TEST(a_commit_without_an_answer_is_neither_lost_nor_doubled),
        SUITE_TEST(every_query_is_one_walk_along_an_index),
    };
    suite_backend->start();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    suite_backend->stop();
    return failed;
}
