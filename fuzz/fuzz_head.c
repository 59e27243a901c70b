/* Request heads as the listener judges them: what is accepted has one reading. The
 * input's first line is the request line, each further one a field. */

#include "base/base.h"
#include "edge/head.h"
#include "http/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_FIELDS = HG_MAX_FIELDS + 10 };

static size_t take_fields(hg_str text, struct http_field *fields)
{
    size_t n = 0;
    while (text.len > 0 && n < MOST_FIELDS) {
        hg_str line;
        hg_str value;
        (void)hg_str_cut(text, '\n', &line, &text);
        (void)hg_str_cut(line, ':', &fields[n].name, &value);
        fields[n++].value = hg_str_trim(value);
    }
    return n;
}

static size_t count(const struct http_fields *fields, const char *name)
{
    size_t n = 0;
    for (size_t i = 0; i < fields->n; i++)
        n += hg_str_eq_nocase(fields->items[i].name, hg_str_of(name));
    return n;
}

static void check_accepted(const struct edge_head *head, const struct edge_request *request)
{
    const struct http_request *http = &request->http;
    HG_ASSERT(edge_is_host(http->host) && count(&head->fields, "Host") == 1);
    HG_ASSERT(count(&head->fields, "Content-Length") + count(&head->fields, "Transfer-Encoding") <=
              1);
    HG_ASSERT(!request->is_chunked || request->length == 0);
    HG_ASSERT(hg_utf8_valid(http->path) && hg_str_find_byte(http->path, '\0') == HG_NPOS);
    HG_ASSERT(hg_str_starts(http->path, HG_STR("/")) || hg_str_eq(http->path, HG_STR("*")));
    HG_ASSERT(request->is_secure == hg_str_eq(http->scheme, HG_STR("https")));
    for (size_t i = 0; i < head->fields.n; i++)
        HG_ASSERT(edge_is_token(head->fields.items[i].name) &&
                  edge_is_field_value(head->fields.items[i].value));
    HG_ASSERT(http->headers.n == head->fields.n);
    for (size_t i = 0; i < http->headers.n; i++)
        HG_ASSERT(hg_utf8_valid(http->headers.items[i].value));
    HG_ASSERT(!edge_is_trusted(head, http->peer) || edge_is_trusted(head, head->peer));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 1 << 20);
    static struct http_field fields[MOST_FIELDS];
    struct hg_cidr trusted;
    if (arena == NULL || hg_cidr_parse(HG_STR("10.0.0.0/8"), &trusted, NULL) != HG_OK)
        return 0;
    hg_str text = {(const char *)data, size};
    struct edge_head head = {.size = size,
                             .trusted_proxies = &trusted,
                             .n_trusted_proxies = 1,
                             .peer = {.bytes = {10, 0, 0, 1}}};
    hg_str line;
    (void)hg_str_cut(text, '\n', &line, &text);
    (void)hg_str_cut(line, ' ', &head.method, &line);
    (void)hg_str_cut(line, ' ', &head.target, &head.version);
    head.fields = (struct http_fields){.items = fields, .n = take_fields(text, fields)};
    struct edge_request request;
    struct edge_refusal refusal = {0};
    if (edge_head_check(arena, &head, &request, &refusal))
        check_accepted(&head, &request);
    else
        HG_ASSERT(refusal.status >= 400 && refusal.status < 600 && refusal.reason != NULL);
    return 0;
}
