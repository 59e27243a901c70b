#include "base/base.h"
#include "flow/definition.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

const char *flow_document_kind_name(enum flow_document_kind kind)
{
    static const char *const names[] = {
        [FLOW_DOCUMENT_DEFINITION] = "definition",
        [FLOW_DOCUMENT_CODE_VIEW] = "codeView",
        [FLOW_DOCUMENT_WORKFLOW] = "workflow",
        [FLOW_DOCUMENT_FLOW] = "flow",
        [FLOW_DOCUMENT_ARM] = "arm",
        [FLOW_DOCUMENT_UNKNOWN] = "unknown",
    };
    return names[kind];
}

/* Parameter values stand as {"name":{"value":…}}; what the definition asks for is
 * {"name":value}. */
static const struct hg_json *values_of(struct hg_arena *arena, const struct hg_json *written)
{
    if (!hg_json_is(written, HG_JSON_OBJECT))
        return NULL;
    struct hg_json *values = HG_NEW(arena, struct hg_json);
    if (values == NULL)
        return NULL;
    *values = hg_json_object();
    for (size_t i = 0; i < hg_json_count(written); i++) {
        const struct hg_json_member *one = &written->object.members[i];
        const struct hg_json *value = hg_json_get(&one->value, "value");
        if (value != NULL)
            hg_json_set(arena, values, one->name, *value);
    }
    return values;
}

static void read_workflow(struct hg_arena *arena, const struct hg_json *properties,
                          struct flow_document *out)
{
    out->source.definition = hg_json_get(properties, "definition");
    const struct hg_json *references = hg_json_get(properties, "connectionReferences");
    if (hg_json_is(references, HG_JSON_OBJECT))
        out->source.references = references;
    out->source.parameters = values_of(arena, hg_json_get(properties, "parameters"));
    out->source.display_name =
        hg_json_str_or(hg_json_get(properties, "displayName"), out->source.display_name);
}

static bool is_workflow_resource(const struct hg_json *resource)
{
    hg_str type = hg_json_str_or(hg_json_get(resource, "type"), HG_STR(""));
    return hg_str_eq_nocase(type, HG_STR("Microsoft.Logic/workflows")) &&
           hg_json_path(resource, "properties.definition") != NULL;
}

static enum hg_code find_resources(struct hg_arena *arena, const struct hg_json *resources,
                                   struct flow_document **out, size_t *out_n, struct hg_err *err)
{
    size_t n = 0;
    for (size_t i = 0; i < hg_json_count(resources); i++)
        n += is_workflow_resource(hg_json_item(resources, i)) ? 1 : 0;
    struct flow_document *list = HG_NEW_ARRAY(arena, struct flow_document, n == 0 ? 1 : n);
    if (list == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "flow documents");
    list[0].kind = FLOW_DOCUMENT_UNKNOWN;
    size_t at = 0;
    for (size_t i = 0; i < hg_json_count(resources); i++) {
        const struct hg_json *resource = hg_json_item(resources, i);
        if (!is_workflow_resource(resource))
            continue;
        list[at].kind = FLOW_DOCUMENT_ARM;
        list[at].id = hg_json_str_or(hg_json_get(resource, "name"), HG_STR(""));
        list[at].source.open_parameters = true;
        read_workflow(arena, hg_json_get(resource, "properties"), &list[at++]);
    }
    *out = list;
    *out_n = n == 0 ? 1 : n;
    return HG_OK;
}

static void find_one(struct hg_arena *arena, const struct hg_json *file, struct flow_document *out)
{
    out->kind = FLOW_DOCUMENT_UNKNOWN;
    out->id = hg_json_str_or(hg_json_get(file, "name"), HG_STR(""));
    if (hg_json_path(file, "properties.definition") != NULL) {
        out->kind = FLOW_DOCUMENT_FLOW;
        read_workflow(arena, hg_json_get(file, "properties"), out);
    } else if (hg_json_get(file, "definition") != NULL) {
        bool is_file = hg_json_get(file, "kind") != NULL;
        out->kind = is_file ? FLOW_DOCUMENT_WORKFLOW : FLOW_DOCUMENT_CODE_VIEW;
        read_workflow(arena, file, out);
        out->source.open_parameters = is_file;
    } else if (hg_json_get(file, "actions") != NULL && hg_json_get(file, "triggers") != NULL) {
        out->kind = FLOW_DOCUMENT_DEFINITION;
        out->source.definition = file;
    }
}

enum hg_code flow_document_find(struct hg_arena *arena, const struct hg_json *file,
                                struct flow_document **out, size_t *out_n, struct hg_err *err)
{
    const struct hg_json *resources = hg_json_get(file, "resources");
    if (hg_json_is(resources, HG_JSON_ARRAY))
        return find_resources(arena, resources, out, out_n, err);
    struct flow_document *one = HG_NEW(arena, struct flow_document);
    if (one == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "a flow document");
    find_one(arena, file, one);
    if (hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "a flow document");
    *out = one;
    *out_n = 1;
    return HG_OK;
}

enum hg_code flow_document_validate(struct hg_arena *arena, const struct flow_document *document,
                                    struct flow_validation *out, struct hg_err *err)
{
    struct flow_validation result = {.document = *document};
    struct flow_finding unknown = {
        .code = HG_STR("InvalidDocument"),
        .message = HG_STR("There is no flow definition in this document: neither 'definition' nor "
                          "'triggers' and 'actions'.")};
    if (document->kind == FLOW_DOCUMENT_UNKNOWN)
        HG_TRY(flow_finding_add(arena, &result.findings, &unknown, err));
    else
        HG_TRY(flow_definition_read(arena, &document->source, &result.findings, &result.definition,
                                    err));
    *out = result;
    return HG_OK;
}

static struct hg_json finding_json(struct hg_arena *arena, const struct flow_finding *finding)
{
    struct hg_json one = hg_json_object();
    hg_json_put_str(arena, &one, "code", finding->code);
    hg_json_put_str(arena, &one, "path", finding->path);
    hg_json_put_str(arena, &one, "message", finding->message);
    return one;
}

struct hg_json flow_validation_json(struct hg_arena *arena, const struct flow_validation *result)
{
    struct hg_json out = hg_json_object();
    struct hg_json errors = hg_json_array();
    struct hg_json warnings = hg_json_array();
    for (size_t i = 0; i < result->findings.n; i++) {
        const struct flow_finding *finding = &result->findings.items[i];
        hg_json_push(arena, finding->severity == FLOW_ERROR ? &errors : &warnings,
                     finding_json(arena, finding));
    }
    hg_json_put(arena, &out, "kind", hg_json_z(flow_document_kind_name(result->document.kind)));
    hg_json_put_str(arena, &out, "id", result->document.id);
    hg_json_put_str(arena, &out, "displayName", result->document.source.display_name);
    hg_json_put(arena, &out, "ok", hg_json_bool(result->findings.n_errors == 0));
    hg_json_put(arena, &out, "errors", errors);
    hg_json_put(arena, &out, "warnings", warnings);
    return out;
}

/* --- summary --- */

static struct hg_json summary_of(struct hg_arena *arena, const struct hg_json *step)
{
    static const char *const kept[] = {"type", "kind", "metadata"};
    struct hg_json one = hg_json_object();
    for (size_t i = 0; i < HG_COUNT(kept); i++) {
        const struct hg_json *value = hg_json_get(step, kept[i]);
        if (value != NULL)
            hg_json_put(arena, &one, kept[i], *value);
    }
    const struct hg_json *operation = hg_json_path(step, "inputs.host.operationId");
    if (operation != NULL)
        hg_json_put(arena, &one, "swaggerOperationId", *operation);
    return one;
}

/* All actions, nested ones too. Recursion ends at the nesting that is allowed. */
static void summarize(struct hg_arena *arena, const struct hg_json *steps, unsigned depth,
                      struct hg_json *out)
{
    static const char *const inner[] = {"actions", "else.actions", "default.actions"};
    if (!hg_json_is(steps, HG_JSON_OBJECT) || depth > HG_MAX_FLOW_NESTING)
        return;
    for (size_t i = 0; i < hg_json_count(steps); i++) {
        const struct hg_json *step = &steps->object.members[i].value;
        hg_json_push(arena, out, summary_of(arena, step));
        for (size_t j = 0; j < HG_COUNT(inner); j++)
            summarize(arena, hg_json_path(step, inner[j]), depth + 1, out);
        const struct hg_json *cases = hg_json_get(step, "cases");
        for (size_t j = 0; hg_json_is(cases, HG_JSON_OBJECT) && j < hg_json_count(cases); j++)
            summarize(arena, hg_json_get(&cases->object.members[j].value, "actions"), depth + 1,
                      out);
    }
}

struct hg_json flow_definition_summary(struct hg_arena *arena, const struct hg_json *definition)
{
    struct hg_json out = hg_json_object();
    struct hg_json triggers = hg_json_array();
    struct hg_json actions = hg_json_array();
    summarize(arena, hg_json_get(definition, "triggers"), HG_MAX_FLOW_NESTING, &triggers);
    summarize(arena, hg_json_get(definition, "actions"), 0, &actions);
    hg_json_put(arena, &out, "triggers", triggers);
    hg_json_put(arena, &out, "actions", actions);
    return out;
}
