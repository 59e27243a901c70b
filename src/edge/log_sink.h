#pragma once

#include "base/base.h"
#include "event/event.h"

/* Where events go: one line each, written with one write(2), to stderr or
 * to a file that is appended to (mode 0640). Thread-safe. A line that cannot be
 * written is counted and dropped: logging never fails a request. */
struct edge_log_sink;

HG_MUST_USE enum hg_code edge_log_sink_open(const char *path, /* NULL: stderr */
                                            struct edge_log_sink **out, struct hg_err *err);
void edge_log_sink_close(struct edge_log_sink *sink); /* NULL is fine */
/* At first JSON. */
void edge_log_sink_set_form(struct edge_log_sink *sink, enum event_form form);
struct event_sink edge_log_sink_port(struct edge_log_sink *sink);

uint64_t edge_log_sink_dropped(struct edge_log_sink *sink);
