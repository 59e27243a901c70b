#include "oidc/userinfo.h"

#include "base/base.h"
#include "model/model.h"
#include "oidc/scope.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SKEW = 60, MAX_HEADER = 1024 };

static hg_str text_of(const struct hg_json *claims, const char *name)
{
    return hg_json_str_or(hg_json_get(claims, name), HG_STR(""));
}

static bool is_issuer(struct hg_arena *arena, const struct oidc_bearer_facts *facts, hg_str iss)
{
    hg_str v1 = hg_str_format(arena, "%.*s/%.*s/", HG_ARG(facts->base), HG_ARG(facts->tenant->id));
    hg_str v2 =
        hg_str_format(arena, "%.*s/%.*s/v2.0", HG_ARG(facts->base), HG_ARG(facts->tenant->id));
    return iss.len > 0 && (hg_str_eq(iss, v1) || hg_str_eq(iss, v2));
}

static bool read_time(const struct hg_json *claims, const char *name, hg_time *out)
{
    int64_t seconds;
    if (!hg_json_as_int(hg_json_get(claims, name), &seconds) || seconds < 0 ||
        seconds > INT32_MAX * (int64_t)8)
        return false;
    *out = (hg_time){.us = seconds * 1000000};
    return true;
}

static bool holds(const struct hg_json *list, const char *wanted)
{
    for (size_t i = 0; i < hg_json_count(list); i++)
        if (hg_str_eq_nocase(hg_json_str_or(hg_json_item(list, i), HG_STR("")), hg_str_of(wanted)))
            return true;
    return false;
}

static enum hg_code read_list(struct hg_arena *arena, const struct hg_json *claims,
                              const char *name, const hg_str **out, size_t *out_n,
                              struct hg_err *err)
{
    const struct hg_json *list = hg_json_get(claims, name);
    size_t n = hg_json_is(list, HG_JSON_ARRAY) ? hg_json_count(list) : 0;
    hg_str *items = HG_NEW_ARRAY(arena, hg_str, n + 1);
    if (items == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%s", name);
    *out_n = 0;
    for (size_t i = 0; i < n; i++)
        if (hg_json_as_str(hg_json_item(list, i), &items[*out_n]))
            (*out_n)++;
    *out = items;
    return HG_OK;
}

/* An id_token of ours has neither of the two: it names no client but its audience. */
static hg_str client_of(const struct hg_json *claims)
{
    hg_str client = text_of(claims, "azp");
    return client.len > 0 ? client : text_of(claims, "appid");
}

static bool times_hold(const struct hg_json *claims, hg_time now, struct oidc_access *access)
{
    hg_time not_before;
    if (!read_time(claims, "iat", &access->issued) || !read_time(claims, "exp", &access->expires) ||
        !read_time(claims, "nbf", &not_before))
        return false;
    return hg_time_before(now, access->expires) &&
           !hg_time_before(hg_time_add(now, HG_SECONDS(SKEW)), not_before);
}

static bool claims_hold(struct hg_arena *arena, const struct hg_json *claims,
                        const struct oidc_bearer_facts *facts, struct oidc_access *access)
{
    access->aud = text_of(claims, "aud");
    access->oid = text_of(claims, "oid");
    access->sub = text_of(claims, "sub");
    access->tid = text_of(claims, "tid");
    access->client = client_of(claims);
    access->scp = text_of(claims, "scp");
    access->sid = text_of(claims, "sid");
    access->uti = text_of(claims, "uti");
    access->idtyp = text_of(claims, "idtyp");
    return is_issuer(arena, facts, text_of(claims, "iss")) && access->aud.len > 0 &&
           oidc_scope_names(facts->resource, access->aud) &&
           hg_str_eq_nocase(access->tid, facts->tenant->id) && access->client.len > 0 &&
           access->oid.len > 0 && times_hold(claims, facts->now, access);
}

enum hg_code oidc_access_read(struct hg_arena *arena, hg_str payload,
                              const struct oidc_bearer_facts *facts, struct oidc_access *out,
                              enum oidc_bearer_fault *fault, struct hg_err *err)
{
    struct oidc_access access = {.n_roles = 0};
    struct hg_json claims;
    *fault = payload.len > 0 ? OIDC_BEARER_INVALID : OIDC_BEARER_MISSING;
    enum hg_code code = hg_json_parse(arena, payload, HG_JSON_STRICT, &hg_json_api, &claims, err);
    if (code == HG_NO_MEMORY)
        return code;
    if (code != HG_OK || !claims_hold(arena, &claims, facts, &access))
        return HG_OK;
    access.has_auth_at = read_time(&claims, "auth_time", &access.auth_at);
    access.has_mfa = holds(hg_json_get(&claims, "amr"), "mfa");
    access.is_capable = holds(hg_json_get(&claims, "xms_cc"), "cp1");
    HG_TRY(read_list(arena, &claims, "roles", &access.roles, &access.n_roles, err));
    HG_TRY(read_list(arena, &claims, "acrs", &access.acrs, &access.n_acrs, err));
    *out = access;
    *fault = OIDC_BEARER_OK;
    return HG_OK;
}

bool oidc_access_has_scope(const struct oidc_access *access, hg_str scope)
{
    hg_str rest = access->scp;
    hg_str name;
    while (hg_str_field(&rest, ' ', &name))
        if (hg_str_eq_nocase(name, scope))
            return true;
    return false;
}

static const struct {
    unsigned status;
    const char *error;
} faults[] = {
    [OIDC_BEARER_OK] = {200, ""},
    [OIDC_BEARER_MISSING] = {401, ""}, /* RFC 6750 §3.1: no error word */
    [OIDC_BEARER_INVALID] = {401, "invalid_token"},
    [OIDC_BEARER_INSUFFICIENT_SCOPE] = {403, "insufficient_scope"},
};

unsigned oidc_bearer_status(enum oidc_bearer_fault fault)
{
    HG_ASSERT((size_t)fault < HG_COUNT(faults));
    return faults[fault].status;
}

enum hg_code oidc_bearer_challenge(struct hg_arena *arena, hg_str base,
                                   enum oidc_bearer_fault fault, hg_str *out, struct hg_err *err)
{
    HG_ASSERT((size_t)fault < HG_COUNT(faults));
    struct hg_buf buf = hg_buf_new(arena, MAX_HEADER);
    hg_buf_format(&buf, "Bearer realm=\"%.*s\"", HG_ARG(base));
    if (faults[fault].error[0] != '\0')
        hg_buf_format(&buf, ", error=\"%s\"", faults[fault].error);
    return hg_buf_finish(&buf, out, err);
}

enum hg_code oidc_userinfo_render(struct hg_arena *arena, const struct oidc_access *access,
                                  const struct model_user *user, hg_str *out,
                                  enum oidc_bearer_fault *fault, struct hg_err *err)
{
    const struct {
        const char *scope, *claim;
        hg_str value;
    } claims[] = {
        {"profile", "name", user->display_name},
        {"profile", "given_name", user->given_name},
        {"profile", "family_name", user->surname},
        {"profile", "preferred_username", user->upn},
        {"email", "email", user->mail},
    };
    *fault = OIDC_BEARER_INSUFFICIENT_SCOPE;
    if (!oidc_access_has_scope(access, HG_STR("openid")))
        return HG_OK;
    struct hg_json answer = hg_json_object();
    hg_json_put_str(arena, &answer, "sub", access->sub);
    for (size_t i = 0; i < HG_COUNT(claims); i++)
        if (claims[i].value.len > 0 && oidc_access_has_scope(access, hg_str_of(claims[i].scope)))
            hg_json_put_str(arena, &answer, claims[i].claim, claims[i].value);
    HG_TRY(hg_json_render(arena, &answer, out, err));
    *fault = OIDC_BEARER_OK;
    return HG_OK;
}
