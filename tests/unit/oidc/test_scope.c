#include "oidc/error.h"
#include "oidc/scope.h"
#include "unit/oidc/world.h"
#include "unit/test.h"

static struct oidc_scopes resolved(struct hg_arena *arena, const char *text,
                                   struct oidc_error *error)
{
    struct oidc_scopes scopes;
    const struct model_application *found[OIDC_MAX_SCOPE_RESOURCES + 1];
    assert_int_equal(oidc_scopes_parse(arena, hg_str_of(text), &scopes, error, NULL), HG_OK);
    if (oidc_error_is(error))
        return scopes;
    for (size_t i = 0; i < scopes.n_resources; i++)
        found[i] = world_resource(scopes.identifiers[i]);
    assert_int_equal(oidc_scopes_resolve(arena, &scopes, found, HG_STR("Contoso"), error, NULL),
                     HG_OK);
    return scopes;
}

static const struct {
    const char *name, *text;
    enum oidc_error_id error;
    size_t n, n_resources;
    uint32_t oidc;
} lists[] = {
    {"the OIDC scopes alone", "openid profile offline_access", OIDC_ERROR_NONE, 0, 0,
     OIDC_SCOPE_OPENID | OIDC_SCOPE_PROFILE | OIDC_SCOPE_OFFLINE},
    {"address, phone and email are never an error", "openid address phone email", OIDC_ERROR_NONE,
     0, 0, OIDC_SCOPE_OPENID | OIDC_SCOPE_ADDRESS | OIDC_SCOPE_PHONE | OIDC_SCOPE_EMAIL},
    {"bare names are Graph's", "User.Read Mail.Read", OIDC_ERROR_NONE, 2, 1, 0},
    {"bare and full names of Graph are one resource", "User.Read https://graph.localhost/Mail.Read",
     OIDC_ERROR_NONE, 2, 1, 0},
    {"an App ID URI", "api://orders/read api://orders/write", OIDC_ERROR_NONE, 2, 1, 0},
    {"an appId", "22222222-2222-4222-8222-222222222222/.default", OIDC_ERROR_NONE, 1, 1, 0},
    {"two slashes for a URI that ends in one", "https://orders.test//.default", OIDC_ERROR_NONE, 1,
     1, 0},
    {"two resources", "User.Read api://orders/read openid", OIDC_ERROR_NONE, 2, 2,
     OIDC_SCOPE_OPENID},
    {"a repeated scope counts once", "User.Read user.read openid openid", OIDC_ERROR_NONE, 1, 1,
     OIDC_SCOPE_OPENID},
    {"more than one blank", "  User.Read   openid ", OIDC_ERROR_NONE, 1, 1, OIDC_SCOPE_OPENID},
    {".default for one and names for another resource", "User.Read api://orders/.default",
     OIDC_ERROR_NONE, 2, 2, 0},
    {"PC105: .default and a name of the same resource",
     "https://graph.localhost/.default Mail.Read", OIDC_ERROR_SCOPE_MIXED, 0, 0, 0},
    {"an unknown name", "User.Red", OIDC_ERROR_SCOPE_UNKNOWN, 0, 0, 0},
    {"an unknown name of an application", "api://orders/delete", OIDC_ERROR_SCOPE_UNKNOWN, 0, 0, 0},
    {"an unknown resource", "api://invoices/read", OIDC_ERROR_RESOURCE_UNKNOWN, 0, 0, 0},
    {"no name after the resource", "api://orders/", OIDC_ERROR_SCOPE, 0, 0, 0},
    {"a quote", "User.Read\"", OIDC_ERROR_SCOPE, 0, 0, 0},
    {"R19: a control character", "User.Read\x01", OIDC_ERROR_SCOPE, 0, 0, 0},
    {"a character past ASCII", "User.Réad", OIDC_ERROR_SCOPE, 0, 0, 0},
};

static void scope_lists_are_sorted_and_checked(void **state)
{
    struct hg_arena *arena = *state;
    for (size_t i = 0; i < HG_COUNT(lists); i++) {
        struct oidc_error error;
        struct oidc_scopes scopes = resolved(arena, lists[i].text, &error);
        if (error.id != lists[i].error)
            fail_msg("%s: AADSTS%u", lists[i].name, oidc_error_row(error.id)->aadsts);
        if (!oidc_error_is(&error) &&
            (scopes.n != lists[i].n || scopes.n_resources != lists[i].n_resources ||
             scopes.oidc != lists[i].oidc))
            fail_msg("%s: %zu scopes, %zu resources, %x", lists[i].name, scopes.n,
                     scopes.n_resources, scopes.oidc);
    }
}

/* R19: ten thousand entries are refused before anything grows. */
static void a_long_list_is_refused(void **state)
{
    struct hg_arena *arena = *state;
    struct hg_buf buf = hg_buf_new(arena, 200000);
    for (int i = 0; i < 10000; i++)
        hg_buf_format(&buf, "s%d ", i);
    struct oidc_error error;
    (void)resolved(arena, hg_str_z(arena, hg_buf_view(&buf)), &error);
    assert_int_equal(error.id, OIDC_ERROR_SCOPE);

    buf = hg_buf_new(arena, 200000);
    for (int i = 0; i < OIDC_MAX_SCOPE_RESOURCES + 1; i++)
        hg_buf_format(&buf, "api://a%d/x ", i);
    (void)resolved(arena, hg_str_z(arena, hg_buf_view(&buf)), &error);
    assert_int_equal(error.id, OIDC_ERROR_SCOPE);
}

static const struct oidc_consent read_consent[] = {
    {HG_LIT("22222222-2222-4222-8222-222222222222"), HG_LIT("read")}};
static const struct oidc_consent both_consents[] = {
    {HG_LIT("22222222-2222-4222-8222-222222222222"), HG_LIT("read write")},
    {HG_LIT("00000003-0000-0000-c000-000000000000"), HG_LIT("User.Read")}};

static const struct {
    const char *name, *text;
    struct oidc_consents given, required;
    const char *missing; /* "resource:scopes;" of each */
} questions[] = {
    {"all agreed to", "api://orders/read", {read_consent, 1}, {NULL, 0}, ""},
    {"one name is missing",
     "api://orders/read api://orders/write",
     {read_consent, 1},
     {NULL, 0},
     "Orders:write;"},
    {"another resource is missing",
     "api://orders/read User.Read",
     {read_consent, 1},
     {NULL, 0},
     "Graph:User.Read;"},
    {"OIDC scopes come along with anything else",
     "openid profile api://orders/read",
     {read_consent, 1},
     {NULL, 0},
     ""},
    {"nothing was ever agreed to",
     "openid profile api://orders/read",
     {NULL, 0},
     {NULL, 0},
     "Orders:read;Graph:openid profile;"},
    {".default stands for what is registered",
     "api://orders/.default",
     {read_consent, 1},
     {both_consents, 2},
     "Orders:write;"},
    {".default with all of it agreed to",
     "api://orders/.default",
     {both_consents, 2},
     {both_consents, 2},
     ""},
};

static void consent_is_asked_for_what_is_missing(void **state)
{
    struct hg_arena *arena = *state;
    for (size_t i = 0; i < HG_COUNT(questions); i++) {
        struct oidc_error error;
        struct oidc_scopes scopes = resolved(arena, questions[i].text, &error);
        const struct oidc_consent_question question = {.client = &world_web,
                                                       .scopes = &scopes,
                                                       .given = questions[i].given,
                                                       .required = questions[i].required};
        struct oidc_missing missing;
        assert_int_equal(oidc_consent_missing(arena, &question, &missing, NULL), HG_OK);
        struct hg_buf buf = hg_buf_new(arena, 1000);
        for (size_t m = 0; m < missing.n; m++)
            hg_buf_format(&buf, "%s:%.*s;",
                          hg_str_eq(missing.items[m].resource, oidc_graph_id) ? "Graph" : "Orders",
                          HG_ARG(missing.items[m].scopes));
        test_str_eq(questions[i].name, hg_buf_view(&buf), hg_str_of(questions[i].missing));
    }
}

static const struct {
    const char *name, *text;
    struct oidc_consents given, required;
    const char *meant;
} meanings[] = {
    {"a named scope is itself", "openid api://orders/read", {both_consents, 2}, {NULL, 0}, "read"},
    {".default is what was agreed to",
     "api://orders/.default",
     {both_consents, 2},
     {NULL, 0},
     "read write"},
    {".default is also what consent will be asked for",
     "api://orders/.default",
     {read_consent, 1},
     {both_consents, 2},
     "read write"},
    {".default of nothing stays itself", "api://orders/.default", {NULL, 0}, {NULL, 0}, ".default"},
};

static void what_is_meant_is_what_a_token_would_carry(void **state)
{
    struct hg_arena *arena = *state;
    for (size_t i = 0; i < HG_COUNT(meanings); i++) {
        struct oidc_error error;
        struct oidc_scopes scopes = resolved(arena, meanings[i].text, &error);
        const struct oidc_consent_question question = {.client = &world_web,
                                                       .scopes = &scopes,
                                                       .given = meanings[i].given,
                                                       .required = meanings[i].required};
        hg_str meant;
        assert_int_equal(oidc_scopes_meant(arena, &question, 0, &meant, NULL), HG_OK);
        test_str_eq(meanings[i].name, meant, hg_str_of(meanings[i].meant));
    }
}

static void a_first_party_client_needs_no_consent(void **state)
{
    struct hg_arena *arena = *state;
    struct model_application portal = world_web;
    portal.is_first_party = true;
    struct oidc_error error;
    struct oidc_scopes scopes = resolved(arena, "openid api://orders/.default", &error);
    const struct oidc_consent_question question = {.client = &portal, .scopes = &scopes};
    struct oidc_missing missing;
    assert_int_equal(oidc_consent_missing(arena, &question, &missing, NULL), HG_OK);
    assert_int_equal(missing.n, 0);
    struct oidc_granted granted;
    assert_int_equal(oidc_scopes_grant(arena, &question, 0, &granted, NULL), HG_OK);
    test_str_eq("scp", granted.scp, HG_STR("read write"));
}

static const struct {
    const char *name, *text;
    size_t which;
    const char *scp, *answer;
} grants[] = {
    {"fact 16: the caller's spelling", "openid https://graph.localhost/user.read offline_access", 0,
     "openid User.Read", "https://graph.localhost/user.read openid offline_access"},
    {"bare names stay bare", "User.Read openid", 0, "openid User.Read", "User.Read openid"},
    {"of two resources the first", "api://orders/read User.Read", 0, "read", "api://orders/read"},
    {"of two resources the second", "api://orders/read User.Read", 1, "User.Read", "User.Read"},
    {".default adds itself", "api://orders/.default openid", 0, "read write",
     "api://orders/read api://orders/write api://orders/.default openid"},
    {"OIDC scopes alone", "openid email offline_access", 0, "openid email",
     "openid email offline_access"},
};

static void a_grant_names_scopes_canonically_and_answers_in_the_callers_words(void **state)
{
    struct hg_arena *arena = *state;
    for (size_t i = 0; i < HG_COUNT(grants); i++) {
        struct oidc_error error;
        struct oidc_scopes scopes = resolved(arena, grants[i].text, &error);
        const struct oidc_consent_question question = {
            .client = &world_web, .scopes = &scopes, .given = {both_consents, 2}};
        struct oidc_granted granted;
        assert_int_equal(oidc_scopes_grant(arena, &question, grants[i].which, &granted, NULL),
                         HG_OK);
        test_str_eq(grants[i].name, granted.scp, hg_str_of(grants[i].scp));
        test_str_eq(grants[i].name, granted.text, hg_str_of(grants[i].answer));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scope_lists_are_sorted_and_checked),
        cmocka_unit_test(a_long_list_is_refused),
        cmocka_unit_test(consent_is_asked_for_what_is_missing),
        cmocka_unit_test(what_is_meant_is_what_a_token_would_carry),
        cmocka_unit_test(a_first_party_client_needs_no_consent),
        cmocka_unit_test(a_grant_names_scopes_canonically_and_answers_in_the_callers_words),
    };
    return cmocka_run_group_tests(tests, world_start, world_end);
}
