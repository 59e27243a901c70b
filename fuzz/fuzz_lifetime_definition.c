/* lifetime_definition: what is accepted has a canonical text that says the same; what is
 * refused says why, and at a place inside the text or right behind it. */

#include "base/base.h"
#include "lifetime/lifetime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_round_trip(struct hg_arena *arena, const struct lifetime_settings *settings)
{
    struct lifetime_settings again;
    struct lifetime_fault fault;
    hg_str text;
    hg_str twice;
    HG_ASSERT(lifetime_definition_render(arena, settings, &text, NULL) == HG_OK);
    HG_ASSERT(lifetime_definition_parse(arena, text, MODEL_BEHAVIOUR_SEED, &again, &fault, NULL) ==
              HG_OK);
    HG_ASSERT(again.given == settings->given);
    HG_ASSERT(lifetime_definition_render(arena, &again, &twice, NULL) == HG_OK);
    HG_ASSERT(hg_str_eq(text, twice));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hg_arena *arena = hg_arena_new("fuzz", (size_t)4 << 20);
    HG_ASSERT(arena != NULL);
    hg_str text = {.ptr = (const char *)data, .len = size};
    struct lifetime_settings settings;
    struct lifetime_fault fault = {.line = 0};
    enum hg_code code =
        lifetime_definition_parse(arena, text, MODEL_BEHAVIOUR_SEED, &settings, &fault, NULL);
    if (code == HG_OK)
        check_round_trip(arena, &settings);
    else
        HG_ASSERT(fault.message.len > 0 && fault.column <= size + 1);
    hg_arena_free(arena);
    return 0;
}
