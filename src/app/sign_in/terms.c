#include "app/sign_in/terms.h"

#include "app/app_private.h"
#include "app/directory/agreements.h"
#include "app/directory/objects.h"
#include "app/pages.h"
#include "app/sign_in/journey.h"
#include "base/base.h"
#include "http/http.h"
#include "model/model.h"

#include <stdbool.h>
#include <stddef.h>

enum { MAX_SHOWN = 24 << 10 }; /* bytes of a text in the page itself; a longer one is a link */

enum hg_code app_terms_in_force(struct app_call *call, const struct app_access *access,
                                struct app_ids *out, struct hg_err *err)
{
    const struct app_snapshot *tenant = call->tenant;
    struct app_acceptances answers;
    *out = (struct app_ids){0};
    if (access->user == NULL || tenant->n_terms == 0)
        return HG_OK;
    hg_str *ids = HG_NEW_ARRAY(call->arena, hg_str, tenant->n_terms);
    if (ids == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu agreements", tenant->n_terms);
    HG_TRY(app_acceptances_load(call->app->store, call->arena, tenant->tenant.id, access->user->id,
                                HG_STR(""), &answers, err));
    out->items = ids;
    for (size_t i = 0; i < tenant->n_terms; i++) {
        const struct app_terms *terms = &tenant->terms[i];
        if (model_has_id(access->accepted_terms, access->n_accepted_terms, terms->id) ||
            app_terms_accepted(terms, &answers, access->device.id, call->now))
            ids[out->n++] = terms->id;
    }
    return HG_OK;
}

static const struct app_terms *find_terms(const struct app_snapshot *tenant, hg_str id)
{
    for (size_t i = 0; i < tenant->n_terms; i++)
        if (hg_str_eq_nocase(tenant->terms[i].id, id))
            return &tenant->terms[i];
    return NULL;
}

const struct app_terms *app_run_terms(const struct app_run *run)
{
    if (run->state.terms.len > 0)
        return find_terms(run->call->tenant, run->state.terms);
    bool is_wanted = run->is_judged && run->verdict.n_terms > 0;
    return is_wanted ? find_terms(run->call->tenant, run->verdict.terms[0]) : NULL;
}

bool app_run_can_accept(const struct app_run *run, const struct app_terms *terms)
{
    return terms != NULL && (!terms->per_device || run->access.device.is_present);
}

static const struct app_terms_file *document_for(struct app_run *run,
                                                 const struct app_terms_files *files)
{
    struct hg_buf languages = hg_buf_new(run->call->arena, HG_MAX_TARGET);
    hg_str tag;
    for (hg_str rest = run->ui_locales; hg_str_field(&rest, ' ', &tag);)
        hg_buf_format(&languages, "%.*s,", HG_ARG(tag));
    hg_buf_str(&languages, http_header_or(run->call->request, "Accept-Language", ""));
    return app_terms_file_in(files, hg_buf_view(&languages));
}

static enum hg_code facts_of(const struct app_run *run, hg_str *out, struct hg_err *err)
{
    struct hg_arena *arena = run->call->arena;
    const struct model_device *device = &run->access.device;
    struct hg_json facts = hg_json_object();
    hg_json_put_str(arena, &facts, "userPrincipalName", run->user.upn);
    hg_json_put_str(arena, &facts, "userDisplayName", run->user.display_name);
    hg_json_put_str(arena, &facts, "userEmail", run->user.mail);
    if (device->is_present) {
        hg_json_put_str(arena, &facts, "deviceDisplayName", device->display_name);
        hg_json_put_str(arena, &facts, "deviceOSType", device->operating_system);
        hg_json_put_str(arena, &facts, "deviceOSVersion", device->operating_system_version);
    }
    return hg_json_render(arena, &facts, out, err);
}

enum hg_code app_run_answer_terms(struct app_run *run, hg_str agreement, bool is_accepted,
                                  struct hg_err *err)
{
    struct app_call *call = run->call;
    hg_str tenant = call->tenant->tenant.id;
    const struct app_terms *terms = find_terms(call->tenant, agreement);
    struct app_terms_files files;
    HG_TRY(app_terms_files_load(call->app->store, call->arena, tenant, agreement, &files, err));
    const struct app_terms_file *document = document_for(run, &files);
    struct app_acceptance answer = {
        .id = hg_uuid_v7(call->arena, &call->app->random, call->now),
        .user = run->user.id,
        .agreement = agreement,
        .file = document == NULL ? HG_STR("") : document->id,
        .version = terms == NULL ? 0 : terms->version,
        .is_accepted = is_accepted,
        .at = call->now,
        .device = run->access.device.id,
    };
    HG_TRY(facts_of(run, &answer.facts, err));
    app_acceptance_insert(&run->commit, tenant, &answer);
    if (!is_accepted)
        return HG_OK;
    run->accepted_terms = agreement;
    run->access.n_accepted_terms = 1;
    return HG_OK;
}

enum hg_code app_run_put_terms(struct app_run *run, struct app_page *page, struct hg_err *err)
{
    struct app_call *call = run->call;
    const struct app_terms *terms = app_run_terms(run);
    struct app_terms_files files;
    HG_ASSERT(terms != NULL);
    app_page_put(page, "agreement", terms->display_name);
    if (terms->view_first && !run->state.terms_viewed) {
        app_page_put_text(page, "unopened", "terms.open");
        return HG_OK;
    }
    app_page_put_text(page, "opened", "terms.agree");
    HG_TRY(app_terms_files_load(call->app->store, call->arena, call->tenant->tenant.id, terms->id,
                                &files, err));
    const struct app_terms_file *document = document_for(run, &files);
    if (document == NULL)
        return HG_OK;
    bool is_shown =
        hg_str_eq(document->media, HG_STR("text/plain")) && document->bytes.len <= MAX_SHOWN;
    app_page_put(page, "document_language", document->language);
    app_page_put(page, is_shown ? "text" : "document_url",
                 is_shown ? document->bytes
                          : hg_str_format(call->arena, "/%.*s/terms/%.*s/%.*s",
                                          HG_ARG(app_param(call, "tenant")), HG_ARG(terms->id),
                                          HG_ARG(document->id)));
    return HG_OK;
}

/* GET /{tenant}/terms/{agreement}/{document}: for whoever knows the ids, which a page of the
 * sign-in told. */
enum hg_code app_terms_document(struct app_call *call, struct hg_err *err)
{
    struct app_terms_files files;
    hg_str id = hg_str_lower(call->arena, app_param(call, "document"));
    HG_TRY(app_terms_files_load(call->app->store, call->arena, call->tenant->tenant.id,
                                hg_str_lower(call->arena, app_param(call, "agreement")), &files,
                                err));
    for (size_t i = 0; i < files.n; i++) {
        const struct app_terms_file *file = &files.items[i];
        if (!hg_str_eq(file->id, id))
            continue;
        bool is_pdf = hg_str_eq(file->media, HG_STR("application/pdf"));
        http_respond(call->response, 200, is_pdf ? "application/pdf" : "text/plain; charset=utf-8",
                     file->bytes);
        http_set_field(call->response, "Content-Disposition",
                       is_pdf ? HG_STR("inline; filename=\"terms.pdf\"")
                              : HG_STR("inline; filename=\"terms.txt\""));
        http_set_field(call->response, "Content-Security-Policy",
                       HG_STR("default-src 'none'; frame-ancestors 'none'"));
        http_set_field(call->response, "X-Content-Type-Options", HG_STR("nosniff"));
        http_set_field(call->response, "Cache-Control", HG_STR("no-store"));
        return HG_OK;
    }
    app_refuse(call, 404, "Request_ResourceNotFound", "There is no such document.");
    return HG_OK;
}
