#pragma once

#include "base/base.h"

/* One structured event per thing that happened: constant name plus fields. The
 * log line, metric and audit row are all made from it; user data is only ever a
 * field, never part of the text. Secrets are never fields. */
enum event_name {
#define EVENT(id, text, what) EVENT_##id,
#include "event/events.def"
#undef EVENT
    EVENT_COUNT
};

enum { EVENT_MAX_FIELDS = 16 };

struct event_field {
    const char *name;
    bool is_int;
    hg_str text;
    int64_t integer;
};

struct event {
    enum event_name name;
    hg_time at;
    struct event_field fields[EVENT_MAX_FIELDS];
    size_t n_fields;
};

const char *event_text(enum event_name name); /* "signin.completed" */

struct event event_new(enum event_name name, hg_time at);
void event_str(struct event *event, const char *name, hg_str value); /* past the maximum: dropped */
void event_int(struct event *event, const char *name, int64_t value);

enum event_form {
    EVENT_JSON, /* {"time":…,"event":"signin.completed","user":"a@b",…} */
    EVENT_TEXT, /* 2026-11-24T16:14:11Z signin.completed user=a@b …; unusual values in quotes */
};

/* One line without its newline; no field can end it or begin another. */
HG_MUST_USE enum hg_code event_render(struct hg_arena *arena, const struct event *event,
                                      enum event_form form, hg_str *out, struct hg_err *err);

/* Where events go. Implemented by edge/log_sink.c (one line each to stderr). */
struct event_sink {
    void (*record)(void *self, const struct event *event);
    void *self;
};
