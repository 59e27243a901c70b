#include "app/sign_in/throttle.h"

#include "app/commit.h"
#include "base/base.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TENANT, KIND, SUBJECT, FAILURES, LOCKED_UNTIL, N_COLUMNS };

/* Ten wrong answers, then a minute; each further one doubles it, up to an hour. An address
 * may be a whole company's: a hundred in ten minutes, then nothing until these are over. */
enum { FIRST_LOCK_SECONDS = 60, MAX_DOUBLINGS = 6, MAX_RETRIES = 16, SPAN_SECONDS = 600 };
static const struct {
    int64_t free;
    bool by_span; /* locked_until is the end of the span, set by its first failure */
} limits[APP_ATTEMPT_COUNT] = {
    [APP_ATTEMPT_PASSWORD] = {.free = 10},
    [APP_ATTEMPT_CODE] = {.free = 10},
    [APP_ATTEMPT_ADDRESS] = {.free = 100, .by_span = true},
    [APP_ATTEMPT_KNOWN_BROWSER] = {.free = 10},
};

const struct store_table app_throttles_table = {
    .name = "throttles",
    .columns =
        {
            [TENANT] = {"tenant", STORE_TEXT},
            [KIND] = {"kind", STORE_INT},
            [SUBJECT] = {"subject", STORE_TEXT},
            [FAILURES] = {"failures", STORE_INT},
            [LOCKED_UNTIL] = {"locked_until", STORE_INT},
        },
    .n_columns = N_COLUMNS,
    .n_key = 3,
};

static enum hg_code load(struct store *store, struct hg_arena *arena, const struct store_value *key,
                         int64_t *failures, int64_t *locked_until, struct hg_err *err)
{
    struct store_row row;
    enum hg_code code = store_get(store, arena, &app_throttles_table, key, &row, err);
    bool is_there = code == HG_OK;
    *failures = is_there ? row.values[FAILURES].integer : 0;
    *locked_until = is_there ? row.values[LOCKED_UNTIL].integer : 0;
    return code == HG_NOT_FOUND ? HG_OK : code;
}

enum hg_code app_throttle_load(struct store *store, struct hg_arena *arena, hg_str tenant,
                               enum app_attempt kind, hg_str subject, hg_time now,
                               struct app_throttle *out, struct hg_err *err)
{
    const struct store_value key[] = {store_text(tenant), store_int(kind),
                                      store_text(hg_str_lower(arena, subject))};
    int64_t failures;
    int64_t locked_until;
    HG_TRY(load(store, arena, key, &failures, &locked_until, err));
    *out = (struct app_throttle){
        .failures = failures, .is_locked = failures >= limits[kind].free && now.us < locked_until};
    return HG_OK;
}

static hg_time lock_end(enum app_attempt kind, int64_t failures, hg_time now)
{
    if (failures < limits[kind].free)
        return (hg_time){0};
    int64_t doublings = failures - limits[kind].free;
    if (doublings > MAX_DOUBLINGS)
        doublings = MAX_DOUBLINGS;
    return hg_time_add(now, HG_SECONDS((int64_t)FIRST_LOCK_SECONDS << doublings));
}

static enum hg_code try_fail(struct store *store, struct hg_arena *arena,
                             const struct store_value *key, hg_time now, struct hg_err *err)
{
    int64_t failures;
    int64_t locked_until;
    HG_TRY(load(store, arena, key, &failures, &locked_until, err));
    enum app_attempt kind = (enum app_attempt)key[KIND].integer;
    bool in_span = limits[kind].by_span && now.us < locked_until;
    int64_t next = limits[kind].by_span && !in_span ? 1 : failures + 1;
    hg_time until = lock_end(kind, next, now);
    if (limits[kind].by_span)
        until = in_span ? (hg_time){locked_until} : hg_time_add(now, HG_SECONDS(SPAN_SECONDS));
    struct app_commit commit = app_commit_new(arena);
    const struct store_value values[N_COLUMNS] = {key[0], key[1], key[2], store_int(next),
                                                  store_time(until)};
    if (failures == 0) {
        app_commit_insert(&commit, &app_throttles_table, values);
    } else {
        app_commit_update(
            &commit, &app_throttles_table, key,
            APP_CHANGES({FAILURES, values[FAILURES]}, {LOCKED_UNTIL, values[LOCKED_UNTIL]}));
        app_commit_when(&commit, APP_CONDITIONS({FAILURES, STORE_EQ, store_int(failures)}));
    }
    return app_commit_run(&commit, store, err);
}

enum hg_code app_throttle_fail(struct store *store, struct hg_arena *arena, hg_str tenant,
                               enum app_attempt kind, hg_str subject, hg_time now,
                               struct hg_err *err)
{
    const struct store_value key[] = {store_text(tenant), store_int(kind),
                                      store_text(hg_str_lower(arena, subject))};
    enum hg_code code = HG_CONFLICT;
    for (int i = 0; i < MAX_RETRIES && (code == HG_CONFLICT || code == HG_EXISTS); i++)
        code = try_fail(store, arena, key, now, err);
    return code;
}

void app_throttle_clear(struct app_commit *commit, hg_str tenant, enum app_attempt kind,
                        hg_str subject)
{
    const struct store_value key[] = {store_text(tenant), store_int(kind),
                                      store_text(hg_str_lower(commit->arena, subject))};
    app_commit_delete(commit, &app_throttles_table, key);
}
