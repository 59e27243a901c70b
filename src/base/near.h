#pragma once

#include "base/str.h"

#include <stddef.h>

/* The name that was probably meant, for messages about an unknown one. Offer every known
 * name, then read `best`: the one with the fewest edits (insert, delete, replace, swap
 * neighbours; letter case free), or "" when none is near. */
struct hg_near {
    hg_str given, best;
    size_t edits; /* of best */
};

struct hg_near hg_near_to(hg_str given);
void hg_near_offer(struct hg_near *near, hg_str known);
