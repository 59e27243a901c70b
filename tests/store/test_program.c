#include "app/app.h"
#include "base/base.h"
#include "store/store.h"
#include "store/suite.h"
#include "unit/test.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* test_program BACKEND: what the program's migrations make is what its tables'
 * descriptions say. */

const struct suite_backend *suite_backend;

static void the_programs_tables_are_as_described(void **state)
{
    (void)state;
    struct hg_err err = {0};
    struct store *store = suite_backend->open_new();
    if (store_migrate(store, &store_migrations, &err) != HG_OK ||
        store_tables_check(store, app_tables, app_n_tables, &err) != HG_OK)
        fail_msg("%s", err.detail);
    store_close(store);
}

int main(int argc, char **argv)
{
    suite_backend = argc == 2 && strcmp(argv[1], "postgres") == 0 ? &suite_postgres : &suite_sqlite;
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_programs_tables_are_as_described),
    };
    suite_backend->start();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    suite_backend->stop();
    return failed;
}
