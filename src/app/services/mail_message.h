#pragma once

#include "base/base.h"

/* Mail as RFC 5322 text with MIME parts (RFC 2045, 2047, 2231): CRLF lines of at most 78
 * characters where text may be broken. Nothing from outside reaches a header line as it
 * is: addresses are checked, all other texts encoded. Pure. */

enum { MAIL_MAX_RECIPIENTS = 100, MAIL_MAX_ADDRESS = 254, MAIL_MAX_ATTACHMENTS = 50 };

struct mail_addresses {
    hg_str items[MAIL_MAX_RECIPIENTS];
    size_t n;
};
/* Adds the addresses of a text that separates them with ';' or ','. HG_MALFORMED:
 * err->detail names the one that is none; HG_TOO_BIG: more than there may be. */
HG_MUST_USE enum hg_code mail_addresses_add(struct mail_addresses *addresses, hg_str text,
                                            struct hg_err *err);

struct mail_attachment {
    hg_str name;
    hg_str bytes;
};

enum mail_importance { MAIL_NORMAL, MAIL_LOW, MAIL_HIGH };

struct mail_message {
    hg_str from_name, from; /* an address that was checked */
    struct mail_addresses to, cc, reply_to;
    hg_str subject, html;
    enum mail_importance importance;
    const struct mail_attachment *attachments;
    size_t n_attachments;
    hg_time date;
    hg_str id; /* a UUID: Message-ID, and the boundary of parts */
};
HG_MUST_USE enum hg_code mail_message_render(struct hg_arena *arena,
                                             const struct mail_message *message, hg_str *out,
                                             struct hg_err *err);
