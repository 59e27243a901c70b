#include "base/base.h"
#include "flow/expression.h"
#include "flow/number_private.h"
#include "flow/value_private.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static void write_array(struct hg_buf *buf, const struct hg_json *value)
{
    hg_buf_byte(buf, '[');
    for (uint32_t i = 0; i < value->array.n; i++) {
        if (i > 0)
            hg_buf_byte(buf, ',');
        flow_json_write(buf, &value->array.items[i]);
    }
    hg_buf_byte(buf, ']');
}

static void write_object(struct hg_buf *buf, const struct hg_json *value)
{
    hg_buf_byte(buf, '{');
    for (uint32_t i = 0; i < value->object.n; i++) {
        if (i > 0)
            hg_buf_byte(buf, ',');
        hg_buf_json(buf, value->object.members[i].name);
        hg_buf_byte(buf, ':');
        flow_json_write(buf, &value->object.members[i].value);
    }
    hg_buf_byte(buf, '}');
}

/* A decimal looks like one inside JSON: 5 is 5.0. */
static void write_decimal(struct hg_buf *buf, hg_str digits)
{
    hg_buf_str(buf, digits);
    if (hg_str_find_byte(digits, '.') == HG_NPOS)
        hg_buf_z(buf, ".0");
}

static void write_double(struct hg_buf *buf, const struct hg_json *value)
{
    if (isfinite(value->number)) {
        hg_json_write(buf, value);
        return;
    }
    hg_buf_byte(buf, '"');
    flow_double_write(buf, value->number);
    hg_buf_byte(buf, '"');
}

void flow_json_write(struct hg_buf *buf, const struct hg_json *value)
{
    switch (flow_kind_of(value)) {
    case FLOW_KIND_DECIMAL:
        write_decimal(buf, value->string);
        return;
    case FLOW_KIND_DOUBLE:
        write_double(buf, value);
        return;
    case FLOW_KIND_ARRAY:
        write_array(buf, value);
        return;
    case FLOW_KIND_OBJECT:
        write_object(buf, value);
        return;
    case FLOW_KIND_NULL:
    case FLOW_KIND_BOOL:
    case FLOW_KIND_INT:
    case FLOW_KIND_STRING:
        hg_json_write(buf, value);
        return;
    }
}

bool flow_content_bytes(struct hg_arena *arena, const struct hg_json *value, hg_str *out)
{
    if (value->kind != HG_JSON_OBJECT)
        return false;
    const struct hg_json *type = hg_json_get(value, "$content-type");
    const struct hg_json *content = hg_json_get(value, "$content");
    if (!hg_json_is(type, HG_JSON_STRING) || !hg_json_is(content, HG_JSON_STRING))
        return false;
    struct hg_err err;
    return hg_b64_decode(arena, content->string, out, &err) == HG_OK;
}

struct hg_json flow_content_make(struct hg_arena *arena, hg_str content_type, hg_str bytes)
{
    struct hg_json content = hg_json_object();
    hg_json_put_str(arena, &content, "$content-type", content_type);
    hg_json_put_str(arena, &content, "$content", hg_b64_encode(arena, bytes));
    return content;
}

void flow_bytes_write(struct hg_buf *buf, hg_str bytes)
{
    if (hg_utf8_valid(bytes)) {
        hg_buf_str(buf, bytes);
        return;
    }
    for (size_t at = 0; at < bytes.len;) {
        char utf8[4];
        size_t n = hg_utf8_encode(hg_utf8_next(bytes, &at), utf8);
        hg_buf_str(buf, (hg_str){utf8, n});
    }
}

void flow_text_write(struct hg_buf *buf, const struct hg_json *value)
{
    hg_str bytes;
    switch (flow_kind_of(value)) {
    case FLOW_KIND_NULL:
        return;
    case FLOW_KIND_BOOL:
        hg_buf_z(buf, value->boolean ? "True" : "False");
        return;
    case FLOW_KIND_INT:
        hg_buf_i64(buf, value->integer);
        return;
    case FLOW_KIND_DOUBLE:
        flow_double_write(buf, value->number);
        return;
    case FLOW_KIND_DECIMAL:
    case FLOW_KIND_STRING:
        hg_buf_str(buf, value->string);
        return;
    case FLOW_KIND_ARRAY:
        flow_json_write(buf, value);
        return;
    case FLOW_KIND_OBJECT:
        if (flow_content_bytes(buf->arena, value, &bytes))
            flow_bytes_write(buf, bytes);
        else
            flow_json_write(buf, value);
        return;
    }
}

enum hg_code flow_value_text(struct hg_arena *arena, const struct hg_json *value, hg_str *out,
                             struct hg_err *err)
{
    if (value->kind == HG_JSON_STRING) {
        *out = value->string;
        return HG_OK;
    }
    struct hg_buf buf = hg_buf_new(arena, HG_MAX_FLOW_TEXT);
    flow_text_write(&buf, value);
    return hg_buf_finish(&buf, out, err);
}
