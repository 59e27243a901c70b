#include "app/app.h"
#include "app/app_private.h"
#include "app/services/mail_message.h"
#include "base/base.h"
#include "model/model.h"

#include <stdbool.h>
#include <stddef.h>

/* The mail service behind shared_office365: sends as the user of the access token, by SMTP
 * (flow-platform.md 5.4). */

struct sending {
    struct app_call *call;
    const struct hg_json *body;
    struct mail_message message;
    struct mail_addresses everyone; /* the envelope: To, Cc and Bcc */
};

/* Names are matched without case: Power Automate's own exports differ in it. */
static hg_str text_of(const struct sending *sending, const char *name)
{
    return hg_json_str_or(hg_json_get_nocase(sending->body, hg_str_of(name)), HG_STR(""));
}

/* False: refused. */
static bool add(struct sending *sending, const char *name, struct mail_addresses *to)
{
    struct hg_err err = {0};
    if (mail_addresses_add(to, text_of(sending, name), &err) == HG_OK)
        return true;
    app_refuse(sending->call, 400, "InvalidRecipients", "%s: %s.", name, err.detail);
    return false;
}

static bool read_people(struct sending *sending)
{
    struct mail_message *message = &sending->message;
    if (!add(sending, "To", &message->to) || !add(sending, "Cc", &message->cc) ||
        !add(sending, "ReplyTo", &message->reply_to))
        return false;
    if (message->to.n == 0) {
        app_refuse(sending->call, 400, "InvalidRecipients", "To: give at least one address.");
        return false;
    }
    return add(sending, "To", &sending->everyone) && add(sending, "Cc", &sending->everyone) &&
           add(sending, "Bcc", &sending->everyone);
}

static bool read_sender(struct sending *sending)
{
    const struct model_user *user = &sending->call->caller.user;
    struct mail_addresses own = {0};
    hg_str as = hg_str_trim(text_of(sending, "From"));
    hg_str address = user->mail.len > 0 ? user->mail : user->upn;
    if (mail_addresses_add(&own, address, NULL) != HG_OK || own.n != 1) {
        app_refuse(sending->call, 400, "MailboxNotFound",
                   "'%.*s' is no mail address to send from: give the user one (mail).",
                   HG_ARG(address));
        return false;
    }
    if (as.len > 0 && !hg_str_eq_nocase(as, own.items[0])) {
        app_refuse(sending->call, 403, "ErrorSendAsDenied",
                   "From: '%.*s' has no right to send as '%.*s'.", HG_ARG(user->upn), HG_ARG(as));
        return false;
    }
    sending->message.from = own.items[0];
    sending->message.from_name = user->display_name;
    return true;
}

static bool read_importance(struct sending *sending)
{
    hg_str word = text_of(sending, "Importance");
    if (hg_str_eq_nocase(word, HG_STR("High")))
        sending->message.importance = MAIL_HIGH;
    else if (hg_str_eq_nocase(word, HG_STR("Low")))
        sending->message.importance = MAIL_LOW;
    else if (word.len > 0 && !hg_str_eq_nocase(word, HG_STR("Normal"))) {
        app_refuse(sending->call, 400, "BadRequest", "Importance: Low, Normal or High, not '%.*s'.",
                   HG_ARG(word));
        return false;
    }
    if (text_of(sending, "Sensitivity").len > 0) {
        app_refuse(sending->call, 400, "BadRequest",
                   "Sensitivity: there are no sensitivity labels here. Leave it out.");
        return false;
    }
    return true;
}

static bool read_content(struct sending *sending)
{
    const struct hg_json *subject = hg_json_get_nocase(sending->body, HG_STR("Subject"));
    const struct hg_json *body = hg_json_get_nocase(sending->body, HG_STR("Body"));
    if (!hg_json_as_str(subject, &sending->message.subject) ||
        !hg_json_as_str(body, &sending->message.html)) {
        app_refuse(sending->call, 400, "BadRequest", "%s is missing, or is no text.",
                   hg_json_is(subject, HG_JSON_STRING) ? "Body" : "Subject");
        return false;
    }
    return read_importance(sending);
}

static bool read_attachment(struct sending *sending, const struct hg_json *json,
                            struct mail_attachment *out)
{
    hg_str content;
    return hg_json_as_str(hg_json_get_nocase(json, HG_STR("Name")), &out->name) &&
           out->name.len > 0 && out->name.len <= MAIL_MAX_ADDRESS &&
           hg_json_as_str(hg_json_get_nocase(json, HG_STR("ContentBytes")), &content) &&
           hg_b64_decode(sending->call->arena, content, &out->bytes, NULL) == HG_OK;
}

static enum hg_code read_attachments(struct sending *sending, bool *good, struct hg_err *err)
{
    const struct hg_json *list = hg_json_get_nocase(sending->body, HG_STR("Attachments"));
    size_t n = hg_json_count(list);
    struct mail_attachment *items = HG_NEW_ARRAY(sending->call->arena, struct mail_attachment, n);
    if (items == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu attachments", n);
    *good = n <= MAIL_MAX_ATTACHMENTS && (hg_json_is_null(list) || hg_json_is(list, HG_JSON_ARRAY));
    for (size_t i = 0; *good && i < n; i++)
        *good = read_attachment(sending, hg_json_item(list, i), &items[i]);
    if (!*good)
        app_refuse(sending->call, 400, "BadRequest",
                   "Attachments: at most %d objects with Name and ContentBytes (base64).",
                   (int)MAIL_MAX_ATTACHMENTS);
    sending->message.attachments = items;
    sending->message.n_attachments = n;
    return HG_OK;
}

static enum hg_code send(struct sending *sending, struct hg_err *err)
{
    struct app_call *call = sending->call;
    struct hg_err inner = {0};
    hg_str text;
    HG_TRY(mail_message_render(call->arena, &sending->message, &text, err));
    const struct app_mailer *mailer = &call->app->mailer;
    enum hg_code code = mailer->send(mailer->self, sending->message.from, sending->everyone.items,
                                     sending->everyone.n, text, &inner);
    if (code == HG_NO_MEMORY)
        return HG_FAIL(err, code, "%s", inner.detail);
    if (code != HG_OK) {
        app_refuse(call, 502, "MailNotSent", "The mail server did not take the message: %s.",
                   inner.detail);
        return HG_OK;
    }
    app_answer_empty(call, 200);
    return HG_OK;
}

enum hg_code app_mail_send(struct app_call *call, struct hg_err *err)
{
    struct hg_json body;
    bool good = false;
    if (call->caller.kind != APP_DELEGATED) {
        app_refuse(call, 403, "ErrorAccessDenied",
                   "Mail is sent from a user's mailbox; this caller is no user.");
        return HG_OK;
    }
    if (!app_body_object(call, &body))
        return HG_OK;
    struct sending *sending = HG_NEW(call->arena, struct sending);
    if (sending == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "mail");
    sending->call = call;
    sending->body = &body;
    sending->message.date = call->now;
    sending->message.id = app_new_id(call);
    if (!read_sender(sending) || !read_people(sending) || !read_content(sending))
        return HG_OK;
    HG_TRY(read_attachments(sending, &good, err));
    return good ? send(sending, err) : HG_OK;
}
