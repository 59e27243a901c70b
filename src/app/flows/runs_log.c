#include "app/app_private.h"
#include "app/commit.h"
#include "app/flows/runs.h"
#include "base/base.h"
#include "crypto/crypto.h"
#include "store/store.h"

#include <stddef.h>
#include <stdint.h>

/* The state of a run: a WHOLE rendering, then one text of CHANGES for each step, each in a
 * row of its own (decision 0085). */

enum { TENANT, FLOW, RUN, PART, SEALED, N_COLUMNS };
enum { BY_KEY = -1, MIN_CHANGES = 64 << 10 };

const struct store_table app_run_log_table = {
    .name = "run_log",
    .columns =
        {
            [TENANT] = {"tenant", STORE_TEXT},
            [FLOW] = {"flow", STORE_TEXT},
            [RUN] = {"run", STORE_TEXT},
            [PART] = {"part", STORE_INT},
            [SEALED] = {"sealed", STORE_BLOB},
        },
    .n_columns = N_COLUMNS,
    .n_key = 4,
};

static struct crypto_place place_of(hg_str tenant, hg_str run, int64_t part)
{
    return (struct crypto_place){.tenant = tenant,
                                 .table = HG_STR("run_log"),
                                 .row = run,
                                 .column = HG_STR("sealed"),
                                 .version = (uint64_t)part};
}

enum hg_code app_run_log_append(struct app *app, struct app_commit *commit,
                                const struct app_run_place *run, hg_str text, struct hg_err *err)
{
    struct crypto_plain plain = {.place = place_of(run->tenant, run->id, run->part), .bytes = text};
    hg_str sealed;
    hg_random_fill(&app->random, plain.random, sizeof(plain.random));
    HG_TRY(crypto_seal(commit->arena, app->keyring, &plain, &sealed, err));
    const struct store_value values[N_COLUMNS] = {
        [TENANT] = store_text(run->tenant), [FLOW] = store_text(run->flow),
        [RUN] = store_text(run->id),        [PART] = store_int(run->part),
        [SEALED] = store_blob(sealed),
    };
    app_commit_insert(commit, &app_run_log_table, values);
    return HG_OK;
}

enum hg_code app_run_log_load(struct app *app, struct hg_arena *arena,
                              const struct app_run_place *run, struct app_run_texts *out,
                              struct hg_err *err)
{
    const struct store_value prefix[] = {store_text(run->tenant), store_text(run->flow),
                                         store_text(run->id)};
    const struct store_query query = {
        .table = &app_run_log_table, .index = BY_KEY, .prefix = prefix, .n_prefix = 3};
    struct store_rows rows;
    HG_TRY(store_find(app->store, arena, &query, &rows, err));
    hg_str *texts = HG_NEW_ARRAY(arena, hg_str, rows.n);
    if (texts == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu parts of a run", rows.n);
    struct app_run_size size = {0};
    for (size_t i = 0; i < rows.n; i++) {
        const struct store_value *v = rows.rows[i].values;
        const struct crypto_sealed sealed = {
            .place = place_of(run->tenant, run->id, v[PART].integer), .bytes = v[SEALED].bytes};
        HG_TRY(crypto_open(arena, app->keyring, &sealed, &texts[i], err));
        *(i == 0 ? &size.whole : &size.changes) += texts[i].len;
    }
    *out = (struct app_run_texts){.items = texts, .n = rows.n, .size = size};
    return HG_OK;
}

bool app_run_log_is_long(const struct app_run_size *size)
{
    return size->changes > MIN_CHANGES && size->changes > size->whole;
}

void app_run_log_forget(struct app_commit *commit, const struct app_run_place *run)
{
    const struct store_value prefix[] = {store_text(run->tenant), store_text(run->flow),
                                         store_text(run->id)};
    app_commit_delete_where(commit, &app_run_log_table, BY_KEY, prefix, 3);
}

void app_run_logs_forget(struct app_commit *commit, hg_str tenant, hg_str flow)
{
    const struct store_value prefix[] = {store_text(tenant), store_text(flow)};
    app_commit_delete_where(commit, &app_run_log_table, BY_KEY, prefix, 2);
}
