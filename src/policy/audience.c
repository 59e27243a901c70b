#include "policy/audience.h"

#include "base/base.h"
#include "model/model.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/set_private.h"

#include <stdbool.h>
#include <stddef.h>

struct audiences {
    hg_str *items;
    size_t n, room;
    hg_str low_privilege;
};

/* The data sets behind Microsoft Graph's scopes, by the beginning of their names. */
static const struct {
    hg_str prefix, app_id;
} data_sets[] = {
    {HG_LIT("Mail"), HG_LIT(POLICY_APP_EXCHANGE)}, /* Mail.*, MailboxSettings.*, … */
    {HG_LIT("Calendars."), HG_LIT(POLICY_APP_EXCHANGE)},
    {HG_LIT("Contacts."), HG_LIT(POLICY_APP_EXCHANGE)},
    {HG_LIT("Files."), HG_LIT(POLICY_APP_SHAREPOINT)},
    {HG_LIT("Sites."), HG_LIT(POLICY_APP_SHAREPOINT)},
    {HG_LIT("Channel"), HG_LIT(POLICY_APP_TEAMS)}, /* Channel.*, ChannelMessage.*, … */
    {HG_LIT("Chat"), HG_LIT(POLICY_APP_TEAMS)},    /* Chat.*, ChatMessage.* */
    {HG_LIT("Team"), HG_LIT(POLICY_APP_TEAMS)},    /* Team.*, TeamMember.*, … */
};

static const char *const oidc_scopes[] = {"openid", "profile", "email", "offline_access"};
static const char *const directory_scopes[] = {
    "User.Read",       "User.Read.All",        "User.ReadBasic.All", "People.Read",
    "People.Read.All", "GroupMember.Read.All", "Member.Read.Hidden"};

/* What a client may read without that counting as access to the directory, beside those of
 * OIDC, when it is a public one. */
static const char *const own_scopes[] = {"User.Read", "People.Read"};

/* An audience that stands for more than low-privilege scopes is judged as ever. */
static void add(struct audiences *audiences, hg_str app_id)
{
    if (app_id.len == 0)
        return;
    if (hg_str_eq_nocase(audiences->low_privilege, app_id))
        audiences->low_privilege = HG_STR("");
    if (model_has_id(audiences->items, audiences->n, app_id))
        return;
    HG_ASSERT(audiences->n < audiences->room);
    audiences->items[audiences->n++] = app_id;
}

static bool is_listed(const char *const *names, size_t n, hg_str scope)
{
    for (size_t i = 0; i < n; i++)
        if (hg_str_eq_nocase(hg_str_of(names[i]), scope))
            return true;
    return false;
}

static bool is_oidc(hg_str scope)
{
    return is_listed(oidc_scopes, HG_COUNT(oidc_scopes), scope);
}

static bool is_baseline(hg_str scope)
{
    return is_oidc(scope) || is_listed(directory_scopes, HG_COUNT(directory_scopes), scope);
}

static bool is_own(hg_str scope)
{
    return is_oidc(scope) || is_listed(own_scopes, HG_COUNT(own_scopes), scope);
}

static bool all_scopes(const struct policy_request *request, bool (*is)(hg_str scope))
{
    for (size_t i = 0; i < request->n_scopes; i++)
        if (!is(request->scopes[i]))
            return false;
    return true;
}

/* A scope may stand for several data sets, one for none stands for Graph itself.
 * Baseline scopes beside others open no data set of their own. */
static void add_graph_scope(struct audiences *audiences, hg_str scope)
{
    bool found = false;
    if (is_baseline(scope))
        return;
    for (size_t i = 0; i < HG_COUNT(data_sets); i++)
        if (hg_str_starts_nocase(scope, data_sets[i].prefix)) {
            add(audiences, data_sets[i].app_id);
            found = true;
        }
    if (!found)
        add(audiences, HG_STR(POLICY_APP_GRAPH));
}

/* Baseline scopes alone: the directory, or what the tenant has in its place for those of
 * low privilege (step C). */
static void add_baseline(struct audiences *audiences, const struct policy_set *set,
                         const struct policy_request *request)
{
    bool is_low = request->is_confidential || all_scopes(request, is_own);
    bool custom = is_low && set->baseline == POLICY_BASELINE_CUSTOM;
    hg_str app_id = custom ? set->baseline_resource : HG_STR(POLICY_APP_DIRECTORY);
    add(audiences, app_id);
    if (is_low)
        audiences->low_privilege = app_id;
}

static void add_resource(struct audiences *audiences, const struct policy_set *set,
                         const struct policy_request *request)
{
    bool is_graph = hg_str_eq_nocase(request->resource, HG_STR(POLICY_APP_GRAPH));
    if (request->resource.len > 0 && !is_graph) {
        add(audiences, request->resource);
        return;
    }
    bool oidc_only = all_scopes(request, is_oidc);
    if (oidc_only && request->is_confidential && request->wants_id_token)
        return; /* nothing but itself, step C */
    if (all_scopes(request, is_baseline)) {
        add_baseline(audiences, set, request);
        return;
    }
    for (size_t i = 0; i < request->n_scopes; i++)
        add_graph_scope(audiences, request->scopes[i]);
}

/* New entries are visited too, so what a dependency depends on is found. */
static void add_dependencies(struct audiences *audiences, const struct policy_app_groups *groups)
{
    for (size_t i = 0; i < audiences->n; i++)
        for (size_t k = 0; k < groups->n_dependencies; k++)
            if (hg_str_eq_nocase(audiences->items[i], groups->dependencies[k].app))
                add(audiences, groups->dependencies[k].needs);
}

enum hg_code policy_audiences(struct hg_arena *arena, const struct policy_set *set,
                              const struct policy_request *request, struct policy_audiences *out,
                              struct hg_err *err)
{
    enum { OWN = 3 }; /* resource or directory, Graph, client */
    struct audiences audiences = {.room =
                                      OWN + HG_COUNT(data_sets) + set->app_groups->n_dependencies};
    audiences.items = HG_NEW_ARRAY(arena, hg_str, audiences.room);
    if (audiences.items == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "audiences");
    add_resource(&audiences, set, request);
    if (request->is_confidential && request->wants_id_token)
        add(&audiences, request->client);
    if (request->with_dependencies)
        add_dependencies(&audiences, set->app_groups);
    if (audiences.n == 0)
        return HG_FAIL(err, HG_MALFORMED, "a request for nothing, by a client without id");
    *out = (struct policy_audiences){
        .items = audiences.items, .n = audiences.n, .low_privilege = audiences.low_privilege};
    return HG_OK;
}
