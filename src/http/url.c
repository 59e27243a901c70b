#include "base/base.h"
#include "http/http.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static bool is_unreserved(char c)
{
    return is_alpha(c) || is_digit(c) || is_one_of(c, "-._~");
}

/* pchar of RFC 3986 §3.3, '/', and what `more` adds; escapes are whole. */
static bool is_path_text(hg_str s, const char *more)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '%') {
            if (s.len - i < 3 || !is_hex(s.ptr[i + 1]) || !is_hex(s.ptr[i + 2]))
                return false;
        } else if (!is_unreserved(c) && !is_one_of(c, "!$&'()*+,;=:@/") && !is_one_of(c, more)) {
            return false;
        }
    }
    return true;
}

static bool is_scheme(hg_str s)
{
    if (s.len == 0 || !is_alpha(s.ptr[0]))
        return false;
    for (size_t i = 1; i < s.len; i++)
        if (!is_alpha(s.ptr[i]) && !is_digit(s.ptr[i]) && !is_one_of(s.ptr[i], "+-."))
            return false;
    return true;
}

/* Names as they occur; escapes in a host only serve to hide it. */
static bool is_host_name(hg_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_unreserved(s.ptr[i]))
            return false;
    return true;
}

static bool parse_port(hg_str text, struct http_url *out)
{
    uint64_t port;
    if (!hg_str_u64(text, UINT16_MAX, &port) || port == 0)
        return false;
    out->port = (uint16_t)port;
    out->has_port = true;
    return true;
}

static bool parse_bracketed(hg_str authority, struct http_url *out)
{
    size_t end = hg_str_find_byte(authority, ']');
    if (end == HG_NPOS)
        return false;
    struct hg_ip ip;
    out->host = hg_str_sub(authority, 1, end - 1);
    if (hg_str_find_byte(out->host, ':') == HG_NPOS || hg_ip_parse(out->host, &ip, NULL) != HG_OK)
        return false;
    hg_str rest = hg_str_from(authority, end + 1);
    return rest.len == 0 || (rest.ptr[0] == ':' && parse_port(hg_str_from(rest, 1), out));
}

static bool parse_authority(hg_str authority, struct http_url *out)
{
    if (hg_str_starts(authority, HG_STR("[")))
        return parse_bracketed(authority, out);
    hg_str port;
    bool has_port = hg_str_cut(authority, ':', &out->host, &port);
    return is_host_name(out->host) && (!has_port || parse_port(port, out));
}

static bool needs_host(hg_str scheme)
{
    return hg_str_eq_nocase(scheme, HG_STR("https")) || hg_str_eq_nocase(scheme, HG_STR("http"));
}

/* Takes fragment and query off the end of *rest. */
static void cut_tail(hg_str *rest, struct http_url *out)
{
    out->has_fragment = hg_str_cut(*rest, '#', rest, &out->fragment);
    out->has_query = hg_str_cut(*rest, '?', rest, &out->query);
}

static const char *parse(hg_str text, struct http_url *out)
{
    hg_str rest;
    if (!hg_str_cut(text, ':', &out->scheme, &rest) || !is_scheme(out->scheme))
        return "no scheme";
    cut_tail(&rest, out);
    if (hg_str_starts(rest, HG_STR("//"))) {
        rest = hg_str_from(rest, 2);
        size_t slash = hg_str_find_byte(rest, '/');
        hg_str authority = hg_str_sub(rest, 0, slash);
        rest = hg_str_from(rest, authority.len);
        if (hg_str_find_byte(authority, '@') != HG_NPOS)
            return "a user name or password in it";
        if (!parse_authority(authority, out))
            return "no valid host or port";
    }
    out->path = rest;
    if (out->host.len == 0 && needs_host(out->scheme))
        return "no host";
    if (!is_path_text(out->path, "") || !is_path_text(out->query, "?") ||
        !is_path_text(out->fragment, "?"))
        return "a character that must be percent-encoded";
    return NULL;
}

enum hg_code http_url_parse(hg_str text, struct http_url *out, struct hg_err *err)
{
    if (text.len > HG_MAX_TARGET)
        return HG_FAIL(err, HG_TOO_BIG, "a URL of %zu bytes", text.len);
    struct http_url url = {0};
    const char *wrong = parse(text, &url);
    if (wrong != NULL)
        return HG_FAIL(err, HG_MALFORMED, "a URL with %s", wrong);
    *out = url;
    return HG_OK;
}
