#include "base/base.h"
#include "store/suite.h"
#include "unit/test.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* test_store BACKEND: the suite against one backend. */

const struct suite_backend *suite_backend;

static const struct suite_backend *const backends[] = {&suite_memory, &suite_sqlite,
                                                       &suite_sqlite_sole, &suite_postgres};

int main(int argc, char **argv)
{
    for (size_t i = 0; i < HG_COUNT(backends); i++)
        if (argc == 2 && strcmp(argv[1], backends[i]->name) == 0)
            suite_backend = backends[i];
    if (suite_backend == NULL) {
        (void)fprintf(stderr, "usage: test_store memory|sqlite|sqlite-sole|postgres\n");
        return 2;
    }
    const struct {
        const char *name;
        const struct CMUnitTest *tests;
        size_t n;
    } groups[] = {
        {"rows", suite_row_tests, suite_n_row_tests},
        {"find", suite_find_tests, suite_n_find_tests},
        {"commit", suite_commit_tests, suite_n_commit_tests},
        {"threads", suite_thread_tests, suite_n_thread_tests},
        {"schema", suite_schema_tests, suite_n_schema_tests},
        {"random", suite_random_tests, suite_n_random_tests},
        {"presence", suite_presence_tests, suite_backend->has_joined ? 0 : suite_n_presence_tests},
        {"processes", suite_processes_tests,
         suite_backend->has_joined || suite_backend->reopen == NULL ? 0 : suite_n_processes_tests},
        {"durable", suite_durable_tests, suite_backend->reopen == NULL ? 0 : suite_n_durable_tests},
    };
    int failed = 0;
    suite_backend->start();
    for (size_t i = 0; i < HG_COUNT(groups); i++)
        failed += groups[i].n == 0 ? 0
                                   : _cmocka_run_group_tests(groups[i].name, groups[i].tests,
                                                             groups[i].n, NULL, NULL);
    suite_backend->stop();
    return failed != 0;
}
