#include "base/base.h"
#include "edge/signals.h"
#include "unit/test.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static const struct {
    const char *name;
    int number;
    enum edge_signal want;
} signals_of[] = {
    {"SIGTERM stops", SIGTERM, EDGE_SIGNAL_STOP},
    {"SIGINT stops", SIGINT, EDGE_SIGNAL_STOP},
    {"SIGHUP reloads", SIGHUP, EDGE_SIGNAL_RELOAD},
};

static void signals_arrive_as_values(void **state)
{
    (void)state;
    struct edge_signals signals;
    assert_int_equal(edge_signals_open(&signals, NULL), HG_OK);
    for (size_t i = 0; i < HG_COUNT(signals_of); i++) {
        assert_int_equal(kill(getpid(), signals_of[i].number), 0);
        if (edge_signals_wait(&signals) != signals_of[i].want)
            fail_msg("%s", signals_of[i].name);
    }
    edge_signals_stop(&signals);
    assert_int_equal(edge_signals_wait(&signals), EDGE_SIGNAL_STOP);
    assert_int_equal(kill(getpid(), SIGPIPE), 0); /* ignored */
    edge_signals_close(&signals);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(signals_arrive_as_values)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
