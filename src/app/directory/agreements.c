#include "app/directory/agreements.h"

#include "app/commit.h"
#include "base/base.h"
#include "lifetime/lifetime.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    F_TENANT,
    F_AGREEMENT,
    F_ID,
    F_LANGUAGE,
    F_FILE_NAME,
    F_DISPLAY_NAME,
    F_MEDIA,
    F_DEFAULT,
    F_MAJOR,
    F_CREATED,
    F_BYTES,
    F_COLUMNS
};
enum {
    A_TENANT,
    A_USER,
    A_ID,
    A_AGREEMENT,
    A_FILE,
    A_VERSION,
    A_ACCEPTED,
    A_AT,
    A_DEVICE,
    A_FACTS,
    A_COLUMNS
};
enum { BY_KEY = -1, BY_AGREEMENT = 0 };

const struct store_table app_terms_files_table = {
    .name = "terms_files",
    .columns =
        {
            [F_TENANT] = {"tenant", STORE_TEXT},
            [F_AGREEMENT] = {"agreement", STORE_TEXT},
            [F_ID] = {"id", STORE_TEXT},
            [F_LANGUAGE] = {"language", STORE_TEXT},
            [F_FILE_NAME] = {"file_name", STORE_TEXT},
            [F_DISPLAY_NAME] = {"display_name", STORE_TEXT},
            [F_MEDIA] = {"media", STORE_TEXT},
            [F_DEFAULT] = {"is_default", STORE_INT},
            [F_MAJOR] = {"is_major", STORE_INT},
            [F_CREATED] = {"created", STORE_INT},
            [F_BYTES] = {"bytes", STORE_BLOB},
        },
    .n_columns = F_COLUMNS,
    .n_key = 3,
};

const struct store_table app_acceptances_table = {
    .name = "acceptances",
    .columns =
        {
            [A_TENANT] = {"tenant", STORE_TEXT},
            [A_USER] = {"user_id", STORE_TEXT},
            [A_ID] = {"id", STORE_TEXT},
            [A_AGREEMENT] = {"agreement", STORE_TEXT},
            [A_FILE] = {"file", STORE_TEXT},
            [A_VERSION] = {"version", STORE_INT},
            [A_ACCEPTED] = {"accepted", STORE_INT},
            [A_AT] = {"at", STORE_INT},
            [A_DEVICE] = {"device", STORE_TEXT},
            [A_FACTS] = {"facts", STORE_TEXT},
        },
    .n_columns = A_COLUMNS,
    .n_key = 3,
    .indexes = {{"acceptances_by_agreement", {A_TENANT, A_AGREEMENT}, 2, false}},
    .n_indexes = 1,
};

/* --- Agreements --------------------------------------------------------------------- */

static hg_dur duration_of(const struct hg_json *text)
{
    hg_dur duration = {0};
    if (hg_iso_duration_parse(hg_json_str_or(text, HG_STR("")), &duration, NULL) != HG_OK)
        return (hg_dur){0};
    return duration;
}

struct app_terms app_terms_of(struct hg_arena *arena, hg_str id, const struct hg_json *body)
{
    const struct hg_json *expiration = hg_json_get(body, "termsExpiration");
    hg_str from = hg_json_str_or(hg_json_get(expiration, "startDateTime"), HG_STR(""));
    struct app_terms terms = {
        .id = hg_str_dup(arena, id),
        .display_name =
            hg_str_dup(arena, hg_json_str_or(hg_json_get(body, "displayName"), HG_STR(""))),
        .per_device = hg_json_bool_or(hg_json_get(body, "isPerDeviceAcceptanceRequired"), false),
        .view_first =
            hg_json_bool_or(hg_json_get(body, "isViewingBeforeAcceptanceRequired"), false),
        .lifetime.expires_every = duration_of(hg_json_get(expiration, "frequency")),
        .lifetime.accept_again = duration_of(hg_json_get(body, "userReacceptRequiredFrequency")),
    };
    (void)hg_json_as_int(hg_json_get(body, "version"), &terms.version);
    terms.lifetime.expires_from.is_set =
        hg_time_parse(from, &terms.lifetime.expires_from.at, NULL) == HG_OK;
    return terms;
}

/* --- Documents ---------------------------------------------------------------------- */

void app_terms_file_insert(struct app_commit *commit, hg_str tenant,
                           const struct app_terms_file *file)
{
    const struct store_value values[F_COLUMNS] = {
        [F_TENANT] = store_text(tenant),
        [F_AGREEMENT] = store_text(file->agreement),
        [F_ID] = store_text(file->id),
        [F_LANGUAGE] = store_text(file->language),
        [F_FILE_NAME] = store_text(file->file_name),
        [F_DISPLAY_NAME] = store_text(file->display_name),
        [F_MEDIA] = store_text(file->media),
        [F_DEFAULT] = store_int(file->is_default),
        [F_MAJOR] = store_int(file->is_major),
        [F_CREATED] = store_time(file->created),
        [F_BYTES] = store_blob(file->bytes),
    };
    app_commit_insert(commit, &app_terms_files_table, values);
}

void app_terms_files_remove(struct app_commit *commit, hg_str tenant, hg_str agreement)
{
    const struct store_value prefix[] = {store_text(tenant), store_text(agreement)};
    app_commit_delete_where(commit, &app_terms_files_table, BY_KEY, prefix, 2);
}

static struct app_terms_file file_of(const struct store_value *v)
{
    return (struct app_terms_file){
        .agreement = v[F_AGREEMENT].bytes,
        .id = v[F_ID].bytes,
        .language = v[F_LANGUAGE].bytes,
        .file_name = v[F_FILE_NAME].bytes,
        .display_name = v[F_DISPLAY_NAME].bytes,
        .media = v[F_MEDIA].bytes,
        .is_default = v[F_DEFAULT].integer != 0,
        .is_major = v[F_MAJOR].integer != 0,
        .created = {v[F_CREATED].integer},
        .bytes = v[F_BYTES].bytes,
    };
}

enum hg_code app_terms_files_load(struct store *store, struct hg_arena *arena, hg_str tenant,
                                  hg_str agreement, struct app_terms_files *out, struct hg_err *err)
{
    const struct store_value prefix[] = {store_text(tenant), store_text(agreement)};
    const struct store_query query = {
        .table = &app_terms_files_table, .index = BY_KEY, .prefix = prefix, .n_prefix = 2};
    struct store_rows rows;
    HG_TRY(store_find(store, arena, &query, &rows, err));
    struct app_terms_file *files = HG_NEW_ARRAY(arena, struct app_terms_file, rows.n);
    if (files == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu documents", rows.n);
    for (size_t i = 0; i < rows.n; i++)
        files[i] = file_of(rows.rows[i].values);
    *out = (struct app_terms_files){files, rows.n};
    return HG_OK;
}

/* "sl-SI" is that language, and answers "sl"; "sl" answers "sl-SI" too. */
static bool speaks(hg_str have, hg_str want, bool exactly)
{
    if (hg_str_eq_nocase(have, want))
        return true;
    size_t have_end = hg_str_find_byte(have, '-');
    size_t want_end = hg_str_find_byte(want, '-');
    return !exactly &&
           hg_str_eq_nocase(hg_str_sub(have, 0, have_end == HG_NPOS ? have.len : have_end),
                            hg_str_sub(want, 0, want_end == HG_NPOS ? want.len : want_end));
}

static const struct app_terms_file *find_language(const struct app_terms_files *files, hg_str want)
{
    for (int exactly = 1; exactly >= 0; exactly--)
        for (size_t i = 0; i < files->n; i++)
            if (speaks(files->items[i].language, want, exactly != 0))
                return &files->items[i];
    return NULL;
}

const struct app_terms_file *app_terms_file_in(const struct app_terms_files *files,
                                               hg_str languages)
{
    hg_str tag;
    while (hg_str_field(&languages, ',', &tag)) {
        size_t end = hg_str_find_byte(tag, ';');
        hg_str want = hg_str_trim(hg_str_sub(tag, 0, end == HG_NPOS ? tag.len : end));
        const struct app_terms_file *found = find_language(files, want);
        if (found != NULL)
            return found;
    }
    for (size_t i = 0; i < files->n; i++)
        if (files->items[i].is_default)
            return &files->items[i];
    return files->n > 0 ? &files->items[0] : NULL;
}

/* --- Answers ------------------------------------------------------------------------ */

void app_acceptance_insert(struct app_commit *commit, hg_str tenant,
                           const struct app_acceptance *acceptance)
{
    const struct store_value values[A_COLUMNS] = {
        [A_TENANT] = store_text(tenant),
        [A_USER] = store_text(acceptance->user),
        [A_ID] = store_text(acceptance->id),
        [A_AGREEMENT] = store_text(acceptance->agreement),
        [A_FILE] = store_text(acceptance->file),
        [A_VERSION] = store_int(acceptance->version),
        [A_ACCEPTED] = store_int(acceptance->is_accepted),
        [A_AT] = store_time(acceptance->at),
        [A_DEVICE] = store_text(acceptance->device),
        [A_FACTS] = store_text(acceptance->facts),
    };
    app_commit_insert(commit, &app_acceptances_table, values);
}

static struct app_acceptance acceptance_of(const struct store_value *v)
{
    return (struct app_acceptance){
        .id = v[A_ID].bytes,
        .user = v[A_USER].bytes,
        .agreement = v[A_AGREEMENT].bytes,
        .file = v[A_FILE].bytes,
        .version = v[A_VERSION].integer,
        .is_accepted = v[A_ACCEPTED].integer != 0,
        .at = {v[A_AT].integer},
        .device = v[A_DEVICE].bytes,
        .facts = v[A_FACTS].bytes,
    };
}

enum hg_code app_acceptances_load(struct store *store, struct hg_arena *arena, hg_str tenant,
                                  hg_str user, hg_str agreement, struct app_acceptances *out,
                                  struct hg_err *err)
{
    const struct store_value prefix[] = {store_text(tenant),
                                         store_text(user.len > 0 ? user : agreement)};
    const struct store_query query = {
        .table = &app_acceptances_table,
        .index = user.len == 0 && agreement.len > 0 ? BY_AGREEMENT : BY_KEY,
        .prefix = prefix,
        .n_prefix = user.len + agreement.len > 0 ? 2 : 1,
    };
    struct store_rows rows;
    HG_TRY(store_find(store, arena, &query, &rows, err));
    struct app_acceptance *items = HG_NEW_ARRAY(arena, struct app_acceptance, rows.n);
    if (items == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu acceptances", rows.n);
    for (size_t i = 0; i < rows.n; i++)
        items[i] = acceptance_of(rows.rows[i].values);
    *out = (struct app_acceptances){items, rows.n};
    return HG_OK;
}

/* On this device, where devices matter. */
static bool is_about(const struct app_acceptance *answer, const struct app_terms *terms,
                     hg_str device)
{
    return hg_str_eq(answer->agreement, terms->id) &&
           (!terms->per_device || (device.len > 0 && hg_str_eq_nocase(answer->device, device)));
}

bool app_terms_accepted(const struct app_terms *terms, const struct app_acceptances *of_user,
                        hg_str device, hg_time now)
{
    const struct app_acceptance *last = NULL;
    for (size_t i = 0; i < of_user->n; i++) {
        const struct app_acceptance *answer = &of_user->items[i];
        if (is_about(answer, terms, device) &&
            (last == NULL || !hg_time_before(answer->at, last->at)))
            last = answer;
    }
    return last != NULL && last->is_accepted && last->version >= terms->version &&
           lifetime_terms_in_force(&terms->lifetime, last->at, now);
}
