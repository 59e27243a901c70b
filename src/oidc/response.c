#include "oidc/response.h"

#include "base/base.h"
#include "oidc/authorize.h"
#include "oidc/error.h"
#include "oidc/redirect_uri.h"

#include <stdbool.h>
#include <stddef.h>

enum { MAX_LOCATION = 64 << 10 };

static void put_field(struct oidc_reply *reply, const char *name, hg_str value)
{
    HG_ASSERT(reply->n_fields < OIDC_MAX_REPLY_FIELDS);
    reply->fields[reply->n_fields].name = hg_str_of(name);
    reply->fields[reply->n_fields].value = value;
    reply->n_fields++;
}

static void put_some(struct oidc_reply *reply, const char *name, hg_str value)
{
    if (value.len > 0)
        put_field(reply, name, value);
}

/* "https://app.example" has no path: browsers would ask for "/" anyway, and the
 * documented service says so in the redirect. Other schemes stay as they are. */
static bool lacks_path(hg_str uri)
{
    hg_str origin = oidc_redirect_origin(uri);
    bool is_web = hg_str_starts(uri, HG_STR("https://")) || hg_str_starts(uri, HG_STR("http://"));
    return is_web && (origin.len == uri.len || uri.ptr[origin.len] == '?');
}

static void put_base(struct hg_buf *buf, hg_str uri)
{
    hg_str origin = oidc_redirect_origin(uri);
    if (!lacks_path(uri)) {
        hg_buf_str(buf, uri);
        return;
    }
    hg_buf_str(buf, origin);
    hg_buf_byte(buf, '/');
    hg_buf_str(buf, hg_str_from(uri, origin.len));
}

static char first_separator(const struct oidc_reply *reply, hg_str uri)
{
    if (reply->mode == OIDC_MODE_FRAGMENT)
        return '#';
    return hg_str_find_byte(uri, '?') == HG_NPOS ? '?' : '&';
}

static enum hg_code put_location(struct hg_arena *arena, hg_str uri, struct oidc_reply *reply,
                                 struct hg_err *err)
{
    struct hg_buf buf = hg_buf_new(arena, MAX_LOCATION);
    put_base(&buf, uri);
    char separator = first_separator(reply, uri);
    for (size_t i = 0; i < reply->n_fields; i++) {
        hg_buf_byte(&buf, separator);
        hg_buf_str(&buf, reply->fields[i].name);
        hg_buf_byte(&buf, '=');
        hg_buf_percent(&buf, reply->fields[i].value);
        separator = '&';
    }
    return hg_buf_finish(&buf, &reply->location, err);
}

/* state and iss belong to every answer, errors too (RFC 9207 §2). */
static enum hg_code finish(struct hg_arena *arena, const struct oidc_authorize *auth, hg_str issuer,
                           struct oidc_reply *reply, struct hg_err *err)
{
    if (auth->has_state)
        put_field(reply, "state", auth->state);
    put_field(reply, "iss", issuer);
    reply->origin = oidc_redirect_origin(auth->redirect_uri);
    if (reply->mode != OIDC_MODE_FORM_POST)
        return put_location(arena, auth->redirect_uri, reply, err);
    reply->action = auth->redirect_uri;
    return HG_OK;
}

enum hg_code oidc_reply_success(struct hg_arena *arena, const struct oidc_authorize *auth,
                                hg_str issuer, const struct oidc_success *success,
                                struct oidc_reply *out, struct hg_err *err)
{
    struct oidc_reply reply = {.mode = auth->mode};
    put_field(&reply, "code", success->code);
    put_some(&reply, "client_info", success->client_info);
    put_some(&reply, "session_state", success->session_state);
    HG_TRY(finish(arena, auth, issuer, &reply, err));
    *out = reply;
    return HG_OK;
}

enum hg_code oidc_reply_error(struct hg_arena *arena, const struct oidc_authorize *auth,
                              const struct oidc_error *error,
                              const struct oidc_error_context *context, struct oidc_reply *out,
                              struct hg_err *err)
{
    const struct oidc_error_row *row = oidc_error_row(error->id);
    if (row->redirect[0] == '\0' || auth->redirect_kind == OIDC_REDIRECT_NONE)
        return HG_FAIL(err, HG_UNSUPPORTED, "AADSTS%u stays on a page", (unsigned)row->aadsts);
    hg_str description;
    HG_TRY(oidc_error_description(arena, error, context, true, &description, err));
    struct oidc_reply reply = {.mode = auth->mode};
    put_field(&reply, "error", hg_str_of(row->redirect));
    put_field(&reply, "error_description", description);
    put_field(
        &reply, "error_uri",
        hg_str_format(arena, "%.*s/error?code=%u", HG_ARG(context->base), (unsigned)row->aadsts));
    put_some(&reply, "suberror", hg_str_of(row->suberror));
    put_some(&reply, "claims", error->claims);
    HG_TRY(finish(arena, auth, context->issuer, &reply, err));
    *out = reply;
    return HG_OK;
}

enum hg_code oidc_client_info(struct hg_arena *arena, hg_str oid, hg_str tenant, hg_str *out,
                              struct hg_err *err)
{
    struct hg_json info = hg_json_object();
    hg_json_put_str(arena, &info, "uid", oid);
    hg_json_put_str(arena, &info, "utid", tenant);
    hg_str text;
    HG_TRY(hg_json_render(arena, &info, &text, err));
    hg_str encoded = hg_b64url_encode(arena, text);
    if (encoded.len == 0)
        return HG_FAIL(err, HG_NO_MEMORY, "client_info");
    *out = encoded;
    return HG_OK;
}

enum hg_code oidc_issuer(struct hg_arena *arena, hg_str base, hg_str tenant_id, hg_str *out,
                         struct hg_err *err)
{
    hg_str issuer = hg_str_format(arena, "%.*s/%.*s/v2.0", HG_ARG(base), HG_ARG(tenant_id));
    if (issuer.len == 0)
        return HG_FAIL(err, HG_NO_MEMORY, "issuer");
    *out = issuer;
    return HG_OK;
}
