#include "base/base.h"
#include "edge/listener.h"
#include "edge/listener_private.h"
#include "http/http.h"

#include <microhttpd.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The header fields of every answer, in one place. A handler that sets one of
 * them itself has its way: a page brings its own Content-Security-Policy. */
static const struct {
    const char *name, *value;
    bool over_tls_only; /* RFC 6797 §7.2 */
} common[] = {
    {"Cache-Control", "no-store", false},
    {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'", false},
    {"Referrer-Policy", "no-referrer", false},
    {"Strict-Transport-Security", "max-age=31536000", true},
    {"X-Content-Type-Options", "nosniff", false},
    {"X-Frame-Options", "DENY", false},
};

static const struct {
    unsigned status;
    const char *code;
} codes[] = {
    {400, "badRequest"},        {413, "requestTooLarge"},     {414, "targetTooLong"},
    {417, "expectationFailed"}, {421, "misdirectedRequest"},  {431, "headTooLarge"},
    {500, "internalError"},     {501, "notImplemented"},      {503, "busy"},
    {504, "noAnswerInTime"},    {505, "versionNotSupported"},
};

static const char *code_of(unsigned status)
{
    for (size_t i = 0; i < HG_COUNT(codes); i++) {
        if (codes[i].status == status)
            return codes[i].code;
    }
    return "refused";
}

/* libmicrohttpd copies both; it refuses an empty value, which says nothing. */
static bool add_field(struct MHD_Response *answer, hg_str name, hg_str value)
{
    if (value.len == 0)
        return true;
    char *room = malloc(name.len + value.len + 2);
    if (room == NULL)
        return false;
    char *second = room + name.len + 1;
    memcpy(room, name.ptr, name.len);
    memcpy(second, value.ptr, value.len);
    room[name.len] = second[value.len] = '\0';
    enum MHD_Result added = MHD_add_response_header(answer, room, second);
    explicit_bzero(room, name.len + value.len + 2); /* Location and Set-Cookie hold secrets */
    free(room);
    return added == MHD_YES;
}

static bool has_field(const struct http_response *response, const char *name)
{
    for (size_t i = 0; i < response->n_fields; i++) {
        if (hg_str_eq_nocase(response->fields[i].name, hg_str_of(name)))
            return true;
    }
    return false;
}

static bool add_fields(struct MHD_Response *answer, const struct http_response *response,
                       unsigned flags)
{
    bool added = true;
    for (size_t i = 0; i < response->n_fields; i++)
        added &= add_field(answer, response->fields[i].name, response->fields[i].value);
    for (size_t i = 0; i < HG_COUNT(common); i++) {
        if (has_field(response, common[i].name) ||
            (common[i].over_tls_only && (flags & EDGE_ANSWER_SECURE) == 0))
            continue;
        added &= MHD_add_response_header(answer, common[i].name, common[i].value) == MHD_YES;
    }
    if ((flags & EDGE_ANSWER_CLOSES) != 0)
        added &= MHD_add_response_header(answer, "Connection", "close") == MHD_YES;
    return added;
}

static struct MHD_Response *with_fields(struct MHD_Response *answer,
                                        const struct http_response *response, unsigned flags)
{
    if (answer == NULL || add_fields(answer, response, flags))
        return answer;
    MHD_destroy_response(answer);
    return NULL;
}

/* libmicrohttpd's interface is not const; it does not write. */
static void *unconst(const void *bytes)
{
    union {
        const void *in;
        void *out;
    } same = {.in = bytes};
    return same.out;
}

struct MHD_Response *edge_answer_new(const struct http_response *response, unsigned flags)
{
    struct MHD_Response *answer = MHD_create_response_from_buffer(
        response->body.len, unconst(response->body.len == 0 ? "" : response->body.ptr),
        MHD_RESPMEM_MUST_COPY);
    return with_fields(answer, response, flags);
}

struct MHD_Response *edge_answer_error(unsigned status, const char *reason, unsigned flags)
{
    char text[256];
    int len = snprintf(text, sizeof(text), "{\"error\":{\"code\":\"%s\",\"message\":\"%s\"}}\n",
                       code_of(status), reason);
    HG_ASSERT(len > 0 && (size_t)len < sizeof(text));
    struct http_response response = {
        .status = status,
        .fields = {{HG_LIT("Content-Type"), HG_LIT("application/json")},
                   {HG_LIT("Retry-After"), HG_LIT("1")}},
        .n_fields = status == 503 ? 2 : 1,
        .body = {.ptr = text, .len = (size_t)len},
    };
    return edge_answer_new(&response, flags);
}

/* The bytes of a document, shared by its answers; the last one sent frees them. */
struct shared_body {
    atomic_size_t n_users;
    size_t len;
    char bytes[];
};

struct edge_document {
    atomic_size_t n_users;
    unsigned status;
    size_t size;
    struct MHD_Response *answers[EDGE_ANSWERS]; /* by flags */
};

static void body_unref(void *self)
{
    struct shared_body *body = self;
    if (atomic_fetch_sub(&body->n_users, 1) == 1)
        free(body);
}

static struct MHD_Response *share(struct shared_body *body, const struct http_response *response,
                                  unsigned flags)
{
    struct MHD_Response *answer = MHD_create_response_from_buffer_with_free_callback_cls(
        body->len, body->bytes, body_unref, body);
    if (answer != NULL)
        (void)atomic_fetch_add(&body->n_users, 1);
    return with_fields(answer, response, flags);
}

static struct shared_body *body_of(hg_str text)
{
    struct shared_body *body = malloc(sizeof(*body) + text.len);
    if (body == NULL)
        return NULL;
    atomic_init(&body->n_users, 1);
    body->len = text.len;
    if (text.len > 0)
        memcpy(body->bytes, text.ptr, text.len);
    return body;
}

static bool make_answers(struct edge_document *document, const struct http_response *response)
{
    struct shared_body *body = body_of(response->body);
    if (body == NULL)
        return false;
    bool made = true;
    for (unsigned flags = 0; made && flags < EDGE_ANSWERS; flags++) {
        document->answers[flags] = share(body, response, flags);
        made = document->answers[flags] != NULL;
    }
    body_unref(body);
    return made;
}

enum hg_code edge_document_new(const struct http_response *response, struct edge_document **out,
                               struct hg_err *err)
{
    struct edge_document *document = calloc(1, sizeof(*document));
    if (document == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "document");
    atomic_init(&document->n_users, 1);
    document->status = response->status;
    document->size = response->body.len;
    if (!make_answers(document, response)) {
        edge_document_unref(document);
        return HG_FAIL(err, HG_NO_MEMORY, "document of %zu bytes", response->body.len);
    }
    *out = document;
    return HG_OK;
}

struct edge_document *edge_document_ref(struct edge_document *document)
{
    (void)atomic_fetch_add(&document->n_users, 1);
    return document;
}

void edge_document_unref(struct edge_document *document)
{
    if (document == NULL || atomic_fetch_sub(&document->n_users, 1) != 1)
        return;
    for (size_t i = 0; i < EDGE_ANSWERS; i++) {
        if (document->answers[i] != NULL)
            MHD_destroy_response(document->answers[i]);
    }
    free(document);
}

struct MHD_Response *edge_document_answer(const struct edge_document *document, unsigned flags,
                                          unsigned *out_status)
{
    *out_status = document->status;
    return document->answers[flags];
}

size_t edge_document_size(const struct edge_document *document)
{
    return document->size;
}
