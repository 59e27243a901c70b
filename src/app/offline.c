#include "app/offline.h"

#include "base/base.h"
#include "connector/connector.h"
#include "flow/definition.h"
#include "flow/expression.h"
#include "flow/run_local.h"
#include "mfa/mfa.h"
#include "oidc/error.h"
#include "policy/document.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A file that is no JSON is a row too: nothing is silently skipped. */
static void push_unreadable(struct hg_arena *arena, hg_str file, const char *why,
                            struct hg_json *rows)
{
    struct hg_json row = hg_json_object();
    struct hg_json errors = hg_json_array();
    struct hg_json error = hg_json_object();
    hg_json_put_str(arena, &row, "file", file);
    hg_json_put(arena, &row, "index", hg_json_int(0));
    hg_json_put(arena, &row, "kind", hg_json_z("unreadable"));
    hg_json_put(arena, &row, "ok", hg_json_bool(false));
    hg_json_put(arena, &error, "code", hg_json_z("InvalidJson"));
    hg_json_put(arena, &error, "path", hg_json_z(""));
    hg_json_put_str(arena, &error, "message", hg_str_dup(arena, hg_str_of(why)));
    hg_json_push(arena, &errors, error);
    hg_json_put(arena, &row, "errors", errors);
    hg_json_put(arena, &row, "warnings", hg_json_array());
    hg_json_push(arena, rows, row);
}

bool app_offline_document(struct hg_arena *arena, hg_str text, struct hg_json *out,
                          struct hg_err *err)
{
    unsigned options = HG_JSON_TOLERANT | HG_JSON_LAST_WINS;
    if (hg_json_parse(arena, text, options, &hg_json_file, out, err) == HG_OK)
        return true;
    struct hg_json list = hg_json_array();
    hg_str line;
    for (hg_str rest = text; hg_str_field(&rest, '\n', &line);) {
        struct hg_json item;
        if (hg_str_trim(line).len == 0)
            continue;
        if (hg_json_parse(arena, line, options, &hg_json_file, &item, NULL) != HG_OK)
            return false;
        hg_json_push(arena, &list, item);
    }
    *out = list;
    return hg_json_count(&list) > 1;
}

enum hg_code app_offline_policy(struct hg_arena *arena, hg_str file, hg_str text,
                                struct hg_json *rows, bool *all_ok, struct hg_err *err)
{
    struct hg_json document;
    struct hg_err why = {0};
    if (!app_offline_document(arena, text, &document, &why)) {
        push_unreadable(arena, file, why.detail, rows);
        *all_ok = false;
        return HG_OK;
    }
    const struct policy_document_row *found;
    size_t n;
    HG_TRY(policy_document_validate(arena, &document, &found, &n, err));
    for (size_t i = 0; i < n; i++) {
        hg_json_push(arena, rows, policy_document_row_json(arena, file, &found[i]));
        *all_ok = *all_ok && found[i].ok;
    }
    return HG_OK;
}

/* "file" and "index" before what the module says of the object. */
static struct hg_json placed(struct hg_arena *arena, hg_str file, size_t index,
                             const struct hg_json *row)
{
    struct hg_json out = hg_json_object();
    hg_json_put_str(arena, &out, "file", file);
    hg_json_put(arena, &out, "index", hg_json_int((int64_t)index));
    for (uint32_t i = 0; i < row->object.n; i++)
        hg_json_set(arena, &out, row->object.members[i].name, row->object.members[i].value);
    return out;
}

enum hg_code app_offline_flow(struct hg_arena *arena, hg_str file, hg_str text,
                              struct hg_json *rows, bool *all_ok, struct hg_err *err)
{
    struct hg_json *document = HG_NEW(arena, struct hg_json);
    struct hg_err why = {0};
    if (document == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "flow document");
    if (!app_offline_document(arena, text, document, &why)) {
        push_unreadable(arena, file, why.detail, rows);
        *all_ok = false;
        return HG_OK;
    }
    struct flow_document *found;
    size_t n;
    HG_TRY(flow_document_find(arena, document, &found, &n, err));
    for (size_t i = 0; i < n; i++) {
        struct flow_validation validation;
        HG_TRY(flow_document_validate(arena, &found[i], &validation, err));
        struct hg_json row = flow_validation_json(arena, &validation);
        hg_json_push(arena, rows, placed(arena, file, i, &row));
        *all_ok = *all_ok && validation.definition != NULL;
    }
    return HG_OK;
}

enum hg_code app_offline_connector(struct hg_arena *arena, hg_str file, hg_str text,
                                   struct hg_json *rows, bool *all_ok, struct hg_err *err)
{
    struct hg_json *swagger = HG_NEW(arena, struct hg_json);
    struct hg_err why = {0};
    if (swagger == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "connector document");
    if (!app_offline_document(arena, text, swagger, &why)) {
        push_unreadable(arena, file, why.detail, rows);
        *all_ok = false;
        return HG_OK;
    }
    const struct connector_document document = {.name = file, .swagger = swagger};
    struct connector_faults faults = {0};
    const struct connector *connector;
    HG_TRY(connector_read(arena, &document, &faults, &connector, err));
    struct hg_json row = connector_validation_json(arena, &document, &faults);
    hg_json_push(arena, rows, placed(arena, file, 0, &row));
    *all_ok = *all_ok && faults.n_errors == 0;
    return HG_OK;
}

enum hg_code app_offline_expression(struct hg_arena *arena, const struct app_offline_eval *eval,
                                    struct hg_json *out, struct hg_err *err)
{
    static const struct hg_json nothing = {.kind = HG_JSON_OBJECT};
    struct flow_scope scope =
        flow_scope_of(eval->context == NULL ? &nothing : eval->context, eval->now, eval->random);
    struct flow_fault fault = {0};
    const struct flow_expression *parsed;
    struct hg_json value;
    enum flow_form form =
        hg_str_starts(eval->expression, HG_STR("@")) ? FLOW_FORM_TEMPLATE : FLOW_FORM_BARE;
    enum hg_code code = flow_expression_parse(arena, eval->expression, form, &parsed, &fault, err);
    if (code == HG_OK)
        code = flow_expression_eval(arena, parsed, &scope, &value, &fault, err);
    if (code == HG_NO_MEMORY)
        return code;
    struct hg_json answer = hg_json_object();
    hg_json_put(arena, &answer, "ok", hg_json_bool(code == HG_OK));
    if (code == HG_OK)
        hg_json_put(arena, &answer, "value", value);
    else
        hg_json_put_str(arena, &answer, "error",
                        code == HG_MALFORMED ? fault.message : hg_str_of(hg_code_text(code)));
    *out = answer;
    return HG_OK;
}

static enum hg_code first_definition(struct hg_arena *arena, const struct hg_json *file,
                                     struct flow_validation *out, struct hg_err *err)
{
    struct flow_document *found;
    size_t n;
    HG_TRY(flow_document_find(arena, file, &found, &n, err));
    if (n == 0 || found[0].kind == FLOW_DOCUMENT_UNKNOWN)
        return HG_FAIL(err, HG_MALFORMED, "there is no flow definition in the file");
    HG_TRY(flow_document_validate(arena, &found[0], out, err));
    for (size_t i = 0; out->definition == NULL && i < out->findings.n; i++)
        if (out->findings.items[i].severity == FLOW_ERROR)
            return HG_FAIL(err, HG_MALFORMED, "%.*s: %.*s", HG_ARG(out->findings.items[i].path),
                           HG_ARG(out->findings.items[i].message));
    return HG_OK;
}

enum hg_code app_offline_run(struct hg_arena *arena, const struct app_offline_run *run,
                             struct hg_json *out, struct hg_err *err)
{
    struct flow_validation validation = {0};
    HG_TRY(first_definition(arena, run->file, &validation, err));
    struct hg_json outputs = hg_json_object();
    if (run->trigger_body != NULL)
        hg_json_put(arena, &outputs, "body", *run->trigger_body);
    const struct flow_local local = {
        .definition = validation.definition,
        .mock = run->mock,
        .trigger_outputs = run->trigger_body == NULL ? NULL : &outputs,
        .parameters = validation.document.source.parameters,
        .now = run->now,
        .random = run->random,
    };
    struct flow_local_result result;
    HG_TRY(flow_run_local(arena, &local, &result, err));
    *out = flow_local_json(arena, &result, validation.definition);
    return HG_OK;
}

/* --- help errors -------------------------------------------------------------------- */

struct hg_json app_offline_errors(struct hg_arena *arena, hg_str number)
{
    struct hg_json rows = hg_json_array();
    struct oidc_error_rows named = {.n = 0};
    if (number.len > 0 && !oidc_error_lookup(number, &named))
        return rows;
    for (unsigned id = OIDC_ERROR_NONE + 1; id < OIDC_ERROR_COUNT; id++) {
        const struct oidc_error_row *error = oidc_error_row((enum oidc_error_id)id);
        if (named.n > 0 && error->aadsts != named.items[0]->aadsts)
            continue;
        struct hg_json row = hg_json_object();
        hg_json_put_str(arena, &row, "code", hg_str_format(arena, "AADSTS%u", error->aadsts));
        hg_json_put(arena, &row, "text", hg_json_z(error->text));
        hg_json_put(arena, &row, "next", hg_json_z(oidc_error_next(error->aadsts)));
        hg_json_push(arena, &rows, row);
    }
    return rows;
}

/* --- totp -------------------------------------------------------------------- */

enum hg_code app_offline_totp(struct hg_arena *arena, hg_str secret, hg_time now, hg_str *out,
                              struct hg_err *err)
{
    hg_str seed;
    HG_TRY(mfa_totp_seed_parse(arena, secret, &seed, err));
    return mfa_totp_code(arena, seed, now, out, err);
}
