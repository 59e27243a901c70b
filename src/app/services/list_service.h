#pragma once

#include "app/app_private.h"
#include "app/services/lists.h"
#include "base/base.h"

/* The list service behind shared_sharepointonline (flow-platform.md 5.2): its routes stand
 * in list_service.c (lists) and list_items.c (items, the trigger's poll). */

static inline struct app_list_source app_list_source_of(const struct app_call *call)
{
    return (struct app_list_source){call->app->store, call->arena, call->tenant->tenant.id};
}

/* The site of the route; a connector encodes it twice. False: refused. */
HG_MUST_USE bool app_list_site_asked(struct app_call *call, hg_str *out);
/* The list of the route; *found is false when the call was answered. */
HG_MUST_USE enum hg_code app_list_find(struct app_call *call, struct app_list *out, bool *found,
                                       struct hg_err *err);

/* Who is acting, as items keep it: {"Claims","DisplayName","Email"…}. */
HG_MUST_USE enum hg_code app_list_person(struct app_call *call, hg_str *out, struct hg_err *err);
/* An item as the connector gives it: its columns and those that the service keeps. */
HG_MUST_USE enum hg_code app_list_item_show(struct app_call *call, const struct app_list *list,
                                            const struct app_list_item *item, struct hg_json *out,
                                            struct hg_err *err);
/* Takes the columns of `given` into `columns`; null empties one. False: refused, because
 * the service keeps that column itself. */
HG_MUST_USE bool app_list_columns_set(struct app_call *call, struct hg_json *columns,
                                      const struct hg_json *given);
