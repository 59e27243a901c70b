#include "app/connections/connectors.h"

#include "app/connections/connectors_data.h"
#include "base/base.h"
#include "connector/connector.h"

#include <stddef.h>

static enum hg_code parse(struct hg_arena *arena, hg_str text, const struct hg_json **out,
                          struct hg_err *err)
{
    struct hg_json *json = HG_NEW(arena, struct hg_json);
    if (json == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "connector document");
    HG_TRY(hg_json_parse(arena, text, HG_JSON_STRICT, &hg_json_file, json, err));
    *out = json;
    return HG_OK;
}

enum hg_code app_connector_load(struct hg_arena *arena, hg_str name, const struct connector **out,
                                struct hg_err *err)
{
    *out = NULL;
    for (size_t i = 0; i < app_n_connectors_data; i++) {
        const struct app_connector_data *data = &app_connectors_data[i];
        if (!hg_str_eq_nocase(data->name, name))
            continue;
        struct connector_document document = {.name = data->name};
        struct connector_faults faults = {0};
        HG_TRY(parse(arena, data->swagger, &document.swagger, err));
        HG_TRY(parse(arena, data->properties, &document.properties, err));
        return connector_read(arena, &document, &faults, out, err);
    }
    return HG_OK;
}

size_t app_connector_count(void)
{
    return app_n_connectors_data;
}

hg_str app_connector_name(size_t i)
{
    return app_connectors_data[i].name;
}

hg_str app_connector_swagger(size_t i)
{
    return app_connectors_data[i].swagger;
}

hg_str app_connector_scope(struct hg_arena *arena, const struct connector *connector)
{
    hg_str first = hg_json_str_or(hg_json_item(connector->oauth.scopes, 0), HG_STR(""));
    return first.len > 0 ? first
                         : hg_str_format(arena, "%.*s/.default", HG_ARG(connector->oauth.resource));
}
