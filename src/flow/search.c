#include "base/base.h"
#include "flow/search_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static size_t extend(const struct flow_search *search, size_t matched, char c)
{
    while (matched > 0 && search->needle.ptr[matched] != c)
        matched = search->fallback[matched - 1];
    return search->needle.ptr[matched] == c ? matched + 1 : 0;
}

bool flow_search_start(struct hg_arena *arena, hg_str text, hg_str needle, struct flow_search *out)
{
    HG_ASSERT(needle.len > 0);
    *out = (struct flow_search){.text = text, .needle = needle};
    if (needle.len > UINT32_MAX)
        return false;
    out->fallback = HG_NEW_ARRAY(arena, uint32_t, needle.len);
    if (out->fallback == NULL)
        return false;
    for (size_t i = 1; i < needle.len; i++)
        out->fallback[i] = (uint32_t)extend(out, out->fallback[i - 1], needle.ptr[i]);
    return true;
}

size_t flow_search_next(struct flow_search *search)
{
    while (search->at < search->text.len) {
        search->matched = extend(search, search->matched, search->text.ptr[search->at++]);
        if (search->matched < search->needle.len)
            continue;
        search->matched = search->fallback[search->needle.len - 1];
        return search->at - search->needle.len;
    }
    return HG_NPOS;
}
