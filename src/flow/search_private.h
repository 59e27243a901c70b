#pragma once

#include "base/base.h"

/* All places of a needle in a text, overlapping ones too, in time that grows with the
 * sum of both lengths (Knuth, Morris, Pratt): texts come from outside. */
struct flow_search {
    hg_str text, needle;
    uint32_t *fallback; /* of each prefix of the needle: its longest proper border */
    size_t at, matched;
};

/* False: the arena ended, or the needle is longer than 4 GiB. The needle is not empty. */
HG_MUST_USE bool flow_search_start(struct hg_arena *arena, hg_str text, hg_str needle,
                                   struct flow_search *out);
/* Byte offset of the next place, HG_NPOS when there is none. */
size_t flow_search_next(struct flow_search *search);
