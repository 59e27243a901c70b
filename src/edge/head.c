#include "edge/head.h"

#include "base/base.h"
#include "crypto/cert.h"
#include "http/http.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { MOST_FIELD = 8 << 10 }; /* one header field, name and value */

/* What one walk over the fields finds, and what is built from it. */
struct check {
    const struct edge_head *head;
    struct edge_request request;
    struct hg_arena *arena;
    size_t n_hosts, n_lengths, n_encodings, n_expects, n_protos, n_forwarded_hosts;
    hg_str host, length, encoding, expect;
    hg_str forwarded_proto, forwarded_host; /* the last of each */
    struct edge_refusal *refusal;
};

static bool refuse(struct check *check, unsigned status, const char *reason)
{
    *check->refusal = (struct edge_refusal){.status = status, .reason = reason};
    return false;
}

static bool sizes_fit(struct check *check)
{
    const struct edge_head *head = check->head;
    if (head->target.len > HG_MAX_TARGET)
        return refuse(check, 414, "the request target is longer than 8192 bytes");
    if (head->fields.n > HG_MAX_FIELDS)
        return refuse(check, 431, "more than 100 header fields");
    if (head->size > HG_MAX_HEAD)
        return refuse(check, 431, "the request head is larger than 16 KiB");
    return true;
}

static bool version_is_spoken(struct check *check)
{
    hg_str version = check->head->version;
    if (hg_str_eq(version, HG_STR("HTTP/1.1")) || hg_str_eq(version, HG_STR("HTTP/1.0")))
        return true;
    return refuse(check, 505, "only HTTP/1.1 and HTTP/1.0 are spoken here");
}

static bool method_is_known(struct check *check)
{
    static const hg_str known[] = {HG_LIT("GET"),    HG_LIT("POST"),   HG_LIT("HEAD"),
                                   HG_LIT("PATCH"),  HG_LIT("DELETE"), HG_LIT("PUT"),
                                   HG_LIT("OPTIONS")};
    for (size_t i = 0; i < HG_COUNT(known); i++) {
        if (hg_str_eq(check->head->method, known[i]))
            return true;
    }
    return refuse(check, 501, "unknown method");
}

/* The fields that decide something here, and where they are noted. */
static const struct {
    hg_str name;
    size_t value, n;
} noted[] = {
    {HG_LIT("Host"), offsetof(struct check, host), offsetof(struct check, n_hosts)},
    {HG_LIT("Content-Length"), offsetof(struct check, length), offsetof(struct check, n_lengths)},
    {HG_LIT("Transfer-Encoding"), offsetof(struct check, encoding),
     offsetof(struct check, n_encodings)},
    {HG_LIT("Expect"), offsetof(struct check, expect), offsetof(struct check, n_expects)},
    {HG_LIT("X-Forwarded-Proto"), offsetof(struct check, forwarded_proto),
     offsetof(struct check, n_protos)},
    {HG_LIT("X-Forwarded-Host"), offsetof(struct check, forwarded_host),
     offsetof(struct check, n_forwarded_hosts)},
};

static void note_field(struct check *check, const struct http_field *field)
{
    for (size_t i = 0; i < HG_COUNT(noted); i++) {
        if (field->name.len != noted[i].name.len || !hg_str_eq_nocase(field->name, noted[i].name))
            continue;
        *(hg_str *)((char *)check + noted[i].value) = field->value;
        ++*(size_t *)((char *)check + noted[i].n);
    }
}

static bool fields_are_clean(struct check *check)
{
    const struct http_fields *fields = &check->head->fields;
    for (size_t i = 0; i < fields->n; i++) {
        const struct http_field *field = &fields->items[i];
        if (field->name.len + field->value.len > MOST_FIELD)
            return refuse(check, 431, "a header field is larger than 8 KiB");
        if (!edge_is_token(field->name))
            return refuse(check, 400, "a header field's name is not a token");
        if (!edge_is_field_value(field->value))
            return refuse(check, 400, "a header field's value holds control bytes");
        note_field(check, field);
    }
    return true;
}

static hg_str without_port(hg_str host)
{
    size_t colon = hg_str_find_last_byte(host, ':');
    size_t bracket = hg_str_find_last_byte(host, ']');
    bool has_port = colon != HG_NPOS && (bracket == HG_NPOS || colon > bracket);
    return has_port ? hg_str_sub(host, 0, colon) : host;
}

static bool host_is_ours(const struct edge_head *head, hg_str host)
{
    hg_str name = without_port(host);
    for (size_t i = 0; i < head->n_hosts; i++) {
        if (hg_str_eq_nocase(name, head->hosts[i]))
            return true;
    }
    return head->n_hosts == 0;
}

static bool host_is_one(struct check *check)
{
    if (check->n_hosts == 0)
        return refuse(check, 400, "no Host field");
    if (check->n_hosts > 1)
        return refuse(check, 400, "more than one Host field");
    if (!edge_is_host(check->host))
        return refuse(check, 400, "the Host field is not a host name");
    check->request.http.host = check->host;
    return true;
}

/* RFC 9112 §6.1: a message with both, or with any coding but chunked, is where
 * two parsers part ways; there is no safe reading. */
static bool framing_is_plain(struct check *check)
{
    if (check->n_lengths > 1)
        return refuse(check, 400, "more than one Content-Length field");
    if (check->n_encodings > 1)
        return refuse(check, 400, "more than one Transfer-Encoding field");
    if (check->n_lengths == 1 && check->n_encodings == 1)
        return refuse(check, 400, "Content-Length together with Transfer-Encoding");
    if (check->n_lengths == 1 && !hg_str_u64(check->length, INT64_MAX, &check->request.length))
        return refuse(check, 400, "Content-Length is not a number");
    if (check->n_encodings == 0)
        return true;
    if (hg_str_eq(check->head->version, HG_STR("HTTP/1.0")))
        return refuse(check, 400, "Transfer-Encoding in an HTTP/1.0 request");
    if (!hg_str_eq_nocase(check->encoding, HG_STR("chunked")))
        return refuse(check, 400, "the only transfer coding understood is chunked");
    check->request.is_chunked = true;
    return true;
}

static bool expectation_is_met(struct check *check)
{
    if (check->n_expects == 0 ||
        (check->n_expects == 1 && hg_str_eq_nocase(check->expect, HG_STR("100-continue"))))
        return true;
    return refuse(check, 417, "the only expectation met is 100-continue");
}

/* RFC 9112 §3.2.2: absolute-form, whose authority must say what Host says. */
static bool cut_authority(struct check *check, hg_str *target)
{
    hg_str rest;
    if (hg_str_starts_nocase(*target, HG_STR("https://")))
        rest = hg_str_from(*target, 8);
    else if (hg_str_starts_nocase(*target, HG_STR("http://")))
        rest = hg_str_from(*target, 7);
    else
        return refuse(check, 400, "the request target is neither a path nor an http URL");
    size_t end = 0;
    while (end < rest.len && rest.ptr[end] != '/' && rest.ptr[end] != '?')
        end++;
    if (!hg_str_eq_nocase(hg_str_sub(rest, 0, end), check->host))
        return refuse(check, 400, "the request target names another host than Host");
    *target = hg_str_from(rest, end);
    return true;
}

static bool is_target_text(hg_str target)
{
    for (size_t i = 0; i < target.len; i++) {
        unsigned char c = (unsigned char)target.ptr[i];
        if (c <= 0x20 || c >= 0x7f || c == '#')
            return false;
    }
    return true;
}

static bool target_has_one_form(struct check *check)
{
    struct http_request *http = &check->request.http;
    hg_str target = check->head->target;
    if (!is_target_text(target))
        return refuse(check, 400, "the request target holds bytes that must be percent-encoded");
    if (hg_str_eq(target, HG_STR("*"))) {
        http->path = target;
        return hg_str_eq(check->head->method, HG_STR("OPTIONS")) ||
               refuse(check, 400, "the request target * is for OPTIONS alone");
    }
    if (!hg_str_starts(target, HG_STR("/")) && !cut_authority(check, &target))
        return false;
    if (target.len == 0 || target.ptr[0] == '?') { /* an absolute target without a path */
        http->path = HG_STR("/");
        http->query = hg_str_from(target, 1);
        return true;
    }
    enum hg_code code = http_target_parse(check->arena, target, &http->path, &http->query, NULL);
    if (code == HG_NO_MEMORY)
        return refuse(check, 503, "no memory for this request");
    return code == HG_OK || refuse(check, 400,
                                   "the path has bad percent-encoding, NUL, text that is not "
                                   "UTF-8, or the segment . or ..");
}

static hg_str last_item(hg_str list)
{
    size_t comma = hg_str_find_last_byte(list, ',');
    return hg_str_trim(comma == HG_NPOS ? list : hg_str_from(list, comma + 1));
}

static bool proxy_is_understood(struct check *check)
{
    const struct edge_head *head = check->head;
    struct http_request *http = &check->request.http;
    http->scheme = head->is_tls ? HG_STR("https") : HG_STR("http");
    if (!edge_forwarded_for(head, &http->peer))
        return refuse(check, 400, "X-Forwarded-For holds something that is not an address");
    if (!head->is_local_socket && edge_is_trusted(head, head->peer)) {
        hg_str proto = last_item(check->forwarded_proto);
        hg_str host = last_item(check->forwarded_host);
        if (proto.len > 0 && !hg_str_eq_nocase(proto, HG_STR("https")) &&
            !hg_str_eq_nocase(proto, HG_STR("http")))
            return refuse(check, 400, "X-Forwarded-Proto is neither http nor https");
        if (host.len > 0 && !edge_is_host(host))
            return refuse(check, 400, "X-Forwarded-Host is not a host name");
        if (proto.len > 0)
            http->scheme = proto.len == 5 ? HG_STR("https") : HG_STR("http");
        if (host.len > 0)
            http->host = host;
    }
    check->request.is_secure = http->scheme.len == 5;
    return true;
}

/* Values become parts of JSON, of rows and of the log. */
static bool values_are_utf8(struct check *check)
{
    const struct http_fields *fields = &check->head->fields;
    struct http_field *copies = NULL;
    check->request.http.headers = *fields;
    for (size_t i = 0; i < fields->n; i++) {
        if (hg_utf8_valid(fields->items[i].value))
            continue;
        if (copies == NULL) {
            copies = HG_NEW_ARRAY(check->arena, struct http_field, fields->n);
            if (copies == NULL)
                return refuse(check, 503, "no memory for this request");
            memcpy(copies, fields->items, fields->n * sizeof(*copies));
            check->request.http.headers.items = copies;
        }
        copies[i].value = hg_utf8_or_latin1(check->arena, fields->items[i].value);
    }
    return !hg_arena_exhausted(check->arena) || refuse(check, 503, "no memory for this request");
}

/* "-----BEGIN%20CERTIFICATE-----%0A…", as nginx's $ssl_client_escaped_cert has it. What is no
 * certificate is none: the device is then not known. */
static hg_str passed_certificate(struct check *check, hg_str value)
{
    hg_str pem;
    hg_str der;
    if (value.len == 0 || http_percent_decode(check->arena, value, false, &pem, NULL) != HG_OK ||
        crypto_pem_read(check->arena, "CERTIFICATE", pem, &der, NULL) != HG_OK ||
        der.len > HG_MAX_CERT_DER)
        return HG_STR("");
    return der;
}

static bool copy_without(struct check *check, hg_str name)
{
    struct http_fields *fields = &check->request.http.headers;
    struct http_field *kept = HG_NEW_ARRAY(check->arena, struct http_field, fields->n);
    size_t n = 0;
    if (kept == NULL)
        return refuse(check, 503, "no memory for this request");
    for (size_t i = 0; i < fields->n; i++)
        if (!hg_str_eq_nocase(fields->items[i].name, name))
            kept[n++] = fields->items[i];
    *fields = (struct http_fields){kept, n};
    return true;
}

/* Whatever a client writes into the proxies' field is not believed, and nobody sees it. */
static bool certificate_is_read(struct check *check)
{
    const struct edge_head *head = check->head;
    struct http_request *http = &check->request.http;
    http->client_certificate = head->certificate;
    bool is_proxy = !head->is_local_socket && edge_is_trusted(head, head->peer);
    size_t n = 0;
    for (size_t i = 0; head->certificate_field.len > 0 && i < http->headers.n; i++) {
        const struct http_field *field = &http->headers.items[i];
        if (!hg_str_eq_nocase(field->name, head->certificate_field))
            continue;
        if (is_proxy && ++n > 1)
            return refuse(check, 400, "a client certificate was passed on twice");
        if (is_proxy)
            http->client_certificate = passed_certificate(check, field->value);
    }
    return head->certificate_field.len == 0 || copy_without(check, head->certificate_field);
}

static bool host_is_served(struct check *check)
{
    if (check->head->is_local_socket || host_is_ours(check->head, check->request.http.host))
        return true;
    return refuse(check, 421, "this server does not answer for that host");
}

bool edge_head_check(struct hg_arena *arena, const struct edge_head *head, struct edge_request *out,
                     struct edge_refusal *out_refusal)
{
    static bool (*const steps[])(struct check *) = {
        sizes_fit,           version_is_spoken, method_is_known,    fields_are_clean,
        framing_is_plain,    host_is_one,       expectation_is_met, target_has_one_form,
        proxy_is_understood, host_is_served,    values_are_utf8,    certificate_is_read,
    };
    struct check check = {.head = head, .arena = arena, .refusal = out_refusal};
    for (size_t i = 0; i < HG_COUNT(steps); i++) {
        if (!steps[i](&check))
            return false;
    }
    check.request.http.method = head->method;
    check.request.http.target = head->target;
    check.request.http.is_local_socket = head->is_local_socket;
    *out = check.request;
    return true;
}
