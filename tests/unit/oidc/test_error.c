#include "oidc/error.h"
#include "unit/oidc/world.h"
#include "unit/test.h"

static struct oidc_error_context context(void)
{
    return (struct oidc_error_context){.base = world_base,
                                       .trace_id = HG_STR("t-1"),
                                       .correlation_id = HG_STR("c-1"),
                                       .now = world_now(0)};
}

static void exact_texts_of_the_documents(void **state)
{
    struct hg_arena *arena = *state;
    hg_str text;
    struct oidc_error error = oidc_error_make(OIDC_ERROR_MFA_REQUIRED);
    oidc_error_put(&error, "resource", HG_STR("Office 365 Exchange Online"));
    assert_int_equal(oidc_error_text(arena, &error, &text, NULL), HG_OK);
    test_str_eq("50076", text,
                HG_STR("AADSTS50076: Due to a configuration change made by your administrator, or "
                       "because you moved to a new location, you must use multi-factor "
                       "authentication to access 'Office 365 Exchange Online'."));

    error = oidc_error_make(oidc_error_of_number(70008));
    oidc_error_put(&error, "issued", hg_time_seven(arena, world_now(0)));
    oidc_error_put(&error, "span", hg_timespan_text(arena, HG_DAYS(90)));
    assert_int_equal(oidc_error_text(arena, &error, &text, NULL), HG_OK);
    test_str_eq("70008", text,
                HG_STR("AADSTS70008: The refresh token has expired due to inactivity. The token "
                       "was issued on 2025-11-24T16:00:00.0000000Z and was inactive for "
                       "90.00:00:00."));
}

static void the_body_has_every_member_in_the_documented_shape(void **state)
{
    struct hg_arena *arena = *state;
    struct oidc_error error = oidc_error_make(OIDC_ERROR_MFA_REQUIRED);
    oidc_error_put(&error, "resource", HG_STR("Orders"));
    error.claims = HG_STR("{\"access_token\":{}}");
    struct oidc_error_context at = context();
    hg_str body;
    assert_int_equal(oidc_error_body(arena, &error, &at, &body, NULL), HG_OK);
    test_str_eq(
        "body", body,
        HG_STR("{\"error\":\"interaction_required\",\"error_description\":\"AADSTS50076: Due to a "
               "configuration change made by your administrator, or because you moved to a new "
               "location, you must use multi-factor authentication to access 'Orders'. Trace ID: "
               "t-1 Correlation ID: c-1 Timestamp: 2025-11-24 16:00:00Z\",\"error_codes\":[50076],"
               "\"timestamp\":\"2025-11-24 16:00:00Z\",\"trace_id\":\"t-1\",\"correlation_id\":"
               "\"c-1\",\"error_uri\":\"https://localhost:8443/error?code=50076\",\"suberror\":"
               "\"basic_action\",\"claims\":\"{\\\"access_token\\\":{}}\"}"));
    error = oidc_error_make(OIDC_ERROR_GRANT_TYPE);
    assert_int_equal(oidc_error_body(arena, &error, &at, &body, NULL), HG_OK);
    assert_true(hg_str_find(body, HG_STR("suberror")) == HG_NPOS);
    assert_true(hg_str_find(body, HG_STR("claims")) == HG_NPOS);
}

/* PC082: no line ends, quotes or backslashes, whatever was sent. */
static void a_description_in_a_redirect_has_allowed_characters_only(void **state)
{
    struct hg_arena *arena = *state;
    struct oidc_error error = oidc_error_make(OIDC_ERROR_SCOPE);
    oidc_error_put(&error, "scope",
                   HG_STR("a\"b\\c\r\n\td\x01"
                          "é"));
    struct oidc_error_context at = context();
    hg_str text;
    assert_int_equal(oidc_error_description(arena, &error, &at, true, &text, NULL), HG_OK);
    for (size_t i = 0; i < text.len; i++)
        assert_true(text.ptr[i] >= 0x20 && text.ptr[i] <= 0x7e && text.ptr[i] != '"' &&
                    text.ptr[i] != '\\');
    assert_true(hg_str_find(text, HG_STR("'a'b/c   d?"
                                         "?"
                                         "?'")) != HG_NPOS);
}

static void long_arguments_are_cut_between_characters(void **state)
{
    struct hg_arena *arena = *state;
    struct hg_buf buf = hg_buf_new(arena, 10000);
    for (int i = 0; i < 2000; i++)
        hg_buf_z(&buf, "é€");
    struct oidc_error error = oidc_error_make(OIDC_ERROR_SCOPE);
    oidc_error_put(&error, "scope", hg_buf_view(&buf));
    hg_str text;
    assert_int_equal(oidc_error_text(arena, &error, &text, NULL), HG_OK);
    assert_true(hg_utf8_valid(text) && text.len < 400);
}

static void a_page_names_the_number_and_where_to_read_on(void **state)
{
    struct hg_arena *arena = *state;
    struct oidc_error error = oidc_error_make(OIDC_ERROR_REDIRECT_URI);
    oidc_error_put(&error, "uri", HG_STR("https://evil.test/"));
    oidc_error_put(&error, "client", world_web.app_id);
    struct oidc_error_context at = context();
    struct oidc_error_page page;
    assert_int_equal(oidc_error_page(arena, &error, &at, &page, NULL), HG_OK);
    assert_int_equal(page.status, 400);
    assert_int_equal(page.aadsts, 50011);
    assert_true(hg_str_starts(page.message, HG_STR("AADSTS50011: The redirect URI "
                                                   "'https://evil.test/' specified")));
    test_str_eq("help", page.help_uri, HG_STR("https://localhost:8443/error?code=50011"));
}

static const struct {
    const char *name;
    hg_str number;
    bool found;
    uint32_t aadsts;
} lookups[] = {
    {"a number", HG_LIT("50076"), true, 50076},
    {"with its prefix", HG_LIT("AADSTS70008"), true, 70008},
    {"in lower case", HG_LIT("aadsts53003"), true, 53003},
    {"a number of no error", HG_LIT("50001"), false, 0},
    {"zero, which no error has", HG_LIT("0"), false, 0},
    {"text", HG_LIT("AADSTS"), false, 0},
    {"a number too large", HG_LIT("99999999999"), false, 0},
};

static void numbers_are_looked_up_as_people_type_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(lookups); i++) {
        struct oidc_error_rows rows = {.n = 0};
        if (oidc_error_lookup(lookups[i].number, &rows) != lookups[i].found)
            fail_msg("%s", lookups[i].name);
        for (size_t r = 0; r < rows.n; r++)
            assert_int_equal(rows.items[r]->aadsts, lookups[i].aadsts);
    }
}

static const uint32_t numbers_with_a_next_step[] = {
#define OIDC_NEXT(number, text) (number),
#include "oidc/errors.def"
};

static void a_next_step_is_one_of_an_error(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(numbers_with_a_next_step); i++) {
        uint32_t number = numbers_with_a_next_step[i];
        if (oidc_error_of_number(number) == OIDC_ERROR_NONE || oidc_error_next(number)[0] == '\0')
            fail_msg("%u", number);
    }
    assert_string_equal(oidc_error_next(50011), "");
}

static const char *const words[] = {
    "interaction_required", "consent_required", "login_required",        "bad_token",
    "ui_not_allowed",       "interrupted_user", "message_only",          "additional_action",
    "basic_action",         "no_tokens_found",  "user_password_expired",
};

/* MSAL takes these words in a description for the error itself (protocol.md fact 14). */
static void no_text_holds_a_word_that_clients_act_on(void **state)
{
    (void)state;
    for (unsigned i = 1; i < OIDC_ERROR_COUNT; i++) {
        const struct oidc_error_row *row = oidc_error_row((enum oidc_error_id)i);
        for (size_t w = 0; w < HG_COUNT(words); w++)
            if (hg_str_find(hg_str_of(row->text), hg_str_of(words[w])) != HG_NPOS)
                fail_msg("AADSTS%u holds %s", row->aadsts, words[w]);
    }
}

static void every_row_can_be_sent_somewhere(void **state)
{
    (void)state;
    for (unsigned i = 1; i < OIDC_ERROR_COUNT; i++) {
        const struct oidc_error_row *row = oidc_error_row((enum oidc_error_id)i);
        if (row->aadsts == 0 || row->text[0] == '\0')
            fail_msg("row %u", i);
        bool is_client_fault = hg_str_of(row->error).len > 0 && row->status < 500;
        if (is_client_fault && row->status != 400 && row->status != 401 && row->status != 405)
            fail_msg("AADSTS%u: status %u", row->aadsts, row->status);
    }
}

/* E2.8 and E2.2: the pairs that decide what MSAL does. */
static const struct {
    uint32_t aadsts;
    const char *error, *suberror, *redirect;
} pairs[] = {
    {50076, "interaction_required", "basic_action", "interaction_required"},
    {50079, "interaction_required", "basic_action", "interaction_required"},
    {50158, "interaction_required", "additional_action", "interaction_required"},
    {53003, "invalid_grant", "message_only", "access_denied"},
    {70008, "invalid_grant", "bad_token", ""},
    {700082, "invalid_grant", "bad_token", ""},
    {700084, "invalid_grant", "bad_token", ""},
    {70043, "invalid_grant", "bad_token", "interaction_required"},
    {50173, "invalid_grant", "bad_token", "login_required"},
    {50133, "invalid_grant", "bad_token", "login_required"},
    {50055, "invalid_grant", "user_password_expired", "interaction_required"},
    {65001, "invalid_grant", "consent_required", "consent_required"},
    {50058, "", "", "login_required"},
    {65004, "", "cancel", "access_denied"},
    {50057, "invalid_grant", "", "access_denied"},
    {50034, "invalid_grant", "", "access_denied"},
};

static void numbers_have_the_documented_pairs(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(pairs); i++) {
        const struct oidc_error_row *row = oidc_error_row(oidc_error_of_number(pairs[i].aadsts));
        assert_string_equal(row->error, pairs[i].error);
        assert_string_equal(row->suberror, pairs[i].suberror);
        assert_string_equal(row->redirect, pairs[i].redirect);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_texts_of_the_documents),
        cmocka_unit_test(the_body_has_every_member_in_the_documented_shape),
        cmocka_unit_test(a_description_in_a_redirect_has_allowed_characters_only),
        cmocka_unit_test(long_arguments_are_cut_between_characters),
        cmocka_unit_test(a_page_names_the_number_and_where_to_read_on),
        cmocka_unit_test(numbers_are_looked_up_as_people_type_them),
        cmocka_unit_test(a_next_step_is_one_of_an_error),
        cmocka_unit_test(no_text_holds_a_word_that_clients_act_on),
        cmocka_unit_test(every_row_can_be_sent_somewhere),
        cmocka_unit_test(numbers_have_the_documented_pairs),
    };
    return cmocka_run_group_tests(tests, world_start, world_end);
}
