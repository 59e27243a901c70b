/* Base/json: what is read and written is read again as the same. */

#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct hg_arena *arena, hg_str text, unsigned options)
{
    struct hg_json value;
    struct hg_json again;
    hg_str written;
    if (hg_json_parse(arena, text, options, &hg_json_api, &value, NULL) != HG_OK)
        return;
    HG_ASSERT(hg_json_render(arena, &value, &written, NULL) == HG_OK);
    HG_ASSERT(hg_json_parse(arena, written, HG_JSON_STRICT, &hg_json_api, &again, NULL) == HG_OK);
    HG_ASSERT(hg_json_eq(&value, &again));
    struct hg_json copy = hg_json_copy(arena, &value);
    HG_ASSERT(hg_json_eq(&value, &copy));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned options[] = {HG_JSON_STRICT, HG_JSON_LAST_WINS, HG_JSON_TOLERANT,
                                       HG_JSON_LAST_WINS | HG_JSON_TOLERANT};
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 64 << 20);
    if (arena == NULL)
        return 0;
    for (size_t i = 0; i < HG_COUNT(options); i++)
        check(arena, (hg_str){(const char *)data, size}, options[i]);
    return 0;
}
