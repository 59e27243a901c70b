#pragma once

#include "base/base.h"

/* HTTP messages as values, independent of the listener that read them and of
 * the client that sends them. A request is complete when a handler sees it. */

struct http_field {
    hg_str name;  /* as sent */
    hg_str value; /* UTF-8 */
};

struct http_fields {
    const struct http_field *items;
    size_t n;
};

struct http_request {
    hg_str method;
    hg_str target; /* path and query as sent */
    hg_str path;   /* percent-decoded once; refused when it holds NUL or is not UTF-8 */
    hg_str query;  /* raw, without '?' */
    struct http_fields headers;
    hg_str body;
    struct hg_ip peer;    /* the client's address after trusted proxies */
    bool is_local_socket; /* came through DATA/admin.sock from the same uid or root */
    hg_str scheme, host;  /* of the public base the request was made to */
    /* DER. Whoever sent the request holds its key: shown in the TLS handshake, here or to a
     * trusted proxy. Nothing else of it was checked. Empty: none. */
    hg_str client_certificate;
};

/* Splits a request target into its decoded path and raw query. Refused: what does not start
 * with '/', bad escapes, NUL, text that is not UTF-8, and "." or ".." as a segment. */
HG_MUST_USE enum hg_code http_target_parse(struct hg_arena *arena, hg_str target, hg_str *out_path,
                                           hg_str *out_query, struct hg_err *err);

/* First field of that name, ASCII case ignored; false when absent. */
bool http_header(const struct http_request *request, const char *name, hg_str *out);
hg_str http_header_or(const struct http_request *request, const char *name, const char *otherwise);
/* The media type without parameters, compared without case. */
bool http_content_is(const struct http_request *request, const char *media_type);
/* "Bearer x" → x, scheme without case; false when there is none. */
bool http_bearer(const struct http_request *request, hg_str *token);
bool http_basic(struct hg_arena *arena, const struct http_request *request, hg_str *user,
                hg_str *password); /* raw halves; form-decode them for client ids */

/* application/x-www-form-urlencoded, also for queries. At most HG_MAX_FORM_FIELDS.
 * Names and values are decoded ('+' is a blank) and valid UTF-8 without NUL. */
struct http_form {
    const struct http_field *items;
    size_t n;
};
HG_MUST_USE enum hg_code http_form_parse(struct hg_arena *arena, hg_str text, struct http_form *out,
                                         struct hg_err *err);
bool http_form_get(const struct http_form *form, const char *name, hg_str *out); /* the first */
hg_str http_form_or(const struct http_form *form, const char *name, const char *otherwise);
size_t http_form_count(const struct http_form *form, const char *name);
/* HG_MALFORMED for '%' without two digits, for NUL and for what is not UTF-8. The result may
 * borrow `text`. */
HG_MUST_USE enum hg_code http_percent_decode(struct hg_arena *arena, hg_str text,
                                             bool plus_is_blank, hg_str *out, struct hg_err *err);

/* Cookies (RFC 6265 §5.4): the first of that name. */
bool http_cookie(const struct http_request *request, const char *name, hg_str *out);

enum { HTTP_MAX_RESPONSE_FIELDS = 32 };

struct http_response {
    unsigned status;
    struct http_field fields[HTTP_MAX_RESPONSE_FIELDS];
    size_t n_fields;
    hg_str body;
    /* A response that comes later (a flow's Response action): the listener keeps
     * the connection suspended until http_replies.complete() is called with it. */
    uint64_t deferred_id; /* 0: not deferred */
    /* How long this answer to a GET without query may be given to everyone who asks for
     * the path, without asking the handler. 0: this once. */
    hg_dur lasts;
};

/* Replaces a field of that name. Name must be a literal; a value with CR, LF or NUL is a bug
 * (asserted). */
void http_set_field(struct http_response *response, const char *name, hg_str value);

struct http_cookie_options {
    int64_t max_age_s;   /* 0: a session cookie; negative: delete */
    bool same_site_none; /* else Lax */
};
/* Adds Set-Cookie with Secure, HttpOnly, Path=/ ; name carries its __Host- prefix. */
void http_set_cookie(struct hg_arena *arena, struct http_response *response, const char *name,
                     hg_str value, struct http_cookie_options options);

void http_respond(struct http_response *response, unsigned status, const char *content_type,
                  hg_str body);
void http_redirect(struct http_response *response, unsigned status, hg_str location);

/* URLs (RFC 3986), as much as redirect matching and the client need: a scheme, then an
 * authority behind "//" or a path ("urn:…", "app:/x"). Refused: user information, escapes
 * in the host, port 0, characters that must be encoded, http(s) without a host. */
struct http_url {
    hg_str scheme, host, path, query, fragment; /* as written; host without brackets */
    bool has_port, has_query, has_fragment;
    uint16_t port;
};
HG_MUST_USE enum hg_code http_url_parse(hg_str text, struct http_url *out, struct hg_err *err);

/* The router: a table, matched by method and pattern. A pattern's segments are
 * literal (compared without case), "{name}" (one segment, not empty), "users('{name}')"
 * (with literal text around) or, last, "{name*}" (the rest, may be empty). Of the patterns
 * that answer the method the most literal one wins, from the left; HEAD falls back to GET.
 * One '/' at the end of a path does not count. */
enum { HTTP_MAX_PARAMS = 8, HTTP_MAX_SEGMENTS = 30 };
struct http_params {
    struct {
        const char *name; /* not NUL-terminated at the brace: use http_param() */
        size_t name_len;
        hg_str value;
    } items[HTTP_MAX_PARAMS];
    size_t n;
};
struct http_route {
    const char *methods; /* "GET" or "GET,POST" */
    const char *pattern;
    int id; /* the caller's */
};
struct http_routes {
    const struct http_route *items;
    size_t n;
};
struct http_found {
    size_t index; /* of the row; on HTTP_NO_METHOD of the first whose pattern matches */
    struct http_params params;
    hg_str allow; /* on HTTP_NO_METHOD: the list for the Allow header */
};
enum http_match { HTTP_MATCHED, HTTP_NO_PATH, HTTP_NO_METHOD };
enum http_match http_route_find(struct hg_arena *arena, const struct http_routes *routes,
                                hg_str method, hg_str path, struct http_found *out);
hg_str http_param(const struct http_params *params, const char *name); /* "" when absent */

/* The client port: what the shell asks of the outside. Implemented by
 * edge/http_client.c over libcurl; blocking, thread-safe. Redirects are not
 * followed; the answer's body is limited. */
struct http_call {
    hg_str method, url;
    struct http_fields headers;
    hg_str body;
    hg_dur timeout;
    size_t max_body;
};
struct http_answer {
    unsigned status;
    struct http_fields headers;
    hg_str body;
};
struct http_client {
    /* HG_UNAVAILABLE: no answer (err->detail: "could not resolve host", "timed out" …);
     * HG_TOO_BIG: an answer past max_body. */
    enum hg_code (*send)(void *self, struct hg_arena *arena, const struct http_call *call,
                         struct http_answer *out, struct hg_err *err);
    void *self;
};

/* The port for deferred responses. */
struct http_replies {
    uint64_t (*defer)(void *self);                                                   /* a new id */
    void (*complete)(void *self, uint64_t id, const struct http_response *response); /* copied */
    void *self;
};
