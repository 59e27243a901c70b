#include "app/app_private.h"
#include "app/commit.h"
#include "app/directory/objects.h"
#include "app/directory/policy_source.h"
#include "app/graph_api/graph.h"
#include "base/base.h"

#include <stdbool.h>
#include <stddef.h>

/* /api/mfaSettings: the MFA service's settings of the tenant, for which Graph v1.0 has no
 * resource. Their trusted IPs are a location of policies too (conditional-access.md 2). */

enum { MAX_TRUSTED = 50 };

static enum hg_code load(struct app_call *call, struct app_object *out, struct hg_err *err)
{
    enum hg_code code =
        app_object_get(call->app->store, call->arena, call->tenant->tenant.id,
                       APP_KIND_MFA_SETTINGS, HG_STR(APP_ID_MFA_SETTINGS), out, err);
    if (code != HG_NOT_FOUND)
        return code;
    *out = (struct app_object){.id = HG_STR(APP_ID_MFA_SETTINGS), .body = hg_json_object()};
    hg_json_put(call->arena, &out->body, "trustedIps", hg_json_array());
    return HG_OK;
}

enum hg_code app_mfa_settings_get(struct app_call *call, struct hg_err *err)
{
    struct app_object settings;
    HG_TRY(load(call, &settings, err));
    app_answer_json(call, 200, &settings.body);
    return HG_OK;
}

/* IPv4 alone, as the service they stand for has it. False: refused. */
static bool are_ranges(struct app_call *call, const struct hg_json *list)
{
    size_t n = hg_json_count(list);
    bool fits = hg_json_is(list, HG_JSON_ARRAY) && n <= MAX_TRUSTED;
    for (size_t i = 0; i < n && fits; i++) {
        struct hg_cidr range;
        hg_str text = hg_json_str_or(hg_json_item(list, i), HG_STR(""));
        fits = hg_cidr_parse(text, &range, NULL) == HG_OK && !range.first.is_v6;
    }
    if (!fits)
        app_refuse(call, 400, "BadRequest",
                   "trustedIps must be an array of at most %d IPv4 ranges like 198.51.100.0/24.",
                   (int)MAX_TRUSTED);
    return fits;
}

static enum hg_code put(struct app_call *call, const struct app_object *stored,
                        const struct hg_json *trusted, struct hg_err *err)
{
    hg_str tenant = call->tenant->tenant.id;
    struct app_commit commit = app_commit_new(call->arena);
    struct app_object object = *stored;
    bool done;
    object.modified = call->now;
    object.version = stored->version + 1;
    object.body = hg_json_copy(call->arena, &stored->body);
    hg_json_put(call->arena, &object.body, "trustedIps", *trusted);
    if (stored->version == 0)
        HG_TRY(app_object_insert(&commit, tenant, APP_KIND_MFA_SETTINGS, &object, err));
    else
        HG_TRY(app_object_replace(&commit, tenant, APP_KIND_MFA_SETTINGS, &object, stored->version,
                                  err));
    HG_TRY(app_graph_commit(call, app_collection_of_kind(APP_KIND_MFA_SETTINGS), &commit, object.id,
                            &object.body, &done, err));
    if (done)
        app_answer_empty(call, 204);
    return HG_OK;
}

enum hg_code app_mfa_settings_change(struct app_call *call, struct hg_err *err)
{
    struct hg_json input;
    struct app_object stored;
    if (!app_body_object(call, &input) || !app_body_knows(call, &input, "trustedIps"))
        return HG_OK;
    const struct hg_json *trusted = hg_json_get(&input, "trustedIps");
    if (!are_ranges(call, trusted))
        return HG_OK;
    HG_TRY(load(call, &stored, err));
    return put(call, &stored, trusted, err);
}
