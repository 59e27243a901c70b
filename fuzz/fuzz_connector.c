/* A connector's document: read, and every operation asked for a request. */

#include "base/base.h"
#include "connector/connector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 64 << 20);
    hg_str text = {(const char *)data, size};
    struct hg_json json;
    struct connector_faults faults = {0};
    const struct connector *connector = NULL;
    if (arena == NULL ||
        hg_json_parse(arena, text, HG_JSON_LAST_WINS, &hg_json_file, &json, NULL) != HG_OK)
        return 0;
    /* The document is its own properties and its own arguments. */
    struct connector_document document = {HG_STR("c"), &json, &json};
    if (connector_read(arena, &document, &faults, &connector, NULL) != HG_OK || connector == NULL)
        return 0;
    const struct hg_json *arguments = hg_json_get(&json, "arguments");
    for (size_t i = 0; i < connector->n_operations; i++) {
        struct connector_call call = {connector, &connector->operations[i], arguments};
        struct connector_request request;
        struct connector_fault fault = {0};
        struct connector_faults more = {0};
        enum hg_code code = connector_request_build(arena, &call, &request, &fault);
        HG_ASSERT(code == HG_OK || code == HG_NO_MEMORY || fault.message.len > 0);
        if (code == HG_OK)
            HG_ASSERT(hg_str_find_byte(request.path, '\n') == HG_NPOS);
        if (connector_arguments_check(arena, &call, &more, NULL) != HG_OK)
            return 0;
    }
    (void)connector_operation_match(connector, HG_STR("GET"), text);
    return 0;
}
