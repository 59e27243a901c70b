#include "base/base.h"
#include "flow/definition.h"
#include "flow/definition_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static bool has_room(struct hg_arena *arena, struct flow_findings *findings)
{
    if (findings->n < findings->room)
        return true;
    size_t room = findings->room == 0 ? 8 : findings->room * 2;
    struct flow_finding *bigger = HG_NEW_ARRAY(arena, struct flow_finding, room);
    if (bigger == NULL)
        return false;
    if (findings->n > 0)
        memcpy(bigger, findings->items, findings->n * sizeof(*bigger));
    findings->items = bigger;
    findings->room = room;
    return true;
}

enum hg_code flow_finding_add(struct hg_arena *arena, struct flow_findings *findings,
                              const struct flow_finding *finding, struct hg_err *err)
{
    if (findings->n >= HG_MAX_FLOW_FINDINGS) {
        findings->n_errors++;
        return HG_OK;
    }
    if (!has_room(arena, findings))
        return HG_FAIL(err, HG_NO_MEMORY, "findings of a flow definition");
    findings->items[findings->n++] = *finding;
    findings->n_errors += finding->severity == FLOW_ERROR ? 1 : 0;
    return HG_OK;
}

void flow_reading_add(struct flow_reading *reading, enum flow_severity severity, const char *code,
                      hg_str path, hg_str message)
{
    struct flow_finding finding = {
        .severity = severity, .code = hg_str_of(code), .path = path, .message = message};
    if (hg_arena_exhausted(reading->arena) ||
        flow_finding_add(reading->arena, reading->findings, &finding, NULL) != HG_OK)
        reading->failed = true;
}

hg_str flow_reading_path(struct flow_reading *reading, hg_str path, hg_str step)
{
    struct hg_buf buf = hg_buf_new(reading->arena, path.len + 2 * step.len + 1);
    hg_buf_str(&buf, path);
    hg_buf_byte(&buf, '/');
    for (size_t i = 0; i < step.len; i++) {
        char c = step.ptr[i];
        if (c == '~')
            hg_buf_z(&buf, "~0");
        else if (c == '/')
            hg_buf_z(&buf, "~1");
        else
            hg_buf_byte(&buf, c);
    }
    hg_str out = {0};
    if (hg_buf_finish(&buf, &out, NULL) != HG_OK)
        reading->failed = true;
    return out;
}

hg_str flow_action_path(struct flow_reading *reading, const struct flow_action *action,
                        const char *member)
{
    return hg_str_format(reading->arena, "%.*s/%s", HG_ARG(action->path), member);
}

bool flow_is_template_expression(const struct hg_json *value)
{
    struct hg_scan scan = hg_scan_of(hg_json_str_or(value, HG_STR("")));
    size_t letters = 0;
    if (!hg_scan_byte(&scan, '[') || !hg_str_ends(scan.text, HG_STR("]")))
        return false;
    for (char c = hg_scan_peek(&scan); (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
         c = hg_scan_peek(&scan)) {
        scan.at++;
        letters++;
    }
    return letters > 0 && hg_scan_byte(&scan, '(');
}
