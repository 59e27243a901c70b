#include "flow/definition.h"

#include "base/base.h"
#include "flow/definition_private.h"

#include <stddef.h>

static void read_parameters(struct flow_reading *reading)
{
    const struct hg_json *declared = hg_json_get(reading->out->source, "parameters");
    if (hg_json_is(declared, HG_JSON_OBJECT))
        reading->out->parameters = declared;
    else if (!hg_json_is_null(declared))
        FLOW_REFUSE(reading, "InvalidTemplate", HG_STR("/parameters"),
                    "The 'parameters' of the definition are not an object.");
}

static void read_passes(struct flow_reading *reading)
{
    read_parameters(reading);
    flow_reading_trigger(reading);
    flow_reading_outline(reading);
    flow_reading_actions(reading);
    flow_reading_after(reading);
    if (reading->failed)
        return;
    flow_reading_names(reading);
    flow_reading_secrets(reading);
    flow_reading_references(reading);
}

enum hg_code flow_definition_read(struct hg_arena *arena, const struct flow_source *source,
                                  struct flow_findings *findings,
                                  const struct flow_definition **out, struct hg_err *err)
{
    struct flow_reading reading = {.arena = arena, .source = source, .findings = findings};
    size_t n_references = hg_json_count(source->references);
    reading.out = HG_NEW(arena, struct flow_definition);
    if (n_references > 0)
        reading.reference_used = HG_NEW_ARRAY(arena, bool, n_references);
    if (reading.out == NULL || (n_references > 0 && reading.reference_used == NULL))
        return HG_FAIL(err, HG_NO_MEMORY, "a flow definition");
    reading.out->source = source->definition;
    if (hg_json_is(source->definition, HG_JSON_OBJECT))
        read_passes(&reading);
    else
        FLOW_REFUSE(&reading, "InvalidTemplate", HG_STR(""), "The definition is not an object.");
    if (reading.failed || hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "a flow definition");
    *out = findings->n_errors == 0 ? reading.out : NULL;
    return HG_OK;
}
