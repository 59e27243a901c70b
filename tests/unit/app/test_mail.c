#include "app/services/mail_message.h"
#include "unit/test.h"

#include <stddef.h>

/* Mail as text: what stands in it, and what cannot get into it. */

static struct mail_message message_of(const char *subject, const char *html)
{
    struct mail_message message = {
        .from_name = HG_STR("Maja \"M\"\r\nBcc: x@x.test"),
        .from = HG_STR("maja@contoso.test"),
        .subject = hg_str_of(subject),
        .html = hg_str_of(html),
        .date = {1764072000000000},
        .id = HG_STR("0c1d6a52-3f0e-4a55-8a52-6c1b7f3f1a01"),
    };
    assert_int_equal(mail_addresses_add(&message.to, HG_STR("a@x.test; b@x.test"), NULL), HG_OK);
    return message;
}

static hg_str render(struct hg_arena *arena, const struct mail_message *message)
{
    hg_str text;
    assert_int_equal(mail_message_render(arena, message, &text, NULL), HG_OK);
    return text;
}

static void addresses_are_taken_apart_and_checked(void **state)
{
    static const struct {
        const char *name, *text;
        enum hg_code code;
        size_t n;
    } rows[] = {
        {"one", "a@x.test", HG_OK, 1},
        {"semicolons, blanks and a last semicolon", " a@x.test ;b@x.test; ", HG_OK, 2},
        {"a comma", "a@x.test,b@x.test", HG_OK, 2},
        {"nothing", " ; ", HG_OK, 0},
        {"no at sign", "a", HG_MALFORMED, 0},
        {"two at signs", "a@b@x.test", HG_MALFORMED, 0},
        {"no domain", "a@", HG_MALFORMED, 0},
        {"a line of its own", "a@x.test\r\nBcc: b@x.test", HG_MALFORMED, 0},
        {"a name beside it", "A <a@x.test>", HG_MALFORMED, 0},
        {"not ASCII", "ä@x.test", HG_MALFORMED, 0},
    };
    (void)state;
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        struct mail_addresses addresses = {0};
        enum hg_code code = mail_addresses_add(&addresses, hg_str_of(rows[i].text), NULL);
        if (code != rows[i].code || (code == HG_OK && addresses.n != rows[i].n))
            fail_msg("%s: %s, %zu", rows[i].name, hg_code_text(code), addresses.n);
    }
}

static void a_message_is_as_it_should_be(void **state)
{
    struct hg_arena *arena = test_arena();
    (void)state;
    struct mail_message message = message_of("Hello", "<p>Hi</p>");
    message.from_name = HG_STR("Maja");
    test_str_eq("the whole", render(arena, &message),
                HG_STR("Date: Tue, 25 Nov 2025 12:00:00 +0000\r\n"
                       "From: =?UTF-8?B?TWFqYQ==?= <maja@contoso.test>\r\n"
                       "To: a@x.test,\r\n b@x.test\r\n"
                       "Subject: Hello\r\n"
                       "Message-ID: <0c1d6a52-3f0e-4a55-8a52-6c1b7f3f1a01@contoso.test>\r\n"
                       "MIME-Version: 1.0\r\n"
                       "Content-Type: text/html; charset=utf-8\r\n"
                       "Content-Transfer-Encoding: base64\r\n\r\n"
                       "PHA+SGk8L3A+\r\n"));
    hg_arena_free(arena);
}

/* No line of the head but those that were meant, and none too long. */
static void nothing_gets_into_a_header_as_it_came(void **state)
{
    static const char *const subjects[] = {
        "Hi\r\nBcc: evil@x.test",
        "Hi\nX: y",
        "=?UTF-8?B?eA==?=",
        "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6"
        "\xc3\xbc"
        "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6"
        "\xc3\xbc"
        "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6"
        "\xc3\xbc",
    };
    struct hg_arena *arena = test_arena();
    (void)state;
    for (size_t i = 0; i < HG_COUNT(subjects); i++) {
        struct mail_message message = message_of(subjects[i], "");
        hg_str text = render(arena, &message);
        if (hg_str_find(text, HG_STR("\nBcc:")) != HG_NPOS ||
            hg_str_find(text, HG_STR("\nX:")) != HG_NPOS ||
            hg_str_find(text, HG_STR("Subject: =?UTF-8?B?eA")) != HG_NPOS)
            fail_msg("%s: %.*s", subjects[i], HG_ARG(text));
        hg_str line;
        for (hg_str rest = text; hg_str_field(&rest, '\n', &line);)
            if (line.len > 79)
                fail_msg("a line of %zu: %.*s", line.len, HG_ARG(line));
    }
    hg_arena_free(arena);
}

static void attachments_are_parts(void **state)
{
    static const struct mail_attachment attachment = {HG_LIT("r\xc3\xa9sum\xc3\xa9.txt"),
                                                      HG_LIT("text")};
    struct hg_arena *arena = test_arena();
    (void)state;
    struct mail_message message = message_of("Hello", "<p>Hi</p>");
    message.attachments = &attachment;
    message.n_attachments = 1;
    hg_str text = render(arena, &message);
    static const char *const parts[] = {
        "Content-Type: multipart/mixed;\r\n boundary=\"=_0c1d6a52-3f0e-4a55-8a52-6c1b7f3f1a01\"",
        "\r\n filename*=UTF-8''r%C3%A9sum%C3%A9.txt\r\n\r\ndGV4dA==\r\n",
        "--=_0c1d6a52-3f0e-4a55-8a52-6c1b7f3f1a01--\r\n",
    };
    for (size_t i = 0; i < HG_COUNT(parts); i++)
        if (hg_str_find(text, hg_str_of(parts[i])) == HG_NPOS)
            fail_msg("%s: not in %.*s", parts[i], HG_ARG(text));
    hg_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_taken_apart_and_checked),
        cmocka_unit_test(a_message_is_as_it_should_be),
        cmocka_unit_test(nothing_gets_into_a_header_as_it_came),
        cmocka_unit_test(attachments_are_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
