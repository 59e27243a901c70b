#include "mfa/mfa.h"
#include "model/model.h"
#include "unit/test.h"

#include <stddef.h>
#include <stdint.h>

static struct mfa_enrolment enrol(struct hg_arena *arena, hg_str issuer, hg_str account,
                                  hg_str title)
{
    struct mfa_enrolment_request request = {.seed = HG_LIT("12345678901234567890"),
                                            .issuer = issuer,
                                            .account = account,
                                            .title = title};
    struct mfa_enrolment made = {0};
    assert_int_equal(mfa_totp_enrol(arena, &request, &made, NULL), HG_OK);
    return made;
}

static void the_uri_is_what_apps_read(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct mfa_enrolment plain =
        enrol(arena, HG_STR("Contoso"), HG_STR("adele@contoso.test"), HG_STR("QR code"));
    test_str_eq("plain", plain.uri,
                HG_STR("otpauth://totp/Contoso:adele%40contoso.test"
                       "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Contoso"
                       "&algorithm=SHA1&digits=6&period=30"));
    test_str_eq("to be typed", plain.secret, HG_STR("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"));

    struct mfa_enrolment hostile =
        enrol(arena, HG_STR("A: b&c"), HG_STR("x?y=\xc5\xa1"), HG_STR("QR code"));
    test_str_eq("what would end a part is encoded", hostile.uri,
                HG_STR("otpauth://totp/A%3A%20b%26c:x%3Fy%3D%C5%A1"
                       "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=A%3A%20b%26c"
                       "&algorithm=SHA1&digits=6&period=30"));
}

static void the_qr_code_is_one_plain_image(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    hg_str svg = enrol(arena, HG_STR("Contoso"), HG_STR("adele"),
                       HG_STR("</title><script>alert(1)</script>"))
                     .qr_svg;
    assert_true(
        hg_str_starts(svg, HG_STR("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\"")));
    assert_true(hg_str_ends(svg, HG_STR("\"/></svg>")));
    assert_true(hg_str_find(svg, HG_STR("<title>&lt;/title&gt;&lt;script&gt;")) != HG_NPOS);
    const hg_str never[] = {HG_STR("<script"), HG_STR("style="), HG_STR(" on"), HG_STR("href")};
    for (size_t i = 0; i < HG_COUNT(never); i++)
        if (hg_str_find(svg, never[i]) != HG_NPOS)
            fail_msg("holds %.*s", HG_ARG(never[i]));
}

/* Reads the strokes back: the three finder patterns must stand in their corners. */
static void the_qr_code_has_its_finder_patterns(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    hg_str svg = enrol(arena, HG_STR("Contoso"), HG_STR("adele"), HG_STR("QR")).qr_svg;
    size_t at = hg_str_find(svg, HG_STR("viewBox=\"0 0 "));
    struct hg_scan scan = hg_scan_of(hg_str_from(svg, at + 13));
    uint64_t side = 0;
    assert_true(hg_scan_u64(&scan, 200, &side));
    unsigned right = (unsigned)side - 4 - 7;
    hg_str first_row = hg_str_format(arena, "M%u 4.5h7", right);
    assert_true(hg_str_find(svg, HG_STR("M4 4.5h7")) != HG_NPOS);
    assert_true(hg_str_find(svg, first_row) != HG_NPOS);
    assert_true(hg_str_find(svg, hg_str_format(arena, "M4 %u.5h7", right)) != HG_NPOS);
    assert_true(hg_str_find(svg, HG_STR("M4 5.5h1M10 5.5h1")) != HG_NPOS);
}

static void what_fits_no_code_is_refused(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    char *name = hg_arena_alloc(arena, HG_MAX_OTPAUTH_URI, 1);
    for (size_t i = 0; i < HG_MAX_OTPAUTH_URI; i++)
        name[i] = 'a';
    struct mfa_enrolment_request request = {.seed = HG_LIT("12345678901234567890"),
                                            .issuer = HG_LIT("x"),
                                            .account = {name, HG_MAX_OTPAUTH_URI}};
    struct mfa_enrolment made = {0};
    assert_int_equal(mfa_totp_enrol(arena, &request, &made, NULL), HG_TOO_BIG);
    request.account = HG_STR("a");
    request.seed = HG_STR("short");
    assert_int_equal(mfa_totp_enrol(arena, &request, &made, NULL), HG_MALFORMED);
    assert_int_equal(made.uri.len, 0);
}

static const struct {
    const char *name;
    unsigned methods;
    hg_str want;
} amrs[] = {
    {"nothing", 0, HG_LIT("")},
    {"password", MODEL_METHOD_PASSWORD, HG_LIT("pwd")},
    {"password and TOTP", MODEL_METHOD_PASSWORD | MODEL_METHOD_SOFTWARE_OATH, HG_LIT("pwd mfa")},
    {"password and text message", MODEL_METHOD_PASSWORD | MODEL_METHOD_SMS, HG_LIT("pwd otp mfa")},
    {"password and push", MODEL_METHOD_PASSWORD | MODEL_METHOD_AUTHENTICATOR_PUSH,
     HG_LIT("pwd rsa mfa")},
    {"a passkey alone", MODEL_METHOD_FIDO2, HG_LIT("rsa mfa")},
    {"two things one has are one factor", MODEL_METHOD_SMS | MODEL_METHOD_SOFTWARE_OATH,
     HG_LIT("otp")},
    {"federated", MODEL_METHOD_FEDERATED_SINGLE_FACTOR, HG_LIT("fed")},
    {"federated with MFA there", MODEL_METHOD_FEDERATED_MULTI_FACTOR, HG_LIT("fed mfa")},
    {"all", ~0u, HG_LIT("pwd rsa otp fed mfa")},
};

static void amr_says_what_was_used(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(amrs); i++)
        test_str_eq(amrs[i].name, mfa_amr(amrs[i].methods), amrs[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_uri_is_what_apps_read),
        cmocka_unit_test(the_qr_code_is_one_plain_image),
        cmocka_unit_test(the_qr_code_has_its_finder_patterns),
        cmocka_unit_test(what_fits_no_code_is_refused),
        cmocka_unit_test(amr_says_what_was_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
