#pragma once

#include "base/base.h"

/* Finding members by name and values by themselves in constant time: tables of places
 * in an array that the caller owns. Objects and arrays come from outside and may be
 * large, so nothing that compares all with all may search them one by one. */
struct flow_index {
    uint32_t *places; /* 0: free; else position + 1 */
    size_t mask;
};

/* For up to `n` entries. False: the arena ended. */
HG_MUST_USE bool flow_index_start(struct hg_arena *arena, size_t n, struct flow_index *out);

/* The place of this name or value: *place is position + 1, or 0 when it is not there
 * and may be entered. */
uint32_t *flow_index_name(const struct flow_index *index, const struct hg_json_member *members,
                          hg_str name);
uint32_t *flow_index_value(struct hg_arena *arena, const struct flow_index *index,
                           const struct hg_json *items, const struct hg_json *value);

/* All members of an object entered. */
HG_MUST_USE bool flow_index_members(struct hg_arena *arena, const struct hg_json *object,
                                    struct flow_index *out);
