#include "base/base.h"
#include "flow/function_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Parts of an absolute URI by .NET's rules (RFC 3986 §3): scheme and host in lower
 * case, the usual port where none is written, "/" where there is no path. */
struct uri {
    hg_str scheme, host, path, query;
    bool has_authority;
    int64_t port; /* -1: none and none is usual */
};

static bool is_scheme_char(char c, bool first)
{
    bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_letter || (!first && ((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'));
}

static bool read_scheme(hg_str *rest, hg_str *out)
{
    size_t end = hg_str_find_byte(*rest, ':');
    if (end == HG_NPOS || end == 0)
        return false;
    for (size_t i = 0; i < end; i++)
        if (!is_scheme_char(rest->ptr[i], i == 0))
            return false;
    *out = hg_str_sub(*rest, 0, end);
    *rest = hg_str_from(*rest, end + 1);
    return true;
}

static int64_t usual_port(hg_str scheme)
{
    static const struct {
        hg_str scheme;
        int64_t port;
    } ports[] = {
        {HG_LIT("http"), 80}, {HG_LIT("https"), 443}, {HG_LIT("ftp"), 21},
        {HG_LIT("ws"), 80},   {HG_LIT("wss"), 443},
    };
    for (size_t i = 0; i < HG_COUNT(ports); i++)
        if (hg_str_eq_nocase(scheme, ports[i].scheme))
            return ports[i].port;
    return -1;
}

/* The first of these bytes, or the end. */
static size_t find_any(hg_str text, hg_str bytes)
{
    size_t at = 0;
    while (at < text.len && hg_str_find_byte(bytes, text.ptr[at]) == HG_NPOS)
        at++;
    return at;
}

/* [user@]host[:port]; a host in brackets is an IPv6 address. */
static bool read_authority(hg_str authority, struct uri *uri)
{
    uint64_t port;
    size_t at = hg_str_find_last_byte(authority, '@');
    if (at != HG_NPOS)
        authority = hg_str_from(authority, at + 1);
    size_t bracket = hg_str_find_last_byte(authority, ']');
    size_t colon = hg_str_find_last_byte(authority, ':');
    bool has_port = colon != HG_NPOS && (bracket == HG_NPOS || colon > bracket);
    uri->host = has_port ? hg_str_sub(authority, 0, colon) : authority;
    if (uri->host.len == 0)
        return false;
    hg_str digits = has_port ? hg_str_from(authority, colon + 1) : (hg_str){0};
    if (digits.len == 0)
        return true;
    if (!hg_str_u64(digits, 65535, &port))
        return false;
    uri->port = (int64_t)port;
    return true;
}

static bool read_uri(hg_str text, struct uri *out)
{
    struct uri uri = {0};
    hg_str rest = hg_str_trim(text);
    if (!read_scheme(&rest, &uri.scheme))
        return false;
    uri.port = usual_port(uri.scheme);
    if (hg_str_starts(rest, HG_STR("//"))) {
        rest = hg_str_from(rest, 2);
        size_t end = find_any(rest, HG_STR("/?#"));
        uri.has_authority = true;
        if (!read_authority(hg_str_sub(rest, 0, end), &uri) &&
            !hg_str_eq_nocase(uri.scheme, HG_STR("file")))
            return false;
        rest = hg_str_from(rest, end);
    } else if (uri.port != -1) {
        return false; /* "http:x" is not absolute */
    }
    rest = hg_str_sub(rest, 0, find_any(rest, HG_STR("#")));
    size_t query = find_any(rest, HG_STR("?"));
    uri.path = hg_str_sub(rest, 0, query);
    uri.query = hg_str_from(rest, query);
    if (uri.path.len == 0 && uri.has_authority)
        uri.path = HG_STR("/");
    *out = uri;
    return true;
}

static enum hg_code uri_arg(const struct flow_call *call, struct uri *out)
{
    if (read_uri(flow_arg_str(call, 0), out))
        return HG_OK;
    return FLOW_FAIL(call,
                     "The template language function '%.*s' expects its parameter to be an "
                     "absolute URI. The provided value '%.*s' is not. Please see "
                     "https://aka.ms/logicexpressions#%.*s for usage details.",
                     HG_ARG(call->function->name), HG_ARG(flow_arg_str(call, 0)),
                     HG_ARG(call->function->name));
}

static enum hg_code run_host(const struct flow_call *call, struct hg_json *out)
{
    struct uri uri = {0};
    HG_TRY(uri_arg(call, &uri));
    *out = hg_json_str(hg_str_lower(call->eval->arena, uri.host));
    return HG_OK;
}

static enum hg_code run_path(const struct flow_call *call, struct hg_json *out)
{
    struct uri uri = {0};
    HG_TRY(uri_arg(call, &uri));
    *out = hg_json_str(uri.path);
    return HG_OK;
}

static enum hg_code run_path_and_query(const struct flow_call *call, struct hg_json *out)
{
    struct uri uri = {0};
    struct hg_buf buf = flow_call_buf(call);
    HG_TRY(uri_arg(call, &uri));
    hg_buf_str(&buf, uri.path);
    hg_buf_str(&buf, uri.query);
    return flow_call_text(call, &buf, out);
}

static enum hg_code run_port(const struct flow_call *call, struct hg_json *out)
{
    struct uri uri = {0};
    HG_TRY(uri_arg(call, &uri));
    *out = hg_json_int(uri.port);
    return HG_OK;
}

static enum hg_code run_query(const struct flow_call *call, struct hg_json *out)
{
    struct uri uri = {0};
    HG_TRY(uri_arg(call, &uri));
    *out = hg_json_str(uri.query.len > 1 ? uri.query : HG_STR(""));
    return HG_OK;
}

static enum hg_code run_scheme(const struct flow_call *call, struct hg_json *out)
{
    struct uri uri = {0};
    HG_TRY(uri_arg(call, &uri));
    *out = hg_json_str(hg_str_lower(call->eval->arena, uri.scheme));
    return HG_OK;
}

// clang-format off
static const struct flow_function rows[] = {
    {HG_LIT("uriHost"), 1, 1, run_host, {FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("uriPath"), 1, 1, run_path, {FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("uriPathAndQuery"), 1, 1, run_path_and_query, {FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("uriPort"), 1, 1, run_port, {FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("uriQuery"), 1, 1, run_query, {FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("uriScheme"), 1, 1, run_scheme, {FLOW_ARG_STRING}, 0, 0},
};
// clang-format on

const struct flow_function_group flow_functions_uri = {HG_LIT("uri"), rows, HG_COUNT(rows)};
