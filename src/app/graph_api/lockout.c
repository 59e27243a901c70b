#include "app/graph_api/lockout.h"

#include "app/app_private.h"
#include "app/decide.h"
#include "app/directory/break_glass.h"
#include "app/directory/directory.h"
#include "app/directory/first_party.h"
#include "app/directory/objects.h"
#include "app/directory/policy_source.h"
#include "app/directory/tenants.h"
#include "app/signals/origin.h"
#include "base/base.h"
#include "http/http.h"
#include "model/model.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <stddef.h>

enum { MAX_PLACES = 32 };

/* Who can undo a change: the roles that may write policies. */
static const char *const roles[] = {"GlobalAdministrator", "ConditionalAccessAdministrator",
                                    "SecurityAdministrator"};

/* A set to judge by, and the places it speaks of. */
struct world {
    struct app_call *call;
    const struct policy_set *set;
    struct model_network places[MAX_PLACES];
    size_t n_places;
};

/* --- Circumstances -------------------------------------------------------------------- */

static void add_place(struct world *world, struct model_network network)
{
    if (world->n_places < MAX_PLACES)
        world->places[world->n_places++] = network;
}

/* One place inside each named location: the first address of its first range, a country. */
static void add_location(struct world *world, const struct hg_json *body)
{
    const struct hg_json *range = hg_json_item(hg_json_get(body, "ipRanges"), 0);
    const struct hg_json *country = hg_json_item(hg_json_get(body, "countriesAndRegions"), 0);
    struct hg_cidr cidr;
    if (range != NULL &&
        hg_cidr_parse(hg_json_str_or(hg_json_get(range, "cidrAddress"), HG_STR("")), &cidr, NULL) ==
            HG_OK)
        add_place(world, (struct model_network){.has_ip = true, .ip = cidr.first});
    if (country != NULL)
        add_place(world, (struct model_network){.country = hg_json_str_or(country, HG_STR(""))});
}

static enum hg_code add_places(struct world *world, struct hg_err *err)
{
    struct app_objects all;
    struct app_call *call = world->call;
    add_place(world, (struct model_network){0});
    add_place(world, app_network_of(call));
    HG_TRY(app_objects_list(call->app->store, call->arena, call->tenant->tenant.id,
                            APP_KIND_LOCATION, HG_STR(""), 0, &all, err));
    for (size_t i = 0; i < all.n; i++)
        add_location(world, &all.items[i].body);
    add_place(world, (struct model_network){.is_compliant = true, .is_inside = true});
    return HG_OK;
}

static struct policy_facts facts_of(const struct world *world, const struct model_user *user,
                                    const struct model_device *device)
{
    static const hg_str graph[] = {HG_LIT(APP_ID_GRAPH)};
    return (struct policy_facts){
        .now = world->call->now,
        .user = user,
        .client = HG_STR(APP_ID_ADMIN_PORTAL),
        .resources = graph,
        .n_resources = HG_COUNT(graph),
        .client_app_type = MODEL_CLIENT_BROWSER,
        .device = device,
        .signin_risk = POLICY_RISK_NONE,
        .user_risk = POLICY_RISK_NONE,
        .is_interactive = true,
    };
}

/* What nobody can be asked for and get. */
static bool is_shut(const struct policy_verdict *verdict)
{
    return verdict->outcome == POLICY_BLOCK ||
           (verdict->needs & ~(uint32_t)POLICY_CONTROLS_PROMPT) != 0;
}

static hg_str deciding(const struct policy_verdict *verdict, const struct policy_set *set)
{
    for (size_t i = 0; verdict->n_deciding > 0 && i < policy_set_count(set); i++)
        if (hg_str_eq(policy_rule_id(policy_set_rule(set, i)), verdict->deciding[0]))
            return policy_rule_name(policy_set_rule(set, i));
    return HG_STR("");
}

static enum hg_code judge(const struct world *world, const struct policy_facts *facts, bool *is_in,
                          hg_str *by, struct hg_err *err)
{
    struct policy_verdict verdict;
    HG_TRY(policy_judge(world->call->arena, world->set, facts, false, &verdict, err));
    *is_in = !is_shut(&verdict);
    if (!*is_in && by->len == 0)
        *by = deciding(&verdict, world->set);
    return HG_OK;
}

/* Under the best of circumstances: a managed device, at some place, with some client. */
static enum hg_code can_enter(const struct world *world, const struct model_user *user, bool *is_in,
                              hg_str *by, struct hg_err *err)
{
    static const enum model_platform platforms[] = {MODEL_PLATFORM_WINDOWS, MODEL_PLATFORM_MACOS,
                                                    MODEL_PLATFORM_IOS, MODEL_PLATFORM_ANDROID,
                                                    MODEL_PLATFORM_LINUX};
    static const enum model_client_app clients[] = {MODEL_CLIENT_BROWSER,
                                                    MODEL_CLIENT_MOBILE_DESKTOP};
    const struct model_device device = {.is_present = true,
                                        .is_compliant = true,
                                        .is_managed = true,
                                        .trust_type = HG_STR("ServerAD")};
    struct policy_facts facts = facts_of(world, user, &device);
    facts.is_approved_app = true;
    facts.is_protected_app = true;
    facts.is_token_bound = true;
    *is_in = false;
    *by = HG_STR("");
    size_t n = world->n_places * HG_COUNT(platforms) * HG_COUNT(clients);
    for (size_t i = 0; i < n && !*is_in; i++) {
        facts.network = world->places[i % world->n_places];
        facts.platform = platforms[i / world->n_places % HG_COUNT(platforms)];
        facts.client_app_type = clients[i / world->n_places / HG_COUNT(platforms)];
        HG_TRY(judge(world, &facts, is_in, by, err));
    }
    return HG_OK;
}

/* As things stand for whoever makes this very request. What device it comes from is not known
 * here: a policy that wants one counts as shut, and can be confirmed. */
static enum hg_code saver_can_enter(const struct world *world, bool *is_in, hg_str *by,
                                    struct hg_err *err)
{
    static const struct model_device none = {0};
    struct app_call *call = world->call;
    struct policy_facts facts = facts_of(world, &call->caller.user, &none);
    facts.network = app_network_of(call);
    facts.platform = app_platform_of(call);
    facts.client = call->caller.client;
    facts.mfa_at.is_set = hg_str_has_word(call->caller.amr, HG_STR("mfa"));
    facts.mfa_at.at = call->caller.auth_at;
    *by = HG_STR("");
    return judge(world, &facts, is_in, by, err);
}

/* --- Who is asked ------------------------------------------------------------------------ */

struct asked {
    const struct world *before, *after;
    size_t n;      /* who could get in before */
    size_t n_left; /* and still can */
    hg_str by;
};

static enum hg_code ask(struct asked *asked, const struct model_user *user, struct hg_err *err)
{
    bool could;
    bool can;
    hg_str by;
    if (!user->enabled)
        return HG_OK;
    HG_TRY(can_enter(asked->before, user, &could, &by, err));
    if (!could)
        return HG_OK;
    asked->n++;
    HG_TRY(can_enter(asked->after, user, &can, &by, err));
    asked->n_left += can;
    if (!can)
        asked->by = by;
    return HG_OK;
}

static enum hg_code ask_user(struct asked *asked, hg_str id, bool *is_user, struct hg_err *err)
{
    struct app_call *call = asked->before->call;
    struct model_user user;
    enum hg_code code =
        app_user_load(call->app, call->arena, call->tenant->tenant.id, id, &user, err);
    *is_user = code == HG_OK;
    if (code == HG_NOT_FOUND)
        return HG_OK;
    HG_TRY(code);
    return ask(asked, &user, err);
}

/* Holders of a role are users, and groups of them. Who is found able to enter ends the search. */
static enum hg_code ask_holders(struct asked *asked, enum app_link link, hg_str parent, int depth,
                                struct hg_err *err)
{
    struct app_call *call = asked->before->call;
    struct app_ids ids;
    HG_TRY(app_links_children(call->app->store, call->arena, call->tenant->tenant.id, link, parent,
                              &ids, err));
    for (size_t i = 0; i < ids.n && asked->n_left == 0; i++) {
        bool is_user;
        HG_TRY(ask_user(asked, ids.items[i], &is_user, err));
        if (!is_user && depth < 4)
            HG_TRY(ask_holders(asked, APP_LINK_MEMBER, ids.items[i], depth + 1, err));
    }
    return HG_OK;
}

static enum hg_code ask_administrators(struct asked *asked, struct hg_err *err)
{
    for (size_t i = 0; i < HG_COUNT(roles) && asked->n_left == 0; i++)
        HG_TRY(ask_holders(asked, APP_LINK_ROLE,
                           hg_str_of(app_role_find(hg_str_of(roles[i]))->template_id), 0, err));
    return HG_OK;
}

static enum hg_code ask_break_glass(struct asked *asked, bool *is_tested, struct hg_err *err)
{
    struct app_call *call = asked->before->call;
    struct app_objects all;
    *is_tested = false;
    HG_TRY(app_break_glass_list(call->app->store, call->arena, call->tenant->tenant.id, &all, err));
    for (size_t i = 0; i < all.n; i++) {
        size_t left = asked->n_left;
        bool is_user;
        HG_TRY(ask_user(asked, all.items[i].id, &is_user, err));
        *is_tested = *is_tested || (asked->n_left > left &&
                                    hg_json_get(&all.items[i].body, "lastTestedDateTime") != NULL);
    }
    return HG_OK;
}

/* --- The three rules --------------------------------------------------------------------- */

static bool is_confirmed(const struct app_call *call)
{
    return hg_str_eq_nocase(http_header_or(call->request, "Headgate-Confirm", ""),
                            HG_STR("lockout"));
}

static void refuse(struct app_call *call, const char *whom, hg_str by, const char *next)
{
    app_refuse(call, 400, "LockoutPrevented",
               "Nothing was changed: the policy '%.*s' would lock out %s. %s", HG_ARG(by), whom,
               next);
}

static enum hg_code check(const struct world *before, const struct world *after, bool *refused,
                          struct hg_err *err)
{
    struct app_call *call = before->call;
    struct asked glass = {.before = before, .after = after};
    struct asked admins = {.before = before, .after = after};
    bool is_tested;
    bool could = true;
    bool can = true;
    hg_str by = HG_STR("");
    HG_TRY(ask_break_glass(&glass, &is_tested, err));
    HG_TRY(ask_administrators(&admins, err));
    if (call->caller.kind == APP_DELEGATED) {
        HG_TRY(saver_can_enter(before, &could, &by, err));
        HG_TRY(saver_can_enter(after, &can, &by, err));
    }
    *refused = true;
    if (glass.n > 0 && glass.n_left == 0)
        refuse(call, "the last break-glass account that can sign in", glass.by,
               "Exclude a break-glass account from the policy first.");
    else if (admins.n > 0 && admins.n_left == 0 && !(is_confirmed(call) && is_tested))
        refuse(call, "every administrator who could undo it", admins.by,
               "Exclude one of them, save the policy report-only, or, with a tested break-glass "
               "account that it excludes (headgate break-glass add, test), repeat the change with "
               "the header Headgate-Confirm: lockout.");
    else if (could && !can && !is_confirmed(call))
        refuse(call, "you, here and now", by,
               "Save it report-only and look at What If; or repeat the change with the header "
               "Headgate-Confirm: lockout when that is meant.");
    else
        *refused = false;
    return HG_OK;
}

enum hg_code app_lockout_check(struct app_call *call, const struct app_policy_change *change,
                               bool *refused, struct hg_err *err)
{
    *refused = false;
    if (call->caller.kind == APP_HOST_OPERATOR)
        return HG_OK;
    struct world *worlds = HG_NEW_ARRAY(call->arena, struct world, 2);
    struct app_policy_source source;
    if (worlds == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "places to judge from");
    worlds[0] = (struct world){.call = call, .set = call->tenant->policies};
    HG_TRY(add_places(&worlds[0], err));
    if (change->kind == APP_KIND_LOCATION && change->body != NULL)
        add_location(&worlds[0], change->body);
    worlds[1] = worlds[0];
    HG_TRY(app_policy_source_load(call->app->store, call->arena, call->tenant->tenant.id, change,
                                  &source, err));
    HG_TRY(policy_compile(call->arena, &source.source, &worlds[1].set, err));
    return check(&worlds[0], &worlds[1], refused, err);
}

enum hg_code app_lockout_can_enter(struct app_call *call, const struct model_user *user, bool *out,
                                   hg_str *out_by, struct hg_err *err)
{
    struct world *world = HG_NEW(call->arena, struct world);
    if (world == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "places to judge from");
    *world = (struct world){.call = call, .set = call->tenant->policies};
    HG_TRY(add_places(world, err));
    return can_enter(world, user, out, out_by, err);
}
