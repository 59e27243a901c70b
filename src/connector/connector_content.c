#include "base/base.h"
#include "connector/connector.h"
#include "connector/connector_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bodies on the way out and on the way in. */

/* {"$content-type","$content"}: bytes under their own type. */
static bool content_of(struct hg_arena *arena, const struct hg_json *value, hg_str *out_type,
                       hg_str *out_bytes)
{
    hg_str text;
    *out_type =
        hg_json_str_or(hg_json_get(value, "$content-type"), HG_STR("application/octet-stream"));
    return hg_json_as_str(hg_json_get(value, "$content"), &text) &&
           hg_b64_decode(arena, text, out_bytes, NULL) == HG_OK;
}

bool connector_body_put(struct connector_building *building, const struct hg_json *body,
                        bool is_binary)
{
    struct connector_request *out = building->out;
    hg_str type;
    out->has_body = true;
    if (content_of(building->arena, body, &type, &out->body))
        return connector_header_put(building, HG_STR("Content-Type"), type);
    if (is_binary && body->kind == HG_JSON_STRING) {
        out->body = body->string;
        return connector_header_put(building, HG_STR("Content-Type"),
                                    HG_STR("application/octet-stream"));
    }
    if (hg_json_render(building->arena, body, &out->body, NULL) != HG_OK)
        return connector_refuse(building, "WorkflowRunActionInputsInvalidProperty", HG_STR(""),
                                hg_str_format(building->arena,
                                              "The body of operation '%.*s' is too large.",
                                              HG_ARG(building->operation)));
    return connector_header_put(building, HG_STR("Content-Type"), HG_STR("application/json"));
}

static bool is_json(hg_str type)
{
    return hg_str_eq_nocase(type, HG_STR("application/json")) ||
           hg_str_eq_nocase(type, HG_STR("text/json")) || hg_str_ends(type, HG_STR("+json"));
}

static bool is_text(hg_str type)
{
    return hg_str_starts_nocase(type, HG_STR("text/"));
}

enum hg_code connector_body_read(struct hg_arena *arena, const struct connector_answer *answer,
                                 struct hg_json *out, struct hg_err *err)
{
    hg_str rest;
    hg_str type;
    struct hg_json parsed;
    (void)hg_str_cut(answer->content_type, ';', &type, &rest);
    type = hg_str_trim(type);
    bool no_type = type.len == 0;
    if (answer->body.len == 0) {
        *out = hg_json_null();
        return HG_OK;
    }
    if (is_json(type) || no_type) {
        enum hg_code code =
            hg_json_parse(arena, answer->body, HG_JSON_LAST_WINS, &hg_json_file, &parsed, NULL);
        if (code == HG_NO_MEMORY)
            return HG_FAIL(err, code, "a body of %zu bytes", answer->body.len);
        if (code == HG_OK) {
            *out = parsed;
            return HG_OK;
        }
    }
    if ((is_json(type) || is_text(type) || no_type) && hg_utf8_valid(answer->body)) {
        *out = hg_json_str(answer->body);
        return HG_OK;
    }
    struct hg_json content = hg_json_object();
    hg_json_put_str(arena, &content, "$content-type",
                    no_type ? HG_STR("application/octet-stream") : type);
    hg_json_put_str(arena, &content, "$content", hg_b64_encode(arena, answer->body));
    if (hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "a body of %zu bytes", answer->body.len);
    *out = content;
    return HG_OK;
}

static hg_str header_of(const struct hg_json *headers, const char *name)
{
    return hg_json_str_or(hg_json_get_nocase(headers, hg_str_of(name)), HG_STR(""));
}

struct connector_poll connector_poll_read(unsigned status, const struct hg_json *headers)
{
    struct connector_poll out = {.kind = CONNECTOR_POLL_NOTHING,
                                 .location = header_of(headers, "Location")};
    uint64_t seconds;
    if (status == 200)
        out.kind = CONNECTOR_POLL_FIRED;
    else if (status >= 400)
        out.kind = CONNECTOR_POLL_FAILED;
    out.has_wait = hg_str_u64(hg_str_trim(header_of(headers, "Retry-After")), 86400, &seconds);
    if (out.has_wait)
        out.wait = HG_SECONDS(seconds);
    return out;
}
