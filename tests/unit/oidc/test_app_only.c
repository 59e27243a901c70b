#include "oidc/app_only.h"
#include "unit/oidc/world.h"
#include "unit/test.h"

struct row {
    const char *name;
    const char *scope;
    bool is_alias, is_public, wants_assignment, is_assigned;
    uint32_t policy;
    uint32_t error; /* AADSTS, 0: a token */
};

static const struct row rows[] = {
    {.name = "all of one resource", .scope = "api://orders/.default"},
    {.name = "by its appId", .scope = "22222222-2222-4222-8222-222222222222/.default"},
    {.name = "twice in two spellings", .scope = "api://orders/.default api://orders/.DEFAULT"},
    {.name = "Graph without a name", .scope = ".default"},
    {.name = "a named scope", .scope = "api://orders/read", .error = 1002012},
    {.name = "a named scope beside it",
     .scope = "api://orders/.default api://orders/read",
     .error = 1002012},
    {.name = "OIDC scopes alone", .scope = "openid", .error = 70011},
    {.name = "an OIDC scope beside it", .scope = "openid api://orders/.default", .error = 70011},
    {.name = "nothing", .scope = "", .error = 70011},
    {.name = "malformed", .scope = "/.default", .error = 70011},
    {.name = "two resources", .scope = ".default api://orders/.default", .error = 700022},
    {.name = "a resource that is not there", .scope = "api://nobody/.default", .error = 500011},
    {.name = "no tenant named", .scope = ".default", .is_alias = true, .error = 9001023},
    {.name = "nothing proved", .scope = ".default", .is_public = true, .error = 7000218},
    {.name = "assigned where it must be",
     .scope = "api://orders/.default",
     .wants_assignment = true,
     .is_assigned = true},
    {.name = "not assigned where it must be",
     .scope = "api://orders/.default",
     .wants_assignment = true,
     .error = 501051},
    {.name = "blocked", .scope = "api://orders/.default", .policy = 53003, .error = 53003},
    {.name = "a number without a row denies all the same",
     .scope = "api://orders/.default",
     .policy = 59999,
     .error = 50131},
    {.name = "the assignment speaks before policy",
     .scope = "api://orders/.default",
     .wants_assignment = true,
     .policy = 53003,
     .error = 501051},
};

static struct oidc_app_only run(struct hg_arena *arena, const struct row *row)
{
    const struct oidc_client authenticated = {.is_confidential = !row->is_public};
    struct oidc_token_request request = {.repeated = HG_STR("")};
    oidc_text_take(&request.scope, hg_str_of(row->scope));
    struct oidc_app_only answer;
    assert_int_equal(
        oidc_app_only_identify(arena, &request, &authenticated, row->is_alias, &answer, NULL),
        HG_OK);
    if (oidc_error_is(&answer.error))
        return answer;
    struct model_application orders = world_orders;
    orders.needs_assignment = row->wants_assignment;
    const struct model_application *found = world_resource(answer.scopes.identifiers[0]);
    if (found == &world_orders)
        found = &orders;
    assert_int_equal(oidc_app_only_resolve(arena, world_tenant.display_name, &found, &answer, NULL),
                     HG_OK);
    if (oidc_error_is(&answer.error))
        return answer;
    const struct oidc_app_only_facts facts = {
        .client = &world_web, .is_assigned = row->is_assigned, .policy = {.aadsts = row->policy}};
    assert_int_equal(oidc_app_only_decide(arena, &facts, &answer, NULL), HG_OK);
    return answer;
}

static void each_row_of_the_decision(void **state)
{
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        struct oidc_app_only answer = run(*state, &rows[i]);
        if (oidc_error_row(answer.error.id)->aadsts != rows[i].error)
            fail_msg("%s: AADSTS%u", rows[i].name, oidc_error_row(answer.error.id)->aadsts);
    }
}

static void a_refusal_names_client_and_resource(void **state)
{
    const struct row row = {.scope = "api://orders/.default", .wants_assignment = true};
    struct oidc_app_only answer = run(*state, &row);
    hg_str text;
    assert_int_equal(oidc_error_text(*state, &answer.error, &text, NULL), HG_OK);
    test_str_eq("text", text,
                HG_STR("AADSTS501051: Application '33333333-3333-4333-8333-333333333333' (Shop) is "
                       "not assigned to a role of the application 'Orders'."));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_row_of_the_decision, world_start, world_end),
        cmocka_unit_test_setup_teardown(a_refusal_names_client_and_resource, world_start,
                                        world_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
