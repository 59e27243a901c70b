#pragma once

#include "base/base.h"

#include <stddef.h>
#include <stdint.h>

/* A seeded stream in place of randomness (splitmix64): the same run, the same ids. */
struct test_stream {
    uint64_t state;
};

static inline void test_stream_fill(void *self, void *out, size_t n)
{
    struct test_stream *stream = self;
    unsigned char *bytes = out;
    for (size_t i = 0; i < n; i++) {
        uint64_t z = stream->state += 0x9e3779b97f4a7c15u;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
        z = (z ^ z >> 27) * 0x94d049bb133111ebu;
        bytes[i] = (unsigned char)(z >> 56);
    }
}

static inline struct hg_random test_random(struct test_stream *stream)
{
    return (struct hg_random){.fill = test_stream_fill, .self = stream};
}
