#include "oidc/logout.h"

#include "base/base.h"
#include "model/model.h"
#include "oidc/params.h"
#include "oidc/redirect_uri.h"

#include <stdbool.h>
#include <stddef.h>

enum { MAX_LOCATION = 16 << 10 };

static const struct oidc_text_field fields[] = {
#define FIELD(name) {HG_LIT(#name), offsetof(struct oidc_logout_request, name)}
    FIELD(post_logout_redirect_uri),
    FIELD(id_token_hint),
    FIELD(client_id),
    FIELD(logout_hint),
    FIELD(state),
#undef FIELD
};

void oidc_logout_parse(const struct oidc_params *params, struct oidc_logout_request *out)
{
    *out = (struct oidc_logout_request){0};
    out->repeated = oidc_texts_take(params, fields, HG_COUNT(fields), out);
}

enum hg_code oidc_id_hint_read(struct hg_arena *arena, hg_str payload, hg_str issuer,
                               struct oidc_id_hint *out, struct hg_err *err)
{
    struct hg_json claims;
    HG_TRY(hg_json_parse(arena, payload, HG_JSON_STRICT, &hg_json_api, &claims, err));
    struct oidc_id_hint hint = {
        .aud = hg_json_str_or(hg_json_get(&claims, "aud"), HG_STR("")),
        .oid = hg_json_str_or(hg_json_get(&claims, "oid"), HG_STR("")),
        .sub = hg_json_str_or(hg_json_get(&claims, "sub"), HG_STR("")),
        .sid = hg_json_str_or(hg_json_get(&claims, "sid"), HG_STR("")),
        .tid = hg_json_str_or(hg_json_get(&claims, "tid"), HG_STR("")),
    };
    bool is_access_token =
        hg_json_get(&claims, "azp") != NULL || hg_json_get(&claims, "appid") != NULL;
    if (!hg_str_eq(hg_json_str_or(hg_json_get(&claims, "iss"), HG_STR("")), issuer) ||
        hint.aud.len == 0 || hint.oid.len == 0 || is_access_token)
        return HG_FAIL(err, HG_MALFORMED, "id_token_hint is no id_token of this tenant");
    *out = hint;
    return HG_OK;
}

/* A list of its own, or one of the redirect URIs, as the documented service has it. */
static bool owns(const struct model_application *application, hg_str uri)
{
    if (application == NULL)
        return false;
    for (size_t i = 0; i < application->n_post_logout_uris; i++)
        if (hg_str_eq(application->post_logout_uris[i], uri))
            return true;
    return oidc_redirect_match(application, uri) != OIDC_REDIRECT_NONE;
}

static bool session_owns(const struct oidc_logout_facts *facts, hg_str uri)
{
    for (size_t i = 0; i < facts->n_applications; i++)
        if (owns(facts->applications[i], uri))
            return true;
    return false;
}

static bool is_contradictory(const struct oidc_logout_request *request,
                             const struct oidc_logout_facts *facts)
{
    if (request->repeated.len > 0 || (request->id_token_hint.is_set && !facts->hint_is_good))
        return true;
    return request->id_token_hint.is_set && request->client_id.is_set &&
           !hg_str_eq_nocase(request->client_id.value, facts->hint.aud);
}

/* Does the request prove that it knows whose session it ends? */
static bool is_proved(const struct oidc_logout_request *request,
                      const struct oidc_logout_facts *facts)
{
    if (request->id_token_hint.is_set)
        return !facts->has_session || hg_str_eq(facts->hint.oid, facts->session_user);
    bool named = request->logout_hint.is_set && facts->has_session &&
                 facts->session_login_hint.len > 0 &&
                 hg_str_eq(request->logout_hint.value, facts->session_login_hint);
    return named && (!request->post_logout_redirect_uri.is_set ||
                     session_owns(facts, request->post_logout_redirect_uri.value));
}

static bool may_redirect(const struct oidc_logout_request *request,
                         const struct oidc_logout_facts *facts)
{
    const struct oidc_text *uri = &request->post_logout_redirect_uri;
    if (!uri->is_set)
        return false;
    if (request->id_token_hint.is_set)
        return owns(facts->hinted, uri->value);
    return facts->has_session && session_owns(facts, uri->value);
}

static enum hg_code location_of(struct hg_arena *arena, const struct oidc_logout_request *request,
                                hg_str *out, struct hg_err *err)
{
    hg_str uri = request->post_logout_redirect_uri.value;
    struct hg_buf buf = hg_buf_new(arena, MAX_LOCATION);
    hg_buf_str(&buf, uri);
    if (request->state.is_set) {
        hg_buf_z(&buf, hg_str_find_byte(uri, '?') == HG_NPOS ? "?state=" : "&state=");
        hg_buf_percent(&buf, request->state.value);
    }
    return hg_buf_finish(&buf, out, err);
}

enum hg_code oidc_logout_check(struct hg_arena *arena, const struct oidc_logout_request *request,
                               const struct oidc_logout_facts *facts, struct oidc_logout *out,
                               struct hg_err *err)
{
    struct oidc_logout logout = {.action = OIDC_LOGOUT_DONE};
    bool proved = is_proved(request, facts);
    if (is_contradictory(request, facts)) {
        logout.action = OIDC_LOGOUT_REFUSE;
    } else if (facts->has_session && !proved && !facts->is_confirmed) {
        logout.action = OIDC_LOGOUT_CONFIRM;
    } else if (may_redirect(request, facts)) {
        HG_TRY(location_of(arena, request, &logout.location, err));
        logout.action = OIDC_LOGOUT_REDIRECT;
    }
    *out = logout;
    return HG_OK;
}
