#include "policy/audience.h"

#include "base/base.h"
#include "policy/policy_private.h"

#include <stdbool.h>
#include <stddef.h>

#define APP_POWER_APPS "475226c6-020e-4fb2-8a90-7a972cbfc1d4"
#define APP_FLOW_SERVICE "7df0a125-d3be-4c96-aa54-591f83ff541c"
#define APP_FLOW_PORTAL "6204c1d1-4712-4c46-a7d9-3ed63d992682"
#define APP_FORMS "c9a559d2-7aab-4f13-a6ed-e7e9c52aec87"

enum { AUDIENCES_MAX = 16 };

struct audiences {
    hg_str items[AUDIENCES_MAX];
    size_t n;
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

/* Early-bound dependencies (3.5): met before the calling app is entered. */
static const struct {
    hg_str caller, needs;
} dependencies[] = {
    {HG_LIT(APP_FLOW_SERVICE), HG_LIT(APP_POWER_APPS)},
    {HG_LIT(APP_FLOW_PORTAL), HG_LIT(APP_POWER_APPS)},
    {HG_LIT(APP_POWER_APPS), HG_LIT(POLICY_APP_AZURE_MANAGEMENT)},
    {HG_LIT(APP_POWER_APPS), HG_LIT(POLICY_APP_DIRECTORY)},
    {HG_LIT(APP_POWER_APPS), HG_LIT(POLICY_APP_SHAREPOINT)},
    {HG_LIT(APP_POWER_APPS), HG_LIT(POLICY_APP_EXCHANGE)},
    {HG_LIT(POLICY_APP_TEAMS), HG_LIT(POLICY_APP_EXCHANGE)},
    {HG_LIT(POLICY_APP_TEAMS), HG_LIT(POLICY_APP_SHAREPOINT)},
    {HG_LIT(POLICY_APP_TEAMS), HG_LIT(POLICY_APP_SKYPE)},
    {HG_LIT(APP_FORMS), HG_LIT(POLICY_APP_EXCHANGE)},
    {HG_LIT(APP_FORMS), HG_LIT(POLICY_APP_SHAREPOINT)},
    {HG_LIT(POLICY_APP_SKYPE), HG_LIT(POLICY_APP_EXCHANGE)},
};

static void add(struct audiences *audiences, hg_str app_id)
{
    if (app_id.len == 0)
        return;
    for (size_t i = 0; i < audiences->n; i++)
        if (hg_str_eq_nocase(audiences->items[i], app_id))
            return;
    HG_ASSERT(audiences->n < AUDIENCES_MAX); /* the tables above name fewer */
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

static void add_resource(struct audiences *audiences, const struct policy_request *request)
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
        add(audiences, HG_STR(POLICY_APP_DIRECTORY));
        return;
    }
    for (size_t i = 0; i < request->n_scopes; i++)
        add_graph_scope(audiences, request->scopes[i]);
}

/* New entries are visited too, so what a dependency depends on is found. */
static void add_dependencies(struct audiences *audiences)
{
    for (size_t i = 0; i < audiences->n; i++)
        for (size_t k = 0; k < HG_COUNT(dependencies); k++)
            if (hg_str_eq_nocase(audiences->items[i], dependencies[k].caller))
                add(audiences, dependencies[k].needs);
}

enum hg_code policy_audiences(struct hg_arena *arena, const struct policy_request *request,
                              const hg_str **out, size_t *out_n, struct hg_err *err)
{
    struct audiences audiences = {0};
    add_resource(&audiences, request);
    if (request->is_confidential && request->wants_id_token)
        add(&audiences, request->client);
    if (request->with_dependencies)
        add_dependencies(&audiences);
    if (audiences.n == 0)
        return HG_FAIL(err, HG_MALFORMED, "a request for nothing, by a client without id");

    hg_str *items = HG_NEW_ARRAY(arena, hg_str, audiences.n);
    if (items == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "audiences");
    for (size_t i = 0; i < audiences.n; i++)
        items[i] = audiences.items[i];
    *out = items;
    *out_n = audiences.n;
    return HG_OK;
}
