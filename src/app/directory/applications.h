#pragma once

#include "app/commit.h"
#include "base/base.h"
#include "oidc/client_auth.h"
#include "oidc/scope.h"
#include "store/store.h"

/* What an application has besides its Graph object: its secrets, as keyed MACs, and
 * what was agreed to for it. */

struct app;

struct app_new_secret {
    hg_str key_id, display_name;
    hg_time created, expires;
    hg_str text; /* "" makes a new one */
};
/* Appends; *out_text is shown once. */
HG_MUST_USE enum hg_code app_secret_add(struct app *app, struct app_commit *commit, hg_str tenant,
                                        hg_str app_id, const struct app_new_secret *secret,
                                        hg_str *out_text, struct hg_err *err);
/* A passwordCredential as Graph shows it, without secretText; only the start of `text` is used. */
struct hg_json app_secret_json(struct hg_arena *arena, const struct app_new_secret *secret,
                               hg_str text);
/* Those of an application, as an array. */
HG_MUST_USE enum hg_code app_secrets_list(struct app *app, struct hg_arena *arena, hg_str tenant,
                                          hg_str app_id, struct hg_json *out, struct hg_err *err);
void app_secret_remove(struct app_commit *commit, hg_str tenant, hg_str app_id, hg_str key_id);
void app_secrets_forget(struct app_commit *commit, hg_str tenant, hg_str app_id);
/* Has it any, ended ones too? */
HG_MUST_USE enum hg_code app_secret_exists(struct app *app, struct hg_arena *arena, hg_str tenant,
                                           hg_str app_id, bool *out, struct hg_err *err);
/* HG_NOT_FOUND: the application has none of that id. */
HG_MUST_USE enum hg_code app_secret_find(struct store *store, struct hg_arena *arena, hg_str tenant,
                                         hg_str app_id, hg_str key_id, struct hg_err *err);
/* Compares with every secret of the application, in a time that does not tell which. */
HG_MUST_USE enum hg_code app_secret_check(struct app *app, struct hg_arena *arena, hg_str tenant,
                                          hg_str app_id, hg_str presented, hg_time now,
                                          enum oidc_secret_result *out, struct hg_err *err);

/* Consent of one user, or with principal "" of the tenant: what is there stays, what is
 * new is added. */
HG_MUST_USE enum hg_code app_consent_add(struct store *store, struct app_commit *commit,
                                         hg_str tenant, hg_str client, hg_str principal,
                                         const struct oidc_consent *consent, struct hg_err *err);
/* The tenant's and the user's together. */
HG_MUST_USE enum hg_code app_consents_load(struct store *store, struct hg_arena *arena,
                                           hg_str tenant, hg_str client, hg_str user,
                                           struct oidc_consents *out, struct hg_err *err);
/* The permissions the application registered (requiredResourceAccess): what .default means. */
HG_MUST_USE enum hg_code app_consents_required(struct app *app, struct hg_arena *arena,
                                               hg_str tenant, hg_str client,
                                               struct oidc_consents *out, struct hg_err *err);

extern const struct store_table app_secrets_table;
extern const struct store_table app_consents_table;
