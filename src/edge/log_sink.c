#include "edge/log_sink.h"

#include "base/base.h"
#include "event/event.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { MOST_ARENA = 4 * HG_MAX_EVENT };

struct edge_log_sink {
    pthread_mutex_t lock;
    struct hg_arena *arena; /* of the line being written */
    int fd;
    enum event_form form;
    uint64_t dropped;
};

static enum hg_code open_file(const char *path, int *out_fd, struct hg_err *err)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
    if (fd < 0)
        return HG_FAIL(err, HG_IO, "cannot open log file %s: %s", path, strerrordesc_np(errno));
    *out_fd = fd;
    return HG_OK;
}

static enum hg_code fill(struct edge_log_sink *sink, const char *path, struct hg_err *err)
{
    sink->arena = hg_arena_new("log", MOST_ARENA);
    if (sink->arena == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "log");
    return path == NULL ? HG_OK : open_file(path, &sink->fd, err);
}

enum hg_code edge_log_sink_open(const char *path, struct edge_log_sink **out, struct hg_err *err)
{
    struct edge_log_sink *sink = calloc(1, sizeof(*sink));
    if (sink == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "log");
    sink->fd = STDERR_FILENO;
    (void)pthread_mutex_init(&sink->lock, NULL);
    enum hg_code code = fill(sink, path, err);
    if (code != HG_OK) {
        edge_log_sink_close(sink);
        return code;
    }
    *out = sink;
    return HG_OK;
}

void edge_log_sink_close(struct edge_log_sink *sink)
{
    if (sink == NULL)
        return;
    if (sink->fd != STDERR_FILENO)
        (void)close(sink->fd);
    hg_arena_free(sink->arena);
    (void)pthread_mutex_destroy(&sink->lock);
    free(sink);
}

static bool write_whole(int fd, hg_str line)
{
    size_t at = 0;
    while (at < line.len) {
        ssize_t n = write(fd, line.ptr + at, line.len - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        at += (size_t)n;
    }
    return true;
}

static bool write_event(struct edge_log_sink *sink, const struct event *event)
{
    hg_str line;
    if (event_render(sink->arena, event, sink->form, &line, NULL) != HG_OK)
        return false;
    struct hg_buf buf = hg_buf_new(sink->arena, line.len + 1);
    hg_buf_str(&buf, line);
    hg_buf_byte(&buf, '\n');
    return hg_buf_finish(&buf, &line, NULL) == HG_OK && write_whole(sink->fd, line);
}

static void record(void *self, const struct event *event)
{
    struct edge_log_sink *sink = self;
    (void)pthread_mutex_lock(&sink->lock);
    if (!write_event(sink, event))
        sink->dropped++;
    hg_arena_reset(sink->arena);
    (void)pthread_mutex_unlock(&sink->lock);
}

void edge_log_sink_set_form(struct edge_log_sink *sink, enum event_form form)
{
    (void)pthread_mutex_lock(&sink->lock);
    sink->form = form;
    (void)pthread_mutex_unlock(&sink->lock);
}

struct event_sink edge_log_sink_port(struct edge_log_sink *sink)
{
    return (struct event_sink){.record = record, .self = sink};
}

uint64_t edge_log_sink_dropped(struct edge_log_sink *sink)
{
    (void)pthread_mutex_lock(&sink->lock);
    uint64_t dropped = sink->dropped;
    (void)pthread_mutex_unlock(&sink->lock);
    return dropped;
}
