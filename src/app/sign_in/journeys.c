#include "app/commit.h"
#include "app/sign_in/sessions.h"
#include "app/sweep.h"
#include "base/base.h"
#include "store/store.h"

#include <stddef.h>

enum { TENANT, ID, BROWSER, REQUEST, STATE, STARTED, VERSION, N_COLUMNS };
enum { BY_START = 0 };

const struct store_table app_journeys_table = {
    .name = "journeys",
    .columns =
        {
            [TENANT] = {"tenant", STORE_TEXT},
            [ID] = {"id", STORE_TEXT},
            [BROWSER] = {"browser", STORE_TEXT},
            [REQUEST] = {"request", STORE_TEXT},
            [STATE] = {"state", STORE_TEXT},
            [STARTED] = {"started", STORE_INT},
            [VERSION] = {"version", STORE_INT},
        },
    .n_columns = N_COLUMNS,
    .n_key = 2,
    .indexes = {{"journeys_by_start", {TENANT, STARTED}, 2, false}},
    .n_indexes = 1,
};

const struct app_retention app_journeys_retention = {
    .table = &app_journeys_table, .index = BY_START, .hours = 1};

enum hg_code app_journey_load(struct store *store, struct hg_arena *arena, hg_str tenant, hg_str id,
                              struct app_journey *out, struct hg_err *err)
{
    const struct store_value key[] = {store_text(tenant), store_text(id)};
    struct store_row row;
    HG_TRY(store_get(store, arena, &app_journeys_table, key, &row, err));
    const struct store_value *v = row.values;
    *out = (struct app_journey){
        .id = v[ID].bytes,
        .browser = v[BROWSER].bytes,
        .request = v[REQUEST].bytes,
        .state = v[STATE].bytes,
        .started = {v[STARTED].integer},
        .version = v[VERSION].integer,
    };
    return HG_OK;
}

void app_journey_insert(struct app_commit *commit, hg_str tenant, const struct app_journey *journey)
{
    const struct store_value values[N_COLUMNS] = {
        [TENANT] = store_text(tenant),
        [ID] = store_text(journey->id),
        [BROWSER] = store_text(journey->browser),
        [REQUEST] = store_text(journey->request),
        [STATE] = store_text(journey->state),
        [STARTED] = store_time(journey->started),
        [VERSION] = store_int(1),
    };
    app_commit_insert(commit, &app_journeys_table, values);
}

void app_journey_update(struct app_commit *commit, hg_str tenant, const struct app_journey *journey,
                        hg_str state)
{
    const struct store_value key[] = {store_text(tenant), store_text(journey->id)};
    app_commit_update(
        commit, &app_journeys_table, key,
        APP_CHANGES({STATE, store_text(state)}, {VERSION, store_int(journey->version + 1)}));
    app_commit_when(commit, APP_CONDITIONS({VERSION, STORE_EQ, store_int(journey->version)}));
}
