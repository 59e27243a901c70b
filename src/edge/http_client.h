#pragma once

#include "base/base.h"
#include "http/http.h"

/* The outside over HTTP: struct http_client over libcurl, one curl-multi thread
 * for all calls; send() blocks its caller and may be called by any thread.
 * Follows no redirects, speaks http and https only, reads no proxy or .netrc
 * setting from the environment, asks for no compression. A URL with user name,
 * blanks or control bytes, a method or header name that is not a token and a
 * value with CR, LF or NUL are HG_MALFORMED before anything is sent.
 *
 * The guard (security.md F08-F10) looks at the address that is connected to, after
 * name resolution, so it does not matter how a host is spelled: loopback, private,
 * link-local, shared (100.64/10), multicast, reserved and their IPv6 forms are
 * refused with HG_FORBIDDEN unless the port allows them or the URL's host and port
 * are on its list (our own base URL, what an administrator listed). */
struct edge_http_options {
    const char *ca_file;    /* added to the system's authorities; NULL: none */
    size_t max_connections; /* 0: 256 */
    const char *user_agent; /* NULL: Headgate/VERSION */
};

struct edge_egress {
    bool is_private_allowed; /* --dev, and the CLI */
    const hg_str *hosts;     /* "host:port", compared without case: not guarded */
    size_t n_hosts;
    const char *unix_socket; /* the CLI to DATA/admin.sock; NULL: TCP */
};

struct edge_http_client;
HG_MUST_USE enum hg_code edge_http_client_open(const struct edge_http_options *options,
                                               struct edge_http_client **out, struct hg_err *err);
/* Calls that still run end with HG_UNAVAILABLE; all ports must be unused after. NULL is fine. */
void edge_http_client_close(struct edge_http_client *client);

/* A way out with its own rules over the same thread; lives as long as the client.
 * The rules are copied. A call without timeout gets 120 s, without max_body HG_MAX_RESPONSE. */
HG_MUST_USE enum hg_code edge_http_client_port(struct edge_http_client *client,
                                               const struct edge_egress *rules,
                                               struct http_client *out, struct hg_err *err);

/* Whether the guard refuses this address: everything but global unicast. */
bool edge_egress_is_private(struct hg_ip ip);
