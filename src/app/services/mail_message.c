#include "app/services/mail_message.h"

#include "base/base.h"

#include <stdbool.h>
#include <stddef.h>

enum { WORD_BYTES = 42, LINE_BYTES = 57, MAX_PLAIN = 60, MAX_MESSAGE = 4 * HG_MAX_WEBHOOK_BODY };

/* --- Addresses ------------------------------------------------------------------------- */

static bool is_address_byte(char c)
{
    return c > ' ' && c < 0x7f && hg_str_find_byte(HG_STR("()<>[]:;,\\\""), c) == HG_NPOS;
}

/* local@domain as mail systems have it: no quoted local parts, ASCII. */
static bool is_address(hg_str text)
{
    size_t at = hg_str_find_last_byte(text, '@');
    if (at == HG_NPOS || at == 0 || at + 1 == text.len || text.len > MAIL_MAX_ADDRESS)
        return false;
    size_t ats = 0;
    for (size_t i = 0; i < text.len; i++) {
        ats += text.ptr[i] == '@';
        if (!is_address_byte(text.ptr[i]))
            return false;
    }
    return ats == 1;
}

static enum hg_code add_one(struct mail_addresses *addresses, hg_str text, struct hg_err *err)
{
    if (!is_address(text))
        return HG_FAIL(err, HG_MALFORMED, "'%.*s' is no mail address", HG_ARG(text));
    if (addresses->n == MAIL_MAX_RECIPIENTS)
        return HG_FAIL(err, HG_TOO_BIG, "more than %d addresses", (int)MAIL_MAX_RECIPIENTS);
    addresses->items[addresses->n++] = text;
    return HG_OK;
}

enum hg_code mail_addresses_add(struct mail_addresses *addresses, hg_str text, struct hg_err *err)
{
    hg_str group;
    hg_str one;
    while (hg_str_field(&text, ';', &group))
        while (hg_str_field(&group, ',', &one))
            if (hg_str_trim(one).len > 0)
                HG_TRY(add_one(addresses, hg_str_trim(one), err));
    return HG_OK;
}

/* --- Texts -------------------------------------------------------------------------------- */

static bool is_plain(hg_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < ' ' || text.ptr[i] >= 0x7f || text.ptr[i] == '=')
            return false;
    return text.len <= MAX_PLAIN;
}

/* The longest part of `text` that ends between characters and fits one encoded word. */
static size_t word_length(hg_str text)
{
    size_t n = text.len < WORD_BYTES ? text.len : WORD_BYTES;
    while (n < text.len && n > 1 && ((unsigned char)text.ptr[n] & 0xc0) == 0x80)
        n--;
    return n;
}

static void put_words(struct hg_buf *buf, hg_str text)
{
    bool first = true;
    while (text.len > 0) {
        size_t n = word_length(text);
        hg_buf_z(buf, first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
        hg_buf_str(buf, hg_b64_encode(buf->arena, hg_str_sub(text, 0, n)));
        hg_buf_z(buf, "?=");
        text = hg_str_from(text, n);
        first = false;
    }
}

/* A subject. */
static void put_text(struct hg_buf *buf, hg_str text)
{
    if (is_plain(text))
        hg_buf_str(buf, text);
    else
        put_words(buf, text);
}

static void put_addresses(struct hg_buf *buf, const char *name,
                          const struct mail_addresses *addresses)
{
    if (addresses->n == 0)
        return;
    hg_buf_z(buf, name);
    for (size_t i = 0; i < addresses->n; i++) {
        hg_buf_z(buf, i == 0 ? "" : ",\r\n ");
        hg_buf_str(buf, addresses->items[i]);
    }
    hg_buf_z(buf, "\r\n");
}

static void put_base64(struct hg_buf *buf, hg_str bytes)
{
    for (size_t at = 0; at < bytes.len; at += LINE_BYTES) {
        hg_buf_str(buf, hg_b64_encode(buf->arena, hg_str_sub(bytes, at, LINE_BYTES)));
        hg_buf_z(buf, "\r\n");
    }
}

/* --- The message ------------------------------------------------------------------------------ */

/* "Tue, 24 Nov 2026 16:14:11 +0000": HTTP's form but for the zone. */
static hg_str date_text(struct hg_arena *arena, hg_time date)
{
    hg_str http = hg_time_http(arena, date);
    size_t n = hg_str_ends(http, HG_STR("GMT")) ? http.len - 3 : http.len;
    return hg_str_format(arena, "%.*s+0000", HG_ARG(hg_str_sub(http, 0, n)));
}

static void put_head(struct hg_buf *buf, const struct mail_message *message)
{
    static const char *const importance[] = {
        [MAIL_NORMAL] = "",
        [MAIL_LOW] = "Importance: low\r\nX-Priority: 5\r\n",
        [MAIL_HIGH] = "Importance: high\r\nX-Priority: 1\r\n",
    };
    hg_buf_format(buf, "Date: %.*s\r\nFrom: ", HG_ARG(date_text(buf->arena, message->date)));
    put_words(buf, message->from_name);
    hg_buf_format(buf, "%s<%.*s>\r\n", message->from_name.len > 0 ? " " : "",
                  HG_ARG(message->from));
    put_addresses(buf, "To: ", &message->to);
    put_addresses(buf, "Cc: ", &message->cc);
    put_addresses(buf, "Reply-To: ", &message->reply_to);
    hg_buf_z(buf, "Subject: ");
    put_text(buf, message->subject);
    hg_str domain = hg_str_from(message->from, hg_str_find_last_byte(message->from, '@') + 1);
    hg_buf_format(buf, "\r\nMessage-ID: <%.*s@%.*s>\r\n", HG_ARG(message->id), HG_ARG(domain));
    hg_buf_z(buf, importance[message->importance]);
    hg_buf_z(buf, "MIME-Version: 1.0\r\n");
}

static void put_html(struct hg_buf *buf, hg_str html)
{
    hg_buf_z(buf, "Content-Type: text/html; charset=utf-8\r\n"
                  "Content-Transfer-Encoding: base64\r\n\r\n");
    put_base64(buf, html);
}

static void put_attachment(struct hg_buf *buf, const struct mail_attachment *attachment)
{
    hg_buf_z(buf, "Content-Type: application/octet-stream\r\n"
                  "Content-Transfer-Encoding: base64\r\n"
                  "Content-Disposition: attachment;\r\n filename*=UTF-8''");
    hg_buf_percent(buf, attachment->name);
    hg_buf_z(buf, "\r\n\r\n");
    put_base64(buf, attachment->bytes);
}

/* No line of base64 begins with "--", so the boundary needs no search for it. */
static void put_parts(struct hg_buf *buf, const struct mail_message *message)
{
    hg_buf_format(buf, "Content-Type: multipart/mixed;\r\n boundary=\"=_%.*s\"\r\n\r\n",
                  HG_ARG(message->id));
    hg_buf_format(buf, "--=_%.*s\r\n", HG_ARG(message->id));
    put_html(buf, message->html);
    for (size_t i = 0; i < message->n_attachments; i++) {
        hg_buf_format(buf, "--=_%.*s\r\n", HG_ARG(message->id));
        put_attachment(buf, &message->attachments[i]);
    }
    hg_buf_format(buf, "--=_%.*s--\r\n", HG_ARG(message->id));
}

enum hg_code mail_message_render(struct hg_arena *arena, const struct mail_message *message,
                                 hg_str *out, struct hg_err *err)
{
    struct hg_buf buf = hg_buf_new(arena, MAX_MESSAGE);
    put_head(&buf, message);
    if (message->n_attachments == 0)
        put_html(&buf, message->html);
    else
        put_parts(&buf, message);
    return hg_buf_finish(&buf, out, err);
}
