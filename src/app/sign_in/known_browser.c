#include "app/sign_in/known_browser.h"

#include "app/app_private.h"
#include "app/sign_in/journey.h"
#include "app/tokens/issued.h"
#include "base/base.h"
#include "http/http.h"

#include <stddef.h>

/* MAX_USERS: of one browser; the one who signed in longest ago is forgotten. */
enum { MAX_USERS = 4, KNOWN_COOKIE_DAYS = 400 };
static const char cookie_name[] = "__Host-hg_known";

static enum hg_code mark_of(struct app_run *run, hg_str *out, struct hg_err *err)
{
    struct app_call *call = run->call;
    const struct model_user *user = &run->user;
    long long since = user->valid_from.is_set ? user->valid_from.at.us : 0;
    hg_str message =
        hg_str_format(call->arena, "%.*s %.*s %lld %.*s", HG_ARG(call->tenant->tenant.id),
                      HG_ARG(user->id), since, HG_ARG(run->browser_cookie));
    hg_str mark = app_issued_mac(call->app, call->arena, "known", message);
    if (hg_arena_exhausted(call->arena))
        return HG_FAIL(err, HG_NO_MEMORY, "mark of a browser");
    *out = mark;
    return HG_OK;
}

enum hg_code app_known_browser_mark(struct app_run *run, hg_str *out, struct hg_err *err)
{
    hg_str cookie;
    hg_str mark;
    hg_str one;
    *out = HG_STR("");
    if (!run->has_user || !http_cookie(run->call->request, cookie_name, &cookie))
        return HG_OK;
    HG_TRY(mark_of(run, &mark, err));
    for (size_t i = 0; i < MAX_USERS && hg_str_field(&cookie, '.', &one); i++)
        if (hg_str_eq_secret(one, mark))
            *out = mark;
    return HG_OK;
}

enum hg_code app_known_browser_remember(struct app_run *run, struct hg_err *err)
{
    struct app_call *call = run->call;
    hg_str mark;
    hg_str one;
    HG_TRY(mark_of(run, &mark, err));
    struct hg_buf value = hg_buf_new(call->arena, MAX_USERS * (mark.len + 1));
    hg_buf_str(&value, mark);
    hg_str cookie = HG_STR("");
    (void)http_cookie(call->request, cookie_name, &cookie);
    for (size_t n = 1; n < MAX_USERS && hg_str_field(&cookie, '.', &one);) {
        if (one.len != mark.len || hg_str_eq_secret(one, mark))
            continue;
        hg_buf_byte(&value, '.');
        hg_buf_str(&value, one);
        n++;
    }
    http_set_cookie(call->arena, call->response, cookie_name, hg_buf_view(&value),
                    (struct http_cookie_options){.max_age_s = KNOWN_COOKIE_DAYS * 86400,
                                                 .same_site_none = true});
    return HG_OK;
}
