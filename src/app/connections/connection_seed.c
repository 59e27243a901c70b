#include "app/app.h"
#include "app/connections/connections.h"
#include "app/connections/connectors.h"
#include "app/directory/first_party.h"
#include "app/seed.h"
#include "app/tokens/grants.h"
#include "base/base.h"
#include "connector/connector.h"
#include "mfa/mfa.h"
#include "model/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* connections[] of a seed (architecture part 6): `id`, `owner`, `connector`, `displayName`,
 * and with `signedIn` {at, methods, ip, country, device} a grant as if the owner had signed
 * it in then and there. */

/* --- The sign-in -------------------------------------------------------------------------- */

static const struct {
    const char *name;
    enum model_method method;
} methods[] = {
    {"password", MODEL_METHOD_PASSWORD},
    {"softwareOath", MODEL_METHOD_SOFTWARE_OATH},
    {"hardwareOath", MODEL_METHOD_HARDWARE_OATH},
    {"fido2", MODEL_METHOD_FIDO2},
    {"windowsHelloForBusiness", MODEL_METHOD_WINDOWS_HELLO},
    {"microsoftAuthenticatorPush", MODEL_METHOD_AUTHENTICATOR_PUSH},
    {"sms", MODEL_METHOD_SMS},
    {"voice", MODEL_METHOD_VOICE},
};

static bool add_method(hg_str name, uint32_t *bits)
{
    for (size_t i = 0; i < HG_COUNT(methods); i++) {
        if (!hg_str_eq_nocase(name, hg_str_of(methods[i].name)))
            continue;
        *bits |= methods[i].method;
        return true;
    }
    return false;
}

static enum hg_code read_methods(struct app_seed *seed, const struct hg_json *signed_in,
                                 uint32_t *out, struct hg_err *err)
{
    const struct hg_json *list = hg_json_get(signed_in, "methods");
    *out = 0;
    if (!hg_json_is_null(list) && !hg_json_is(list, HG_JSON_ARRAY))
        return app_seed_refuse(seed, HG_STR("signedIn.methods must be an array"), err);
    for (size_t i = 0; i < hg_json_count(list); i++) {
        hg_str name = hg_json_str_or(hg_json_item(list, i), HG_STR(""));
        if (!add_method(name, out))
            return app_seed_refuse(seed,
                                   hg_str_format(seed->write.arena,
                                                 "signedIn.methods: '%.*s' is none; as in "
                                                 "password, softwareOath, fido2",
                                                 HG_ARG(name)),
                                   err);
    }
    if (*out == 0)
        *out = MODEL_METHOD_PASSWORD;
    return HG_OK;
}

static enum hg_code read_time(struct app_seed *seed, const struct hg_json *signed_in, hg_time *out,
                              struct hg_err *err)
{
    hg_str text;
    *out = seed->write.now;
    const struct hg_json *at = hg_json_get(signed_in, "at");
    if (hg_json_is_null(at))
        return HG_OK;
    if (!hg_json_as_str(at, &text) || hg_time_parse(text, out, NULL) != HG_OK ||
        hg_time_before(seed->write.now, *out))
        return app_seed_refuse(seed, HG_STR("signedIn.at is no instant of the past"), err);
    return HG_OK;
}

static enum model_platform platform_of(const struct hg_json *device)
{
    static const struct {
        const char *name;
        enum model_platform platform;
    } rows[] = {
        {"Windows", MODEL_PLATFORM_WINDOWS}, {"macOS", MODEL_PLATFORM_MACOS},
        {"Linux", MODEL_PLATFORM_LINUX},     {"iOS", MODEL_PLATFORM_IOS},
        {"Android", MODEL_PLATFORM_ANDROID},
    };
    hg_str name = hg_json_str_or(hg_json_get(device, "operatingSystem"), HG_STR(""));
    for (size_t i = 0; i < HG_COUNT(rows); i++)
        if (hg_str_eq_nocase(name, hg_str_of(rows[i].name)))
            return rows[i].platform;
    return MODEL_PLATFORM_UNKNOWN;
}

/* In the form in which grants keep it, so that one reader serves both. */
static enum hg_code read_snapshot(struct app_seed *seed, const struct hg_json *signed_in,
                                  struct model_grant *grant, struct hg_err *err)
{
    struct hg_arena *arena = seed->write.arena;
    struct hg_json json = hg_json_object();
    static const char *const copied[] = {"ip", "country", "device"};
    hg_str text;
    for (size_t i = 0; i < HG_COUNT(copied); i++)
        if (!hg_json_is_null(hg_json_get(signed_in, copied[i])))
            hg_json_put(arena, &json, copied[i], *hg_json_get(signed_in, copied[i]));
    hg_json_put(arena, &json, "platform",
                hg_json_int(platform_of(hg_json_get(signed_in, "device"))));
    hg_json_put_str(arena, &json, "takenAt", hg_time_seven(arena, grant->issued));
    HG_TRY(hg_json_render(arena, &json, &text, err));
    enum hg_code code = app_grant_snapshot_parse(arena, text, grant, err);
    return code == HG_MALFORMED
               ? app_seed_refuse(seed, HG_STR("signedIn: ip, country or device is malformed"), err)
               : code;
}

static enum hg_code make_grant(struct app_seed *seed, const struct hg_json *signed_in,
                               const struct connector *connector, struct model_grant *out,
                               struct hg_err *err)
{
    struct app_write *write = &seed->write;
    hg_time at;
    HG_TRY(read_time(seed, signed_in, &at, err));
    *out = (struct model_grant){
        .id = hg_uuid_v4(write->arena, &write->app->random),
        .tenant = write->tenant,
        .client = HG_STR(APP_ID_CONNECTIONS),
        .scopes = hg_str_format(write->arena, "%.*s offline_access",
                                HG_ARG(app_connector_scope(write->arena, connector))),
        .issued = at,
        .last_used = at,
        .auth_at = at,
        .client_app_type = MODEL_CLIENT_BROWSER,
        .is_confidential = true,
    };
    out->family = out->id;
    HG_TRY(read_methods(seed, signed_in, &out->methods, err));
    out->amr = mfa_amr(out->methods);
    if (hg_str_find(out->amr, HG_STR("mfa")) != HG_NPOS)
        out->mfa_at = (struct model_when){.is_set = true, .at = at};
    return read_snapshot(seed, signed_in, out, err);
}

static enum hg_code sign_in(struct app_seed *seed, const struct hg_json *signed_in,
                            const struct connector *connector, struct app_connection *connection,
                            struct hg_err *err)
{
    struct app_write *write = &seed->write;
    struct model_grant grant;
    hg_str token;
    HG_TRY(app_seed_knows(seed, signed_in, "at methods ip country device", err));
    HG_TRY(make_grant(seed, signed_in, connector, &grant, err));
    grant.user = connection->owner;
    HG_TRY(app_grant_insert(write->commit, &grant, err));
    HG_TRY(app_refresh_insert(write->app, write->commit, write->tenant, grant.id, grant.issued,
                              &token, err));
    HG_TRY(app_connection_seal(write->app, write->arena, write->tenant, connection->id, token,
                               &connection->sealed, err));
    connection->grant = grant.id;
    connection->status = APP_CONNECTION_CONNECTED;
    connection->error_code = connection->error_message = HG_STR("");
    connection->created = connection->modified = grant.issued;
    return HG_OK;
}

/* --- The connection ----------------------------------------------------------------------------
 */

static enum hg_code read_heading(struct app_seed *seed, const struct hg_json *item,
                                 const struct connector **out_connector,
                                 struct app_connection *connection, struct hg_err *err)
{
    struct hg_arena *arena = seed->write.arena;
    hg_str owner = hg_json_str_or(hg_json_get(item, "owner"), HG_STR(""));
    hg_str name = hg_json_str_or(hg_json_get(item, "connector"), HG_STR(""));
    hg_str id = hg_json_str_or(hg_json_get(item, "id"), HG_STR(""));
    if (!app_seed_user(seed, owner, &connection->owner))
        return app_seed_refuse(
            seed, hg_str_format(arena, "owner: there is no user '%.*s'", HG_ARG(owner)), err);
    HG_TRY(app_connector_load(arena, name, out_connector, err));
    if (*out_connector == NULL)
        return app_seed_refuse(
            seed, hg_str_format(arena, "connector: there is no '%.*s'", HG_ARG(name)), err);
    if (id.len > 0 && !app_connection_id_is_good(hg_str_lower(arena, id)))
        return app_seed_refuse(seed, HG_STR("id: letters, digits, '-' and '_', at most 64"), err);
    connection->id =
        id.len > 0 ? hg_str_lower(arena, id) : hg_uuid_v4(arena, &seed->write.app->random);
    connection->api = (*out_connector)->name;
    connection->display_name = hg_json_str_or(hg_json_get(item, "displayName"), owner);
    return HG_OK;
}

enum hg_code app_seed_connection(struct app_seed *seed, const struct hg_json *item,
                                 struct hg_err *err)
{
    struct app_connection connection = app_connection_new(seed->write.now);
    const struct connector *connector = NULL;
    const struct hg_json *signed_in = hg_json_get(item, "signedIn");
    HG_TRY(app_seed_knows(seed, item, "id owner connector displayName signedIn", err));
    HG_TRY(read_heading(seed, item, &connector, &connection, err));
    if (!hg_json_is_null(signed_in))
        HG_TRY(sign_in(seed, signed_in, connector, &connection, err));
    app_connection_insert(seed->write.commit, seed->write.tenant, &connection);
    return HG_OK;
}
