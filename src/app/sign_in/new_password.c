#include "app/sign_in/new_password.h"

#include "app/app_private.h"
#include "app/directory/directory.h"
#include "app/directory/objects.h"
#include "app/graph_api/graph.h"
#include "app/graph_api/write.h"
#include "app/sign_in/journey.h"
#include "app/signals/signals.h"
#include "base/base.h"
#include "http/http.h"
#include "signin/signin.h"

#include <stdbool.h>

/* What is wrong with the new one, before the old one is looked at; OK: nothing. */
static enum signin_event_kind check_new(hg_str old, hg_str new, hg_str again)
{
    if (!hg_str_eq_secret(new, again))
        return SIGNIN_EVENT_NEW_PASSWORD_DIFFER;
    if (new.len < APP_MIN_PASSWORD || new.len > HG_MAX_PASSWORD || !hg_utf8_valid(new))
        return SIGNIN_EVENT_NEW_PASSWORD_WEAK;
    return hg_str_eq_secret(old, new) ? SIGNIN_EVENT_NEW_PASSWORD_SAME
                                      : SIGNIN_EVENT_NEW_PASSWORD_OK;
}

enum hg_code app_run_read_new_password(struct app_run *run, const struct http_form *form,
                                       struct signin_event *out, struct hg_err *err)
{
    static const enum signin_event_kind events[] = {
        [APP_TYPED_RIGHT] = SIGNIN_EVENT_NEW_PASSWORD_OK,
        [APP_TYPED_WRONG] = SIGNIN_EVENT_NEW_PASSWORD_WRONG,
        [APP_TYPED_TOO_OFTEN] = SIGNIN_EVENT_NEW_PASSWORD_THROTTLED,
    };
    hg_str old = http_form_or(form, "password", "");
    hg_str new = http_form_or(form, "new_password", "");
    struct signin_facts facts;
    out->kind = SIGNIN_EVENT_SHOW;
    if (run->state.stage != SIGNIN_STAGE_NEW_PASSWORD)
        return HG_OK;
    out->kind = check_new(old, new, http_form_or(form, "again", ""));
    if (out->kind != SIGNIN_EVENT_NEW_PASSWORD_OK)
        return HG_OK;
    HG_TRY(app_run_facts(run, &facts, err));
    enum app_typed typed;
    HG_TRY(app_run_check_password(run, old, &typed, err));
    out->kind = events[typed];
    run->new_password.text = new;
    return HG_OK;
}

/* The account is safe again: that is what the change was asked for. */
static enum hg_code remediate(struct app_run *run, struct hg_err *err)
{
    struct app_call *call = run->call;
    struct app_signal risk;
    enum hg_code code =
        app_signal_get(call, run->user.id, APP_SIGNAL_USER_RISK, HG_STR(""), &risk, err);
    if (code == HG_NOT_FOUND || (code == HG_OK && hg_str_eq(risk.value, HG_STR("none"))))
        return HG_OK;
    HG_TRY(code);
    risk.value = HG_STR("none");
    risk.state = HG_STR("remediated");
    risk.detail = HG_STR("userPerformedSecuredPasswordChange");
    risk.expires = (struct model_when){.is_set = false};
    return app_signal_put(call, &run->commit, &risk, err);
}

enum hg_code app_run_change_password(struct app_run *run, struct hg_err *err)
{
    struct app_call *call = run->call;
    struct app_object user;
    HG_TRY(app_object_get(call->app->store, call->arena, call->tenant->tenant.id, APP_KIND_USER,
                          run->user.id, &user, err));
    int64_t version = user.version;
    struct app_write write = app_graph_write(call, &run->commit, GRAPH_UPDATE);
    HG_TRY(app_user_set_password(&write, &user, run->new_password.text, false, err));
    (void)hg_json_remove(&user.body, HG_STR(APP_MUST_CHANGE));
    (void)hg_json_remove(&user.body, HG_STR(APP_MUST_CHANGE_MFA));
    user.version = version + 1;
    user.modified = call->now;
    HG_TRY(app_object_replace(&run->commit, call->tenant->tenant.id, APP_KIND_USER, &user, version,
                              err));
    run->new_password.is_set = true;
    return remediate(run, err);
}
