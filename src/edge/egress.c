#include "base/base.h"
#include "edge/address_private.h"
#include "edge/http_client.h"
#include "edge/http_client_private.h"

#include <curl/curl.h>
#include <stddef.h>
#include <sys/socket.h>

/* The guard on where the server connects to (security.md F08-F10). It judges
 * addresses, not names: what a name resolves to is known only when the socket is
 * made, and that is the address that is then connected to. */

#define V4(a, b, c, prefix_) {.first = {.bytes = {a, b, c}}, .prefix = (prefix_)}
#define V6(a, b, c, d, prefix_) \
    {.first = {.bytes = {a, b, c, d}, .is_v6 = true}, .prefix = (prefix_)}

/* IANA's special-purpose registries; of IPv6 only 2000::/3 is global unicast. */
static const struct hg_cidr special[] = {
    V4(0, 0, 0, 8),                 /* this network */
    V4(10, 0, 0, 8),                /* private */
    V4(100, 64, 0, 10),             /* shared by carriers */
    V4(127, 0, 0, 8),               /* loopback */
    V4(169, 254, 0, 16),            /* link-local, where clouds keep their metadata */
    V4(172, 16, 0, 12),             /* private */
    V4(192, 0, 0, 24),              /* protocol assignments */
    V4(192, 0, 2, 24),              /* documentation */
    V4(192, 88, 99, 24),            /* 6to4 relays */
    V4(192, 168, 0, 16),            /* private */
    V4(198, 18, 0, 15),             /* benchmarks */
    V4(198, 51, 100, 24),           /* documentation */
    V4(203, 0, 113, 24),            /* documentation */
    V4(224, 0, 0, 3),               /* multicast, reserved, broadcast */
    V6(0x20, 0x01, 0, 0, 23),       /* protocol assignments, Teredo */
    V6(0x20, 0x01, 0x0d, 0xb8, 32), /* documentation */
    V6(0x20, 0x02, 0, 0, 16),       /* 6to4: an IPv4 address inside */
    V6(0x3f, 0xff, 0, 0, 20),       /* documentation */
};

bool edge_egress_is_private(struct hg_ip ip)
{
    static const struct hg_cidr global_v6 = V6(0x20, 0, 0, 0, 3);
    if (ip.is_v6 && !hg_cidr_contains(&global_v6, ip))
        return true;
    for (size_t i = 0; i < HG_COUNT(special); i++) {
        if (hg_cidr_contains(&special[i], ip))
            return true;
    }
    return false;
}

static bool may_connect(struct edge_call *call, struct hg_ip ip)
{
    if (call->is_exempt || call->port->rules.is_private_allowed || !edge_egress_is_private(ip))
        return true;
    call->is_refused = true;
    call->refused = ip;
    return false;
}

static curl_socket_t open_socket(void *self, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)purpose;
    struct edge_call *call = self;
    bool is_local = address->family == AF_UNIX && call->port->rules.unix_socket != NULL;
    if (!is_local &&
        (address->family == AF_UNIX || !may_connect(call, edge_address_ip(&address->addr))))
        return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* A connection that another port with other rules opened may be used again; it is
 * looked at, too, before anything is sent over it. */
/* NOLINTNEXTLINE(readability-non-const-parameter): curl says what it is */
static int before_request(void *self, char *remote_ip, char *local_ip, int remote_port,
                          int local_port)
{
    (void)local_ip;
    (void)remote_port;
    (void)local_port;
    struct edge_call *call = self;
    struct hg_ip ip;
    if (call->port->rules.unix_socket != NULL)
        return CURL_PREREQFUNC_OK;
    if (remote_ip == NULL || hg_ip_parse(hg_str_of(remote_ip), &ip, NULL) != HG_OK)
        return CURL_PREREQFUNC_ABORT;
    return may_connect(call, ip) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

void edge_egress_guard(struct edge_call *call)
{
    for (size_t i = 0; i < call->port->rules.n_hosts; i++)
        call->is_exempt |= hg_str_eq_nocase(call->port->rules.hosts[i], call->host);
    (void)curl_easy_setopt(call->easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    (void)curl_easy_setopt(call->easy, CURLOPT_OPENSOCKETDATA, call);
    (void)curl_easy_setopt(call->easy, CURLOPT_PREREQFUNCTION, before_request);
    (void)curl_easy_setopt(call->easy, CURLOPT_PREREQDATA, call);
}
