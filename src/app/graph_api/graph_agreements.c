#include "app/app_private.h"
#include "app/directory/agreements.h"
#include "app/directory/objects.h"
#include "app/graph_api/graph.h"
#include "base/base.h"
#include "http/http.h"
#include "odata/odata.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* What belongs to an agreement beside its properties: documents, and what users answered. */

static struct hg_json file_json(struct hg_arena *arena, const struct app_terms_file *file)
{
    struct hg_json data = hg_json_object();
    hg_json_put_str(arena, &data, "data", hg_b64_encode(arena, file->bytes));
    struct hg_json json = hg_json_object();
    hg_json_put_str(arena, &json, "id", file->id);
    hg_json_put_str(arena, &json, "fileName", file->file_name);
    hg_json_put_str(arena, &json, "displayName", file->display_name);
    hg_json_put_str(arena, &json, "language", file->language);
    hg_json_put(arena, &json, "isDefault", hg_json_bool(file->is_default));
    hg_json_put(arena, &json, "isMajorVersion", hg_json_bool(file->is_major));
    hg_json_put_str(arena, &json, "createdDateTime", hg_time_rfc3339(arena, file->created));
    hg_json_put(arena, &json, "fileData", data);
    return json;
}

enum hg_code app_agreement_files_of(struct app_call *call, hg_str agreement, struct hg_json *out,
                                    struct hg_err *err)
{
    struct app_terms_files files;
    HG_TRY(app_terms_files_load(call->app->store, call->arena, call->tenant->tenant.id, agreement,
                                &files, err));
    *out = hg_json_array();
    for (size_t i = 0; i < files.n; i++)
        hg_json_push(call->arena, out, file_json(call->arena, &files.items[i]));
    return HG_OK;
}

static enum hg_code find_agreement(struct app_call *call, struct app_object *out, bool *found,
                                   struct hg_err *err)
{
    return app_graph_find(call, app_collection_of(call), app_param(call, "id"), out, found, err);
}

/* GET …/agreements/{id}/files */
enum hg_code app_agreement_files(struct app_call *call, struct hg_err *err)
{
    struct odata_query query = {0};
    struct app_object agreement;
    struct hg_json files;
    bool found;
    if (!app_odata_query(call, &query))
        return HG_OK;
    HG_TRY(find_agreement(call, &agreement, &found, err));
    if (!found)
        return HG_OK;
    HG_TRY(app_agreement_files_of(call, agreement.id, &files, err));
    app_graph_answer_list(call, "identityGovernance/termsOfUse/agreements/files", &query, &files);
    return HG_OK;
}

/* GET …/agreements/{id}/file: the same as one agreementFile. */
enum hg_code app_agreement_file(struct app_call *call, struct hg_err *err)
{
    struct app_object agreement;
    struct hg_json files;
    bool found;
    HG_TRY(find_agreement(call, &agreement, &found, err));
    if (!found)
        return HG_OK;
    HG_TRY(app_agreement_files_of(call, agreement.id, &files, err));
    struct hg_json body = hg_json_object();
    hg_json_put_str(call->arena, &body, "@odata.context",
                    hg_str_format(call->arena,
                                  "%.*s/%.*s/$metadata#identityGovernance/termsOfUse/agreements/"
                                  "file/$entity",
                                  HG_ARG(call->app->config.base_url),
                                  HG_ARG(app_param(call, "version"))));
    hg_json_put_str(call->arena, &body, "id", agreement.id);
    hg_json_put(call->arena, &body, "localizations", files);
    app_answer_json(call, 200, &body);
    return HG_OK;
}

/* --- Acceptances -------------------------------------------------------------------- */

/* When it ends, for an agreement that is still there. */
static struct hg_json end_of(struct app_call *call, const struct app_acceptance *acceptance)
{
    for (size_t i = 0; i < call->tenant->n_terms; i++) {
        const struct app_terms *terms = &call->tenant->terms[i];
        if (!acceptance->is_accepted || !hg_str_eq(terms->id, acceptance->agreement))
            continue;
        struct model_when end = lifetime_terms_end(&terms->lifetime, acceptance->at);
        if (end.is_set)
            return hg_json_str(hg_time_rfc3339(call->arena, end.at));
    }
    return hg_json_null();
}

static enum hg_code acceptance_json(struct app_call *call, const struct app_acceptance *acceptance,
                                    struct hg_json *out, struct hg_err *err)
{
    struct hg_arena *arena = call->arena;
    struct hg_json facts;
    struct hg_json json = hg_json_object();
    HG_TRY(hg_json_parse(arena, acceptance->facts, HG_JSON_STRICT, &hg_json_api, &facts, err));
    hg_json_put_str(arena, &json, "id", acceptance->id);
    hg_json_put_str(arena, &json, "agreementId", acceptance->agreement);
    hg_json_put_str(arena, &json, "agreementFileId", acceptance->file);
    hg_json_put_str(arena, &json, "userId", acceptance->user);
    for (uint32_t i = 0; i < facts.object.n; i++)
        hg_json_set(arena, &json, facts.object.members[i].name, facts.object.members[i].value);
    hg_json_put(arena, &json, "deviceId",
                acceptance->device.len > 0 ? hg_json_str(acceptance->device) : hg_json_null());
    hg_json_put_str(arena, &json, "recordedDateTime", hg_time_rfc3339(arena, acceptance->at));
    hg_json_put(arena, &json, "expirationDateTime", end_of(call, acceptance));
    hg_json_put(arena, &json, "state",
                hg_json_z(acceptance->is_accepted ? "accepted" : "declined"));
    *out = json;
    return HG_OK;
}

static enum hg_code answer_acceptances(struct app_call *call, hg_str user, hg_str agreement,
                                       struct hg_err *err)
{
    struct odata_query query = {0};
    struct app_acceptances all;
    struct hg_json items = hg_json_array();
    if (!app_odata_query(call, &query))
        return HG_OK;
    HG_TRY(app_acceptances_load(call->app->store, call->arena, call->tenant->tenant.id, user,
                                agreement, &all, err));
    for (size_t i = 0; i < all.n; i++) {
        struct hg_json item;
        HG_TRY(acceptance_json(call, &all.items[i], &item, err));
        hg_json_push(call->arena, &items, item);
    }
    app_graph_answer_list(call, "agreementAcceptances", &query, &items);
    return HG_OK;
}

/* GET …/termsOfUse/agreementAcceptances */
enum hg_code app_acceptances_get(struct app_call *call, struct hg_err *err)
{
    return answer_acceptances(call, HG_STR(""), HG_STR(""), err);
}

/* GET …/agreements/{id}/acceptances */
enum hg_code app_agreement_acceptances(struct app_call *call, struct hg_err *err)
{
    struct app_object agreement;
    bool found;
    HG_TRY(find_agreement(call, &agreement, &found, err));
    return found ? answer_acceptances(call, HG_STR(""), agreement.id, err) : HG_OK;
}

/* GET /me/agreementAcceptances */
enum hg_code app_my_acceptances(struct app_call *call, struct hg_err *err)
{
    if (call->caller.kind != APP_DELEGATED) {
        app_refuse(call, 400, "BadRequest",
                   "/me request is only valid with delegated authentication flow.");
        return HG_OK;
    }
    return answer_acceptances(call, call->caller.user.id, HG_STR(""), err);
}
