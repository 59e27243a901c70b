#pragma once

#include "base/base.h"

/* Signals as values. Open before any thread is started: SIGTERM, SIGINT and
 * SIGHUP are blocked in this thread and all it starts, SIGPIPE is ignored. */
enum edge_signal {
    EDGE_SIGNAL_STOP,   /* SIGTERM, SIGINT, or edge_signals_stop(): drain and end */
    EDGE_SIGNAL_RELOAD, /* SIGHUP: read the settings again */
};

struct edge_signals {
    int fd;      /* signalfd */
    int wake_fd; /* eventfd of edge_signals_stop() */
};

HG_MUST_USE enum hg_code edge_signals_open(struct edge_signals *out, struct hg_err *err);
void edge_signals_close(struct edge_signals *signals);
enum edge_signal edge_signals_wait(const struct edge_signals *signals); /* blocks */
void edge_signals_stop(const struct edge_signals *signals);             /* from any thread */
