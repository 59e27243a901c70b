/* A stored run: whatever loads must be one that steps can go on from. */

#include "base/base.h"
#include "flow/definition.h"
#include "flow/run.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char definition_text[] =
    "{\"triggers\":{\"m\":{\"type\":\"Request\"}},\"actions\":{"
    "\"I\":{\"type\":\"InitializeVariable\",\"inputs\":{\"variables\":[{\"name\":\"s\",\"type\":"
    "\"string\"},{\"name\":\"a\",\"type\":\"array\"}]}},"
    "\"L\":{\"type\":\"Foreach\",\"foreach\":[1,2],\"runAfter\":{\"I\":[\"Succeeded\"]},"
    "\"actions\":"
    "{\"H\":{\"type\":\"Http\",\"inputs\":{\"method\":\"GET\",\"uri\":\"https://x.example/\"}},"
    "\"A\":{\"type\":\"AppendToArrayVariable\",\"inputs\":{\"name\":\"a\",\"value\":1},"
    "\"runAfter\":"
    "{\"H\":[\"Succeeded\",\"Failed\"]}}}},"
    "\"R\":{\"type\":\"Compose\",\"inputs\":\"@outputs('H')\",\"runAfter\":{\"L\":[\"Succeeded\"]}}"
    "}}";

static void fill(void *self, void *out, size_t n)
{
    (void)self;
    memset(out, 7, n);
}

static void go_on(struct hg_arena *arena, struct flow_run *run)
{
    struct hg_random random = {.fill = fill};
    struct flow_effects effects;
    hg_str text;
    if (flow_run_pending(run, &effects, NULL) != HG_OK)
        return;
    uint64_t command = effects.n_commands == 0 ? 1 : effects.commands[0].id;
    const struct flow_event events[] = {
        {.kind = FLOW_EVENT_STARTED},
        {.kind = FLOW_EVENT_ANSWERED, .command = command, .status = 200},
        {.kind = FLOW_EVENT_TIMER},
        {.kind = FLOW_EVENT_CANCEL},
    };
    for (size_t i = 0; i < HG_COUNT(events); i++) {
        hg_time now = {.us = 1795522800000000 + (int64_t)i};
        if (flow_step(run, &events[i], now, &random, &effects, NULL) != HG_OK)
            return;
    }
    (void)flow_run_properties(arena, run);
    for (uint32_t i = 0; i < 5; i++)
        (void)flow_action_properties(arena, run, i);
    if (flow_run_render(arena, run, FLOW_WHOLE, &text, NULL) != HG_OK)
        return;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 64 << 20);
    hg_str text = {(const char *)data, size};
    struct hg_json json;
    struct flow_findings findings = {0};
    struct flow_source source = {.definition = &json};
    const struct flow_definition *definition = NULL;
    struct flow_run *run = NULL;
    if (arena == NULL ||
        hg_json_parse(arena, hg_str_of(definition_text), HG_JSON_STRICT, &hg_json_api, &json,
                      NULL) != HG_OK ||
        flow_definition_read(arena, &source, &findings, &definition, NULL) != HG_OK ||
        definition == NULL)
        return 0;
    if (flow_run_parse(arena, definition, &text, 1, &run, NULL) == HG_OK)
        go_on(arena, run);
    return 0;
}
