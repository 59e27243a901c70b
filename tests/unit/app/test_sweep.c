#include "app/commit.h"
#include "app/directory/first_party.h"
#include "app/sign_in/sessions.h"
#include "app/tokens/grants.h"
#include "model/model.h"
#include "unit/app/fixture.h"

/* What is deleted when it has been of no use for long enough, and what stays. */

static const hg_str tenant = HG_LIT(FIXTURE_TENANT);

static size_t count(struct fixture *fixture, const struct store_table *table)
{
    const struct store_query all = {.table = table, .index = -1};
    struct store_rows rows;
    assert_int_equal(store_find(fixture->app.store, fixture->arena, &all, &rows, NULL), HG_OK);
    return rows.n;
}

/* Whether the sweep that is due after these days leaves so many rows more than before. */
static void after_days(struct fixture *fixture, int days, const struct store_table *table,
                       size_t want)
{
    fixture->now = hg_time_add(fixture->now, HG_DAYS(days));
    (void)fixture_work(fixture);
    size_t got = count(fixture, table);
    if (got != want)
        fail_msg("%d days on, %s: %zu rows, not %zu", days, table->name, got, want);
}

static void run(struct fixture *fixture, struct app_commit *commit)
{
    assert_int_equal(app_commit_run(commit, fixture->app.store, NULL), HG_OK);
}

static void insert_grant(struct fixture *fixture, struct app_commit *commit, hg_str id,
                         hg_str client)
{
    const struct model_grant grant = {
        .id = id,
        .tenant = tenant,
        .user = HG_STR(FIXTURE_MAKER),
        .client = client,
        .issued = fixture->now,
        .last_used = fixture->now,
        .auth_at = fixture->now,
    };
    assert_int_equal(app_grant_insert(commit, &grant, NULL), HG_OK);
}

static void insert_code(struct fixture *fixture, struct app_commit *commit, hg_str grant)
{
    const struct app_code code = {.grant = grant,
                                  .code = {.tenant = tenant, .redirect_uri = HG_STR("https://x")}};
    hg_str text;
    assert_int_equal(app_code_insert(&fixture->app, commit, &code, fixture->now, &text, NULL),
                     HG_OK);
}

static hg_str insert_token(struct fixture *fixture, struct app_commit *commit, hg_str grant)
{
    hg_str text;
    assert_int_equal(
        app_refresh_insert(&fixture->app, commit, tenant, grant, fixture->now, &text, NULL), HG_OK);
    return text;
}

static void a_code_that_nobody_redeemed_goes_with_its_grant(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture);
    size_t others = count(&fixture, &app_grants_table);
    struct app_commit commit = app_commit_new(fixture.arena);
    for (int i = 0; i < 450; i++) { /* more than a tick takes */
        hg_str id = hg_str_format(fixture.arena, "grant-%d", i);
        insert_grant(&fixture, &commit, id, HG_STR("client"));
        insert_code(&fixture, &commit, id);
    }
    run(&fixture, &commit);
    fixture.now = hg_time_add(fixture.now, HG_HOURS(20));
    after_days(&fixture, 0, &app_codes_table, 450);
    after_days(&fixture, 1, &app_codes_table, 0);
    assert_int_equal(count(&fixture, &app_grants_table), others);
    fixture_close(&fixture);
}

static void a_superseded_token_is_known_as_long_as_any_can_lie_unused(void **state)
{
    struct fixture fixture;
    struct app_refresh found;
    (void)state;
    fixture_open(&fixture);
    size_t others = count(&fixture, &app_refresh_tokens_table);
    struct app_commit commit = app_commit_new(fixture.arena);
    insert_grant(&fixture, &commit, HG_STR("grant"), HG_STR("client"));
    hg_str older = insert_token(&fixture, &commit, HG_STR("grant"));
    hg_str newer = insert_token(&fixture, &commit, HG_STR("grant"));
    run(&fixture, &commit);
    assert_int_equal(app_refresh_find(&fixture.app, fixture.arena, tenant, older, &found, NULL),
                     HG_OK);
    commit = app_commit_new(fixture.arena);
    app_refresh_supersede(&commit, tenant, &found, fixture.now);
    run(&fixture, &commit);
    after_days(&fixture, 90, &app_refresh_tokens_table, others + 2);
    after_days(&fixture, 2, &app_refresh_tokens_table, others + 1);
    assert_int_equal(app_refresh_find(&fixture.app, fixture.arena, tenant, newer, &found, NULL),
                     HG_OK);
    fixture_close(&fixture);
}

static void a_grant_of_no_use_goes_with_its_tokens_and_a_connections_later(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture);
    size_t others = count(&fixture, &app_grants_table); /* the connection's of the fixture */
    size_t tokens = count(&fixture, &app_refresh_tokens_table);
    assert_true(others > 0 && tokens > 0);
    struct app_commit commit = app_commit_new(fixture.arena);
    insert_grant(&fixture, &commit, HG_STR("grant"), HG_STR("client"));
    (void)insert_token(&fixture, &commit, HG_STR("grant"));
    run(&fixture, &commit);
    after_days(&fixture, 179, &app_grants_table, others + 1);
    after_days(&fixture, 2, &app_grants_table, others);
    assert_int_equal(count(&fixture, &app_refresh_tokens_table), tokens);
    after_days(&fixture, 548, &app_grants_table, others);
    after_days(&fixture, 2, &app_grants_table, 0);
    assert_int_equal(count(&fixture, &app_refresh_tokens_table), 0);
    fixture_close(&fixture);
}

static void ended_sessions_go_at_once_and_idle_ones_when_no_setting_lets_them_live(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture);
    struct app_session sessions[2];
    struct app_commit commit = app_commit_new(fixture.arena);
    for (size_t i = 0; i < HG_COUNT(sessions); i++) {
        hg_str cookie;
        sessions[i] = (struct app_session){.user = HG_STR(FIXTURE_MAKER),
                                           .auth_at = fixture.now,
                                           .created = fixture.now,
                                           .last_used = fixture.now};
        assert_int_equal(
            app_session_insert(&fixture.app, &commit, tenant, &sessions[i], &cookie, NULL), HG_OK);
    }
    app_session_end(&commit, tenant, &sessions[0], fixture.now);
    run(&fixture, &commit);
    fixture.now = hg_time_add(fixture.now, HG_HOURS(20));
    after_days(&fixture, 0, &app_sessions_table, 2);
    after_days(&fixture, 1, &app_sessions_table, 1);
    after_days(&fixture, 178, &app_sessions_table, 1);
    after_days(&fixture, 1, &app_sessions_table, 0);
    fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_that_nobody_redeemed_goes_with_its_grant),
        cmocka_unit_test(a_superseded_token_is_known_as_long_as_any_can_lie_unused),
        cmocka_unit_test(a_grant_of_no_use_goes_with_its_tokens_and_a_connections_later),
        cmocka_unit_test(ended_sessions_go_at_once_and_idle_ones_when_no_setting_lets_them_live),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
