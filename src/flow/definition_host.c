#include "base/base.h"
#include "flow/definition.h"
#include "flow/definition_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What stands behind the last slash of an api's id or address, in the form
 * "shared_name": Logic Apps writes "office365" for "shared_office365". */
static hg_str api_name(struct hg_arena *arena, hg_str id)
{
    size_t slash = hg_str_find_last_byte(id, '/');
    hg_str last = slash == HG_NPOS ? id : hg_str_from(id, slash + 1);
    if (last.len == 0 || hg_str_starts_nocase(last, HG_STR("shared_")))
        return last;
    return hg_str_format(arena, "shared_%.*s", HG_ARG(last));
}

/* The key in "@parameters('$connections')['key']['connectionId']", or in the form
 * that reads the caller's connections from a trigger header. */
static bool connections_key(hg_str expression, hg_str *out)
{
    size_t at = hg_str_find(expression, HG_STR("$connections'"));
    if (at == HG_NPOS)
        return false;
    hg_str rest = hg_str_from(expression, at);
    size_t open = hg_str_find(rest, HG_STR("['"));
    if (hg_str_starts(rest, HG_STR("$connections']")))
        open = sizeof("$connections']") - 1;
    if (open == HG_NPOS || !hg_str_starts(hg_str_from(rest, open), HG_STR("['")))
        return false;
    rest = hg_str_from(rest, open + 2);
    size_t close = hg_str_find(rest, HG_STR("']"));
    if (close == HG_NPOS || close == 0)
        return false;
    *out = hg_str_sub(rest, 0, close);
    return true;
}

/* Every spelling of "which connection" that has been seen. */
static hg_str reference_key(const struct hg_json *host)
{
    static const char *const plain[] = {"connectionReferenceName", "connectionName",
                                        "connection.referenceName"};
    hg_str key;
    for (size_t i = 0; i < HG_COUNT(plain); i++) {
        if (hg_json_as_str(hg_json_path(host, plain[i]), &key) && key.len > 0)
            return key;
    }
    hg_str expression = hg_json_str_or(hg_json_get(host, "connection"), HG_STR(""));
    expression = hg_json_str_or(hg_json_path(host, "connection.name"), expression);
    if (connections_key(expression, &key))
        return key;
    return expression.len > 0 && expression.ptr[0] != '@' ? expression : HG_STR("");
}

static const struct hg_json *reference_find(struct flow_reading *reading, hg_str key)
{
    const struct hg_json *all = reading->source->references;
    const struct hg_json *found = hg_json_get_nocase(all, key);
    if (found == NULL || reading->reference_used == NULL)
        return found;
    for (size_t i = 0; i < hg_json_count(all); i++)
        reading->reference_used[i] |= &all->object.members[i].value == found;
    return found;
}

static hg_str host_api(struct flow_reading *reading, const struct hg_json *host,
                       const struct hg_json *reference)
{
    const struct hg_json *from[] = {
        hg_json_get(host, "apiId"),        hg_json_path(reference, "id"),
        hg_json_path(reference, "api.id"), hg_json_path(reference, "api.name"),
        hg_json_path(host, "api.id"),      hg_json_path(host, "api.runtimeUrl"),
    };
    for (size_t i = 0; i < HG_COUNT(from); i++) {
        hg_str id = hg_json_str_or(from[i], HG_STR(""));
        if (id.len > 0 && !flow_is_template_expression(from[i]))
            return api_name(reading->arena, id);
    }
    return HG_STR("");
}

static void host_fault(struct flow_reading *reading, const struct flow_step_name *step,
                       const char *member, const char *what)
{
    FLOW_REFUSE(reading, "InvalidOpenApiFlow",
                hg_str_format(reading->arena, "%.*s/%s", HG_ARG(step->path), member),
                "The %s '%.*s' of type '%.*s' names no %s.", step->who, HG_ARG(step->name),
                HG_ARG(step->type), what);
}

static void read_operation(struct flow_reading *reading, const struct flow_step_name *step,
                           const struct hg_json *inputs, struct flow_host *out)
{
    out->operation = hg_json_str_or(hg_json_path(inputs, "host.operationId"), HG_STR(""));
    out->arguments = hg_json_get(inputs, "parameters");
    if (out->operation.len > 0)
        return;
    out->method = hg_json_str_or(hg_json_get(inputs, "method"), HG_STR(""));
    out->path = hg_json_get(inputs, "path");
    if (out->method.len == 0 || !hg_json_is(out->path, HG_JSON_STRING))
        host_fault(reading, step, "host", "operation: neither an operationId nor method and path");
}

void flow_reading_host(struct flow_reading *reading, const struct flow_step_name *step,
                       const struct hg_json *inputs, struct flow_host *out)
{
    const struct hg_json *host = hg_json_get(inputs, "host");
    if (!hg_json_is(host, HG_JSON_OBJECT)) {
        host_fault(reading, step, "host", "connection: it has no 'host'");
        return;
    }
    out->reference = reference_key(host);
    if (out->reference.len == 0)
        host_fault(reading, step, "host", "connection");
    const struct hg_json *reference = reference_find(reading, out->reference);
    out->api = host_api(reading, host, reference);
    read_operation(reading, step, inputs, out);
    if (out->reference.len > 0 && reading->source->references != NULL && reference == NULL)
        FLOW_REFUSE(reading, "FlowMissingConnection",
                    hg_str_format(reading->arena, "%.*s/host", HG_ARG(step->path)),
                    "The flow is missing a connection for the API \"%.*s\": the %s '%.*s' uses the "
                    "connection reference '%.*s', which is not among the flow's.",
                    HG_ARG(out->api), step->who, HG_ARG(step->name), HG_ARG(out->reference));
}

void flow_reading_references(struct flow_reading *reading)
{
    const struct hg_json *all = reading->source->references;
    for (size_t i = 0; reading->reference_used != NULL && i < hg_json_count(all); i++) {
        if (!reading->reference_used[i])
            FLOW_WARN(reading, "UnusedConnectionReference", HG_STR(""),
                      "No step uses the connection reference '%.*s'.",
                      HG_ARG(all->object.members[i].name));
    }
}
