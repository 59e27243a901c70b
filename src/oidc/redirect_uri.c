#include "oidc/redirect_uri.h"

#include "base/base.h"
#include "model/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAX_URI = 256 };

struct uri_list {
    const hg_str *items;
    size_t n;
    enum oidc_redirect_kind kind;
};
enum { N_LISTS = 3 };

static void lists_of(const struct model_application *app, struct uri_list out[N_LISTS])
{
    out[0] = (struct uri_list){app->redirect_uris, app->n_redirect_uris, OIDC_REDIRECT_WEB};
    out[1] = (struct uri_list){app->spa_redirect_uris, app->n_spa_redirect_uris, OIDC_REDIRECT_SPA};
    out[2] = (struct uri_list){app->public_redirect_uris, app->n_public_redirect_uris,
                               OIDC_REDIRECT_PUBLIC};
}

/* An http URI on the loopback interface, without its port. */
struct loopback {
    hg_str host, rest;
};

static bool loopback_parse(hg_str uri, struct loopback *out)
{
    static const char *const hosts[] = {"localhost", "127.0.0.1"};
    struct hg_scan scan = hg_scan_of(uri);
    struct loopback found = {.host = HG_STR("")};
    if (!hg_scan_lit(&scan, "http://"))
        return false;
    for (size_t i = 0; i < HG_COUNT(hosts) && found.host.len == 0; i++)
        if (hg_scan_lit(&scan, hosts[i]))
            found.host = hg_str_of(hosts[i]);
    uint64_t port;
    if (found.host.len == 0 || (hg_scan_byte(&scan, ':') && !hg_scan_u64(&scan, 65535, &port)))
        return false;
    char next = hg_scan_peek(&scan);
    if (!hg_scan_done(&scan) && next != '/' && next != '?')
        return false;
    found.rest = hg_scan_rest(&scan);
    *out = found;
    return true;
}

/* The part between "//" and the path, where user information would stand. */
static hg_str authority_of(hg_str uri)
{
    size_t slashes = hg_str_find(uri, HG_STR("://"));
    if (slashes == HG_NPOS)
        return HG_STR("");
    hg_str rest = hg_str_from(uri, slashes + 3);
    size_t len = 0;
    while (len < rest.len && rest.ptr[len] != '/' && rest.ptr[len] != '?' && rest.ptr[len] != '#')
        len++;
    return hg_str_sub(rest, 0, len);
}

/* What no redirect URI may hold, registered or sent. */
static bool is_hostile(hg_str uri)
{
    for (size_t i = 0; i < uri.len; i++) {
        unsigned char c = (unsigned char)uri.ptr[i];
        if (c <= 0x20 || c >= 0x7f || c == '\\' || c == '#')
            return true;
    }
    return uri.len == 0 || hg_str_find_byte(authority_of(uri), '@') != HG_NPOS;
}

static bool matches(hg_str registered, hg_str uri)
{
    if (hg_str_eq(registered, uri))
        return true;
    struct loopback a;
    struct loopback b;
    return loopback_parse(registered, &a) && loopback_parse(uri, &b) && hg_str_eq(a.host, b.host) &&
           hg_str_eq(a.rest, b.rest);
}

enum oidc_redirect_kind oidc_redirect_match(const struct model_application *application, hg_str uri)
{
    struct uri_list lists[N_LISTS];
    lists_of(application, lists);
    if (is_hostile(uri))
        return OIDC_REDIRECT_NONE;
    for (size_t l = 0; l < N_LISTS; l++)
        for (size_t i = 0; i < lists[l].n; i++)
            if (matches(lists[l].items[i], uri))
                return lists[l].kind;
    return OIDC_REDIRECT_NONE;
}

bool oidc_redirect_only(const struct model_application *application, hg_str *out_uri,
                        enum oidc_redirect_kind *out_kind)
{
    struct uri_list lists[N_LISTS];
    lists_of(application, lists);
    if (lists[0].n + lists[1].n + lists[2].n != 1)
        return false;
    for (size_t l = 0; l < N_LISTS; l++) {
        if (lists[l].n == 1) {
            *out_uri = lists[l].items[0];
            *out_kind = lists[l].kind;
        }
    }
    return !is_hostile(*out_uri);
}

static bool has_any(hg_str uri, const char *bytes)
{
    for (; *bytes != '\0'; bytes++)
        if (hg_str_find_byte(uri, *bytes) != HG_NPOS)
            return true;
    return false;
}

/* RFC 3986 §3.1, with at least two characters: a drive letter is no scheme. */
static bool scheme_parse(hg_str uri, hg_str *out)
{
    hg_str scheme;
    hg_str rest;
    if (!hg_str_cut(uri, ':', &scheme, &rest) || scheme.len < 2)
        return false;
    for (size_t i = 0; i < scheme.len; i++) {
        char c = scheme.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool other = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
        if (!letter && !(other && i > 0))
            return false;
    }
    *out = scheme;
    return true;
}

static bool runs_in_browsers(hg_str scheme)
{
    static const hg_str schemes[] = {
        HG_LIT("javascript"), HG_LIT("data"),  HG_LIT("vbscript"),    HG_LIT("file"),
        HG_LIT("blob"),       HG_LIT("about"), HG_LIT("view-source"), HG_LIT("filesystem"),
        HG_LIT("ws"),         HG_LIT("wss"),   HG_LIT("ftp")};
    for (size_t i = 0; i < HG_COUNT(schemes); i++)
        if (hg_str_eq_nocase(scheme, schemes[i]))
            return true;
    return false;
}

const char *oidc_redirect_refusal(enum oidc_redirect_kind kind, hg_str uri)
{
    hg_str scheme;
    struct loopback local;
    if (uri.len > MAX_URI)
        return "a redirect URI has at most 256 characters";
    if (is_hostile(uri) || has_any(uri, "!$'(),;*\"<>^`{|}"))
        return "a redirect URI has no blanks, control characters, fragment, user information "
               "or any of ! $ ' ( ) , ; *";
    if (!scheme_parse(uri, &scheme))
        return "a redirect URI starts with a scheme such as https:";
    if (hg_str_starts(uri, HG_STR("https://")))
        return authority_of(uri).len > 0 ? NULL : "a redirect URI names a host";
    if (hg_str_eq_nocase(scheme, HG_STR("http")))
        return loopback_parse(uri, &local) ? NULL
                                           : "http is for http://localhost and http://127.0.0.1";
    if (hg_str_eq_nocase(scheme, HG_STR("https")))
        return "write https:// in lower case, with two slashes";
    if (kind != OIDC_REDIRECT_PUBLIC || runs_in_browsers(scheme))
        return "this scheme is not allowed here; use https";
    return NULL;
}

hg_str oidc_redirect_origin(hg_str uri)
{
    hg_str authority = authority_of(uri);
    if (authority.len == 0)
        return HG_STR("");
    return hg_str_sub(uri, 0, (size_t)(authority.ptr - uri.ptr) + authority.len);
}
