#include "base/base.h"
#include "edge/sql_private.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static uint64_t hash_of(const struct sql *sql)
{
    uint64_t hash = sql->n_pieces;
    for (size_t i = 0; i < sql->n_pieces; i++) {
        hash = (hash ^ (uint64_t)(uintptr_t)sql->pieces[i]) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return hash;
}

struct sql_slot *sql_cache_find(struct sql_cache *cache, const struct sql *sql)
{
    uint64_t hash = hash_of(sql);
    size_t n_bytes = sql->n_pieces * sizeof(*sql->pieces);
    for (size_t i = 0; i < cache->n; i++) {
        struct sql_slot *slot = &cache->slots[i];
        if (cache->hashes[i] != hash || slot->n_pieces != sql->n_pieces || slot->pieces == NULL ||
            memcmp((const void *)slot->pieces, (const void *)sql->pieces, n_bytes) != 0)
            continue;
        slot->last_used = ++cache->uses;
        return slot;
    }
    return NULL;
}

static void slot_clear(struct sql_slot *slot, void (*release)(void *statement))
{
    if (slot->statement != NULL)
        release(slot->statement);
    free((void *)slot->pieces);
    *slot = (struct sql_slot){0};
}

static size_t slot_choose(struct sql_cache *cache)
{
    if (cache->n < SQL_CACHE_SLOTS)
        return cache->n++;
    size_t oldest = 0;
    for (size_t i = 1; i < SQL_CACHE_SLOTS; i++)
        if (cache->slots[i].last_used < cache->slots[oldest].last_used)
            oldest = i;
    return oldest;
}

struct sql_slot *sql_cache_add(struct sql_cache *cache, const struct sql *sql,
                               void (*release)(void *statement))
{
    size_t n_bytes = sql->n_pieces * sizeof(*sql->pieces);
    const char **pieces = (const char **)malloc(n_bytes);
    if (pieces == NULL)
        return NULL;
    memcpy((void *)pieces, (const void *)sql->pieces, n_bytes);
    size_t at = slot_choose(cache);
    struct sql_slot *slot = &cache->slots[at];
    slot_clear(slot, release);
    slot->pieces = pieces;
    slot->n_pieces = sql->n_pieces;
    slot->last_used = ++cache->uses;
    cache->hashes[at] = hash_of(sql);
    return slot;
}

void sql_cache_clear(struct sql_cache *cache, void (*release)(void *statement))
{
    for (size_t i = 0; i < cache->n; i++)
        slot_clear(&cache->slots[i], release);
    cache->n = 0;
}
