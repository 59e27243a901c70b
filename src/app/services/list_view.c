#include "app/app_private.h"
#include "app/services/list_service.h"
#include "app/services/lists.h"
#include "base/base.h"
#include "model/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Columns that the service keeps; those in braces are all its own. */
static const char *const own_columns[] = {"ID",     "ItemInternalId", "Created",    "Modified",
                                          "Author", "Editor",         "@odata.etag"};

static bool is_own(hg_str name)
{
    for (size_t i = 0; i < HG_COUNT(own_columns); i++)
        if (hg_str_eq_nocase(name, hg_str_of(own_columns[i])))
            return true;
    return hg_str_starts(name, HG_STR("{"));
}

bool app_list_columns_set(struct app_call *call, struct hg_json *columns,
                          const struct hg_json *given)
{
    for (uint32_t i = 0; i < given->object.n; i++) {
        const struct hg_json_member *member = &given->object.members[i];
        if (member->name.len == 0 || is_own(member->name)) {
            app_refuse(call, 400, "BadRequest", "The column '%.*s' is kept by the list itself.",
                       HG_ARG(member->name));
            return false;
        }
        if (hg_json_is_null(&member->value))
            (void)hg_json_remove(columns, member->name);
        else
            hg_json_set(call->arena, columns, member->name, member->value);
    }
    return true;
}

enum hg_code app_list_person(struct app_call *call, hg_str *out, struct hg_err *err)
{
    struct hg_arena *arena = call->arena;
    const struct model_user *user = &call->caller.user;
    struct hg_json person = hg_json_object();
    bool is_user = call->caller.kind == APP_DELEGATED;
    hg_json_put_str(arena, &person, "Claims",
                    is_user ? hg_str_format(arena, "i:0#.f|membership|%.*s", HG_ARG(user->upn))
                            : call->caller.client);
    hg_json_put_str(arena, &person, "DisplayName",
                    is_user ? user->display_name : HG_STR("System Account"));
    hg_json_put_str(arena, &person, "Email", is_user ? user->mail : HG_STR(""));
    return hg_json_render(arena, &person, out, err);
}

static hg_str title_of(const struct app_list_item *item)
{
    return hg_json_str_or(hg_json_get(&item->columns, "Title"), HG_STR(""));
}

/* The members in braces. */
static void put_extras(struct app_call *call, const struct app_list *list,
                       const struct app_list_item *item, struct hg_json *json)
{
    struct hg_arena *arena = call->arena;
    hg_str title = title_of(item);
    hg_str folder = hg_str_format(arena, "Lists/%.*s/", HG_ARG(list->name));
    hg_json_put_str(arena, json, "{Identifier}",
                    hg_str_format(arena, "Lists%%252f%.*s%%252f%lld_.000", HG_ARG(list->name),
                                  (long long)item->number));
    hg_json_put(arena, json, "{IsFolder}", hg_json_bool(false));
    hg_json_put_str(arena, json, "{Link}",
                    hg_str_format(arena, "%.*s/Lists/%.*s/DispForm.aspx?ID=%lld",
                                  HG_ARG(list->site), HG_ARG(list->name), (long long)item->number));
    hg_json_put_str(arena, json, "{Name}", title);
    hg_json_put_str(arena, json, "{FilenameWithExtension}", title);
    hg_json_put_str(arena, json, "{Path}", folder);
    hg_json_put_str(arena, json, "{FullPath}",
                    hg_str_format(arena, "%.*s%lld_.000", HG_ARG(folder), (long long)item->number));
    hg_json_put(arena, json, "{HasAttachments}", hg_json_bool(false));
    hg_json_put_str(arena, json, "{VersionNumber}",
                    hg_str_format(arena, "%lld.0", (long long)item->version));
}

static enum hg_code put_person(struct app_call *call, struct hg_json *json, const char *name,
                               hg_str text, struct hg_err *err)
{
    struct hg_json person;
    HG_TRY(hg_json_parse(call->arena, text, HG_JSON_STRICT, &hg_json_api, &person, err));
    hg_json_put(call->arena, json, name, person);
    return HG_OK;
}

enum hg_code app_list_item_show(struct app_call *call, const struct app_list *list,
                                const struct app_list_item *item, struct hg_json *out,
                                struct hg_err *err)
{
    struct hg_arena *arena = call->arena;
    struct hg_json json = hg_json_object();
    hg_json_put_str(
        arena, &json, "@odata.etag",
        hg_str_format(arena, "\"%.*s,%lld\"", HG_ARG(list->id), (long long)item->version));
    hg_json_put_str(arena, &json, "ItemInternalId",
                    hg_str_format(arena, "%lld", (long long)item->number));
    hg_json_put(arena, &json, "ID", hg_json_int(item->number));
    for (uint32_t i = 0; i < item->columns.object.n; i++)
        hg_json_set(arena, &json, item->columns.object.members[i].name,
                    item->columns.object.members[i].value);
    hg_json_put_str(arena, &json, "Created", hg_time_rfc3339(arena, item->created));
    hg_json_put_str(arena, &json, "Modified", hg_time_rfc3339(arena, item->modified));
    HG_TRY(put_person(call, &json, "Author", item->author, err));
    HG_TRY(put_person(call, &json, "Editor", item->editor, err));
    put_extras(call, list, item, &json);
    *out = json;
    return HG_OK;
}
