#include "event/event.h"

#include "base/base.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

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

static void write_value(struct hg_buf *buf, struct hg_arena *arena, const struct event_field *field)
{
    if (field->is_int)
        hg_buf_i64(buf, field->integer);
    else
        write_text(buf, arena, field->text);
}

static void write_json(struct hg_buf *buf, struct hg_arena *arena, const struct event *event)
{
    hg_buf_z(buf, "{\"time\":");
    hg_buf_json(buf, hg_time_seven(arena, event->at));
    hg_buf_z(buf, ",\"event\":");
    hg_buf_json(buf, hg_str_of(event_text(event->name)));
    for (size_t i = 0; i < event->n_fields; i++) {
        hg_buf_byte(buf, ',');
        hg_buf_json(buf, hg_str_of(event->fields[i].name));
        hg_buf_byte(buf, ':');
        write_value(buf, arena, &event->fields[i]);
    }
    hg_buf_byte(buf, '}');
}

/* Letters, digits and what addresses, ids and paths are made of. */
static bool is_plain(hg_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_word && (c == '\0' || strchr("-._:/@+", c) == NULL))
            return false;
    }
    return text.len > 0;
}

static void write_line(struct hg_buf *buf, struct hg_arena *arena, const struct event *event)
{
    hg_buf_str(buf, hg_time_rfc3339(arena, event->at));
    hg_buf_format(buf, " %s", event_text(event->name));
    for (size_t i = 0; i < event->n_fields; i++) {
        const struct event_field *field = &event->fields[i];
        hg_buf_format(buf, " %s=", field->name);
        if (!field->is_int && is_plain(field->text))
            hg_buf_str(buf, field->text);
        else
            write_value(buf, arena, field);
    }
}

enum hg_code event_render(struct hg_arena *arena, const struct event *event, enum event_form form,
                          hg_str *out, struct hg_err *err)
{
    struct hg_buf buf = hg_buf_new(arena, HG_MAX_EVENT);
    if (form == EVENT_JSON)
        write_json(&buf, arena, event);
    else
        write_line(&buf, arena, event);
    return hg_buf_finish(&buf, out, err);
}
