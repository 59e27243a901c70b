/* A body for each Graph resource: what is accepted is shown with its properties alone, and sent
 * back unchanged it changes nothing. */

#include "base/base.h"
#include "graph/graph.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct hg_arena *arena, const struct graph_resource *resource,
                  const struct hg_json *input)
{
    struct graph_fault fault = {0};
    struct hg_json body;
    struct hg_json again;
    enum hg_code code = graph_body(arena, resource, GRAPH_CREATE, NULL, input, &body, &fault, NULL);
    if (code != HG_OK) {
        HG_ASSERT(code != HG_MALFORMED || fault.message.len > 0);
        return;
    }
    struct hg_json view = graph_view(arena, resource, &body, NULL, 0);
    HG_ASSERT(hg_json_count(&view) <= resource->n_properties);
    HG_ASSERT(graph_body(arena, resource, GRAPH_UPDATE, &body, &body, &again, &fault, NULL) ==
              HG_OK);
    HG_ASSERT(hg_json_eq(&body, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct graph_resource *const resources[] = {
        &graph_user, &graph_group, &graph_application, &graph_token_lifetime_policy};
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 64 << 20);
    struct hg_json json;
    if (arena == NULL || hg_json_parse(arena, (hg_str){(const char *)data, size}, HG_JSON_STRICT,
                                       &hg_json_api, &json, NULL) != HG_OK)
        return 0;
    for (size_t i = 0; i < HG_COUNT(resources); i++)
        check(arena, resources[i], &json);
    return 0;
}
