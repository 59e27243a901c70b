#pragma once

#include "base/base.h"
#include "http/http.h"

/* The head of a request, as libmicrohttpd split it, judged by the rules of
 * RFC 9110 and 9112 that the library does not hold up. Pure: the listener and
 * the fuzz target call the same function. What it accepts is one canonical form;
 * what it refuses ends the connection, because the two sides may no longer agree
 * on where the next request starts. */
struct edge_head {
    hg_str method, target, version;
    struct http_fields fields; /* values without blanks around them */
    size_t size;               /* bytes of the whole head as they came */
    struct hg_ip peer;
    bool is_tls;
    bool is_local_socket;
    const struct hg_cidr *trusted_proxies;
    size_t n_trusted_proxies;
    const hg_str *hosts; /* names (without port) that are answered; none: any */
    size_t n_hosts;
    hg_str certificate;       /* DER, of the handshake; empty: none was shown */
    hg_str certificate_field; /* name of the field in which a trusted proxy passes one on as PEM,
                                 percent-encoded; empty: none. Others' are taken away */
};

struct edge_refusal {
    unsigned status;
    const char *reason; /* a literal: what was wrong, for the client */
};

struct edge_request {
    struct http_request http; /* borrows from the head; its path lives in the arena; no body yet */
    bool is_chunked;
    uint64_t length; /* of the body, unless chunked */
    bool is_secure;  /* the client's side is TLS: here, or at a trusted proxy */
};

/* Fills *out (true) or *out_refusal. Values that are not UTF-8 are taken as ISO-8859-1. */
bool edge_head_check(struct hg_arena *arena, const struct edge_head *head, struct edge_request *out,
                     struct edge_refusal *out_refusal);

/* The client behind trusted proxies: from the right, the first address of
 * X-Forwarded-For that is not a trusted proxy; the leftmost when all are. False
 * when what a proxy wrote is no address: then there is no client to speak of. */
bool edge_forwarded_for(const struct edge_head *head, struct hg_ip *out);
bool edge_is_trusted(const struct edge_head *head, struct hg_ip ip);

bool edge_is_token(hg_str text);       /* RFC 9110 §5.6.2 */
bool edge_is_field_value(hg_str text); /* no control bytes but tab */
bool edge_is_host(hg_str text);        /* name, IPv4 or [IPv6], with or without :port */
