#pragma once

#include "app/app_private.h"
#include "app/commit.h"
#include "base/base.h"
#include "oidc/error.h"
#include "store/store.h"

/* Connections: what a flow acts through. A connection is a refresh token of the flow
 * service's own client (APP_ID_CONNECTIONS), sealed, with the grant it stands for; its
 * status is what the last redemption said (flow-platform.md 1.10). Repair gives the same
 * connection a new grant: its id and the flows that use it stay. */
enum app_connection_status {
    APP_CONNECTION_UNAUTHENTICATED, /* made, not yet signed in */
    APP_CONNECTION_CONNECTED,
    APP_CONNECTION_ERROR,
};

struct app_connection {
    hg_str id;
    hg_str owner; /* user id */
    hg_str api;   /* "shared_office365" */
    hg_str display_name;
    hg_str sealed; /* refresh token; "" none */
    hg_str grant;  /* id; "" none */
    enum app_connection_status status;
    hg_str error_code, error_message;
    hg_time created, modified;
    int64_t version;
};

/* One that nobody has signed in yet; the caller adds whose it is and for what. */
struct app_connection app_connection_new(hg_time now);
/* Letters in lower case, digits, '-' and '_', at most 64. */
bool app_connection_id_is_good(hg_str id);

/* HG_NOT_FOUND. */
HG_MUST_USE enum hg_code app_connection_load(struct store *store, struct hg_arena *arena,
                                             hg_str tenant, hg_str id, struct app_connection *out,
                                             struct hg_err *err);
struct app_connections {
    const struct app_connection *items;
    size_t n;
};
/* Of one owner, or with owner "" of the tenant. */
HG_MUST_USE enum hg_code app_connections_list(struct store *store, struct hg_arena *arena,
                                              hg_str tenant, hg_str owner,
                                              struct app_connections *out, struct hg_err *err);
/* Append; an update fails the commit with HG_CONFLICT when the row's version moved. */
void app_connection_insert(struct app_commit *commit, hg_str tenant,
                           const struct app_connection *connection);
void app_connection_update(struct app_commit *commit, hg_str tenant,
                           const struct app_connection *connection);
void app_connection_delete(struct app_commit *commit, hg_str tenant, hg_str id);

/* The refresh token in the row's sealed form, and back. */
HG_MUST_USE enum hg_code app_connection_seal(struct app *app, struct hg_arena *arena, hg_str tenant,
                                             hg_str id, hg_str refresh_token, hg_str *out,
                                             struct hg_err *err);
HG_MUST_USE enum hg_code app_connection_open(struct app *app, struct hg_arena *arena, hg_str tenant,
                                             const struct app_connection *connection, hg_str *out,
                                             struct hg_err *err);

/* The object of flow-platform.md 1.10.2. */
struct hg_json app_connection_json(struct app_call *call, const struct app_connection *connection,
                                   const struct model_user *owner);

/* "Failed to refresh access token for service: …" (1.10.3) for a refusal. */
HG_MUST_USE enum hg_code app_connection_failure(struct app_call *call, hg_str service,
                                                const struct oidc_error *error, hg_str *out,
                                                struct hg_err *err);

/* Where the owner signs in for this connection: our own authorization endpoint. A silent
 * one shows no page: the session it finds must do (prompt=none). HG_NOT_FOUND: the
 * connection's connector is not there. */
HG_MUST_USE enum hg_code app_connection_consent_url(struct app_call *call,
                                                    const struct app_connection *connection,
                                                    bool is_silent, hg_str *out,
                                                    struct hg_err *err);

extern const struct store_table app_connections_table;
