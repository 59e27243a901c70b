/* Flow/expression: any text parses or is refused with a message; what it gives is JSON
 * that can be written and read again; checking and evaluating agree that it parses. */

#include "base/base.h"
#include "flow/expression.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROOM = 16 << 20 };

static void zeros(void *self, void *out, size_t n)
{
    (void)self;
    for (size_t i = 0; i < n; i++)
        ((unsigned char *)out)[i] = 0;
}

static const char world[] =
    "{\"parameters\":{\"p\":1},\"variables\":{\"v\":[1,2.5,null,\"x\"],\"o\":{\"a\":{\"b\":1}}},"
    "\"actions\":{\"A\":{\"outputs\":{\"body\":{\"value\":[{\"k\":1}]}}}},\"item\":\"i\","
    "\"trigger\":{\"outputs\":{\"body\":{\"$formdata\":[{\"key\":\"a\",\"value\":\"b\"}]}}}}";

static void check_value(struct hg_arena *arena, const struct hg_json *value)
{
    static const struct hg_json_limits limits = {.depth = HG_MAX_FLOW_DEPTH, .members = 1 << 24};
    struct hg_json again;
    hg_str written;
    if (hg_json_render(arena, value, &written, NULL) != HG_OK)
        return; /* the arena ended */
    enum hg_code code = hg_json_parse(arena, written, HG_JSON_LAST_WINS, &limits, &again, NULL);
    HG_ASSERT(code == HG_OK || code == HG_NO_MEMORY);
}

static void evaluate(struct hg_arena *arena, hg_str text, enum flow_form form)
{
    static const struct hg_random random = {.fill = zeros};
    const struct flow_expression *expression = NULL;
    struct flow_fault fault = {0};
    struct flow_references references = {0};
    struct flow_faults faults = {0};
    struct hg_json context;
    struct hg_json value;
    enum hg_code code = flow_expression_parse(arena, text, form, &expression, &fault, NULL);
    HG_ASSERT(code != HG_MALFORMED || (fault.message.len > 0 && fault.at <= text.len));
    if (code != HG_OK)
        return;
    HG_ASSERT(hg_json_parse(arena, hg_str_of(world), HG_JSON_STRICT, &hg_json_api, &context,
                            NULL) == HG_OK);
    struct flow_scope scope = flow_scope_of(&context, (hg_time){.us = 0}, &random);
    code = flow_expression_references(arena, expression, &references, NULL);
    HG_ASSERT(code == HG_OK || code == HG_NO_MEMORY);
    code = flow_expression_check(arena, expression, &faults, NULL);
    HG_ASSERT(code == HG_OK || code == HG_NO_MEMORY || code == HG_TOO_BIG);
    code = flow_expression_eval(arena, expression, &scope, &value, &fault, NULL);
    HG_ASSERT(code != HG_MALFORMED || fault.message.len > 0);
    if (code == HG_OK)
        check_value(arena, &value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hg_str text = {(const char *)data, size};
    if (!hg_utf8_valid(text)) /* strings of a definition are */
        return 0;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", ROOM);
    if (arena == NULL)
        return 0;
    evaluate(arena, text, FLOW_FORM_TEMPLATE);
    hg_arena_reset(arena);
    evaluate(arena, text, FLOW_FORM_BARE);
    return 0;
}
