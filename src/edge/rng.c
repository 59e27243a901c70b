#include "edge/rng.h"

#include "base/base.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <sys/types.h>

static void kernel_read(unsigned char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t got = getrandom(bytes, n, 0);
        if (got < 0 && errno == EINTR)
            continue;
        HG_ASSERT(got > 0); /* without randomness there is no server */
        bytes += got;
        n -= (size_t)got;
    }
}

/* A request asks for a few bytes several times, and each asking of the kernel costs
 * more than the bytes: a thread keeps some, and wipes each as it is handed out. The
 * program never forks, so no two processes hand out the same ones. */
enum { POOL = 256 };
static _Thread_local unsigned char pool[POOL];
static _Thread_local size_t n_pooled;

static void kernel_fill(void *self, void *out, size_t n)
{
    (void)self;
    if (n > POOL / 4) {
        kernel_read(out, n);
        return;
    }
    if (n > n_pooled) {
        kernel_read(pool, POOL);
        n_pooled = POOL;
    }
    n_pooled -= n;
    memcpy(out, pool + n_pooled, n);
    explicit_bzero(pool + n_pooled, n);
}

struct hg_random edge_random_kernel(void)
{
    return (struct hg_random){.fill = kernel_fill, .self = NULL};
}

void edge_random_stream_init(struct edge_random_stream *stream, uint64_t seed)
{
    (void)pthread_mutex_init(&stream->lock, NULL);
    stream->state = seed;
}

void edge_random_stream_fini(struct edge_random_stream *stream)
{
    (void)pthread_mutex_destroy(&stream->lock);
}

/* SplitMix64: a counter through a mixing function. Each step changes all bits. */
static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static void stream_fill(void *self, void *out, size_t n)
{
    struct edge_random_stream *stream = self;
    unsigned char *bytes = out;
    (void)pthread_mutex_lock(&stream->lock);
    for (size_t at = 0; at < n; at += sizeof(uint64_t)) {
        uint64_t word = next(&stream->state);
        size_t part = n - at < sizeof(word) ? n - at : sizeof(word);
        memcpy(bytes + at, &word, part);
    }
    (void)pthread_mutex_unlock(&stream->lock);
}

struct hg_random edge_random_stream_port(struct edge_random_stream *stream)
{
    return (struct hg_random){.fill = stream_fill, .self = stream};
}
