#include "app/connections/connection_consent.h"

#include "app/app_private.h"
#include "app/commit.h"
#include "app/connections/connections.h"
#include "app/connections/connectors.h"
#include "app/directory/directory.h"
#include "app/directory/first_party.h"
#include "app/tokens/grants.h"
#include "app/tokens/redeem.h"
#include "base/base.h"
#include "connector/connector.h"
#include "crypto/crypto.h"
#include "event/event.h"
#include "model/model.h"
#include "oidc/client_auth.h"
#include "oidc/error.h"
#include "oidc/token.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STATE_MINUTES = 30, MAX_TRIES = 3 };

static const char state_purpose[] = "connection-state";
static const char verifier_purpose[] = "connection-verifier";

void app_connection_record(struct app_call *call, enum event_name name,
                           const struct app_connection *connection)
{
    struct event event = event_new(name, call->now);
    event_str(&event, "connection", connection->id);
    event_str(&event, "owner", connection->owner);
    event_str(&event, "api", connection->api);
    call->app->events.record(call->app->events.self, &event);
}

enum hg_code app_connection_end_grant(struct app_call *call, struct app_commit *commit,
                                      const struct app_connection *connection, struct hg_err *err)
{
    struct model_grant grant;
    if (connection->grant.len == 0)
        return HG_OK;
    enum hg_code code = app_grant_load(call->app->store, call->arena, call->tenant->tenant.id,
                                       connection->grant, &grant, err);
    if (code == HG_OK)
        app_grant_revoke(commit, &grant, MODEL_REVOKED_DELETED, call->now);
    return code == HG_NOT_FOUND ? HG_OK : code;
}

/* --- The state ------------------------------------------------------------------------- */

static hg_str mac_text(struct app_call *call, const char *purpose, hg_str message)
{
    struct crypto_digest digest = crypto_mac(call->app->keyring, purpose, message);
    return hg_b64url_encode(call->arena, crypto_digest_str(&digest));
}

static hg_str state_of(struct app_call *call, const struct app_consent *consent)
{
    hg_time end = hg_time_add(call->now, HG_MINUTES(STATE_MINUTES));
    hg_str text = hg_str_format(call->arena, "%.*s.%.*s.%.*s.%lld", HG_ARG(consent->tenant),
                                HG_ARG(consent->connection), HG_ARG(consent->owner),
                                (long long)hg_time_seconds(end));
    return hg_str_format(call->arena, "%.*s.%.*s", HG_ARG(text),
                         HG_ARG(mac_text(call, state_purpose, text)));
}

static bool state_is_signed(struct app_call *call, hg_str text, hg_str mac)
{
    hg_str bytes;
    return hg_b64url_decode(call->arena, mac, &bytes, NULL) == HG_OK &&
           crypto_mac_matches(call->app->keyring, state_purpose, text, bytes);
}

bool app_consent_open(struct app_call *call, hg_str state, struct app_consent *out)
{
    size_t dot = hg_str_find_last_byte(state, '.');
    if (dot == HG_NPOS ||
        !state_is_signed(call, hg_str_sub(state, 0, dot), hg_str_from(state, dot + 1)))
        return false;
    hg_str rest = hg_str_sub(state, 0, dot);
    struct app_consent consent;
    hg_str end_text;
    uint64_t end;
    bool whole = hg_str_field(&rest, '.', &consent.tenant) &&
                 hg_str_field(&rest, '.', &consent.connection) &&
                 hg_str_field(&rest, '.', &consent.owner) && hg_str_field(&rest, '.', &end_text) &&
                 hg_str_u64(end_text, INT64_MAX, &end);
    if (!whole || hg_time_seconds(call->now) > (int64_t)end)
        return false;
    *out = consent;
    return true;
}

/* --- The request -------------------------------------------------------------------------- */

hg_str app_consent_redirect_uri(const struct app_call *call)
{
    return hg_str_format(call->arena, "%.*s/connections/callback",
                         HG_ARG(call->app->config.base_url));
}

hg_str app_consent_verifier(struct app_call *call, const struct app_consent *consent)
{
    return mac_text(call, verifier_purpose,
                    hg_str_format(call->arena, "%.*s.%.*s.%.*s", HG_ARG(consent->tenant),
                                  HG_ARG(consent->connection), HG_ARG(consent->owner)));
}

static void put(struct hg_buf *url, const char *name, hg_str value)
{
    hg_buf_z(url, name);
    hg_buf_percent(url, value);
}

static hg_str challenge_of(struct app_call *call, const struct app_consent *consent)
{
    struct crypto_digest digest = crypto_sha256(app_consent_verifier(call, consent));
    return hg_b64url_encode(call->arena, crypto_digest_str(&digest));
}

/* An owner who was deleted has no name to hint at; the sign-in then asks. */
static enum hg_code put_hint(struct app_call *call, struct hg_buf *url, hg_str owner,
                             struct hg_err *err)
{
    struct model_user user;
    enum hg_code code =
        app_user_load(call->app, call->arena, call->tenant->tenant.id, owner, &user, err);
    if (code == HG_OK)
        put(url, "&login_hint=", user.upn);
    return code == HG_NOT_FOUND ? HG_OK : code;
}

enum hg_code app_connection_consent_url(struct app_call *call,
                                        const struct app_connection *connection, bool is_silent,
                                        hg_str *out, struct hg_err *err)
{
    const struct app_consent consent = {call->tenant->tenant.id, connection->id, connection->owner};
    const struct connector *connector;
    HG_TRY(app_connector_load(call->arena, connection->api, &connector, err));
    if (connector == NULL)
        return HG_FAIL(err, HG_NOT_FOUND, "no connector %.*s", HG_ARG(connection->api));
    struct hg_buf url = hg_buf_new(call->arena, HG_MAX_TARGET);
    hg_buf_str(&url, call->app->config.base_url);
    hg_buf_z(&url, "/");
    hg_buf_str(&url, consent.tenant);
    hg_buf_z(&url, "/oauth2/v2.0/authorize?client_id=" APP_ID_CONNECTIONS
                   "&response_type=code&response_mode=query&code_challenge_method=S256");
    put(&url, "&redirect_uri=", app_consent_redirect_uri(call));
    put(&url, "&scope=",
        hg_str_format(call->arena, "%.*s offline_access",
                      HG_ARG(app_connector_scope(call->arena, connector))));
    put(&url, "&state=", state_of(call, &consent));
    put(&url, "&code_challenge=", challenge_of(call, &consent));
    HG_TRY(put_hint(call, &url, connection->owner, err));
    if (is_silent)
        hg_buf_z(&url, "&prompt=none");
    return hg_buf_finish(&url, out, err);
}

/* --- The code ------------------------------------------------------------------------------- */

static enum hg_code redeem_code(struct app_call *call, const struct app_consent *consent,
                                hg_str code, struct app_redeemed *out, struct hg_err *err)
{
    struct model_application client;
    bool found = app_first_party_find(call->arena, call->app->config.base_url,
                                      HG_STR(APP_ID_CONNECTIONS), &client);
    HG_ASSERT(found);
    const struct oidc_token_request request = {
        .grant_type = {.is_set = true, .value = HG_STR("authorization_code")},
        .code = {.is_set = true, .value = code},
        .redirect_uri = {.is_set = true, .value = app_consent_redirect_uri(call)},
        .code_verifier = {.is_set = true, .value = app_consent_verifier(call, consent)},
    };
    struct oidc_token_start start;
    HG_TRY(oidc_token_check(call->arena, &request, &start, err));
    if (oidc_error_is(&start.error)) {
        *out = (struct app_redeemed){.error = start.error};
        return HG_OK;
    }
    const struct oidc_client authenticated = {.method = OIDC_CLIENT_SECRET_POST,
                                              .is_confidential = true};
    const struct app_redemption redemption = {
        .request = &request,
        .start = &start,
        .client = &client,
        .authenticated = &authenticated,
    };
    return app_redeem(call, &redemption, out, err);
}

static enum hg_code discard(struct app_call *call, const struct model_grant *grant,
                            struct hg_err *err)
{
    struct app_commit commit = app_commit_new(call->arena);
    app_grant_revoke(&commit, grant, MODEL_REVOKED_DELETED, call->now);
    return app_commit_run(&commit, call->app->store, err);
}

static enum hg_code connect(struct app_call *call, const struct app_consent *consent,
                            const struct app_redeemed *redeemed, struct app_connection *changed,
                            struct hg_err *err)
{
    hg_str tenant = call->tenant->tenant.id;
    struct app_commit commit = app_commit_new(call->arena);
    HG_TRY(app_connection_load(call->app->store, call->arena, tenant, consent->connection, changed,
                               err));
    HG_TRY(app_connection_end_grant(call, &commit, changed, err));
    HG_TRY(app_connection_seal(call->app, call->arena, tenant, changed->id, redeemed->refresh_token,
                               &changed->sealed, err));
    changed->grant = redeemed->grant.id;
    changed->status = APP_CONNECTION_CONNECTED;
    changed->error_code = changed->error_message = HG_STR("");
    changed->modified = call->now;
    app_connection_update(&commit, tenant, changed);
    return app_commit_run(&commit, call->app->store, err);
}

/* A run may write the row at the same time: what is true now decides. */
static enum hg_code store_grant(struct app_call *call, const struct app_consent *consent,
                                const struct app_redeemed *redeemed,
                                enum app_consent_result *out_result, struct hg_err *err)
{
    struct app_connection before;
    struct app_connection changed;
    enum hg_code code = app_connection_load(call->app->store, call->arena, consent->tenant,
                                            consent->connection, &before, err);
    for (int i = 0; code == HG_OK && i < MAX_TRIES; i++) {
        code = connect(call, consent, redeemed, &changed, err);
        if (code != HG_CONFLICT)
            break;
        code = i + 1 < MAX_TRIES ? HG_OK : code;
    }
    if (code == HG_NOT_FOUND) {
        *out_result = APP_CONSENT_GONE;
        return discard(call, &redeemed->grant, err);
    }
    HG_TRY(code);
    if (before.status == APP_CONNECTION_ERROR)
        app_connection_record(call, EVENT_CONNECTION_REPAIRED, &changed);
    *out_result = APP_CONSENT_CONNECTED;
    return HG_OK;
}

enum hg_code app_consent_redeem(struct app_call *call, const struct app_consent *consent,
                                hg_str code, enum app_consent_result *out_result,
                                struct oidc_error *out_refusal, struct hg_err *err)
{
    struct app_redeemed redeemed;
    HG_TRY(redeem_code(call, consent, code, &redeemed, err));
    *out_refusal = redeemed.error;
    if (oidc_error_is(&redeemed.error)) {
        *out_result = APP_CONSENT_REFUSED;
        return HG_OK;
    }
    bool is_owner = hg_str_eq(redeemed.grant.user, consent->owner);
    if (!is_owner || redeemed.refresh_token.len == 0) {
        *out_result = is_owner ? APP_CONSENT_USELESS : APP_CONSENT_FOREIGN;
        return discard(call, &redeemed.grant, err);
    }
    return store_grant(call, consent, &redeemed, out_result, err);
}
