#pragma once

#include <stddef.h>

/* Randomness is injected, like time: the process hands in the kernel's, a
 * simulation a seeded stream. No pure module draws any; it is given bytes. */
struct hg_random {
    void (*fill)(void *self, void *out, size_t n); /* cannot fail; aborts when the source is gone */
    void *self;
};

static inline void hg_random_fill(const struct hg_random *random, void *out, size_t n)
{
    random->fill(random->self, out, n);
}
