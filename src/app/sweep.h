#pragma once

#include "app/commit.h"
#include "base/base.h"
#include "store/store.h"

/* How long rows of a table are kept. Each file that has such rows says it beside the table;
 * the sweep (sweep.c) deletes what is older, a page of each table at a time. */
struct app_retention {
    const struct store_table *table;
    int8_t index; /* its columns: tenant, the instant that counts */
    int16_t hours;
    /* Appends what goes with the row; false: the row stays. NULL: nothing does. */
    bool (*forget)(struct app_commit *commit, const struct store_value *row, hg_time now);
};

extern const struct app_retention app_journeys_retention;
extern const struct app_retention app_codes_retention, app_refresh_tokens_retention;
extern const struct app_retention app_grants_retention;
extern const struct app_retention app_ended_sessions_retention, app_idle_sessions_retention;
extern const struct app_retention app_runs_retention;
