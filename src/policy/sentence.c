#include "base/base.h"
#include "policy/policy.h"
#include "policy/schema_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a verdict comes to, for people. */

enum { SENTENCE_MAX = 32 << 10 };

static const struct {
    enum policy_control control;
    const char *text;
} controls[] = {
    {POLICY_CONTROL_MFA, "MFA"},
    {POLICY_CONTROL_STRENGTH, "an authentication strength"},
    {POLICY_CONTROL_COMPLIANT_DEVICE, "a compliant device"},
    {POLICY_CONTROL_DOMAIN_JOINED, "a hybrid joined device"},
    {POLICY_CONTROL_APPROVED_APP, "an approved app"},
    {POLICY_CONTROL_COMPLIANT_APP, "an app protection policy"},
    {POLICY_CONTROL_PASSWORD_CHANGE, "a password change"},
    {POLICY_CONTROL_RISK_REMEDIATION, "a remediated risk"},
    {POLICY_CONTROL_TERMS_OF_USE, "terms of use"},
    {POLICY_CONTROL_CUSTOM, "a custom control"},
    {POLICY_CONTROL_BOUND_TOKEN, "a token bound to the device"},
};

/* "a, b and c" */
struct list {
    struct hg_buf *buf;
    size_t n, said;
};

static void say(struct list *list, const char *text)
{
    if (list->said > 0)
        hg_buf_z(list->buf, list->said + 1 == list->n ? " and " : ", ");
    hg_buf_z(list->buf, text);
    list->said++;
}

static void say_controls(struct hg_buf *buf, uint32_t bits)
{
    struct list list = {.buf = buf};
    for (size_t i = 0; i < HG_COUNT(controls); i++)
        list.n += (bits & controls[i].control) != 0;
    for (size_t i = 0; i < HG_COUNT(controls); i++)
        if ((bits & controls[i].control) != 0)
            say(&list, controls[i].text);
}

static const struct policy_result_row *row_of(const struct policy_verdict *verdict, hg_str id)
{
    for (size_t i = 0; i < verdict->results.len; i++)
        if (hg_str_eq(verdict->rows[i].id, id) && verdict->rows[i].result == POLICY_RESULT_FAILURE)
            return &verdict->rows[i];
    return NULL;
}

static void say_name(struct hg_buf *buf, const struct policy_result_row *row)
{
    hg_str name = row->display_name.len > 0 ? row->display_name : row->id;
    hg_buf_byte(buf, '\'');
    hg_buf_str(buf, policy_clip(name));
    hg_buf_byte(buf, '\'');
}

/* "'Block legacy' and 1 more"; what is no policy has no name. */
static void say_deciding(struct hg_buf *buf, const struct policy_verdict *verdict)
{
    const struct policy_result_row *row =
        verdict->n_deciding == 0 ? NULL : row_of(verdict, verdict->deciding[0]);
    if (row == NULL) {
        bool by_user = (verdict->mfa_required_by & POLICY_MFA_BY_USER) != 0;
        hg_buf_z(buf, by_user ? "the user's own MFA state" : "security defaults");
        return;
    }
    say_name(buf, row);
    if (verdict->n_deciding > 1)
        hg_buf_format(buf, " and %zu more", verdict->n_deciding - 1);
}

/* Why the first blocking policy applies: its narrowing conditions, else what is asked for. */
static void say_cause(struct hg_buf *buf, const struct policy_result_row *row)
{
    size_t said = 0;
    for (size_t i = 0; i < row->n_reasons; i++) {
        if (row->reasons[i].condition <= POLICY_CONDITION_APPLICATIONS)
            continue;
        hg_buf_z(buf, said++ == 0 ? ": " : ", ");
        hg_buf_format(buf, "%s is %.*s", policy_condition_name(row->reasons[i].condition),
                      HG_ARG(row->reasons[i].seen));
    }
    if (said == 0 && row->n_reasons > POLICY_CONDITION_APPLICATIONS)
        hg_buf_format(buf, ": it is for %.*s at %.*s",
                      HG_ARG(row->reasons[POLICY_CONDITION_USERS].wanted),
                      HG_ARG(row->reasons[POLICY_CONDITION_APPLICATIONS].wanted));
}

static void say_block(struct hg_buf *buf, const struct policy_verdict *verdict)
{
    const struct policy_result_row *row =
        verdict->n_deciding == 0 ? NULL : row_of(verdict, verdict->deciding[0]);
    hg_buf_z(buf, "Blocked by ");
    say_deciding(buf, verdict);
    hg_buf_format(buf, " (AADSTS%u)", verdict->aadsts);
    if (row != NULL && (row->controls & POLICY_CONTROL_BLOCK) == 0) {
        hg_buf_z(buf, ": this sign-in cannot come by ");
        say_controls(buf, row->unmet);
    } else if (row != NULL) {
        say_cause(buf, row);
    }
}

static void say_challenge(struct hg_buf *buf, const struct policy_verdict *verdict)
{
    hg_buf_z(buf, "Not yet allowed (AADSTS");
    hg_buf_format(buf, "%u): ", verdict->aadsts);
    say_deciding(buf, verdict);
    hg_buf_z(buf, verdict->n_deciding > 1 ? " need " : " needs ");
    say_controls(buf, verdict->needs);
}

/* --- Allowed ------------------------------------------------------------------------ */

/* A window is of whole days, or of whole hours. */
static void say_window(struct hg_buf *buf, const char *what, const char *every_time,
                       const struct policy_frequency *often)
{
    if (!often->is_set)
        return;
    if (often->every_time) {
        hg_buf_format(buf, "; %s", every_time);
        return;
    }
    long long hours = often->window.us / HG_HOURS(1).us;
    bool days = hours % 24 == 0;
    long long n = days ? hours / 24 : hours;
    hg_buf_format(buf, "; %s after %lld %s%s", what, n, days ? "day" : "hour", n == 1 ? "" : "s");
}

static void say_session(struct hg_buf *buf, const struct policy_session_controls *session)
{
    say_window(buf, "the session ends", "sign-in is asked for every time", &session->frequency);
    say_window(buf, "MFA is asked for again", "MFA is asked for every time",
               &session->mfa_frequency);
    if (session->has_persistent)
        hg_buf_z(buf, session->persistent_always ? "; the browser stays signed in"
                                                 : "; the session ends with the browser");
    if (session->secure_signin_session)
        hg_buf_z(buf, "; tokens are bound to the device");
    if (session->app_enforced_restrictions)
        hg_buf_z(buf, "; the application limits what the session may do");
    if (session->cloud_app_security != POLICY_CAS_NONE)
        hg_buf_z(buf, "; cloud app security watches the session");
}

static void say_allowed(struct hg_buf *buf, const struct policy_verdict *verdict)
{
    uint32_t met = 0;
    for (size_t i = 0; i < verdict->results.len; i++)
        if (verdict->rows[i].result == POLICY_RESULT_SUCCESS)
            met |= verdict->rows[i].met;
    hg_buf_z(buf, "Allowed");
    if (met != 0)
        hg_buf_z(buf, " after ");
    say_controls(buf, met);
    if (!verdict->any_applied)
        hg_buf_z(buf, ": no enabled policy applies");
    say_session(buf, &verdict->session);
}

static bool would_refuse(enum policy_result result)
{
    return result == POLICY_RESULT_REPORT_ONLY_FAILURE ||
           result == POLICY_RESULT_REPORT_ONLY_INTERRUPTED;
}

/* Report-only policies that would have said something else. */
static void say_report_only(struct hg_buf *buf, const struct policy_verdict *verdict)
{
    const struct policy_result_row *first = NULL;
    size_t n = 0;
    for (size_t i = 0; i < verdict->results.len; i++) {
        if (!would_refuse(verdict->rows[i].result))
            continue;
        first = n++ == 0 ? &verdict->rows[i] : first;
    }
    if (first == NULL)
        return;
    hg_buf_z(buf, "; enforced, ");
    say_name(buf, first);
    if (n > 1)
        hg_buf_format(buf, " and %zu more report-only policies would ask for more", n - 1);
    else
        hg_buf_z(buf, first->result == POLICY_RESULT_REPORT_ONLY_INTERRUPTED ? " would ask for more"
                                                                             : " would refuse");
}

hg_str policy_verdict_sentence(struct hg_arena *arena, const struct policy_verdict *verdict)
{
    static void (*const says[])(struct hg_buf *buf, const struct policy_verdict *verdict) = {
        [POLICY_ALLOW] = say_allowed,
        [POLICY_CHALLENGE] = say_challenge,
        [POLICY_BLOCK] = say_block,
    };
    HG_ASSERT(verdict->rows != NULL || verdict->results.len == 0);
    struct hg_buf buf = hg_buf_new(arena, SENTENCE_MAX);
    says[verdict->outcome](&buf, verdict);
    say_report_only(&buf, verdict);
    hg_buf_byte(&buf, '.');
    return hg_buf_view(&buf);
}
