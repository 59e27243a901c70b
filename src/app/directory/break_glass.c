#include "app/directory/break_glass.h"

#include "app/directory/objects.h"
#include "base/base.h"
#include "store/store.h"

enum hg_code app_break_glass_list(struct store *store, struct hg_arena *arena, hg_str tenant,
                                  struct app_objects *out, struct hg_err *err)
{
    return app_objects_list(store, arena, tenant, APP_KIND_BREAK_GLASS, HG_STR(""), 0, out, err);
}
