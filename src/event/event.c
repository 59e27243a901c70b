#include "event/event.h"

#include "base/base.h"

#include <stddef.h>
#include <stdint.h>

const char *event_text(enum event_name name)
{
    static const char *const text[] = {
#define EVENT(id, text, what) [EVENT_##id] = (text),
#include "event/events.def"
#undef EVENT
    };
    return (unsigned)name < HG_COUNT(text) ? text[name] : "unknown";
}

struct event event_new(enum event_name name, hg_time at)
{
    return (struct event){.name = name, .at = at};
}

static void add(struct event *event, struct event_field field)
{
    if (event->n_fields < EVENT_MAX_FIELDS)
        event->fields[event->n_fields++] = field;
}

void event_str(struct event *event, const char *name, hg_str value)
{
    add(event, (struct event_field){.name = name, .text = value});
}

void event_int(struct event *event, const char *name, int64_t value)
{
    add(event, (struct event_field){.name = name, .is_int = true, .integer = value});
}

/* A field may hold what a client sent; bytes that are not UTF-8 must not make
 * the line unreadable as JSON. */
static void write_text(struct hg_buf *buf, struct hg_arena *arena, hg_str text)
{
    if (hg_utf8_valid(text)) {
        hg_buf_json(buf, text);
        return;
    }
    struct hg_buf clean = hg_buf_new(arena, text.len * 3);
    size_t at = 0;
    while (at < text.len) {
        char bytes[4];
        size_t n = hg_utf8_encode(hg_utf8_next(text, &at), bytes);
        hg_buf_str(&clean, (hg_str){.ptr = bytes, .len = n});
    }
    hg_buf_json(buf, hg_buf_view(&clean));
}

enum hg_code event_render(struct hg_arena *arena, const struct event *event, hg_str *out,
                          struct hg_err *err)
{
    struct hg_buf buf = hg_buf_new(arena, HG_MAX_EVENT);
    hg_buf_z(&buf, "{\"time\":");
    hg_buf_json(&buf, hg_time_seven(arena, event->at));
    hg_buf_z(&buf, ",\"event\":");
    hg_buf_json(&buf, hg_str_of(event_text(event->name)));
    for (size_t i = 0; i < event->n_fields; i++) {
        const struct event_field *field = &event->fields[i];
        hg_buf_byte(&buf, ',');
        hg_buf_json(&buf, hg_str_of(field->name));
        hg_buf_byte(&buf, ':');
        if (field->is_int)
            hg_buf_i64(&buf, field->integer);
        else
            write_text(&buf, arena, field->text);
    }
    hg_buf_byte(&buf, '}');
    return hg_buf_finish(&buf, out, err);
}
