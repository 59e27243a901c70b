#include "base/base.h"
#include "policy/policy.h"
#include "policy/schema_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { FIRST_ROOM = 8, CLIP = 64 };

static struct policy_fault *findings_push(struct policy_findings *findings)
{
    if (findings->n == findings->room) {
        size_t room = findings->room == 0 ? FIRST_ROOM : findings->room * 2;
        struct policy_fault *items = HG_NEW_ARRAY(findings->arena, struct policy_fault, room);
        if (items == NULL) {
            findings->out_of_memory = true;
            return NULL;
        }
        if (findings->n > 0)
            memcpy(items, findings->items, findings->n * sizeof(*items));
        findings->items = items;
        findings->room = room;
    }
    return &findings->items[findings->n++];
}

static void add(struct policy_findings *findings, const char *code, hg_str path, hg_str text,
                bool is_warning)
{
    struct policy_fault *item = findings_push(findings);
    if (item == NULL)
        return;
    item->code = hg_str_of(code);
    item->path = path;
    item->message = hg_str_format(findings->arena, "%s: %.*s", code, HG_ARG(text));
    item->is_warning = is_warning;
    findings->has_error |= !is_warning;
}

void policy_find(struct policy_findings *findings, const char *code, hg_str path, hg_str text)
{
    add(findings, code, path, text, false);
}

void policy_find_value(struct policy_findings *findings, hg_str path, hg_str text)
{
    findings->becomes_disabled |= findings->lenient;
    add(findings, "1007", path, text, findings->lenient);
}

void policy_find_broken(struct policy_findings *findings, hg_str path, hg_str text)
{
    findings->becomes_disabled |= findings->lenient;
    add(findings, "1032", path, text, findings->lenient);
}

void policy_warn(struct policy_findings *findings, const char *code, hg_str path, hg_str text)
{
    add(findings, code, path, text, true);
}

hg_str policy_clip(hg_str text)
{
    if (text.len <= CLIP)
        return text;
    size_t len = CLIP;
    while (len > 0 && ((unsigned char)text.ptr[len] & 0xc0) == 0x80) /* not inside a character */
        len--;
    return hg_str_sub(text, 0, len);
}

void policy_find_unjudged(struct policy_findings *findings, hg_str path)
{
    bool tolerated = findings->lenient || findings->state == POLICY_DISABLED;
    findings->becomes_disabled |= findings->lenient;
    add(findings, "1037", path,
        hg_str_format(findings->arena,
                      "%.*s cannot be evaluated by this server, and a policy is never applied "
                      "without one of its parts; %s.",
                      HG_ARG(path),
                      tolerated ? "the policy stays disabled" : "save it with state 'disabled'"),
        tolerated);
}

void policy_find_unknown(struct policy_findings *findings, hg_str member, hg_str inside)
{
    struct hg_arena *arena = findings->arena;
    hg_str name = policy_clip(member);
    hg_str path = inside.len == 0 ? hg_str_dup(arena, name)
                                  : hg_str_format(arena, "%.*s.%.*s", HG_ARG(inside), HG_ARG(name));
    hg_str text = hg_str_format(
        arena, "The body does not match the policy schema: unknown member '%.*s'%s%.*s.",
        HG_ARG(name), inside.len == 0 ? "" : " in ", HG_ARG(inside));
    findings->becomes_disabled |= findings->lenient;
    add(findings, "1007", path, text, findings->lenient);
}

enum hg_code policy_findings_close(const struct policy_findings *findings,
                                   struct policy_faults *faults, struct hg_err *err)
{
    if (findings->out_of_memory || hg_arena_exhausted(findings->arena))
        return HG_FAIL(err, HG_NO_MEMORY, "faults of a policy");
    *faults = (struct policy_faults){.items = findings->items, .n = findings->n};
    for (size_t i = 0; i < findings->n; i++)
        if (!findings->items[i].is_warning)
            return HG_FAIL(err, HG_MALFORMED, "%.*s", HG_ARG(findings->items[i].message));
    return HG_OK;
}

hg_str policy_path(struct hg_arena *arena, hg_str parent, const char *member)
{
    if (parent.len == 0)
        return hg_str_of(member);
    return hg_str_format(arena, "%.*s.%s", HG_ARG(parent), member);
}

bool policy_says_something(const struct hg_json *value)
{
    if (hg_json_is_null(value))
        return false;
    if (hg_json_is(value, HG_JSON_ARRAY) || hg_json_is(value, HG_JSON_OBJECT))
        return hg_json_count(value) > 0;
    return true;
}
