/* Addresses and ranges: what is read is written and read again as the same. */

#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 1 << 20);
    if (arena == NULL)
        return 0;
    hg_str text = {(const char *)data, size};
    struct hg_ip ip;
    struct hg_ip again;
    struct hg_cidr range;
    if (hg_ip_parse(text, &ip, NULL) == HG_OK) {
        HG_ASSERT(hg_ip_parse(hg_ip_text(arena, ip), &again, NULL) == HG_OK);
        HG_ASSERT(hg_ip_eq(ip, again));
    }
    if (hg_cidr_parse(text, &range, NULL) == HG_OK) {
        HG_ASSERT(range.prefix <= (range.first.is_v6 ? 128 : 32));
        HG_ASSERT(hg_cidr_contains(&range, range.first));
    }
    return 0;
}
