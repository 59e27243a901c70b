#include "app/app_private.h"
#include "base/base.h"
#include "http/http.h"

enum hg_code app_health_live(struct app_call *call, struct hg_err *err)
{
    (void)err;
    *call->response = (struct http_response){.lasts = HG_SECONDS(1)};
    http_respond(call->response, 200, "text/plain; charset=utf-8", HG_STR("ok\n"));
    return HG_OK;
}

/* Ready: the store answers and there is a tenant whose configuration reads. */
enum hg_code app_health_ready(struct app_call *call, struct hg_err *err)
{
    enum hg_code code = app_snapshot_first(call->app, &call->tenant, err);
    if (code == HG_NOT_FOUND) {
        app_refuse(call, 503, "NoTenant", "There is no tenant yet. Run: headgate init");
        return HG_OK;
    }
    HG_TRY(code);
    http_respond(call->response, 200, "text/plain; charset=utf-8", HG_STR("ready\n"));
    return HG_OK;
}
