#pragma once

#include "app/commit.h"
#include "base/base.h"
#include "model/model.h"
#include "oidc/token.h"
#include "store/store.h"

/* Grants, and the codes and refresh tokens that stand for them. A grant is made when
 * an authorization code is issued and carries everything later judgements ask for:
 * who, for which client, how proved, from where. Codes and refresh tokens are kept as
 * keyed MACs alone. */

struct app;

HG_MUST_USE enum hg_code app_grant_insert(struct app_commit *commit,
                                          const struct model_grant *grant, struct hg_err *err);
HG_MUST_USE enum hg_code app_grant_load(struct store *store, struct hg_arena *arena, hg_str tenant,
                                        hg_str id, struct model_grant *out, struct hg_err *err);
/* Appends: it was used at `now`, for these scopes. */
/* Appends: the tokens of the grant are bound to its snapshot's bound_device from now on. */
HG_MUST_USE enum hg_code app_grant_bind(struct app_commit *commit, const struct model_grant *grant,
                                        struct hg_err *err);
void app_grant_touch(struct app_commit *commit, const struct model_grant *grant, hg_time now,
                     hg_str scopes);
/* Appends: it is over, for this cause. The first cause stays. */
void app_grant_revoke(struct app_commit *commit, const struct model_grant *grant,
                      enum model_revocation cause, hg_time now);
void app_grant_delete(struct app_commit *commit, hg_str tenant, hg_str id);

struct app_revocation {
    hg_str tenant, user;
    enum model_revocation cause;
    hg_time at;
};

/* Appends for every grant of the user that is not revoked yet. */
HG_MUST_USE enum hg_code app_grants_revoke_user(struct store *store, struct app_commit *commit,
                                                const struct app_revocation *revocation,
                                                struct hg_err *err);

struct app_code {
    hg_str mac; /* of the row */
    hg_str grant;
    struct oidc_code code;
    bool has_nonce;
    hg_str nonce;
    bool is_redeemed;
};
/* Appends a code for `grant`; *out_text is what the client gets. */
HG_MUST_USE enum hg_code app_code_insert(struct app *app, struct app_commit *commit,
                                         const struct app_code *code, hg_time now, hg_str *out_text,
                                         struct hg_err *err);
HG_MUST_USE enum hg_code app_code_find(struct app *app, struct hg_arena *arena, hg_str tenant,
                                       hg_str text, struct app_code *out, struct hg_err *err);
/* Appends: redeemed. Of two redemptions one fails with HG_CONFLICT. */
void app_code_burn(struct app_commit *commit, hg_str tenant, const struct app_code *code,
                   hg_time now);

struct app_refresh {
    hg_str mac;
    hg_str grant;
    struct oidc_refresh token;
};
HG_MUST_USE enum hg_code app_refresh_insert(struct app *app, struct app_commit *commit,
                                            hg_str tenant, hg_str grant, hg_time now,
                                            hg_str *out_text, struct hg_err *err);
HG_MUST_USE enum hg_code app_refresh_find(struct app *app, struct hg_arena *arena, hg_str tenant,
                                          hg_str text, struct app_refresh *out, struct hg_err *err);
/* Appends: a newer one was given out at `now`. A public client's is rotated by that, once;
 * a confidential client may go on using the old one, which counts from its last use. */
void app_refresh_supersede(struct app_commit *commit, hg_str tenant,
                           const struct app_refresh *refresh, hg_time now);
void app_refresh_forget(struct app_commit *commit, hg_str tenant, hg_str grant);

/* The snapshot of a grant as JSON, in rows and in seeds. */
HG_MUST_USE enum hg_code app_grant_snapshot_render(struct hg_arena *arena,
                                                   const struct model_grant *grant, hg_str *out,
                                                   struct hg_err *err);
HG_MUST_USE enum hg_code app_grant_snapshot_parse(struct hg_arena *arena, hg_str text,
                                                  struct model_grant *grant, struct hg_err *err);

extern const struct store_table app_grants_table;
extern const struct store_table app_codes_table;
extern const struct store_table app_refresh_tokens_table;
