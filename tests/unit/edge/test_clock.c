#include "base/base.h"
#include "edge/clock.h"
#include "unit/test.h"

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

static struct edge_clock *clock_of(enum edge_clock_kind kind, int64_t start_us)
{
    struct edge_clock *clock = NULL;
    assert_int_equal(edge_clock_open(kind, (hg_time){.us = start_us}, &clock, NULL), HG_OK);
    return clock;
}

static void a_fixed_clock_stands_still_until_it_is_moved(void **state)
{
    (void)state;
    struct edge_clock *clock = clock_of(EDGE_CLOCK_FIXED, 5000000);
    assert_int_equal(edge_clock_now(clock).us, 5000000);
    assert_int_equal(edge_clock_now(clock).us, 5000000);
    hg_time now;
    assert_int_equal(edge_clock_advance(clock, HG_DAYS(91), &now, NULL), HG_OK);
    assert_int_equal(now.us, 5000000 + HG_DAYS(91).us);
    assert_int_equal(edge_clock_set(clock, hg_time_add(now, HG_SECONDS(1)), &now, NULL), HG_OK);
    assert_int_equal(edge_clock_now(clock).us, 6000000 + HG_DAYS(91).us);
    edge_clock_close(clock);
}

static void a_development_clock_runs_and_is_moved(void **state)
{
    (void)state;
    struct edge_clock *clock = clock_of(EDGE_CLOCK_DEVELOPMENT, 0);
    hg_time before = edge_clock_now(clock);
    hg_time now;
    assert_int_equal(edge_clock_advance(clock, HG_DAYS(91), &now, NULL), HG_OK);
    assert_true(hg_time_since(now, before).us >= HG_DAYS(91).us);
    assert_true(hg_time_since(now, before).us < HG_DAYS(92).us);
    edge_clock_close(clock);
}

static void the_wall_clock_cannot_be_moved(void **state)
{
    (void)state;
    struct edge_clock *clock = clock_of(EDGE_CLOCK_WALL, 0);
    hg_time now = {.us = -7};
    struct hg_err err = {0};
    assert_int_equal(edge_clock_advance(clock, HG_DAYS(1), &now, &err), HG_UNSUPPORTED);
    assert_int_equal(now.us, -7);
    struct hg_clock port = edge_clock_port(clock);
    assert_true(port.advance == NULL && port.set == NULL);
    assert_true(hg_clock_now(&port).us > 0);
    edge_clock_close(clock);
}

static const struct {
    const char *name;
    int64_t by;
    enum hg_code want;
} moves[] = {
    {"standing still is allowed", 0, HG_OK},
    {"a step back is refused", -1, HG_CONFLICT},
    {"a huge step back is refused", INT64_MIN, HG_CONFLICT},
    {"past the year 9999 is refused", INT64_MAX, HG_TOO_BIG},
};

static void moves_have_limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(moves); i++) {
        struct edge_clock *clock = clock_of(EDGE_CLOCK_FIXED, 1000);
        hg_time now;
        struct hg_err err = {0};
        if (edge_clock_advance(clock, (hg_dur){.us = moves[i].by}, &now, &err) != moves[i].want)
            fail_msg("%s: %s", moves[i].name, err.detail);
        edge_clock_close(clock);
    }
}

static void setting_the_clock_back_is_refused(void **state)
{
    (void)state;
    struct edge_clock *clock = clock_of(EDGE_CLOCK_FIXED, 1000);
    hg_time now;
    struct hg_clock port = edge_clock_port(clock);
    assert_int_equal(port.set(port.self, (hg_time){.us = 999}, &now, NULL), HG_CONFLICT);
    assert_int_equal(port.set(port.self, (hg_time){.us = 1001}, &now, NULL), HG_OK);
    assert_int_equal(now.us, 1001);
    edge_clock_close(clock);
}

static void *advance_in_steps(void *self)
{
    for (int i = 0; i < 1000; i++) {
        hg_time now;
        HG_ASSERT(edge_clock_advance(self, HG_SECONDS(1), &now, NULL) == HG_OK);
    }
    return NULL;
}

static void no_reader_sees_time_go_back_while_it_is_moved(void **state)
{
    (void)state;
    struct edge_clock *clock = clock_of(EDGE_CLOCK_DEVELOPMENT, 0);
    pthread_t mover;
    assert_int_equal(pthread_create(&mover, NULL, advance_in_steps, clock), 0);
    hg_time last = edge_clock_now(clock);
    for (int i = 0; i < 20000; i++) {
        hg_time now = edge_clock_now(clock);
        assert_false(hg_time_before(now, last));
        last = now;
    }
    (void)pthread_join(mover, NULL);
    edge_clock_close(clock);
}

struct waiter {
    struct edge_clock *clock;
    hg_time until;
    bool reached;
};

static void *wait_for_it(void *self)
{
    struct waiter *waiter = self;
    waiter->reached = edge_clock_wait(waiter->clock, waiter->until);
    return NULL;
}

static void moving_the_clock_ends_a_wait_for_that_time(void **state)
{
    (void)state;
    struct edge_clock *clock = clock_of(EDGE_CLOCK_FIXED, 0);
    struct waiter waiter = {.clock = clock, .until = {.us = HG_DAYS(90).us}};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, wait_for_it, &waiter), 0);
    hg_time now;
    assert_int_equal(edge_clock_advance(clock, HG_DAYS(89), &now, NULL), HG_OK);
    assert_int_equal(edge_clock_advance(clock, HG_DAYS(1), &now, NULL), HG_OK);
    (void)pthread_join(thread, NULL);
    assert_true(waiter.reached);
    edge_clock_close(clock);
}

static void a_wake_ends_a_wait_before_its_time(void **state)
{
    (void)state;
    struct edge_clock *clock = clock_of(EDGE_CLOCK_DEVELOPMENT, 0);
    struct waiter waiter = {.clock = clock,
                            .until = hg_time_add(edge_clock_now(clock), HG_DAYS(1))};
    edge_clock_wake(clock); /* also when it comes first */
    (void)wait_for_it(&waiter);
    assert_false(waiter.reached);
    waiter.until = edge_clock_now(clock);
    (void)wait_for_it(&waiter);
    assert_true(waiter.reached);
    edge_clock_close(clock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fixed_clock_stands_still_until_it_is_moved),
        cmocka_unit_test(a_development_clock_runs_and_is_moved),
        cmocka_unit_test(the_wall_clock_cannot_be_moved),
        cmocka_unit_test(moves_have_limits),
        cmocka_unit_test(setting_the_clock_back_is_refused),
        cmocka_unit_test(no_reader_sees_time_go_back_while_it_is_moved),
        cmocka_unit_test(moving_the_clock_ends_a_wait_for_that_time),
        cmocka_unit_test(a_wake_ends_a_wait_before_its_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
