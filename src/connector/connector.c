#include "connector/connector.h"

#include "base/base.h"
#include "connector/connector_private.h"

#include <stdbool.h>
#include <stddef.h>

const struct connector_operation *connector_operation_find(const struct connector *connector,
                                                           hg_str id)
{
    const struct connector_operation *loose = NULL;
    for (size_t i = 0; i < connector->n_operations; i++) {
        const struct connector_operation *one = &connector->operations[i];
        if (hg_str_eq(one->id, id))
            return one;
        if (loose == NULL && hg_str_eq_nocase(one->id, id))
            loose = one;
    }
    return loose;
}

/* Whether one path segment has the form of a template's: {x} stands for at least
 * one byte. *literal counts what was not a placeholder. */
static bool segment_matches(hg_str form, hg_str segment, size_t *literal)
{
    size_t at = 0;
    size_t from = HG_NPOS; /* behind the last placeholder, in `form` */
    size_t kept = 0;       /* where it stopped, in `segment` */
    for (size_t i = 0; i < segment.len;) {
        if (at < form.len && form.ptr[at] == '{') {
            size_t close = hg_str_find_byte(hg_str_from(form, at), '}');
            if (close == HG_NPOS)
                return false;
            at += close + 1;
            from = at;
            kept = ++i;
        } else if (at < form.len && form.ptr[at] == segment.ptr[i]) {
            at++;
            i++;
            (*literal)++;
        } else if (from != HG_NPOS) {
            at = from;
            i = ++kept;
        } else {
            return false;
        }
    }
    return at == form.len;
}

static bool path_matches(hg_str form, hg_str path, size_t *literal)
{
    hg_str left;
    hg_str right;
    bool more_form = true;
    bool more_path = true;
    *literal = 0;
    while (more_form && more_path) {
        more_form = hg_str_cut(form, '/', &left, &form);
        more_path = hg_str_cut(path, '/', &right, &path);
        if (!segment_matches(left, right, literal))
            return false;
    }
    return more_form == more_path;
}

const struct connector_operation *connector_operation_match(const struct connector *connector,
                                                            hg_str method, hg_str path)
{
    const struct connector_operation *best = NULL;
    size_t most = 0;
    hg_str query;
    (void)hg_str_cut(path, '?', &path, &query);
    for (size_t i = 0; i < connector->n_operations; i++) {
        const struct connector_operation *one = &connector->operations[i];
        size_t literal;
        if (!hg_str_eq_nocase(one->method, method) || !path_matches(one->path, path, &literal))
            continue;
        if (best != NULL && literal <= most)
            continue;
        best = one;
        most = literal;
    }
    return best;
}

hg_str connector_pointer(struct hg_arena *arena, const char *prefix, hg_str step)
{
    struct hg_buf buf = hg_buf_new(arena, hg_str_of(prefix).len + 2 * step.len + 1);
    hg_buf_z(&buf, prefix);
    hg_buf_byte(&buf, '/');
    for (size_t i = 0; i < step.len; i++) {
        if (step.ptr[i] == '~')
            hg_buf_z(&buf, "~0");
        else if (step.ptr[i] == '/')
            hg_buf_z(&buf, "~1");
        else
            hg_buf_byte(&buf, step.ptr[i]);
    }
    return hg_buf_view(&buf);
}

struct hg_json connector_validation_json(struct hg_arena *arena,
                                         const struct connector_document *document,
                                         const struct connector_faults *faults)
{
    struct hg_json out = hg_json_object();
    struct hg_json errors = hg_json_array();
    struct hg_json warnings = hg_json_array();
    for (size_t i = 0; i < faults->n; i++) {
        const struct connector_fault *fault = &faults->items[i];
        struct hg_json one = hg_json_object();
        hg_json_put_str(arena, &one, "code", fault->code);
        hg_json_put_str(arena, &one, "path", fault->path);
        hg_json_put_str(arena, &one, "message", fault->message);
        hg_json_push(arena, fault->severity == CONNECTOR_ERROR ? &errors : &warnings, one);
    }
    hg_str title = hg_json_str_or(hg_json_path(document->swagger, "info.title"), HG_STR(""));
    hg_json_put(arena, &out, "kind", hg_json_z("connector"));
    hg_json_put_str(arena, &out, "id", document->name);
    hg_json_put_str(arena, &out, "displayName", title);
    hg_json_put(arena, &out, "ok", hg_json_bool(faults->n_errors == 0));
    hg_json_put(arena, &out, "errors", errors);
    hg_json_put(arena, &out, "warnings", warnings);
    return out;
}
