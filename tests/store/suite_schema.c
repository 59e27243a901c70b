#include "base/base.h"
#include "store/store.h"
#include "store/suite.h"
#include "unit/test.h"

#include <stddef.h>
#include <string.h>

static void migrating_again_changes_nothing(void **state)
{
    const struct suite *suite = *state;
    suite_insert(suite, "t", "x", "u", 1);
    assert_int_equal(store_migrate(suite->store, &suite_migrations, NULL), HG_OK);
    assert_non_null(suite_row(suite, "t", "x"));
}

static void the_schema_is_what_the_descriptions_say(void **state)
{
    const struct suite *suite = *state;
    struct hg_err err = {0};
    if (store_tables_check(suite->store, suite_tables, HG_COUNT(suite_tables), &err) != HG_OK)
        fail_msg("%s", err.detail);
}

/* The rest is for backends with a file and a schema: the store in memory has none. */

static void differs(const struct suite *suite, const char *name, const struct store_table *table)
{
    struct hg_err err = {0};
    if (store_tables_check(suite->store, &table, 1, &err) != HG_MALFORMED)
        fail_msg("%s: not noticed", name);
    if (strstr(err.detail, "thing") == NULL)
        fail_msg("%s: \"%s\" does not say where", name, err.detail);
}

static void a_description_that_differs_is_noticed(void **state)
{
    const struct suite *suite = *state;
    struct store_table table = suite_things;
    table.columns[THING_SIZE].name = "length";
    differs(suite, "name of a column", &table);
    table = suite_things;
    table.columns[THING_SIZE].type = STORE_TEXT;
    differs(suite, "type of a column", &table);
    table = suite_things;
    table.columns[THING_DUE].is_nullable = false;
    differs(suite, "null of a column", &table);
    table = suite_things;
    table.n_columns--;
    differs(suite, "a column more", &table);
    table = suite_things;
    table.n_key = 3;
    differs(suite, "columns of the key", &table);
    table = suite_things;
    table.indexes[THINGS_BY_USER].columns[2] = THING_CODE;
    differs(suite, "columns of an index", &table);
    table = suite_things;
    table.indexes[THINGS_CODE].is_unique = false;
    differs(suite, "uniqueness of an index", &table);
    table = suite_things;
    table.indexes[THINGS_DUE].name = "things_by_due";
    differs(suite, "name of an index", &table);
    table = suite_things;
    table.n_indexes--;
    differs(suite, "an index more", &table);
    table = suite_things;
    table.name = "no_things";
    differs(suite, "no such table", &table);
}

static void refused(const struct suite *suite, const char *name,
                    const struct store_migrations *migrations, enum hg_code want, const char *text)
{
    struct hg_err err = {0};
    enum hg_code code = store_migrate(suite->store, migrations, &err);
    if (code != want || strstr(err.detail, text) == NULL)
        fail_msg("%s: %s: \"%s\"", name, hg_code_text(code), err.detail);
}

static void another_history_is_refused(void **state)
{
    const struct suite *suite = *state;
    struct store_migration items[3] = {suite_migrations.items[0], suite_migrations.items[1]};
    const struct store_migrations older = {.items = items, .n = 1};
    refused(suite, "a program that is older", &older, HG_UNSUPPORTED, "newer (0002-suite-links)");
    const struct store_migrations edited = {.items = items, .n = 2};
    items[0].checksum = "another";
    refused(suite, "a migration that was edited", &edited, HG_CONFLICT, "0001-suite-things");
    items[0] = suite_migrations.items[0];
    items[1].name = "0002-suite-lanes";
    refused(suite, "a migration that was renamed", &edited, HG_CONFLICT, "0002-suite-lanes");
}

static void a_migration_that_fails_leaves_nothing_behind(void **state)
{
    const struct suite *suite = *state;
    struct store_migration items[3] = {suite_migrations.items[0], suite_migrations.items[1]};
    items[2] =
        (struct store_migration){.number = 3,
                                 .name = "0003-suite-more",
                                 .checksum = "x",
                                 .sql = "CREATE TABLE more (tenant {text} NOT NULL, id {text}"
                                        " NOT NULL, PRIMARY KEY (tenant, id)) {table};"
                                        "INSERT INTO no_such_table VALUES (1);"};
    const struct store_migrations three = {.items = items, .n = 3};
    refused(suite, "a migration that fails", &three, HG_IO, "0003-suite-more");
    static const struct store_table more = {.name = "more",
                                            .columns = {{"tenant", STORE_TEXT}, {"id", STORE_TEXT}},
                                            .n_columns = 2,
                                            .n_key = 2};
    static const struct store_table *const tables[] = {&more};
    assert_int_equal(store_tables_check(suite->store, tables, 1, NULL), HG_MALFORMED);
    items[2].sql = "CREATE TABLE more (tenant {text} NOT NULL, id {text} NOT NULL,"
                   " PRIMARY KEY (tenant, id)) {table};";
    assert_int_equal(store_migrate(suite->store, &three, NULL), HG_OK);
    assert_int_equal(store_tables_check(suite->store, tables, 1, NULL), HG_OK);
    struct store_value row[] = {store_text(HG_STR("t")), store_text(HG_STR("a"))};
    struct store_op put = {.kind = STORE_PUT, .table = &more, .values = row};
    suite_commit(suite, &put, 1, HG_OK); /* a table that is all key */
    suite_commit(suite, &put, 1, HG_OK);
}

static void what_was_acknowledged_is_there_after_opening_again(void **state)
{
    struct suite *suite = *state;
    suite_insert(suite, "t", "x", "u", 1);
    store_close(suite->store);
    suite->store = suite_backend->reopen();
    assert_int_equal(store_migrate(suite->store, &suite_migrations, NULL), HG_OK);
    assert_non_null(suite_row(suite, "t", "x"));
}

const struct CMUnitTest suite_schema_tests[] = {
    SUITE_TEST(migrating_again_changes_nothing),
    SUITE_TEST(the_schema_is_what_the_descriptions_say),
};
const size_t suite_n_schema_tests = HG_COUNT(suite_schema_tests);

const struct CMUnitTest suite_durable_tests[] = {
    SUITE_TEST(a_description_that_differs_is_noticed),
    SUITE_TEST(another_history_is_refused),
    SUITE_TEST(a_migration_that_fails_leaves_nothing_behind),
    SUITE_TEST(what_was_acknowledged_is_there_after_opening_again),
};
const size_t suite_n_durable_tests = HG_COUNT(suite_durable_tests);
