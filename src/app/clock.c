#include "app/app.h"
#include "app/app_private.h"
#include "app/caches.h"
#include "app/timers.h"
#include "base/base.h"
#include "http/http.h"

#include <stdbool.h>
#include <string.h>

/* GET and POST /api/clock: the development clock (architecture part 6). It exists with
 * --dev alone, and on loopback. Timers that become due on the way fire in their order
 * before the answer. */

enum { MAX_FIRINGS = 200000, FIRING_ARENA = 64 << 20 };

static bool is_loopback(const struct app_call *call)
{
    struct hg_ip peer = call->request->peer;
    static const unsigned char v6[16] = {[15] = 1};
    return call->request->is_local_socket ||
           (peer.is_v6 ? memcmp(peer.bytes, v6, sizeof(v6)) == 0 : peer.bytes[0] == 127);
}

static enum hg_code answer(struct app_call *call)
{
    struct hg_json body = hg_json_object();
    hg_json_put_str(call->arena, &body, "now",
                    hg_time_seven(call->arena, hg_clock_now(&call->app->clock)));
    app_answer_json(call, 200, &body);
    return HG_OK;
}

/* The instant asked for; false: refused. */
static bool read_target(struct app_call *call, hg_time *out)
{
    struct hg_json body;
    if (!app_body_object(call, &body) || !app_body_knows(call, &body, "advance set"))
        return false;
    hg_str text;
    hg_dur by;
    if (hg_json_as_str(hg_json_get(&body, "advance"), &text)) {
        if (hg_iso_duration_parse(text, &by, NULL) == HG_OK && by.us >= 0) {
            *out = hg_time_add(hg_clock_now(&call->app->clock), by);
            return true;
        }
        app_refuse(call, 400, "BadRequest", "advance: '%.*s' is no length of time such as P91D.",
                   HG_ARG(text));
        return false;
    }
    if (hg_json_as_str(hg_json_get(&body, "set"), &text) && hg_time_parse(text, out, NULL) == HG_OK)
        return true;
    app_refuse(call, 400, "BadRequest",
               "Send {\"advance\":\"P91D\"} or {\"set\":\"2026-12-01T08:00:00Z\"}.");
    return false;
}

/* Moves the clock to the next due instant, at most to `target`, while no work is under way.
 * *done: nothing is due up to the target, and the clock stands there. */
static enum hg_code move(struct app_call *call, struct hg_arena *arena, hg_time target, bool *done,
                         struct hg_err *err)
{
    struct app *app = call->app;
    hg_time due;
    app_clock_move_begin(app->caches);
    enum hg_code code = app_timers_due(app, arena, &due, err);
    hg_time now = hg_clock_now(&app->clock);
    hg_time to = hg_time_min(due, target);
    if (code == HG_OK && hg_time_before(now, to))
        code = app->clock.set(app->clock.self, to, &now, err);
    app_clock_move_end(app->caches);
    *done = code == HG_OK && hg_time_before(target, due);
    return code == HG_CONFLICT ? HG_OK : code; /* time itself went past it in between */
}

static enum hg_code fire_until(struct app_call *call, hg_time target, struct hg_err *err)
{
    struct app *app = call->app;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("firing", FIRING_ARENA);
    if (arena == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "timers");
    for (int i = 0; i < MAX_FIRINGS; i++) {
        bool did;
        bool done = false;
        hg_time due;
        hg_arena_reset(arena);
        HG_TRY(app_work(app, hg_clock_now(&app->clock), arena, &did, &due, err));
        if (!did)
            HG_TRY(move(call, arena, target, &done, err));
        if (done)
            return HG_OK;
    }
    return HG_FAIL(err, HG_TOO_BIG, "more than %d timers fell due", MAX_FIRINGS);
}

enum hg_code app_clock_get(struct app_call *call, struct hg_err *err)
{
    (void)err;
    if (call->app->clock.set == NULL || !is_loopback(call)) {
        app_refuse(call, 404, "NotFound",
                   "The clock can be read and moved with serve --dev alone.");
        return HG_OK;
    }
    return answer(call);
}

enum hg_code app_clock_post(struct app_call *call, struct hg_err *err)
{
    hg_time target;
    if (call->app->clock.set == NULL || !is_loopback(call)) {
        app_refuse(call, 404, "NotFound",
                   "The clock can be read and moved with serve --dev alone.");
        return HG_OK;
    }
    if (!read_target(call, &target))
        return HG_OK;
    hg_time now = hg_clock_now(&call->app->clock);
    if (hg_time_before(target, now)) {
        app_refuse(call, 409, "Conflict", "The clock goes forward only; it stands at %.*s.",
                   HG_ARG(hg_time_rfc3339(call->arena, now)));
        return HG_OK;
    }
    HG_TRY(fire_until(call, target, err));
    return answer(call);
}
