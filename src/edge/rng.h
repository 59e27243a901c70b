#pragma once

#include "base/base.h"

#include <pthread.h>

/* Sources of randomness behind base/random.h. Both are thread-safe. */

/* The kernel's, by getrandom(2); aborts when the kernel refuses. */
struct hg_random edge_random_kernel(void);

/* A stream that depends on its seed alone: the same seed and the same order of
 * calls give the same bytes. For simulations and golden files; predictable, so
 * never for a server that others can reach. */
struct edge_random_stream {
    pthread_mutex_t lock;
    uint64_t state;
};
void edge_random_stream_init(struct edge_random_stream *stream, uint64_t seed);
void edge_random_stream_fini(struct edge_random_stream *stream);
struct hg_random edge_random_stream_port(struct edge_random_stream *stream);
