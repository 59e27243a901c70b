#pragma once

#include "base/arena.h"
#include "base/defs.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* IPv4 and IPv6 addresses and ranges as values. An IPv4-mapped IPv6 address
 * (::ffff:a.b.c.d) is folded to IPv4 when parsed, so that a range written in
 * one form matches an address written in the other; zone ids are refused. */
struct hg_ip {
    unsigned char bytes[16]; /* IPv4 uses the first four */
    bool is_v6;
};

struct hg_cidr {
    struct hg_ip first; /* host bits masked */
    uint8_t prefix;     /* 0..32 or 0..128 */
};

HG_MUST_USE enum hg_code hg_ip_parse(hg_str text, struct hg_ip *out, struct hg_err *err);
hg_str hg_ip_text(struct hg_arena *arena, struct hg_ip ip); /* RFC 5952 form */
bool hg_ip_eq(struct hg_ip a, struct hg_ip b);
int hg_ip_cmp(struct hg_ip a, struct hg_ip b); /* within one family; IPv4 before IPv6 */

/* "10.0.0.0/8", "2001:db8::/32", or a bare address. Host bits are masked. */
HG_MUST_USE enum hg_code hg_cidr_parse(hg_str text, struct hg_cidr *out, struct hg_err *err);
bool hg_cidr_contains(const struct hg_cidr *range, struct hg_ip ip);
