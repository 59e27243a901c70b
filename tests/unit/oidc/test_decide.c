#include "oidc/token.h"
#include "unit/oidc/world.h"
#include "unit/test.h"

static const struct oidc_consent all_consents[] = {
    {HG_LIT("22222222-2222-4222-8222-222222222222"), HG_LIT("read write")},
    {HG_LIT("00000003-0000-0000-c000-000000000000"), HG_LIT("User.Read")}};

static const struct model_user user = {.id = HG_LIT("u1"), .enabled = true};
static const struct model_user disabled = {.id = HG_LIT("u1")};

struct row {
    const char *name;
    enum oidc_grant_type grant;
    const char *granted, *asked; /* NULL: no scope parameter */
    bool deleted, disabled, expired, without_consent;
    uint32_t lifetime, policy, frequency;
    uint32_t error; /* AADSTS, 0: tokens */
    const char *scp, *text;
    bool id_token, refresh_token;
};

#define ORDERS "openid offline_access api://orders/read"

/* Every failure row of protocol.md E2.2 (and those of E2.1 after the code itself). */
static const struct row rows[] = {
    {.name = "a code for one resource",
     .granted = ORDERS,
     .scp = "read",
     .text = "api://orders/read openid offline_access",
     .id_token = true,
     .refresh_token = true},
    {.name = "without offline_access no refresh token",
     .granted = "openid api://orders/read",
     .scp = "read",
     .text = "api://orders/read openid",
     .id_token = true},
    {.name = "without openid no id_token",
     .granted = "api://orders/read",
     .scp = "read",
     .text = "api://orders/read"},
    {.name = "OIDC scopes alone are for Graph",
     .granted = "openid profile",
     .scp = "openid profile",
     .text = "openid profile",
     .id_token = true},
    {.name = "a code for two resources gives the first",
     .granted = "openid User.Read api://orders/read",
     .scp = "openid User.Read",
     .text = "User.Read openid",
     .id_token = true},
    {.name = "the scope parameter picks one of them",
     .granted = "openid User.Read api://orders/read",
     .asked = "api://orders/read",
     .scp = "read",
     .text = "api://orders/read",
     .id_token = true},
    {.name = "a scope parameter that spans resources",
     .granted = "openid User.Read api://orders/read",
     .asked = "User.Read api://orders/read",
     .error = 700022},
    {.name = "a scope nobody consented to",
     .granted = ORDERS,
     .asked = "Mail.Read",
     .error = 65001},
    {.name = "PC104: a refresh token for a second consented resource",
     .grant = OIDC_GRANT_REFRESH,
     .granted = ORDERS,
     .asked = "User.Read openid profile offline_access",
     .scp = "openid profile User.Read",
     .text = "User.Read openid profile offline_access",
     .id_token = true,
     .refresh_token = true},
    {.name = "several resources at refresh: the first",
     .grant = OIDC_GRANT_REFRESH,
     .granted = ORDERS,
     .asked = "api://orders/write User.Read",
     .scp = "write",
     .text = "api://orders/write",
     .refresh_token = true},
    {.name = "no scope at refresh: as before",
     .grant = OIDC_GRANT_REFRESH,
     .granted = ORDERS,
     .scp = "read",
     .text = "api://orders/read openid offline_access",
     .id_token = true,
     .refresh_token = true},
    {.name = "PC105: .default mixed",
     .grant = OIDC_GRANT_REFRESH,
     .granted = ORDERS,
     .asked = "https://graph.localhost/.default Mail.Read",
     .error = 70011},
    {.name = "a scope that does not exist",
     .grant = OIDC_GRANT_REFRESH,
     .granted = ORDERS,
     .asked = "api://orders/delete",
     .error = 650053},
    {.name = "a resource that does not exist",
     .grant = OIDC_GRANT_REFRESH,
     .granted = ORDERS,
     .asked = "api://gone/read",
     .error = 500011},
    {.name = "C11: a deleted user", .granted = ORDERS, .deleted = true, .error = 50034},
    {.name = "C11: a disabled user", .granted = ORDERS, .disabled = true, .error = 50057},
    {.name = "an expired password", .granted = ORDERS, .expired = true, .error = 50055},
    {.name = "consent withdrawn",
     .grant = OIDC_GRANT_REFRESH,
     .granted = ORDERS,
     .without_consent = true,
     .error = 65001},
    {.name = "PC095: inactive",
     .grant = OIDC_GRANT_REFRESH,
     .granted = ORDERS,
     .lifetime = 70008,
     .error = 70008},
    {.name = "entra: inactive",
     .grant = OIDC_GRANT_REFRESH,
     .granted = ORDERS,
     .lifetime = 700082,
     .error = 700082},
    {.name = "PC099: revoked",
     .grant = OIDC_GRANT_REFRESH,
     .granted = ORDERS,
     .lifetime = 50173,
     .error = 50173},
    {.name = "PC100: a spa after 24 hours",
     .grant = OIDC_GRANT_REFRESH,
     .granted = ORDERS,
     .lifetime = 700084,
     .error = 700084},
    {.name = "PC096: an age is over",
     .grant = OIDC_GRANT_REFRESH,
     .granted = ORDERS,
     .lifetime = 50076,
     .error = 50076},
    {.name = "PC097: policy now wants MFA",
     .grant = OIDC_GRANT_REFRESH,
     .granted = ORDERS,
     .policy = 50076,
     .error = 50076},
    {.name = "no method registered",
     .grant = OIDC_GRANT_REFRESH,
     .granted = ORDERS,
     .policy = 50079,
     .error = 50079},
    {.name = "a stale proof",
     .grant = OIDC_GRANT_REFRESH,
     .granted = ORDERS,
     .policy = 50078,
     .error = 50078},
    {.name = "blocked",
     .grant = OIDC_GRANT_REFRESH,
     .granted = ORDERS,
     .policy = 53003,
     .error = 53003},
    {.name = "a number without a row denies all the same",
     .grant = OIDC_GRANT_REFRESH,
     .granted = ORDERS,
     .policy = 59999,
     .error = 50131},
    {.name = "sign-in frequency",
     .grant = OIDC_GRANT_REFRESH,
     .granted = ORDERS,
     .frequency = 70043,
     .error = 70043},
    {.name = "the lifetime speaks before policy",
     .grant = OIDC_GRANT_REFRESH,
     .granted = ORDERS,
     .lifetime = 70008,
     .policy = 53003,
     .error = 70008},
    {.name = "policy speaks before frequency",
     .grant = OIDC_GRANT_REFRESH,
     .granted = ORDERS,
     .policy = 53003,
     .frequency = 70043,
     .error = 53003},
};

static struct oidc_redeem begun(struct hg_arena *arena, const struct row *row)
{
    const struct oidc_client authenticated = {.is_confidential = true, .has_credentials = true};
    const struct oidc_code code = {.tenant = world_tenant.id,
                                   .client = world_web.app_id,
                                   .redirect_kind = OIDC_REDIRECT_WEB,
                                   .scope = hg_str_of(row->granted),
                                   .expires = world_now(60)};
    const struct oidc_refresh refresh = {.is_rotated = false};
    const struct model_grant grant = {
        .tenant = world_tenant.id, .client = world_web.app_id, .scopes = hg_str_of(row->granted)};
    const struct oidc_redeem_facts facts = {.now = world_now(0),
                                            .client = &world_web,
                                            .authenticated = &authenticated,
                                            .code = &code,
                                            .refresh = &refresh,
                                            .grant = &grant};
    struct oidc_token_request request = {.repeated = HG_STR("")};
    if (row->asked != NULL)
        oidc_text_take(&request.scope, hg_str_of(row->asked));
    struct oidc_redeem redeem;
    assert_int_equal(oidc_redeem_identify(arena, row->grant, &request, &facts, &redeem, NULL),
                     HG_OK);
    assert_int_equal(redeem.error.id, OIDC_ERROR_NONE);
    return redeem;
}

static void decide(struct hg_arena *arena, const struct row *row, struct oidc_redeem *redeem)
{
    const struct model_application *resources[OIDC_MAX_SCOPE_RESOURCES + 1] = {&world_graph};
    for (size_t i = 0; i < redeem->scopes.n_resources; i++)
        resources[i] = world_resource(redeem->scopes.identifiers[i]);
    const struct oidc_decide_facts facts = {
        .user = row->deleted ? NULL : (row->disabled ? &disabled : &user),
        .password_expired = row->expired,
        .tenant = &world_tenant,
        .client = &world_web,
        .resources = resources,
        .lifetime = {.aadsts = row->lifetime, .issued = world_now(0), .configured = HG_DAYS(90)},
        .policy = {.aadsts = row->policy, .claims = HG_STR("{\"c\":1}")},
        .frequency = {.aadsts = row->frequency, .configured = HG_DAYS(14)},
        .given = {all_consents, row->without_consent ? 0 : HG_COUNT(all_consents)},
    };
    assert_int_equal(oidc_redeem_decide(arena, row->grant, &facts, redeem, NULL), HG_OK);
}

static void each_row_of_the_decision(void **state)
{
    struct hg_arena *arena = *state;
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        const struct row *row = &rows[i];
        struct oidc_redeem redeem = begun(arena, row);
        uint32_t effects = redeem.effects;
        decide(arena, row, &redeem);
        if (oidc_error_row(redeem.error.id)->aadsts != row->error)
            fail_msg("%s: AADSTS%u", row->name, oidc_error_row(redeem.error.id)->aadsts);
        if (row->error != 0 && (redeem.effects != effects || redeem.gives_refresh_token))
            fail_msg("%s: effects of success after a refusal", row->name);
        if (row->error != 0)
            continue;
        test_str_eq(row->name, redeem.granted.scp, hg_str_of(row->scp));
        test_str_eq(row->name, redeem.granted.text, hg_str_of(row->text));
        if (redeem.gives_id_token != row->id_token ||
            redeem.gives_refresh_token != row->refresh_token)
            fail_msg("%s: id_token %d, refresh_token %d", row->name, redeem.gives_id_token,
                     redeem.gives_refresh_token);
    }
}

static const struct {
    uint32_t aadsts;
    const char *want;
} texts[] = {
    {70008, "issued on 2025-11-24T16:00:00.0000000Z and was inactive for 90.00:00:00."},
    {700082, "issued on 2025-11-24T16:00:00.0000000Z and was inactive for 90.00:00:00."},
    {70043, "maximum allowed lifetime for this request is 7776000."},
    {50173, "issued on '2025-11-24T16:00:00.0000000Z', and tokens of this user are valid from "
            "'2025-11-24T16:00:50.0000000Z'."},
    {50076, "to access 'Orders'."},
};

static void refusals_fill_the_texts(void **state)
{
    struct hg_arena *arena = *state;
    for (size_t i = 0; i < HG_COUNT(texts); i++) {
        const struct oidc_refusal refusal = {.aadsts = texts[i].aadsts,
                                             .issued = world_now(0),
                                             .valid_from = world_now(50),
                                             .configured = HG_DAYS(90)};
        struct oidc_error error;
        hg_str text;
        assert_int_equal(oidc_refusal_error(arena, &refusal, HG_STR("Orders"), &error, NULL),
                         HG_OK);
        assert_int_equal(oidc_error_text(arena, &error, &text, NULL), HG_OK);
        if (!hg_str_ends(text, hg_str_of(texts[i].want)))
            fail_msg("%.*s", HG_ARG(text));
    }
}

/* An age names no policy: the challenge asks for a fresh second factor instead. */
static void every_mfa_refusal_carries_a_challenge(void **state)
{
    struct hg_arena *arena = *state;
    struct oidc_refusal refusal = {.aadsts = 50076};
    struct oidc_error error;
    assert_int_equal(oidc_refusal_error(arena, &refusal, HG_STR("Orders"), &error, NULL), HG_OK);
    struct oidc_claims_request claims;
    struct oidc_error bad;
    assert_int_equal(oidc_claims_parse(arena, error.claims, &claims, &bad, NULL), HG_OK);
    assert_true(claims.wants_mfa && claims.mfa_essential);
    refusal.claims = HG_STR("{}");
    assert_int_equal(oidc_refusal_error(arena, &refusal, HG_STR("Orders"), &error, NULL), HG_OK);
    test_str_eq("of the policy", error.claims, HG_STR("{}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_of_the_decision),
        cmocka_unit_test(refusals_fill_the_texts),
        cmocka_unit_test(every_mfa_refusal_carries_a_challenge),
    };
    return cmocka_run_group_tests(tests, world_start, world_end);
}
