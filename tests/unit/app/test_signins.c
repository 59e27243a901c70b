#include "app/commit.h"
#include "app/graph_api/signins.h"
#include "unit/app/fixture.h"

#include <string.h>

/* The sign-in log's pages: whatever is asked for, every row is reached. */

enum { ROWS = 7000, USERS = 7, APPS = 3 };

#define LIST "/v1.0/auditLogs/signIns"

static hg_str user_of(struct fixture *fixture, int n)
{
    return hg_str_format(fixture->arena, "0c1d6a52-3f0e-4a55-8a52-00000000000%d", n % USERS);
}

static hg_str app_of(struct fixture *fixture, int n)
{
    return hg_str_format(fixture->arena, "6f1d2c3b-0000-4000-8000-00000000000%d", n % APPS);
}

/* One row in three seconds, the first at noon; each seventh was refused. */
static void add_rows(struct fixture *fixture)
{
    struct app_commit commit = app_commit_new(fixture->arena);
    for (int n = 0; n < ROWS; n++) {
        const struct store_value values[] = {
            store_text(HG_STR(FIXTURE_TENANT)),
            store_text(hg_str_format(fixture->arena, "5f3c1e0a-7d2b-4c6e-9a41-00000000%04x", n)),
            store_time(hg_time_add(fixture->now, HG_SECONDS(3 * n))),
            store_text(user_of(fixture, n)),
            store_text(app_of(fixture, n)),
            store_int(1),
            store_int(n % 7 == 0 ? 50126 : 0),
            store_int(0),
            store_blob(HG_STR("")),
            store_text(hg_str_format(fixture->arena, "{\"userPrincipalName\":\"u%d@contoso.test\"}",
                                     n % USERS)),
        };
        app_commit_insert(&commit, &app_signins_table, values);
    }
    assert_int_equal(app_commit_run(&commit, fixture->app.store, NULL), HG_OK);
}

struct walk {
    size_t n, n_pages;
    bool is_ordered;
};

/* Whether ids go on in order behind `last`, so that none comes twice. */
static bool goes_on(const struct hg_json *value, hg_str last, bool oldest_first)
{
    for (size_t i = 0; i < hg_json_count(value); i++) {
        hg_str id = fixture_text(hg_json_item(value, i), "id");
        int order = hg_str_cmp(last, id);
        if (last.len > 0 && (oldest_first ? order >= 0 : order <= 0))
            return false;
        last = id;
    }
    return true;
}

/* One page, in an arena of its own; *next is where the next one is, "" nowhere. */
static void take_page(struct fixture *fixture, hg_str *next, hg_str *last, bool oldest_first,
                      struct walk *walk)
{
    struct hg_arena *kept = fixture->arena;
    fixture->arena = test_arena();
    const char *at = hg_str_z(fixture->arena, *next);
    struct http_response response = fixture_request(fixture, "GET", at, NULL);
    if (response.status != 200)
        fail_msg("%s: %u %.*s", at, response.status, HG_ARG(response.body));
    struct hg_json page = fixture_json(fixture, &response);
    const struct hg_json *value = hg_json_get(&page, "value");
    size_t n = hg_json_count(value);
    walk->is_ordered = walk->is_ordered && goes_on(value, *last, oldest_first);
    walk->n += n;
    walk->n_pages++;
    if (n > 0)
        *last = hg_str_dup(kept, fixture_text(hg_json_item(value, n - 1), "id"));
    hg_str link = hg_json_str_or(hg_json_get(&page, "@odata.nextLink"), HG_STR(""));
    *next = hg_str_dup(kept, hg_str_from(link, fixture->app.config.base_url.len));
    hg_arena_free(fixture->arena);
    fixture->arena = kept;
}

static struct walk follow(struct fixture *fixture, const char *query, bool oldest_first)
{
    struct walk walk = {.is_ordered = true};
    hg_str last = HG_STR("");
    hg_str next = hg_str_format(fixture->arena, LIST "%s", query);
    while (next.len > 0)
        take_page(fixture, &next, &last, oldest_first, &walk);
    return walk;
}

static const struct {
    const char *name;
    const char *query;
    size_t rows, most_pages;
    bool oldest_first;
} walks[] = {
    {"everything", "", ROWS, 8, false},
    {"a page of an odd size", "?$top=613", ROWS, 12, false},
    {"the oldest first", "?$orderby=createdDateTime%20asc", ROWS, 8, true},
    {"one user", "?$filter=userId%20eq%20'0C1D6A52-3f0e-4a55-8a52-000000000003'", 1000, 2, false},
    {"one application", "?$filter=appId%20eq%20'6f1d2c3b-0000-4000-8000-000000000002'", 2333, 3,
     false},
    {"one user and one application",
     "?$filter=userId%20eq%20'0c1d6a52-3f0e-4a55-8a52-000000000003'%20and%20appId%20eq%20'"
     "6f1d2c3b-0000-4000-8000-000000000002'",
     333, 1, false},
    {"a name, which no index has", "?$filter=userPrincipalName%20eq%20'u3@contoso.test'", 1000, 2,
     false},
    {"those refused", "?$filter=status/errorCode%20eq%2050126&$top=100", 1000, 12, false},
    {"an hour",
     "?$filter=createdDateTime%20ge%202025-11-25T13:00:00Z%20and%20createdDateTime%20lt%20"
     "2025-11-25T14:00:00Z",
     1200, 2, false},
    {"one second", "?$filter=createdDateTime%20eq%202025-11-25T13:00:00Z", 1, 1, false},
    {"nobody", "?$filter=userId%20eq%20'none'", 0, 1, false},
};

static void every_row_is_reached_by_following_the_links(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture);
    add_rows(&fixture);
    for (size_t i = 0; i < HG_COUNT(walks); i++) {
        struct walk walk = follow(&fixture, walks[i].query, walks[i].oldest_first);
        if (walk.n != walks[i].rows || walk.n_pages > walks[i].most_pages || !walk.is_ordered)
            fail_msg("%s: %zu rows on %zu pages, %s", walks[i].name, walk.n, walk.n_pages,
                     walk.is_ordered ? "in order" : "out of order");
    }
    fixture_close(&fixture);
}

static void a_page_that_is_none_is_refused(void **state)
{
    static const char *const queries[] = {"?$skiptoken=5", "?$skiptoken=x.y", "?$skiptoken=1.none",
                                          "?$orderby=appId"};
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture);
    for (size_t i = 0; i < HG_COUNT(queries); i++) {
        const char *at =
            hg_str_z(fixture.arena, hg_str_format(fixture.arena, LIST "%s", queries[i]));
        struct http_response response = fixture_request(&fixture, "GET", at, NULL);
        if (response.status != 400)
            fail_msg("%s: %u", queries[i], response.status);
    }
    fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_reached_by_following_the_links),
        cmocka_unit_test(a_page_that_is_none_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
