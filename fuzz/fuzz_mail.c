/* Mail: the first line is a list of addresses, the second a subject, the third a name, the rest
 * the text. Whatever they hold, the head has the fields it was given and no other. */

#include "app/services/mail_message.h"
#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LONGEST_LINE = 998 }; /* RFC 5322 §2.1.1 */

static void check_addresses(const struct mail_addresses *addresses)
{
    HG_ASSERT(addresses->n <= MAIL_MAX_RECIPIENTS);
    for (size_t i = 0; i < addresses->n; i++) {
        hg_str one = addresses->items[i];
        HG_ASSERT(one.len <= MAIL_MAX_ADDRESS && hg_str_find_byte(one, '@') != HG_NPOS);
        for (size_t b = 0; b < one.len; b++)
            HG_ASSERT(one.ptr[b] > ' ' && one.ptr[b] < 0x7f && one.ptr[b] != '>');
    }
}

/* Names of the head's fields, by their first letters. */
static void check_head(hg_str head, size_t n_to)
{
    static const hg_str known[] = {
        HG_LIT("Date: "),       HG_LIT("From: "),         HG_LIT("To: "),     HG_LIT("Subject: "),
        HG_LIT("Message-ID: "), HG_LIT("MIME-Version: "), HG_LIT("Content-"), HG_LIT(" ")};
    size_t seen[HG_COUNT(known)] = {0};
    while (head.len > 0) {
        size_t end = hg_str_find(head, HG_STR("\r\n"));
        hg_str line = hg_str_sub(head, 0, end == HG_NPOS ? head.len : end);
        size_t which = 0;
        while (which < HG_COUNT(known) && !hg_str_starts(line, known[which]))
            which++;
        HG_ASSERT(which < HG_COUNT(known) && line.len <= LONGEST_LINE);
        HG_ASSERT(hg_str_find_byte(line, '\r') == HG_NPOS &&
                  hg_str_find_byte(line, '\n') == HG_NPOS);
        seen[which]++;
        head = hg_str_from(head, line.len + 2);
    }
    for (size_t i = 0; i + 2 < HG_COUNT(known); i++)
        HG_ASSERT(seen[i] == (i == 2 && n_to == 0 ? 0 : 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 64 << 20);
    hg_str rest = {(const char *)data, size};
    hg_str list;
    struct mail_message message = {.from = HG_STR("a@b.test"), .id = HG_STR("id")};
    if (arena == NULL || !hg_utf8_valid(rest))
        return 0;
    (void)hg_str_cut(rest, '\n', &list, &rest);
    (void)hg_str_cut(rest, '\n', &message.subject, &rest);
    (void)hg_str_cut(rest, '\n', &message.from_name, &message.html);
    const struct mail_attachment attachment = {message.subject, message.html};
    message.attachments = &attachment;
    enum hg_code code = mail_addresses_add(&message.to, list, NULL);
    check_addresses(&message.to);
    if (code != HG_OK)
        return 0;
    for (message.n_attachments = 0; message.n_attachments < 2; message.n_attachments++) {
        hg_str text;
        if (mail_message_render(arena, &message, &text, NULL) != HG_OK)
            return 0;
        check_head(hg_str_sub(text, 0, hg_str_find(text, HG_STR("\r\n\r\n"))), message.to.n);
    }
    return 0;
}
