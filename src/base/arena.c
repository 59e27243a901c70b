#include "base/arena.h"

#include "base/defs.h"

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20 };

/* Blocks form a stack: the newest is on top and the only one with room. */
struct block {
    struct block *below;
    size_t size;
    size_t used;
    _Alignas(max_align_t) unsigned char bytes[];
};

struct hg_arena {
    const char *name;
    size_t limit;
    size_t total; /* bytes handed out, padding included */
    bool exhausted;
    struct block *top;
};

struct hg_arena *hg_arena_new(const char *name, size_t limit)
{
    struct hg_arena *arena = calloc(1, sizeof(*arena));
    if (arena == NULL)
        return NULL;
    arena->name = name;
    arena->limit = limit;
    return arena;
}

static void pop_blocks(struct hg_arena *arena, const struct block *until)
{
    while (arena->top != until) {
        struct block *block = arena->top;
        arena->top = block->below;
        /* Arenas carry tokens and passwords: nothing is left behind in the heap. */
        explicit_bzero(block->bytes, block->used);
        free(block);
    }
}

void hg_arena_free(struct hg_arena *arena)
{
    if (arena == NULL)
        return;
    pop_blocks(arena, NULL);
    free(arena);
}

void hg_arena_freep(struct hg_arena **arena)
{
    hg_arena_free(*arena);
    *arena = NULL;
}

void hg_arena_reset(struct hg_arena *arena)
{
    pop_blocks(arena, NULL);
    arena->total = 0;
    arena->exhausted = false;
}

size_t hg_arena_used(const struct hg_arena *arena)
{
    return arena->total;
}

bool hg_arena_exhausted(const struct hg_arena *arena)
{
    return arena->exhausted;
}

static size_t block_size_for(const struct hg_arena *arena, size_t need)
{
#ifdef HG_ARENA_EMULATE
    (void)arena;
    return need;
#else
    size_t size = arena->top == NULL ? FIRST_BLOCK : arena->top->size * 2;
    if (size > LARGEST_BLOCK)
        size = LARGEST_BLOCK;
    return size < need ? need : size;
#endif
}

static bool push_block(struct hg_arena *arena, size_t need)
{
    size_t size = block_size_for(arena, need);
    struct block *block = calloc(1, sizeof(*block) + size);
    if (block == NULL)
        return false;
    block->size = size;
    block->below = arena->top;
    arena->top = block;
    return true;
}

/* Where an object of this alignment would start in the top block. */
static size_t next_start(const struct block *block, size_t align)
{
    uintptr_t at = (uintptr_t)block->bytes + block->used;
    return block->used + (size_t)(-at & (align - 1));
}

void *hg_arena_alloc(struct hg_arena *arena, size_t size, size_t align)
{
    HG_ASSERT(align != 0 && (align & (align - 1)) == 0 && align <= alignof(max_align_t));

    if (size > arena->limit || arena->total > arena->limit - size) {
        arena->exhausted = true;
        return NULL;
    }
    size_t start = arena->top == NULL ? SIZE_MAX : next_start(arena->top, align);
    if (start == SIZE_MAX || start > arena->top->size || size > arena->top->size - start) {
        if (!push_block(arena, size)) {
            arena->exhausted = true;
            return NULL;
        }
        start = 0;
    }
    arena->top->used = start + size;
    arena->total += size;
    return arena->top->bytes + start;
}

void *hg_arena_array(struct hg_arena *arena, size_t n, size_t size, size_t align)
{
    size_t total;
    if (__builtin_mul_overflow(n, size, &total)) {
        arena->exhausted = true;
        return NULL;
    }
    return hg_arena_alloc(arena, total, align);
}

struct hg_mark hg_arena_mark(struct hg_arena *arena)
{
    return (struct hg_mark){.arena = arena,
                            .block = arena->top,
                            .used = arena->top == NULL ? 0 : arena->top->used,
                            .total = arena->total};
}

void hg_arena_rewind(const struct hg_mark *mark)
{
    struct hg_arena *arena = mark->arena;
    pop_blocks(arena, mark->block);
    if (arena->top != NULL) {
        explicit_bzero(arena->top->bytes + mark->used, arena->top->used - mark->used);
        arena->top->used = mark->used;
    }
    arena->total = mark->total;
}
