#include "base/base.h"
#include "edge/head.h"
#include "edge/http_client.h"
#include "edge/http_client_private.h"
#include "http/http.h"

#include <curl/curl.h>
#include <curl/easy.h>
#include <curl/system.h>
#include <curl/urlapi.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_HEAD = 256 << 10, MOST_ANSWER_FIELDS = 500, CONNECT_MS = 10000, FIRST_ROOM = 16 << 10 };

/* Fields that belong to the connection: the client writes them itself. */
static const char *const own_fields[] = {
    "Connection", "Content-Length",    "Expect",  "Host",    "Keep-Alive",
    "TE",         "Transfer-Encoding", "Trailer", "Upgrade", "Proxy-Authorization",
};

static bool is_own(hg_str name)
{
    for (size_t i = 0; i < HG_COUNT(own_fields); i++) {
        if (hg_str_eq_nocase(name, hg_str_of(own_fields[i])))
            return true;
    }
    return false;
}

static size_t grow(struct edge_growing *text, const char *data, size_t size)
{
    if (size > text->max - text->len)
        return 0;
    if (text->len + size > text->room) {
        size_t room = text->room == 0 ? FIRST_ROOM : text->room * 2;
        if (room < text->len + size)
            room = text->len + size;
        char *bigger = realloc(text->bytes, room);
        if (bigger == NULL)
            return 0;
        text->bytes = bigger;
        text->room = room;
    }
    memcpy(text->bytes + text->len, data, size);
    text->len += size;
    return size;
}

static size_t on_body(char *data, size_t unit, size_t n, void *self)
{
    struct edge_call *call = self;
    size_t size = unit * n;
    size_t taken = grow(&call->body, data, size);
    call->is_too_big |= taken != size && size > call->body.max - call->body.len;
    return taken;
}

/* A status line starts anew: what came before was an interim answer (100, 103). */
static size_t on_head(char *data, size_t unit, size_t n, void *self)
{
    struct edge_call *call = self;
    size_t size = unit * n;
    if (hg_str_starts((hg_str){.ptr = data, .len = size}, HG_STR("HTTP/")))
        call->head.len = 0;
    size_t taken = grow(&call->head, data, size);
    call->is_too_big |= taken != size;
    return taken;
}

static bool is_url_text(hg_str url)
{
    for (size_t i = 0; i < url.len; i++) {
        unsigned char c = (unsigned char)url.ptr[i];
        if (c <= 0x20 || c >= 0x7f || c == '\\')
            return false;
    }
    return url.len > 0;
}

/* One part of the URL as curl reads it, in the arena; NULL when it has none. */
static const char *part_of(struct hg_arena *arena, CURLU *url, CURLUPart part)
{
    char *text = NULL;
    if (curl_url_get(url, part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK)
        return NULL;
    const char *copy = hg_str_z(arena, hg_str_of(text));
    curl_free(text);
    return copy;
}

/* curl's own reading of the URL is checked and then used, so that there are no
 * two readings. */
static enum hg_code take_url(struct hg_arena *arena, hg_str text, struct edge_call *out,
                             struct hg_err *err)
{
    if (!is_url_text(text))
        return HG_FAIL(err, HG_MALFORMED, "a URL with bytes that must be percent-encoded");
    out->url = curl_url();
    if (out->url == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "URL");
    CURLUcode code = curl_url_set(out->url, CURLUPART_URL, hg_str_z(arena, text),
                                  CURLU_DISALLOW_USER | CURLU_NON_SUPPORT_SCHEME);
    if (code != CURLUE_OK)
        return HG_FAIL(err, HG_MALFORMED, "the URL '%.60s': %s", hg_str_z(arena, text),
                       curl_url_strerror(code));
    const char *scheme = part_of(arena, out->url, CURLUPART_SCHEME);
    const char *host = part_of(arena, out->url, CURLUPART_HOST);
    if (scheme == NULL || host == NULL ||
        (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0))
        return HG_FAIL(err, HG_MALFORMED, "'%.60s' is not an http or https URL",
                       hg_str_z(arena, text));
    const char *port = part_of(arena, out->url, CURLUPART_PORT);
    out->host = hg_str_format(arena, "%s:%s", host, port == NULL ? "0" : port);
    return HG_OK;
}

static bool add_line(struct edge_call *out, const char *line)
{
    struct curl_slist *longer = curl_slist_append(out->fields, line);
    if (longer != NULL)
        out->fields = longer;
    return longer != NULL;
}

static enum hg_code take_fields(struct hg_arena *arena, const struct http_call *call,
                                struct edge_call *out, struct hg_err *err)
{
    bool has_type = false;
    bool added = add_line(out, "Expect:");
    for (size_t i = 0; i < call->headers.n; i++) {
        const struct http_field *field = &call->headers.items[i];
        if (!edge_is_token(field->name) || !edge_is_field_value(field->value))
            return HG_FAIL(err, HG_MALFORMED, "the header field '%.*s' cannot be sent",
                           field->name.len > 40 ? 40 : (int)field->name.len, field->name.ptr);
        if (is_own(field->name))
            continue;
        has_type |= hg_str_eq_nocase(field->name, HG_STR("Content-Type"));
        hg_str line =
            field->value.len == 0
                ? hg_str_format(arena, "%.*s;", HG_ARG(field->name))
                : hg_str_format(arena, "%.*s: %.*s", HG_ARG(field->name), HG_ARG(field->value));
        added &= add_line(out, hg_str_z(arena, line));
    }
    if (!has_type) /* else curl calls every body a form */
        added &= add_line(out, "Content-Type:");
    if (!added || hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "header fields");
    return HG_OK;
}

static void set_method(const struct http_call *call, const char *method, struct edge_call *out)
{
    bool wants_length =
        strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 || strcmp(method, "PATCH") == 0;
    if (call->body.len > 0 || wants_length) {
        (void)curl_easy_setopt(out->easy, CURLOPT_POST, 1L);
        (void)curl_easy_setopt(out->easy, CURLOPT_POSTFIELDS,
                               call->body.len == 0 ? "" : call->body.ptr);
        (void)curl_easy_setopt(out->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
    }
    if (strcmp(method, "HEAD") == 0)
        (void)curl_easy_setopt(out->easy, CURLOPT_NOBODY, 1L);
    (void)curl_easy_setopt(out->easy, CURLOPT_CUSTOMREQUEST, method);
}

/* Environment variables, .netrc, cookies, redirects and compression stay out. */
static void set_options(const struct edge_port *port, const struct http_call *call,
                        struct edge_call *out)
{
    const struct edge_http_options *options = &port->client->options;
    CURL *easy = out->easy;
    hg_dur timeout = call->timeout.us <= 0 ? HG_SECONDS(120) : call->timeout;
    long ms = timeout.us / 1000 < 1 ? 1 : (long)(timeout.us / 1000);
    (void)curl_easy_setopt(easy, CURLOPT_CURLU, out->url);
    (void)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, out->fields);
    (void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    (void)curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    (void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(easy, CURLOPT_NETRC, CURL_NETRC_IGNORED);
    (void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, ms);
    (void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, ms < CONNECT_MS ? ms : CONNECT_MS);
    (void)curl_easy_setopt(easy, CURLOPT_USERAGENT, options->user_agent);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_head);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, out);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, out);
    (void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, out->error);
    (void)curl_easy_setopt(easy, CURLOPT_PRIVATE, out);
    if (options->ca_file != NULL)
        (void)curl_easy_setopt(easy, CURLOPT_CAINFO, options->ca_file);
    if (port->rules.unix_socket != NULL)
        (void)curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, port->rules.unix_socket);
}

enum hg_code edge_call_prepare(struct hg_arena *arena, const struct edge_port *port,
                               const struct http_call *call, struct edge_call *out,
                               struct hg_err *err)
{
    out->port = port;
    out->head.max = MOST_HEAD;
    out->body.max = call->max_body == 0 ? HG_MAX_RESPONSE : call->max_body;
    if (!edge_is_token(call->method))
        return HG_FAIL(err, HG_MALFORMED, "the method is not a token");
    HG_TRY(take_url(arena, call->url, out, err));
    HG_TRY(take_fields(arena, call, out, err));
    out->easy = curl_easy_init();
    const char *method = hg_str_z(arena, call->method);
    if (out->easy == NULL || hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "call of %.*s", HG_ARG(out->host));
    set_options(port, call, out);
    set_method(call, method, out);
    edge_egress_guard(out);
    return HG_OK;
}

static enum hg_code fail(struct hg_arena *arena, const struct edge_call *call, struct hg_err *err)
{
    if (call->is_refused)
        return HG_FAIL(err, HG_FORBIDDEN,
                       "%.*s is at %.*s, which is no public address; an administrator can list it",
                       HG_ARG(call->host), HG_ARG(hg_ip_text(arena, call->refused)));
    if (call->is_too_big)
        return HG_FAIL(err, HG_TOO_BIG, "the answer of %.*s is larger than %zu bytes",
                       HG_ARG(call->host), call->body.max);
    if (call->result == CURLE_OUT_OF_MEMORY || call->result == CURLE_WRITE_ERROR)
        return HG_FAIL(err, HG_NO_MEMORY, "the answer of %.*s", HG_ARG(call->host));
    if (call->result == CURLE_ABORTED_BY_CALLBACK)
        return HG_FAIL(err, HG_UNAVAILABLE, "%.*s: the HTTP client was closed", HG_ARG(call->host));
    if (call->result == CURLE_COULDNT_RESOLVE_HOST)
        return HG_FAIL(err, HG_UNAVAILABLE, "could not resolve host of %.*s", HG_ARG(call->host));
    if (call->result == CURLE_OPERATION_TIMEDOUT)
        return HG_FAIL(err, HG_UNAVAILABLE, "%.*s timed out", HG_ARG(call->host));
    return HG_FAIL(err, HG_UNAVAILABLE, "%.*s: %s", HG_ARG(call->host),
                   call->error[0] != '\0' ? call->error : curl_easy_strerror(call->result));
}

static enum hg_code read_fields(struct hg_arena *arena, hg_str head, struct http_fields *out,
                                struct hg_err *err)
{
    struct http_field *fields = HG_NEW_ARRAY(arena, struct http_field, MOST_ANSWER_FIELDS);
    size_t n = 0;
    hg_str line;
    (void)hg_str_cut(head, '\n', &line, &head); /* the status line */
    while (fields != NULL && head.len > 0 && n < MOST_ANSWER_FIELDS) {
        hg_str name;
        hg_str value;
        (void)hg_str_cut(head, '\n', &line, &head);
        if (hg_str_cut(line, ':', &name, &value) && edge_is_token(name))
            fields[n++] = (struct http_field){
                .name = hg_str_dup(arena, name),
                .value = hg_str_dup(arena, hg_utf8_or_latin1(arena, hg_str_trim(value)))};
    }
    if (fields == NULL || hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "header fields");
    if (head.len > 0)
        return HG_FAIL(err, HG_TOO_BIG, "an answer with more than %d header fields",
                       MOST_ANSWER_FIELDS);
    *out = (struct http_fields){.items = fields, .n = n};
    return HG_OK;
}

enum hg_code edge_call_answer(struct hg_arena *arena, const struct edge_call *call,
                              struct http_answer *out, struct hg_err *err)
{
    if (call->result != CURLE_OK)
        return fail(arena, call, err);
    long status = 0;
    (void)curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
    struct http_answer answer = {.status = (unsigned)status};
    HG_TRY(read_fields(arena, (hg_str){.ptr = call->head.bytes, .len = call->head.len},
                       &answer.headers, err));
    answer.body = hg_str_dup(arena, (hg_str){.ptr = call->body.bytes, .len = call->body.len});
    if (hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "an answer of %zu bytes", call->body.len);
    *out = answer;
    return HG_OK;
}

static void wipe(struct edge_growing *text)
{
    if (text->bytes != NULL)
        explicit_bzero(text->bytes, text->len);
    free(text->bytes);
}

void edge_call_fini(struct edge_call *call)
{
    if (call->easy != NULL)
        curl_easy_cleanup(call->easy);
    curl_slist_free_all(call->fields);
    curl_url_cleanup(call->url);
    wipe(&call->head);
    wipe(&call->body);
}
