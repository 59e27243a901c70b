#include "base/base.h"
#include "http/http.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

bool http_header(const struct http_request *request, const char *name, hg_str *out)
{
    hg_str wanted = hg_str_of(name);
    for (size_t i = 0; i < request->headers.n; i++) {
        if (!hg_str_eq_nocase(request->headers.items[i].name, wanted))
            continue;
        *out = request->headers.items[i].value;
        return true;
    }
    return false;
}

hg_str http_header_or(const struct http_request *request, const char *name, const char *otherwise)
{
    hg_str value;
    return http_header(request, name, &value) ? value : hg_str_of(otherwise);
}

bool http_content_is(const struct http_request *request, const char *media_type)
{
    hg_str type;
    hg_str parameters;
    (void)hg_str_cut(http_header_or(request, "Content-Type", ""), ';', &type, &parameters);
    return hg_str_eq_nocase(hg_str_trim(type), hg_str_of(media_type));
}

/* The credentials behind an Authorization scheme (RFC 9110 §11.4): no blank in them. */
static bool credentials(const struct http_request *request, const char *scheme, hg_str *out)
{
    hg_str value;
    hg_str found;
    hg_str rest;
    if (!http_header(request, "Authorization", &value) ||
        !hg_str_cut(hg_str_trim(value), ' ', &found, &rest) ||
        !hg_str_eq_nocase(found, hg_str_of(scheme)))
        return false;
    rest = hg_str_trim(rest);
    if (rest.len == 0 || hg_str_find_byte(rest, ' ') != HG_NPOS)
        return false;
    *out = rest;
    return true;
}

bool http_bearer(const struct http_request *request, hg_str *token)
{
    return credentials(request, "Bearer", token);
}

bool http_basic(struct hg_arena *arena, const struct http_request *request, hg_str *user,
                hg_str *password)
{
    hg_str encoded;
    hg_str decoded;
    hg_str head;
    hg_str rest;
    if (!credentials(request, "Basic", &encoded) ||
        hg_b64_decode(arena, encoded, &decoded, NULL) != HG_OK || !hg_utf8_valid(decoded) ||
        hg_str_find_byte(decoded, '\0') != HG_NPOS || !hg_str_cut(decoded, ':', &head, &rest))
        return false;
    *user = head;
    *password = rest;
    return true;
}

/* "." and ".." lead out of what a path names; no client sends them encoded by chance. */
static bool has_dot_segment(hg_str path)
{
    hg_str segment;
    while (hg_str_field(&path, '/', &segment))
        if (hg_str_eq(segment, HG_STR(".")) || hg_str_eq(segment, HG_STR("..")))
            return true;
    return false;
}

enum hg_code http_target_parse(struct hg_arena *arena, hg_str target, hg_str *out_path,
                               hg_str *out_query, struct hg_err *err)
{
    if (target.len > HG_MAX_TARGET)
        return HG_FAIL(err, HG_TOO_BIG, "a request target of %zu bytes", target.len);
    if (!hg_str_starts(target, HG_STR("/")))
        return HG_FAIL(err, HG_MALFORMED, "a request target that does not start with '/'");
    hg_str raw_path;
    hg_str query;
    hg_str path;
    (void)hg_str_cut(target, '?', &raw_path, &query);
    HG_TRY(http_percent_decode(arena, raw_path, false, &path, err));
    if (has_dot_segment(path))
        return HG_FAIL(err, HG_MALFORMED, "a path with '.' or '..' in it");
    *out_path = path;
    *out_query = query;
    return HG_OK;
}

static bool is_field_value(hg_str value)
{
    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] == '\r' || value.ptr[i] == '\n' || value.ptr[i] == '\0')
            return false;
    return true;
}

static void add_field(struct http_response *response, const char *name, hg_str value)
{
    HG_ASSERT(is_field_value(value));
    HG_ASSERT(response->n_fields < HTTP_MAX_RESPONSE_FIELDS);
    response->fields[response->n_fields++] =
        (struct http_field){.name = hg_str_of(name), .value = value};
}

void http_set_field(struct http_response *response, const char *name, hg_str value)
{
    for (size_t i = 0; i < response->n_fields; i++) {
        if (!hg_str_eq_nocase(response->fields[i].name, hg_str_of(name)))
            continue;
        HG_ASSERT(is_field_value(value));
        response->fields[i].value = value;
        return;
    }
    add_field(response, name, value);
}

/* cookie-octet of RFC 6265 §4.1.1. */
static bool is_cookie_value(hg_str value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (c <= 0x20 || c >= 0x7f || strchr("\",;\\", c) != NULL)
            return false;
    }
    return true;
}

void http_set_cookie(struct hg_arena *arena, struct http_response *response, const char *name,
                     hg_str value, struct http_cookie_options options)
{
    HG_ASSERT(is_cookie_value(value));
    struct hg_buf buf = hg_buf_new(arena, HG_MAX_HEAD);
    hg_buf_z(&buf, name);
    hg_buf_byte(&buf, '=');
    hg_buf_str(&buf, value);
    hg_buf_z(&buf, "; Path=/; Secure; HttpOnly; SameSite=");
    hg_buf_z(&buf, options.same_site_none ? "None" : "Lax");
    if (options.max_age_s > 0)
        hg_buf_format(&buf, "; Max-Age=%lld", (long long)options.max_age_s);
    else if (options.max_age_s < 0)
        hg_buf_z(&buf, "; Max-Age=0");
    add_field(response, "Set-Cookie", hg_buf_view(&buf));
}

void http_respond(struct http_response *response, unsigned status, const char *content_type,
                  hg_str body)
{
    response->status = status;
    response->body = body;
    http_set_field(response, "Content-Type", hg_str_of(content_type));
}

void http_redirect(struct http_response *response, unsigned status, hg_str location)
{
    response->status = status;
    response->body = (hg_str){.ptr = "", .len = 0};
    http_set_field(response, "Location", location);
}
