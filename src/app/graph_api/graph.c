#include "app/graph_api/graph.h"

#include "app/app_private.h"
#include "app/directory/first_party.h"
#include "app/directory/objects.h"
#include "app/directory/service_principals.h"
#include "app/directory/tenants.h"
#include "app/graph_api/write.h"
#include "base/base.h"
#include "event/event.h"
#include "http/http.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static bool own_service_principal(struct hg_arena *arena, size_t i, struct app_object *out)
{
    if (i >= app_first_party_count())
        return false;
    *out = app_service_principal_own(arena, i);
    return true;
}

static const struct app_collection collections[] = {
    {"users", "user", APP_KIND_USER, &graph_user, true, app_user_create, app_user_update,
     EVENT_DIRECTORY_CHANGED, false},
    {"groups", "group", APP_KIND_GROUP, &graph_group, false, app_group_create, app_group_update,
     EVENT_DIRECTORY_CHANGED, false, .expands = "members", .expand = app_group_members_of},
    {"applications", "application", APP_KIND_APPLICATION, &graph_application, true,
     app_application_register, app_application_update, EVENT_DIRECTORY_CHANGED, false,
     .complete = app_application_complete},
    {"servicePrincipals", "service principal", APP_KIND_SERVICE_PRINCIPAL, &graph_service_principal,
     true, app_service_principal_create, app_service_principal_update, EVENT_DIRECTORY_CHANGED,
     false, .complete = app_service_principal_complete, .release = app_service_principal_release,
     .own = own_service_principal},
    {"devices", "device", APP_KIND_DEVICE, &graph_device, true, app_device_create,
     app_device_update, EVENT_DIRECTORY_CHANGED, false},
    {"identity/conditionalAccess/policies", "conditional access policy", APP_KIND_POLICY, NULL,
     false, app_policy_create, app_policy_update, EVENT_POLICY_CHANGED, true,
     .canonical = policy_rule_canonical, .has_etag = true, .bin = APP_KIND_DELETED_POLICY},
    {"identity/conditionalAccess/namedLocations", "named location", APP_KIND_LOCATION, NULL, false,
     app_location_create, app_location_update, EVENT_POLICY_CHANGED, true,
     .release = app_location_release, .canonical = policy_location_canonical, .has_etag = true,
     .bin = APP_KIND_DELETED_LOCATION},
    {"identity/conditionalAccess/deletedItems/policies", "deleted conditional access policy",
     APP_KIND_DELETED_POLICY, NULL, false, NULL, NULL, EVENT_POLICY_CHANGED, false,
     .canonical = policy_rule_canonical, .is_deleted = true},
    {"identity/conditionalAccess/deletedItems/namedLocations", "deleted named location",
     APP_KIND_DELETED_LOCATION, NULL, false, NULL, NULL, EVENT_POLICY_CHANGED, false,
     .canonical = policy_location_canonical, .is_deleted = true},
    {"identity/conditionalAccess/authenticationStrength/policies", "authentication strength",
     APP_KIND_STRENGTH, NULL, false, app_strength_create, app_strength_update, EVENT_POLICY_CHANGED,
     true, .canonical = policy_strength_canonical, .has_etag = true,
     .release = app_strength_release, .own = app_strength_own},
    {"policies/authenticationStrengthPolicies", "authentication strength", APP_KIND_STRENGTH, NULL,
     false, app_strength_create, app_strength_update, EVENT_POLICY_CHANGED, true,
     .canonical = policy_strength_canonical, .has_etag = true, .release = app_strength_release,
     .own = app_strength_own},
    {"identity/conditionalAccess/authenticationContextClassReferences",
     "authentication context class reference", APP_KIND_AUTH_CONTEXT, &graph_authentication_context,
     false, app_auth_context_create, app_auth_context_update, EVENT_POLICY_CHANGED, false,
     .release = app_auth_context_release},
    {"policies/identitySecurityDefaultsEnforcementPolicy", "security defaults",
     APP_KIND_SECURITY_DEFAULTS, NULL, false, NULL, NULL, EVENT_POLICY_CHANGED, true},
    {"breakGlass", "break-glass account", APP_KIND_BREAK_GLASS, NULL, false, NULL, NULL,
     EVENT_BREAK_GLASS_CHANGED, true},
    {"mfaSettings", "MFA service's settings", APP_KIND_MFA_SETTINGS, NULL, false, NULL, NULL,
     EVENT_MFA_SETTINGS_CHANGED, true},
    {"policies/tokenLifetimePolicies", "token lifetime policy", APP_KIND_TOKEN_LIFETIME_POLICY,
     &graph_token_lifetime_policy, false, app_lifetime_policy_create, app_lifetime_policy_update,
     EVENT_LIFETIME_CHANGED, true},
    {"identityGovernance/termsOfUse/agreements", "agreement", APP_KIND_AGREEMENT, &graph_agreement,
     false, app_agreement_create, app_agreement_update, EVENT_POLICY_CHANGED, true,
     .release = app_agreement_release, .expands = "files", .expand = app_agreement_files_of},
};

const struct app_collection *app_collection_of_kind(enum app_kind kind)
{
    for (size_t i = 0; i < HG_COUNT(collections); i++)
        if (collections[i].kind == kind)
            return &collections[i];
    HG_ASSERT(false && "a kind of no collection");
    return NULL;
}

const struct app_collection *app_collection_of(const struct app_call *call)
{
    static const char version[] = "/{version}/";
    const char *rest = call->route->pattern + sizeof(version) - 1;
    for (size_t i = 0; i < HG_COUNT(collections); i++) {
        size_t len = strlen(collections[i].path);
        if (strncmp(rest, collections[i].path, len) == 0 && strchr("/(", rest[len]) != NULL)
            return &collections[i];
    }
    HG_ASSERT(false && "a route of no collection");
    return NULL;
}

bool app_odata_query(struct app_call *call, struct odata_query *out)
{
    struct http_form form;
    if (!app_query(call, &form))
        return false;
    struct odata_option *options = HG_NEW_ARRAY(call->arena, struct odata_option, form.n);
    struct hg_err err = {0};
    for (size_t i = 0; options != NULL && i < form.n; i++)
        options[i] = (struct odata_option){form.items[i].name, form.items[i].value};
    if (options != NULL && odata_query_parse(call->arena, options, form.n, out, &err) == HG_OK)
        return true;
    app_refuse(call, 400, "BadRequest", "Invalid query: %s", err.detail);
    return false;
}

/* What cannot be expanded is refused, not left out. `known` may be NULL: nothing can. */
static bool can_expand(struct app_call *call, const char *known, const struct odata_query *query)
{
    for (size_t i = 0; i < query->n_expand; i++) {
        if (known != NULL && hg_str_eq(query->expand[i], hg_str_of(known)))
            continue;
        app_refuse(call, 400, "BadRequest",
                   "Parsing OData Select and Expand failed: '%.*s' cannot be expanded here.",
                   HG_ARG(query->expand[i]));
        return false;
    }
    return true;
}

/* --- Showing ----------------------------------------------------------------------- */

static struct hg_json shape_of(struct app_call *call, const struct app_collection *collection,
                               const struct odata_query *query, const struct hg_json *body)
{
    if (collection->resource != NULL)
        return graph_view(call->arena, collection->resource, body, query->select, query->n_select);
    enum policy_shape version = hg_str_eq_nocase(app_param(call, "version"), HG_STR("beta"))
                                    ? POLICY_SHAPE_BETA
                                    : POLICY_SHAPE_V1;
    struct hg_json canonical = collection->canonical(call->arena, body, version);
    return collection->kind == APP_KIND_POLICY
               ? policy_rule_expanded(call->arena, &canonical, &call->tenant->source.source)
               : canonical;
}

static struct hg_json shape(struct app_call *call, const struct app_collection *collection,
                            const struct odata_query *query, const struct app_object *object)
{
    struct hg_json out = shape_of(call, collection, query, &object->body);
    const struct hg_json *deleted = hg_json_get(&object->body, "deletedDateTime");
    if (collection->is_deleted && deleted != NULL)
        hg_json_put(call->arena, &out, "deletedDateTime", *deleted);
    if (collection->has_etag)
        hg_json_put_str(call->arena, &out, "@odata.etag", app_graph_etag(call->arena, object));
    return out;
}

static hg_str context_of(struct app_call *call, const char *path, const char *suffix)
{
    hg_str version = app_param(call, "version"); /* none on Headgate's own routes */
    return hg_str_format(call->arena, "%.*s/%.*s/$metadata#%s%s",
                         HG_ARG(call->app->config.base_url),
                         HG_ARG(version.len > 0 ? version : HG_STR("v1.0")), path, suffix);
}

struct hg_json app_graph_show(struct app_call *call, const struct app_collection *collection,
                              const struct odata_query *query, const struct app_object *object)
{
    struct hg_json shown = shape(call, collection, query, object);
    struct hg_json selected = odata_select(call->arena, query, &shown);
    struct hg_json out = hg_json_object();
    hg_json_put_str(call->arena, &out, "@odata.context",
                    context_of(call, collection->path, "/$entity"));
    for (uint32_t i = 0; i < selected.object.n; i++)
        hg_json_set(call->arena, &out, selected.object.members[i].name,
                    selected.object.members[i].value);
    return out;
}

/* Stable insertion into order: lists are as long as a page of a directory, not more. */
static void order(struct hg_json *items, const struct odata_query *query)
{
    if (query->orderby.len == 0)
        return;
    for (uint32_t i = 1; i < items->array.n; i++) {
        struct hg_json moved = items->array.items[i];
        hg_str key = hg_json_str_or(hg_json_get_nocase(&moved, query->orderby), HG_STR(""));
        uint32_t at = i;
        for (; at > 0; at--) {
            hg_str before = hg_json_str_or(
                hg_json_get_nocase(&items->array.items[at - 1], query->orderby), HG_STR(""));
            int cmp = hg_str_cmp_nocase(before, key);
            if (query->descending ? cmp >= 0 : cmp <= 0)
                break;
            items->array.items[at] = items->array.items[at - 1];
        }
        items->array.items[at] = moved;
    }
}

hg_str app_graph_next_link(struct app_call *call, hg_str next)
{
    struct hg_buf link = hg_buf_new(call->arena, 2 * HG_MAX_TARGET);
    hg_str field;
    hg_buf_str(&link, call->app->config.base_url);
    hg_buf_str(&link, call->request->path);
    hg_buf_byte(&link, '?');
    for (hg_str rest = call->request->query; hg_str_field(&rest, '&', &field);) {
        if (hg_str_find(field, HG_STR("skiptoken=")) != HG_NPOS)
            continue;
        hg_buf_str(&link, field);
        hg_buf_byte(&link, '&');
    }
    hg_buf_z(&link, "$skiptoken=");
    hg_buf_str(&link, next);
    return hg_buf_view(&link);
}

/* Whether the filter names what the items have; an empty collection cannot tell. */
static bool knows_filter(struct app_call *call, const struct odata_query *query,
                         const struct hg_json *items)
{
    struct hg_buf known = hg_buf_new(call->arena, HG_MAX_TARGET);
    for (size_t i = 0; i < hg_json_count(items) && i < 2; i++)
        for (size_t m = 0; m < hg_json_count(hg_json_item(items, i)); m++)
            hg_buf_format(&known, "%.*s ", HG_ARG(hg_json_item(items, i)->object.members[m].name));
    if (query->filter == NULL || hg_json_count(items) == 0)
        return true;
    hg_str stranger = odata_filter_stranger(query->filter, hg_buf_view(&known));
    if (stranger.len == 0)
        return true;
    app_refuse(call, 400, "BadRequest",
               "Invalid filter clause: Could not find a property named '%.*s'.", HG_ARG(stranger));
    return false;
}

/* The page that begins after `skiptoken` items. */
void app_graph_answer_list(struct app_call *call, const char *context,
                           const struct odata_query *query, const struct hg_json *items)
{
    struct hg_arena *arena = call->arena;
    struct hg_json kept = hg_json_array();
    if (!knows_filter(call, query, items))
        return;
    for (size_t i = 0; i < hg_json_count(items); i++)
        if (query->filter == NULL || odata_filter_holds(query->filter, hg_json_item(items, i)))
            hg_json_push(arena, &kept, *hg_json_item(items, i));
    order(&kept, query);
    uint64_t skip = query->skip; /* a link's token counts from the start */
    (void)hg_str_u64(query->skiptoken, UINT32_MAX, &skip);
    uint64_t end = query->top == 0 ? kept.array.n : skip + query->top;
    struct hg_json page = hg_json_array();
    for (uint64_t i = skip; i < end && i < kept.array.n; i++)
        hg_json_push(arena, &page, odata_select(arena, query, &kept.array.items[i]));
    struct hg_json body = hg_json_object();
    hg_json_put_str(arena, &body, "@odata.context", context_of(call, context, ""));
    if (query->count)
        hg_json_put(arena, &body, "@odata.count", hg_json_int(kept.array.n));
    if (end < kept.array.n)
        hg_json_put_str(
            arena, &body, "@odata.nextLink",
            app_graph_next_link(call, hg_str_format(arena, "%llu", (unsigned long long)end)));
    hg_json_put(arena, &body, "value", page);
    app_answer_json(call, 200, &body);
}

static enum hg_code complete(struct app_call *call, const struct app_collection *collection,
                             struct app_object *object, struct hg_err *err)
{
    const struct app_object stored = *object;
    return collection->complete == NULL ? HG_OK
                                        : collection->complete(call, &stored, &object->body, err);
}

static enum hg_code push(struct app_call *call, const struct odata_query *query,
                         struct app_object object, struct hg_json *items, struct hg_err *err)
{
    const struct app_collection *collection = app_collection_of(call);
    HG_TRY(complete(call, collection, &object, err));
    hg_json_push(call->arena, items, shape(call, collection, query, &object));
    return HG_OK;
}

/* Behind the stored ones, those that are there without. */
static enum hg_code push_own(struct app_call *call, const struct odata_query *query,
                             const struct app_objects *stored, struct hg_json *items,
                             struct hg_err *err)
{
    const struct app_collection *collection = app_collection_of(call);
    struct app_object own;
    for (size_t i = 0; collection->own != NULL && collection->own(call->arena, i, &own); i++) {
        bool is_stored = false;
        for (size_t s = 0; s < stored->n; s++)
            is_stored = is_stored || hg_str_eq(stored->items[s].id, own.id);
        if (!is_stored)
            HG_TRY(push(call, query, own, items, err));
    }
    return HG_OK;
}

enum hg_code app_graph_list(struct app_call *call, struct hg_err *err)
{
    const struct app_collection *collection = app_collection_of(call);
    struct odata_query query = {0};
    if (!app_odata_query(call, &query) || !can_expand(call, NULL, &query))
        return HG_OK;
    struct app_objects all;
    HG_TRY(app_objects_list(call->app->store, call->arena, call->tenant->tenant.id,
                            collection->kind, HG_STR(""), 0, &all, err));
    struct hg_json items = hg_json_array();
    for (size_t i = 0; i < all.n; i++)
        HG_TRY(push(call, &query, all.items[i], &items, err));
    HG_TRY(push_own(call, &query, &all, &items, err));
    app_graph_answer_list(call, collection->path, &query, &items);
    return HG_OK;
}

/* --- One object ---------------------------------------------------------------------- */

static bool find_own(struct app_call *call, const struct app_collection *collection, hg_str id,
                     struct app_object *out)
{
    for (size_t i = 0; collection->own != NULL && collection->own(call->arena, i, out); i++)
        if (hg_str_eq_nocase(out->id, id))
            return true;
    return false;
}

enum hg_code app_graph_find(struct app_call *call, const struct app_collection *collection,
                            hg_str id, struct app_object *out, bool *found, struct hg_err *err)
{
    hg_str tenant = call->tenant->tenant.id;
    enum hg_code code = app_object_get(call->app->store, call->arena, tenant, collection->kind,
                                       hg_str_lower(call->arena, id), out, err);
    if (code == HG_NOT_FOUND && collection->by_name)
        code = app_object_by_name(call->app->store, call->arena, tenant, collection->kind, id, out,
                                  err);
    *found = code == HG_OK || (code == HG_NOT_FOUND && find_own(call, collection, id, out));
    if (*found || code != HG_NOT_FOUND)
        return *found ? HG_OK : code;
    app_refuse(call, 404, "Request_ResourceNotFound",
               "Resource '%.*s' does not exist or one of its queried reference-property objects "
               "are not present.",
               HG_ARG(id));
    return HG_OK;
}

enum hg_code app_graph_get(struct app_call *call, struct hg_err *err)
{
    const struct app_collection *collection = app_collection_of(call);
    struct odata_query query = {0};
    struct app_object object;
    bool found;
    if (!app_odata_query(call, &query) || !can_expand(call, collection->expands, &query))
        return HG_OK;
    HG_TRY(app_graph_find(call, collection, app_param(call, "id"), &object, &found, err));
    if (!found)
        return HG_OK;
    HG_TRY(complete(call, collection, &object, err));
    struct hg_json body = app_graph_show(call, collection, &query, &object);
    if (query.n_expand > 0) {
        struct hg_json related;
        HG_TRY(collection->expand(call, object.id, &related, err));
        hg_json_put(call->arena, &body, collection->expands, related);
    }
    app_answer_json(call, 200, &body);
    if (collection->has_etag)
        http_set_field(call->response, "ETag", app_graph_etag(call->arena, &object));
    return HG_OK;
}
