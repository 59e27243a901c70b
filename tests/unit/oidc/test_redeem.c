#include "oidc/token.h"
#include "unit/oidc/world.h"
#include "unit/test.h"

#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE HG_LIT("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")

/* A code for the web application, issued a moment ago, and what changes in a row. */
static struct oidc_code good_code(void)
{
    return (struct oidc_code){.tenant = world_tenant.id,
                              .client = world_web.app_id,
                              .user = HG_STR("u1"),
                              .redirect_uri = HG_STR("https://app.test/cb"),
                              .redirect_was_sent = true,
                              .redirect_kind = OIDC_REDIRECT_WEB,
                              .pkce = OIDC_PKCE_S256,
                              .challenge = (hg_str)CHALLENGE,
                              .scope = HG_STR("openid offline_access api://orders/read"),
                              .expires = world_now(60)};
}

enum twist {
    AS_IT_IS,
    UNKNOWN,
    USED,
    OTHER_TENANT,
    SPA,
    NO_PKCE,
    SPA_NO_PKCE,
    NOT_SENT,
    PUBLIC,
};

struct row {
    const char *name, *form;
    enum twist twist;
    int64_t at;
    bool has_origin, by_other, without_secret;
    enum oidc_error_id error;
    uint32_t effects;
};

#define FORM "grant_type=authorization_code&code=abc&redirect_uri=https://app.test/cb"
#define GOOD FORM "&code_verifier=" VERIFIER

/* Every failure row of protocol.md E2.1 that concerns the code. */
static const struct row codes[] = {
    {.name = "a good code", .form = GOOD, .effects = OIDC_EFFECT_BURN_CODE},
    {.name = "in its last second", .form = GOOD, .at = 60, .effects = OIDC_EFFECT_BURN_CODE},
    {.name = "C03, PC094: a second later",
     .form = GOOD,
     .at = 61,
     .error = OIDC_ERROR_CODE_EXPIRED},
    {.name = "an unknown code", .form = GOOD, .twist = UNKNOWN, .error = OIDC_ERROR_CODE_INVALID},
    {.name = "a code that was never ours",
     .form = "grant_type=authorization_code&code=a b",
     .twist = UNKNOWN,
     .error = OIDC_ERROR_CODE_MALFORMED},
    {.name = "C02, PC058: a used code",
     .form = GOOD,
     .twist = USED,
     .error = OIDC_ERROR_CODE_REDEEMED,
     .effects = OIDC_EFFECT_REVOKE_FAMILY},
    {.name = "C01, PC061: by another client",
     .form = GOOD,
     .by_other = true,
     .error = OIDC_ERROR_CODE_INVALID,
     .effects = OIDC_EFFECT_BURN_CODE},
    {.name = "at another tenant",
     .form = GOOD,
     .twist = OTHER_TENANT,
     .error = OIDC_ERROR_OTHER_TENANT},
    {.name = "C04, PC057: another redirect URI",
     .form = "grant_type=authorization_code&code=abc&redirect_uri=https://app.test/cb/"
             "&code_verifier=" VERIFIER,
     .error = OIDC_ERROR_CODE_REDIRECT_URI},
    {.name = "C04: no redirect URI",
     .form = "grant_type=authorization_code&code=abc&code_verifier=" VERIFIER,
     .error = OIDC_ERROR_CODE_REDIRECT_URI},
    {.name = "none is needed when none was sent",
     .form = "grant_type=authorization_code&code=abc&code_verifier=" VERIFIER,
     .twist = NOT_SENT,
     .effects = OIDC_EFFECT_BURN_CODE},
    {.name = "C05, PC059: another verifier",
     .form = FORM "&code_verifier=ABjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
     .error = OIDC_ERROR_VERIFIER_WRONG},
    {.name = "C05, PC059: no verifier", .form = FORM, .error = OIDC_ERROR_VERIFIER_UNASKED},
    {.name = "PC060: a verifier without a challenge",
     .form = GOOD,
     .twist = NO_PKCE,
     .error = OIDC_ERROR_VERIFIER_UNASKED},
    {.name = "neither verifier nor challenge",
     .form = FORM,
     .twist = NO_PKCE,
     .effects = OIDC_EFFECT_BURN_CODE},
    {.name = "PC101: a spa code without Origin",
     .form = GOOD,
     .twist = SPA,
     .error = OIDC_ERROR_SPA_NEEDS_ORIGIN},
    {.name = "a spa code with Origin",
     .form = GOOD,
     .twist = SPA,
     .has_origin = true,
     .effects = OIDC_EFFECT_BURN_CODE},
    {.name = "PC101: a web code with Origin",
     .form = GOOD,
     .has_origin = true,
     .error = OIDC_ERROR_ORIGIN_NEEDS_SPA},
    {.name = "a spa code without PKCE",
     .form = FORM,
     .twist = SPA_NO_PKCE,
     .has_origin = true,
     .error = OIDC_ERROR_ORIGIN_NEEDS_PKCE},
    {.name = "a web code without the secret there is",
     .form = GOOD,
     .without_secret = true,
     .error = OIDC_ERROR_CREDENTIAL_MISSING},
    {.name = "an installed app's code without one",
     .form = GOOD,
     .twist = PUBLIC,
     .without_secret = true,
     .effects = OIDC_EFFECT_BURN_CODE},
};

static void twist_code(const struct row *row, struct oidc_code *code,
                       struct oidc_redeem_facts *facts)
{
    facts->code = row->twist == UNKNOWN ? NULL : code;
    facts->code_is_redeemed = row->twist == USED;
    if (row->twist == OTHER_TENANT)
        facts->tenant = HG_STR("99999999-9999-4999-8999-999999999999");
    if (row->twist == SPA || row->twist == SPA_NO_PKCE)
        code->redirect_kind = OIDC_REDIRECT_SPA;
    if (row->twist == PUBLIC)
        code->redirect_kind = OIDC_REDIRECT_PUBLIC;
    if (row->twist == NO_PKCE || row->twist == SPA_NO_PKCE)
        code->pkce = OIDC_PKCE_NONE;
    if (row->twist == NOT_SENT)
        code->redirect_was_sent = false;
}

static void check(struct hg_arena *arena, const struct row *row, enum oidc_grant_type grant,
                  struct oidc_redeem_facts facts)
{
    struct oidc_params params = world_params(arena, row->form);
    struct oidc_token_request request;
    oidc_token_parse(&params, &request);
    request.credentials.has_origin = row->has_origin;
    const struct oidc_client authenticated = {.is_confidential = !row->without_secret,
                                              .has_credentials = true};
    facts.now = world_now(row->at);
    facts.client = row->by_other ? &world_desktop : &world_web;
    facts.authenticated = &authenticated;
    struct oidc_redeem redeem;
    assert_int_equal(oidc_redeem_identify(arena, grant, &request, &facts, &redeem, NULL), HG_OK);
    uint32_t effects = redeem.effects | redeem.effects_on_success;
    if (redeem.error.id != row->error || effects != row->effects)
        fail_msg("%s: AADSTS%u, effects %x", row->name, oidc_error_row(redeem.error.id)->aadsts,
                 effects);
}

static void each_row_of_the_code_table(void **state)
{
    struct hg_arena *arena = *state;
    for (size_t i = 0; i < HG_COUNT(codes); i++) {
        struct oidc_code code = good_code();
        struct oidc_redeem_facts facts = {.tenant = world_tenant.id};
        twist_code(&codes[i], &code, &facts);
        check(arena, &codes[i], OIDC_GRANT_CODE, facts);
    }
}

#define REFRESH "grant_type=refresh_token&refresh_token=abc"
enum { AFTER_GRACE = 1061 };

/* And those of E2.2; the token was rotated at second 1000. */
static const struct row refreshes[] = {
    {.name = "a public client's token is rotated",
     .form = REFRESH,
     .twist = PUBLIC,
     .effects = OIDC_EFFECT_ROTATE},
    {.name = "a confidential client's stays", .form = REFRESH, .effects = OIDC_EFFECT_KEEP},
    {.name = "unknown", .form = REFRESH, .twist = UNKNOWN, .error = OIDC_ERROR_REFRESH_INVALID},
    {.name = "PC023: garbage",
     .form = "grant_type=refresh_token&refresh_token={}",
     .twist = UNKNOWN,
     .error = OIDC_ERROR_REFRESH_MALFORMED},
    {.name = "C07, PC076: at another client",
     .form = REFRESH,
     .by_other = true,
     .error = OIDC_ERROR_REFRESH_OTHER_CLIENT},
    {.name = "at another tenant",
     .form = REFRESH,
     .twist = OTHER_TENANT,
     .error = OIDC_ERROR_OTHER_TENANT},
    {.name = "a confidential grant without its credential",
     .form = REFRESH,
     .without_secret = true,
     .error = OIDC_ERROR_CREDENTIAL_MISSING},
    {.name = "PC108: rotated, within its grace",
     .form = REFRESH,
     .twist = PUBLIC,
     .at = 1060,
     .effects = OIDC_EFFECT_KEEP},
    {.name = "C09, PC108: rotated, after its grace",
     .form = REFRESH,
     .twist = PUBLIC,
     .at = AFTER_GRACE,
     .error = OIDC_ERROR_REFRESH_REUSED,
     .effects = OIDC_EFFECT_REVOKE_FAMILY},
    {.name = "a confidential client's old token stays valid",
     .form = REFRESH,
     .at = AFTER_GRACE,
     .effects = OIDC_EFFECT_KEEP},
};

static void each_row_of_the_refresh_table(void **state)
{
    struct hg_arena *arena = *state;
    for (size_t i = 0; i < HG_COUNT(refreshes); i++) {
        const struct row *row = &refreshes[i];
        const struct model_grant grant = {.tenant = world_tenant.id,
                                          .client = world_web.app_id,
                                          .scopes = HG_STR("openid api://orders/read"),
                                          .is_confidential = row->twist != PUBLIC};
        const struct oidc_refresh refresh = {.is_rotated = row->at > 0,
                                             .rotated_at = world_now(1000)};
        struct oidc_redeem_facts facts = {.tenant = world_tenant.id,
                                          .refresh = row->twist == UNKNOWN ? NULL : &refresh,
                                          .grant = &grant};
        if (row->twist == OTHER_TENANT)
            facts.tenant = HG_STR("99999999-9999-4999-8999-999999999999");
        check(arena, row, OIDC_GRANT_REFRESH, facts);
    }
}

static const struct {
    const char *name, *form;
    enum oidc_error_id error;
    enum oidc_grant_type grant;
} forms[] = {
    {"a code", GOOD, OIDC_ERROR_NONE, OIDC_GRANT_CODE},
    {"a refresh token", REFRESH, OIDC_ERROR_NONE, OIDC_GRANT_REFRESH},
    {"PC064: no grant type", "code=abc", OIDC_ERROR_PARAMETER_MISSING, OIDC_GRANT_UNKNOWN},
    {"PC064: an unknown grant type", "grant_type=magic", OIDC_ERROR_GRANT_TYPE, OIDC_GRANT_UNKNOWN},
    {"C23: the password grant", "grant_type=password&username=u&password=p", OIDC_ERROR_GRANT_TYPE,
     OIDC_GRANT_UNKNOWN},
    {"C23: implicit", "grant_type=implicit", OIDC_ERROR_GRANT_TYPE, OIDC_GRANT_UNKNOWN},
    {"no code", "grant_type=authorization_code", OIDC_ERROR_PARAMETER_MISSING, OIDC_GRANT_CODE},
    {"an empty code", "grant_type=authorization_code&code=", OIDC_ERROR_PARAMETER_MISSING,
     OIDC_GRANT_CODE},
    {"no refresh token", "grant_type=refresh_token", OIDC_ERROR_PARAMETER_MISSING,
     OIDC_GRANT_REFRESH},
    {"PC065: a repeated scope", GOOD "&scope=a&scope=a", OIDC_ERROR_PARAMETER_REPEATED,
     OIDC_GRANT_UNKNOWN},
    {"PC067: what MSAL adds, even twice",
     GOOD "&x-client-SKU=msal&x-client-SKU=msal&client-request-id=1&client-request-id=1",
     OIDC_ERROR_NONE, OIDC_GRANT_CODE},
    {"claims that are no object", REFRESH "&claims=[]", OIDC_ERROR_CLAIMS, OIDC_GRANT_REFRESH},
};

static void forms_are_checked_before_anything_is_looked_up(void **state)
{
    struct hg_arena *arena = *state;
    for (size_t i = 0; i < HG_COUNT(forms); i++) {
        struct oidc_params params = world_params(arena, forms[i].form);
        struct oidc_token_request request;
        struct oidc_token_start start;
        oidc_token_parse(&params, &request);
        assert_int_equal(oidc_token_check(arena, &request, &start, NULL), HG_OK);
        if (start.error.id != forms[i].error || start.grant != forms[i].grant)
            fail_msg("%s: AADSTS%u", forms[i].name, oidc_error_row(start.error.id)->aadsts);
    }
    assert_int_equal(oidc_token_method_check(HG_STR("POST"), true).id, OIDC_ERROR_NONE);
    assert_int_equal(oidc_token_method_check(HG_STR("GET"), true).id, OIDC_ERROR_METHOD);
    assert_int_equal(oidc_token_method_check(HG_STR("POST"), false).id,
                     OIDC_ERROR_REQUEST_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_of_the_code_table),
        cmocka_unit_test(each_row_of_the_refresh_table),
        cmocka_unit_test(forms_are_checked_before_anything_is_looked_up),
    };
    return cmocka_run_group_tests(tests, world_start, world_end);
}
