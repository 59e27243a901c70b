#include "base/base.h"
#include "lifetime/lifetime.h"
#include "unit/test.h"

static hg_time day(int64_t n)
{
    return hg_time_add((hg_time){.us = INT64_C(1764000000) * 1000000}, HG_DAYS(n));
}

static void an_acceptance_ends_when_the_agreement_says(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int64_t from; /* day of the first expiry, -1: none */
        int64_t every, again;
        int64_t accepted;
        int64_t end; /* -1: never */
    } rows[] = {
        {"no limit", -1, 0, 0, 5, -1},
        {"before the first expiry", 10, 0, 0, 5, 10},
        {"after the only expiry", 10, 0, 0, 11, -1},
        {"at the expiry itself it is new", 10, 30, 0, 10, 40},
        {"between two expiries", 10, 30, 0, 41, 70},
        {"on a later one", 10, 30, 0, 70, 100},
        {"each acceptance by itself", -1, 0, 90, 7, 97},
        {"whichever is first: its own", 10, 365, 90, 11, 101},
        {"whichever is first: that of all", 10, 365, 90, 5, 10},
    };
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        const struct lifetime_terms terms = {
            .expires_from = {.is_set = rows[i].from >= 0, .at = day(rows[i].from)},
            .expires_every = HG_DAYS(rows[i].every),
            .accept_again = HG_DAYS(rows[i].again)};
        hg_time accepted = day(rows[i].accepted);
        struct model_when end = lifetime_terms_end(&terms, accepted);
        if (end.is_set != (rows[i].end >= 0) || (end.is_set && end.at.us != day(rows[i].end).us))
            fail_msg("%s: another end", rows[i].name);
        assert_true(lifetime_terms_in_force(&terms, accepted, accepted));
        if (!end.is_set)
            continue;
        hg_time before = {end.at.us - 1};
        assert_true(lifetime_terms_in_force(&terms, accepted, before));
        assert_false(lifetime_terms_in_force(&terms, accepted, end.at));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_acceptance_ends_when_the_agreement_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
