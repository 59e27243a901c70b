#include "base/base.h"
#include "edge/listener.h"
#include "edge/listener_private.h"

#include <asm-generic/socket.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

struct address {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_un local;
    };
    socklen_t len;
};

static void set_ip(struct address *address, struct hg_ip ip, uint16_t port)
{
    if (ip.is_v6) {
        address->v6.sin6_family = AF_INET6;
        address->v6.sin6_port = htons(port);
        memcpy(&address->v6.sin6_addr, ip.bytes, 16);
        address->len = sizeof(address->v6);
    } else {
        address->v4.sin_family = AF_INET;
        address->v4.sin_port = htons(port);
        memcpy(&address->v4.sin_addr, ip.bytes, 4);
        address->len = sizeof(address->v4);
    }
}

static bool is_loopback(struct hg_ip ip)
{
    static const unsigned char one[16] = {[15] = 1};
    return ip.is_v6 ? memcmp(ip.bytes, one, sizeof(one)) == 0 : ip.bytes[0] == 127;
}

/* "" stands for every address of the machine, IPv6 and IPv4 through one socket. */
static enum hg_code parse_host(const struct edge_binding *binding, struct hg_ip *out,
                               struct hg_err *err)
{
    struct hg_ip ip = {.is_v6 = binding->host.len == 0};
    if (hg_str_eq_nocase(binding->host, HG_STR("localhost")))
        ip = (struct hg_ip){.bytes = {127, 0, 0, 1}};
    else if (binding->host.len > 0 && hg_ip_parse(binding->host, &ip, NULL) != HG_OK)
        return HG_FAIL(err, HG_MALFORMED,
                       "cannot listen on '%.*s': write an IP address or localhost",
                       HG_ARG(binding->host));
    if (binding->kind == EDGE_BINDING_PLAIN && !is_loopback(ip))
        return HG_FAIL(err, HG_FORBIDDEN,
                       "plain HTTP is served on loopback addresses alone, not on '%.*s'",
                       HG_ARG(binding->host));
    *out = ip;
    return HG_OK;
}

static enum hg_code fail_bind(const struct edge_binding *binding, struct hg_err *err)
{
    int why = errno;
    enum hg_code code = why == EADDRINUSE ? HG_EXISTS : HG_IO;
    if (binding->kind == EDGE_BINDING_LOCAL)
        return HG_FAIL(err, code, "cannot listen on %s: %s", binding->path, strerrordesc_np(why));
    return HG_FAIL(err, code, "cannot listen on %.*s port %u: %s", HG_ARG(binding->host),
                   binding->port, strerrordesc_np(why));
}

static void close_fd(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

/* A machine without IPv6 still serves "" over IPv4. */
static int open_socket(struct address *address, bool is_any, uint16_t port)
{
    int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    int fd = socket(address->any.sa_family, type, 0);
    if (fd < 0 && is_any) {
        set_ip(address, (struct hg_ip){0}, port);
        fd = socket(AF_INET, type, 0);
    }
    int zero = 0;
    if (fd >= 0 && is_any && address->any.sa_family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof(zero));
    return fd;
}

static enum hg_code listen_tcp(const struct edge_binding *binding, int *out_fd, uint16_t *out_port,
                               struct hg_err *err)
{
    struct hg_ip ip;
    HG_TRY(parse_host(binding, &ip, err));
    struct address address = {.len = 0};
    set_ip(&address, ip, binding->port);
    int fd = open_socket(&address, binding->host.len == 0, binding->port);
    HG_CLEANUP(close_fd) int guard = fd;
    int one = 1;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
        bind(fd, &address.any, address.len) != 0 || listen(fd, BACKLOG) != 0)
        return fail_bind(binding, err);
    struct address bound = {.len = sizeof(bound)};
    if (getsockname(fd, &bound.any, &bound.len) != 0)
        return fail_bind(binding, err);
    *out_port = ntohs(bound.any.sa_family == AF_INET6 ? bound.v6.sin6_port : bound.v4.sin_port);
    *out_fd = fd;
    guard = -1;
    return HG_OK;
}

/* A socket file that no one listens on was left by a process that died. */
static void remove_stale(const struct address *address)
{
    HG_CLEANUP(close_fd) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, &address->any, address->len) != 0 && errno == ECONNREFUSED)
        (void)unlink(address->local.sun_path);
}

/* The mode is set before bind() makes the name, so it is never open to others. */
static enum hg_code listen_local(const struct edge_binding *binding, int *out_fd,
                                 struct hg_err *err)
{
    struct address address = {.local = {.sun_family = AF_UNIX}, .len = sizeof(address.local)};
    size_t len = binding->path == NULL ? 0 : strlen(binding->path);
    if (len == 0 || len >= sizeof(address.local.sun_path))
        return HG_FAIL(err, HG_TOO_BIG, "a unix socket's path has 1 to %zu bytes",
                       sizeof(address.local.sun_path) - 1);
    memcpy(address.local.sun_path, binding->path, len);
    remove_stale(&address);
    HG_CLEANUP(close_fd) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || fchmod(fd, 0600) != 0 || bind(fd, &address.any, address.len) != 0 ||
        listen(fd, BACKLOG) != 0)
        return fail_bind(binding, err);
    *out_fd = fd;
    fd = -1;
    return HG_OK;
}

enum hg_code edge_socket_listen(const struct edge_binding *binding, int *out_fd, uint16_t *out_port,
                                struct hg_err *err)
{
    if (binding->kind != EDGE_BINDING_LOCAL)
        return listen_tcp(binding, out_fd, out_port, err);
    HG_TRY(listen_local(binding, out_fd, err));
    *out_port = 0;
    return HG_OK;
}
