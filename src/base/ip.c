#include "base/ip.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/scan.h"
#include "base/str.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

enum { LONGEST_ADDRESS = 45 };

static const unsigned char mapped_prefix[12] = {[10] = 0xff, [11] = 0xff};

static struct hg_ip fold_mapped(struct hg_ip ip)
{
    if (!ip.is_v6 || memcmp(ip.bytes, mapped_prefix, sizeof(mapped_prefix)) != 0)
        return ip;
    struct hg_ip folded = {.is_v6 = false};
    memcpy(folded.bytes, ip.bytes + 12, 4);
    return folded;
}

enum hg_code hg_ip_parse(hg_str text, struct hg_ip *out, struct hg_err *err)
{
    char z[LONGEST_ADDRESS + 1] = {0};
    if (text.len == 0 || text.len > LONGEST_ADDRESS || memchr(text.ptr, '\0', text.len) != NULL)
        return HG_FAIL(err, HG_MALFORMED, "not an IP address");
    memcpy(z, text.ptr, text.len);

    struct hg_ip ip = {.is_v6 = strchr(z, ':') != NULL};
    if (inet_pton(ip.is_v6 ? AF_INET6 : AF_INET, z, ip.bytes) != 1)
        return HG_FAIL(err, HG_MALFORMED, "'%s' is not an IP address", z);
    *out = fold_mapped(ip);
    return HG_OK;
}

hg_str hg_ip_text(struct hg_arena *arena, struct hg_ip ip)
{
    char z[INET6_ADDRSTRLEN];
    const char *text = inet_ntop(ip.is_v6 ? AF_INET6 : AF_INET, ip.bytes, z, sizeof(z));
    return hg_str_dup(arena, hg_str_of(text));
}

bool hg_ip_eq(struct hg_ip a, struct hg_ip b)
{
    return hg_ip_cmp(a, b) == 0;
}

int hg_ip_cmp(struct hg_ip a, struct hg_ip b)
{
    if (a.is_v6 != b.is_v6)
        return a.is_v6 ? 1 : -1;
    return memcmp(a.bytes, b.bytes, a.is_v6 ? 16 : 4);
}

static void mask_host_bits(struct hg_ip *ip, unsigned prefix)
{
    for (unsigned i = 0; i < 16; i++) {
        unsigned keep = prefix > i * 8 ? prefix - i * 8 : 0;
        if (keep < 8)
            ip->bytes[i] = (unsigned char)(ip->bytes[i] & (0xff00u >> keep));
    }
}

enum hg_code hg_cidr_parse(hg_str text, struct hg_cidr *out, struct hg_err *err)
{
    hg_str address;
    hg_str length;
    bool has_length = hg_str_cut(text, '/', &address, &length);

    struct hg_ip ip = {0};
    HG_TRY(hg_ip_parse(address, &ip, err));
    uint64_t most = ip.is_v6 ? 128 : 32;
    bool was_mapped = !ip.is_v6 && hg_str_find_byte(address, ':') != HG_NPOS;
    uint64_t offset = was_mapped ? 96 : 0;
    uint64_t prefix = most + offset;
    struct hg_scan scan = hg_scan_of(length);
    if (has_length && (!hg_scan_u64(&scan, most + offset, &prefix) || !hg_scan_done(&scan)))
        return HG_FAIL(err, HG_MALFORMED, "'%.*s' is not a prefix length", HG_ARG(length));
    if (prefix < offset)
        return HG_FAIL(err, HG_MALFORMED, "the range mixes IPv4 and IPv6");

    prefix -= offset;
    mask_host_bits(&ip, (unsigned)prefix);
    *out = (struct hg_cidr){.first = ip, .prefix = (uint8_t)prefix};
    return HG_OK;
}

bool hg_cidr_contains(const struct hg_cidr *range, struct hg_ip ip)
{
    if (ip.is_v6 != range->first.is_v6)
        return false;
    mask_host_bits(&ip, range->prefix);
    return memcmp(ip.bytes, range->first.bytes, ip.is_v6 ? 16 : 4) == 0;
}
