/* What a grant remembers of its sign-in, as a seed gives it: written down and read again it is
 * the same. */

#include "app/tokens/grants.h"
#include "base/base.h"
#include "model/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 16 << 20);
    struct model_grant grant = {0};
    struct model_grant again = {0};
    hg_str text;
    hg_str second;
    if (arena == NULL ||
        app_grant_snapshot_parse(arena, (hg_str){(const char *)data, size}, &grant, NULL) != HG_OK)
        return 0;
    HG_ASSERT(app_grant_snapshot_render(arena, &grant, &text, NULL) == HG_OK);
    struct hg_civil civil = hg_civil_of(grant.snapshot.taken_at);
    if (civil.year < 1 || civil.year > 9999) /* an offset can lead out of four digits */
        return 0;
    HG_ASSERT(app_grant_snapshot_parse(arena, text, &again, NULL) == HG_OK);
    HG_ASSERT(app_grant_snapshot_render(arena, &again, &second, NULL) == HG_OK);
    HG_ASSERT(hg_str_eq(text, second));
    return 0;
}
