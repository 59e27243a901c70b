#pragma once

#include "base/defs.h"
#include "base/str.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>

/* An arena hands out zeroed memory that is released all at once. Domain code
 * never calls malloc() or free(): it is given the arena whose lifetime its
 * result should have.
 *
 *   request arena   one HTTP exchange; reset after the last byte
 *   snapshot arena  one loaded tenant configuration; freed with its last user
 *   scratch frame   one function; everything after the mark goes away at the
 *                   closing brace, by HG_SCRATCH
 *
 * Running past `limit` is an error the caller sees, not an abort: a hostile
 * request may exhaust its own arena, never the process. Blocks are taken as
 * needed, so a generous limit costs nothing until it is used. With
 * HG_ARENA_EMULATE each allocation is a malloc of its own, so that ASan sees
 * every byte written past an object. Not thread-safe: one arena, one thread. */
struct hg_arena;

HG_MUST_USE struct hg_arena *hg_arena_new(const char *name, size_t limit);
void hg_arena_free(struct hg_arena *arena);         /* NULL is fine */
void hg_arena_freep(struct hg_arena **arena);       /* for HG_CLEANUP */
void hg_arena_reset(struct hg_arena *arena);        /* everything goes; the arena stays usable */
size_t hg_arena_used(const struct hg_arena *arena); /* bytes handed out */

/* Returns NULL when the arena's limit would be passed; from then on
 * hg_arena_exhausted() is true until the arena is reset. */
HG_MUST_USE void *hg_arena_alloc(struct hg_arena *arena, size_t size, size_t align);
HG_MUST_USE void *hg_arena_array(struct hg_arena *arena, size_t n, size_t size, size_t align);
bool hg_arena_exhausted(const struct hg_arena *arena);

#define HG_NEW(arena, type) ((type *)hg_arena_alloc((arena), sizeof(type), alignof(type)))
#define HG_NEW_ARRAY(arena, type, n) \
    ((type *)hg_arena_array((arena), (n), sizeof(type), alignof(type)))

struct hg_mark {
    struct hg_arena *arena;
    void *block;
    size_t used;
    size_t total;
};

struct hg_mark hg_arena_mark(struct hg_arena *arena);
void hg_arena_rewind(const struct hg_mark *mark);

#define HG_SCRATCH(arena) \
    HG_CLEANUP(hg_arena_rewind) const struct hg_mark scratch_mark_ = hg_arena_mark(arena)
