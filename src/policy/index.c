#include "base/base.h"
#include "policy/set_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Letters differ from their other case by one bit; folding it on every byte may make
 * other keys collide, which the comparison sorts out. */
static uint64_t hash_key(hg_str key)
{
    const uint64_t fold = UINT64_C(0x2020202020202020);
    const uint64_t mix = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t hash = key.len * mix;
    size_t i = 0;
    for (; i + 8 <= key.len; i += 8) {
        uint64_t chunk;
        memcpy(&chunk, key.ptr + i, sizeof(chunk));
        hash = (hash ^ (chunk | fold)) * mix;
        hash ^= hash >> 29;
    }
    for (; i < key.len; i++)
        hash = (hash ^ ((unsigned char)key.ptr[i] | 0x20u)) * mix;
    return hash ^ hash >> 32;
}

bool policy_index_init(struct policy_index *index, struct hg_arena *arena, size_t n, size_t n_words)
{
    size_t n_slots = n == 0 ? 0 : 8;
    while (n_slots < n * 2)
        n_slots *= 2;
    *index = (struct policy_index){.arena = arena, .n_slots = n_slots, .n_words = n_words};
    index->slots = HG_NEW_ARRAY(arena, struct policy_slot, n_slots);
    return index->slots != NULL;
}

/* Ids are in one letter case nearly always, and then bytes compare faster. */
static bool is_key(hg_str stored, hg_str key)
{
    return hg_str_eq(stored, key) || hg_str_eq_nocase(stored, key);
}

/* The slot of the key, or the free one where it would go. */
static struct policy_slot *slot_of(const struct policy_index *index, hg_str key)
{
    size_t at = (size_t)hash_key(key) & (index->n_slots - 1);
    while (index->slots[at].key.ptr != NULL && !is_key(index->slots[at].key, key))
        at = (at + 1) & (index->n_slots - 1);
    return &index->slots[at];
}

struct policy_naming *policy_index_put(struct policy_index *index, hg_str key)
{
    struct policy_slot *slot = slot_of(index, key);
    if (slot->key.ptr != NULL)
        return &slot->naming;
    uint64_t *masks = HG_NEW_ARRAY(index->arena, uint64_t, index->n_words * 2);
    if (masks == NULL)
        return NULL;
    slot->key = key.ptr == NULL ? HG_STR("") : key;
    slot->naming = (struct policy_naming){.include = masks, .exclude = masks + index->n_words};
    return &slot->naming;
}

const struct policy_naming *policy_index_find(const struct policy_index *index, hg_str key)
{
    if (index->n_slots == 0)
        return NULL;
    const struct policy_slot *slot = slot_of(index, key);
    return slot->key.ptr == NULL ? NULL : &slot->naming;
}
