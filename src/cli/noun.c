#include "base/base.h"
#include "cli/online_private.h"

#include <stdbool.h>
#include <stddef.h>

#define FLOWS "/providers/Microsoft.ProcessSimple/environments/~default/flows"
#define CONNECTIONS "/providers/Microsoft.PowerApps/connections"

static const struct cli_noun nouns[] = {
    {.name = "USER",
     .plain = "user",
     .route = "/v1.0/users?$filter=userPrincipalName eq '{}' or "
              "startswith(userPrincipalName,'{}@')",
     .takes_uuid = true,
     .names = "userPrincipalName userPrincipalName:local",
     .id = "id",
     .list = "headgate user list"},
    {.name = "GROUP",
     .plain = "group",
     .route = "/v1.0/groups?$filter=displayName eq '{}'",
     .takes_uuid = true,
     .names = "displayName",
     .id = "id",
     .list = "headgate group list"},
    {.name = "APP",
     .plain = "application",
     .route = "/v1.0/applications",
     .names = "displayName appId id",
     .id = "id",
     .list = "headgate app list"},
    {.name = "SERVICE-PRINCIPAL",
     .plain = "service principal",
     .route = "/v1.0/servicePrincipals",
     .names = "displayName appId id",
     .id = "id",
     .list = "headgate service-principal list"},
    {.name = "RESOURCE",
     .plain = "service principal of a resource",
     .route = "/v1.0/servicePrincipals",
     .names = "displayName appId id",
     .id = "id",
     .list = "headgate service-principal list"},
    {.name = "POLICY",
     .plain = "policy",
     .route = "/v1.0/identity/conditionalAccess/policies",
     .takes_uuid = true,
     .names = "displayName",
     .id = "id",
     .list = "headgate policy list"},
    {.name = "LOCATION",
     .plain = "named location",
     .route = "/v1.0/identity/conditionalAccess/namedLocations",
     .takes_uuid = true,
     .names = "displayName",
     .id = "id",
     .list = "headgate location list"},
    {.name = "DELETED-POLICY",
     .plain = "deleted policy",
     .route = "/v1.0/identity/conditionalAccess/deletedItems/policies",
     .takes_uuid = true,
     .names = "displayName",
     .id = "id",
     .list = "headgate policy deleted"},
    {.name = "DELETED-LOCATION",
     .plain = "deleted named location",
     .route = "/v1.0/identity/conditionalAccess/deletedItems/namedLocations",
     .takes_uuid = true,
     .names = "displayName",
     .id = "id",
     .list = "headgate location deleted"},
    {.name = "STRENGTH",
     .plain = "authentication strength",
     .route = "/v1.0/policies/authenticationStrengthPolicies",
     .takes_uuid = true,
     .names = "displayName",
     .id = "id",
     .list = "headgate auth-strength list"},
    {.name = "TOKEN-POLICY",
     .plain = "token-lifetime policy",
     .route = "/v1.0/policies/tokenLifetimePolicies",
     .takes_uuid = true,
     .names = "displayName",
     .id = "id",
     .list = "headgate token-policy list"},
    {.name = "CONNECTION",
     .plain = "connection",
     .route = CONNECTIONS "?api-version=2016-11-01",
     .names = "name id properties.displayName",
     .id = "id",
     .list = "headgate connection list"},
    {.name = "FLOW",
     .plain = "flow",
     .route = FLOWS "?api-version=2016-11-01",
     .takes_uuid = true,
     .names = "properties.displayName name",
     .id = "name",
     .list = "headgate flow list"},
    {.name = "TRIGGER",
     .plain = "trigger",
     .route = FLOWS "/{FLOW}/triggers?api-version=2016-11-01",
     .takes_first = true,
     .names = "name",
     .id = "name",
     .list = "headgate flow show"},
    {.name = "RUN",
     .plain = "run",
     .route = FLOWS "/{FLOW}/runs?$top=1&api-version=2016-11-01",
     .takes_first = true,
     .names = "name",
     .id = "name",
     .list = "headgate run list"},
};

const struct cli_noun *cli_noun_find(hg_str name)
{
    for (size_t i = 0; i < HG_COUNT(nouns); i++)
        if (hg_str_eq(name, hg_str_of(nouns[i].name)))
            return &nouns[i];
    return NULL;
}

bool cli_noun_needs_look_up(const struct cli_noun *noun, hg_str given)
{
    if (noun == NULL || (noun->takes_first && given.len > 0))
        return false;
    return !(noun->takes_uuid && hg_uuid_valid(given));
}

static hg_str member(const struct hg_json *item, hg_str path)
{
    hg_str name;
    while (hg_str_field(&path, '.', &name))
        item = hg_json_get_str(item, name);
    return hg_json_str_or(item, HG_STR(""));
}

static bool is_called(const struct hg_json *item, const char *names, hg_str given)
{
    hg_str rest = hg_str_of(names);
    hg_str path;
    while (hg_str_field(&rest, ' ', &path)) {
        hg_str filter;
        (void)hg_str_cut(path, ':', &path, &filter);
        hg_str value = member(item, path);
        if (filter.len > 0) /* ":local", the part before '@' */
            (void)hg_str_cut(value, '@', &value, &filter);
        if (value.len > 0 && hg_str_eq_nocase(value, given))
            return true;
    }
    return false;
}

static struct cli_problem not_found(struct hg_arena *arena, const struct cli_noun *noun,
                                    hg_str given, const struct hg_json *list)
{
    struct hg_near near = hg_near_to(given);
    hg_str first;
    hg_str rest;
    (void)hg_str_cut(hg_str_of(noun->names), ' ', &first, &rest);
    for (size_t i = 0; i < hg_json_count(list); i++)
        hg_near_offer(&near, member(hg_json_item(list, i), first));
    struct cli_problem problem = {.exit = CLI_EXIT_NOT_FOUND, .code = HG_STR("not_found")};
    problem.message = noun->takes_first ? hg_str_format(arena, "there is no %s", noun->plain)
                                        : hg_str_format(arena, "there is no %s '%.*s'", noun->plain,
                                                        HG_ARG(given));
    problem.target = given;
    problem.next = near.best.len > 0
                       ? hg_str_format(arena, "Did you mean '%.*s'?", HG_ARG(near.best))
                       : hg_str_format(arena, "What there is: %s", noun->list);
    return problem;
}

static struct cli_problem ambiguous(struct hg_arena *arena, const struct cli_noun *noun,
                                    hg_str given, const struct hg_json *list)
{
    struct hg_buf ids = hg_buf_new(arena, 4096);
    size_t n = 0;
    for (size_t i = 0; i < hg_json_count(list); i++) {
        const struct hg_json *item = hg_json_item(list, i);
        if (!is_called(item, noun->names, given))
            continue;
        hg_buf_z(&ids, n++ == 0 ? "" : ", ");
        hg_buf_str(&ids, member(item, hg_str_of(noun->id)));
    }
    return cli_usage_problem(
        hg_str_format(arena, "'%.*s' can be more than one %s", HG_ARG(given), noun->plain),
        hg_buf_view(&ids), HG_STR("Give the id instead of the name."));
}

bool cli_noun_choose(struct hg_arena *arena, const struct cli_noun *noun, hg_str given,
                     const struct hg_json *list, hg_str *out, struct cli_problem *out_problem)
{
    const struct hg_json *found = noun->takes_first ? hg_json_item(list, 0) : NULL;
    size_t n = found != NULL;
    for (size_t i = 0; !noun->takes_first && i < hg_json_count(list); i++) {
        const struct hg_json *item = hg_json_item(list, i);
        if (!is_called(item, noun->names, given))
            continue;
        found = item;
        n++;
    }
    if (n != 1) {
        *out_problem =
            n == 0 ? not_found(arena, noun, given, list) : ambiguous(arena, noun, given, list);
        return false;
    }
    *out = member(found, hg_str_of(noun->id));
    return true;
}
