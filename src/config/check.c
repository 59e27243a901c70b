#include "base/base.h"
#include "config/config_private.h"

#include <stdbool.h>

enum {
    ONE_PASS_KIB = 46 << 10
}; /* OWASP's pairs of memory and passes: 46 MiB once, 19 MiB twice */

static bool is_loopback(hg_str host)
{
    struct hg_ip ip;
    struct hg_cidr v4;
    struct hg_cidr v6;
    if (hg_str_eq_nocase(host, HG_STR("localhost")))
        return true;
    if (hg_ip_parse(host, &ip, NULL) != HG_OK ||
        hg_cidr_parse(HG_STR("127.0.0.0/8"), &v4, NULL) != HG_OK ||
        hg_cidr_parse(HG_STR("::1/128"), &v6, NULL) != HG_OK)
        return false;
    return hg_cidr_contains(&v4, ip) || hg_cidr_contains(&v6, ip);
}

enum hg_code config_check(const struct config *config, struct hg_err *err)
{
    if (config->server_plain_listen.is_set && !is_loopback(config->server_plain_listen.host))
        return HG_FAIL(err, HG_MALFORMED,
                       "server.plain_listen = %.*s: only loopback may be served without TLS",
                       HG_ARG(config->server_plain_listen.host));
    if ((config->tls_certificate.len > 0) != (config->tls_key.len > 0))
        return HG_FAIL(err, HG_MALFORMED, "tls.certificate and tls.key: set both or neither");
    if (config->argon2_memory < ONE_PASS_KIB && config->argon2_passes < 2)
        return HG_FAIL(err, HG_MALFORMED,
                       "argon2.passes = 1: at least 2 with less than %d KiB of argon2.memory",
                       ONE_PASS_KIB);
    if (config->smtp_server.is_set && hg_str_find_byte(config->smtp_from, '@') == HG_NPOS)
        return HG_FAIL(err, HG_MALFORMED, "smtp.from = %.*s: an address with '@'",
                       HG_ARG(hg_str_sub(config->smtp_from, 0, 40)));
    return HG_OK;
}
