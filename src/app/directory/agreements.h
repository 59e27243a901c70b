#pragma once

#include "app/commit.h"
#include "base/base.h"
#include "lifetime/lifetime.h"
#include "model/model.h"
#include "store/store.h"

#include <stdbool.h>

/* Terms of use: agreements are directory objects, their documents and what users answered
 * are rows of their own. What decisions need of an agreement stands in the snapshot. */

enum {
    APP_MAX_TERMS_FILE = 512 << 10, /* bytes of one document */
    APP_MAX_TERMS_FILES = 50,       /* languages of one agreement */
    APP_MAX_TERMS = 50,             /* agreements of a tenant */
};

struct app_terms {
    hg_str id, display_name;
    int64_t version; /* of its documents: an acceptance of an earlier one counts no more */
    bool per_device; /* an acceptance counts on the device where it was given */
    bool view_first; /* the document must be opened before it is accepted */
    struct lifetime_terms lifetime;
};

/* From the body of an agreement as stored. */
struct app_terms app_terms_of(struct hg_arena *arena, hg_str id, const struct hg_json *body);

struct app_terms_file {
    hg_str agreement, id;
    hg_str language; /* "en", "sl-SI" */
    hg_str file_name, display_name;
    hg_str media; /* "text/plain" or "application/pdf" */
    bool is_default, is_major;
    hg_time created;
    hg_str bytes; /* UTF-8, or a PDF */
};
struct app_terms_files {
    const struct app_terms_file *items;
    size_t n;
};
void app_terms_file_insert(struct app_commit *commit, hg_str tenant,
                           const struct app_terms_file *file);
void app_terms_files_remove(struct app_commit *commit, hg_str tenant, hg_str agreement);
HG_MUST_USE enum hg_code app_terms_files_load(struct store *store, struct hg_arena *arena,
                                              hg_str tenant, hg_str agreement,
                                              struct app_terms_files *out, struct hg_err *err);
/* The one in the first of the languages that there is ("sl-SI, en;q=0.8"), else the default;
 * NULL: there is none. */
const struct app_terms_file *app_terms_file_in(const struct app_terms_files *files,
                                               hg_str languages);

/* What a user answered, once. Kept after agreement and user are gone. */
struct app_acceptance {
    hg_str id, user, agreement, file;
    int64_t version; /* of the agreement's documents */
    bool is_accepted;
    hg_time at;
    hg_str device; /* id, "" none */
    hg_str facts;  /* JSON: names of user and device, as they were */
};
struct app_acceptances {
    const struct app_acceptance *items;
    size_t n;
};
void app_acceptance_insert(struct app_commit *commit, hg_str tenant,
                           const struct app_acceptance *acceptance);
/* Of a user or of an agreement; with both empty all of the tenant. In no order that matters. */
HG_MUST_USE enum hg_code app_acceptances_load(struct store *store, struct hg_arena *arena,
                                              hg_str tenant, hg_str user, hg_str agreement,
                                              struct app_acceptances *out, struct hg_err *err);
/* Of several answers the last one counts. */
bool app_terms_accepted(const struct app_terms *terms, const struct app_acceptances *of_user,
                        hg_str device, hg_time now);

extern const struct store_table app_terms_files_table;
extern const struct store_table app_acceptances_table;
