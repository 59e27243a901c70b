#include "app/commit.h"
#include "app/directory/agreements.h"
#include "app/directory/objects.h"
#include "app/graph_api/write.h"
#include "base/base.h"
#include "graph/graph.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <stddef.h>

/* Agreements (terms of use): their properties are a table of graph, their documents come with
 * them in `file.localizations` or `files` and are kept apart. */

/* Where the documents stand in a body: either member of Graph's create. */
static const struct hg_json *documents_of(const struct hg_json *input)
{
    const struct hg_json *files = hg_json_get(input, "files");
    return files != NULL ? files : hg_json_get(hg_json_get(input, "file"), "localizations");
}

static enum hg_code check_file(struct app_write *write, const struct hg_json *input,
                               struct hg_err *err)
{
    const struct hg_json *file = hg_json_get(input, "file");
    for (uint32_t i = 0; hg_json_is(file, HG_JSON_OBJECT) && i < file->object.n; i++) {
        hg_str name = file->object.members[i].name;
        if (!hg_str_eq(name, HG_STR("localizations")) && !hg_str_starts(name, HG_STR("@odata")))
            return app_write_refuse(write, err, "Property file.%.*s is not known.", HG_ARG(name));
    }
    return HG_OK;
}

/* The body without them, for the table. */
static struct hg_json without_documents(struct hg_arena *arena, const struct hg_json *input)
{
    struct hg_json out = hg_json_object();
    for (uint32_t i = 0; hg_json_is(input, HG_JSON_OBJECT) && i < input->object.n; i++) {
        const struct hg_json_member *member = &input->object.members[i];
        if (!hg_str_eq(member->name, HG_STR("files")) && !hg_str_eq(member->name, HG_STR("file")))
            hg_json_set(arena, &out, member->name, member->value);
    }
    return out;
}

/* --- One document ------------------------------------------------------------------- */

static bool is_known_member(hg_str name)
{
    static const char *const known[] = {"fileName",    "language", "isDefault", "isMajorVersion",
                                        "displayName", "fileData", "id",        "createdDateTime",
                                        "versions"};
    for (size_t i = 0; i < HG_COUNT(known); i++)
        if (hg_str_eq(name, hg_str_of(known[i])))
            return true;
    return hg_str_starts(name, HG_STR("@odata"));
}

static enum hg_code check_members(struct app_write *write, const struct hg_json *json,
                                  struct hg_err *err)
{
    if (!hg_json_is(json, HG_JSON_OBJECT))
        return app_write_refuse(write, err, "files must be an array of objects.");
    for (uint32_t i = 0; i < json->object.n; i++)
        if (!is_known_member(json->object.members[i].name))
            return app_write_refuse(write, err, "Property files.%.*s is not known.",
                                    HG_ARG(json->object.members[i].name));
    return HG_OK;
}

/* "en", "sl-SI", "zh-Hans-CN" */
static bool is_language(hg_str text)
{
    size_t primary = hg_str_find_byte(text, '-');
    if (primary == HG_NPOS)
        primary = text.len;
    for (size_t i = 0; i < text.len; i++) {
        char lower = (char)(text.ptr[i] | 0x20);
        bool is_letter = lower >= 'a' && lower <= 'z';
        bool is_digit = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        if (!is_letter && (i < primary || (!is_digit && text.ptr[i] != '-')))
            return false;
    }
    return primary >= 2 && primary <= 3 && text.len <= 35;
}

static enum hg_code read_bytes(struct app_write *write, const struct hg_json *json,
                               struct app_terms_file *out, struct hg_err *err)
{
    hg_str data = hg_json_str_or(hg_json_get(hg_json_get(json, "fileData"), "data"), HG_STR(""));
    if (data.len == 0 || hg_b64_decode(write->arena, data, &out->bytes, NULL) != HG_OK ||
        out->bytes.len == 0)
        return app_write_refuse(write, err, "files.fileData.data must be the document in base64.");
    if (out->bytes.len > APP_MAX_TERMS_FILE)
        return app_write_refuse(write, err, "files.fileData.data: a document has at most %d bytes.",
                                (int)APP_MAX_TERMS_FILE);
    bool is_pdf = hg_str_starts(out->bytes, HG_STR("%PDF-"));
    if (!is_pdf && (!hg_utf8_valid(out->bytes) || hg_str_find_byte(out->bytes, '\0') != HG_NPOS))
        return app_write_refuse(write, err,
                                "files.fileData.data must be a PDF or a text in UTF-8.");
    out->media = is_pdf ? HG_STR("application/pdf") : HG_STR("text/plain");
    return HG_OK;
}

static enum hg_code read_file(struct app_write *write, const struct hg_json *json,
                              struct app_terms_file *out, struct hg_err *err)
{
    HG_TRY(check_members(write, json, err));
    struct app_terms_file file = {
        .id = hg_uuid_v4(write->arena, &write->app->random),
        .language = hg_json_str_or(hg_json_get(json, "language"), HG_STR("")),
        .file_name = hg_json_str_or(hg_json_get(json, "fileName"), HG_STR("")),
        .display_name = hg_json_str_or(hg_json_get(json, "displayName"), HG_STR("")),
        .is_default = hg_json_bool_or(hg_json_get(json, "isDefault"), false),
        .is_major = hg_json_bool_or(hg_json_get(json, "isMajorVersion"), false),
        .created = write->now,
    };
    if (!is_language(file.language))
        return app_write_refuse(write, err,
                                "files.language must be a language tag such as en or sl-SI.");
    if (file.file_name.len == 0 || file.file_name.len > GRAPH_MAX_STRING ||
        file.display_name.len > GRAPH_MAX_STRING)
        return app_write_refuse(write, err,
                                "files.fileName must be a string of 1 to %d bytes; displayName of "
                                "at most as many.",
                                (int)GRAPH_MAX_STRING);
    HG_TRY(read_bytes(write, json, &file, err));
    *out = file;
    return HG_OK;
}

/* --- All of them -------------------------------------------------------------------- */

static enum hg_code read_files(struct app_write *write, const struct hg_json *list,
                               struct app_terms_files *out, struct hg_err *err)
{
    size_t n = hg_json_is(list, HG_JSON_ARRAY) ? hg_json_count(list) : 0;
    if (n == 0 || n > APP_MAX_TERMS_FILES)
        return app_write_refuse(write, err,
                                "files must be an array of 1 to %d documents, one a language.",
                                (int)APP_MAX_TERMS_FILES);
    struct app_terms_file *files = HG_NEW_ARRAY(write->arena, struct app_terms_file, n);
    if (files == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu documents", n);
    size_t defaults = 0;
    for (size_t i = 0; i < n; i++) {
        HG_TRY(read_file(write, hg_json_item(list, i), &files[i], err));
        defaults += files[i].is_default;
        for (size_t k = 0; k < i; k++)
            if (hg_str_eq_nocase(files[i].language, files[k].language))
                return app_write_refuse(write, err, "files: two documents are in '%.*s'.",
                                        HG_ARG(files[i].language));
    }
    if (defaults > 1)
        return app_write_refuse(write, err, "files: one document is the default, not several.");
    files[0].is_default = files[0].is_default || defaults == 0;
    *out = (struct app_terms_files){files, n};
    return HG_OK;
}

static void put_files(struct app_write *write, hg_str agreement,
                      const struct app_terms_files *files)
{
    app_terms_files_remove(write->commit, write->tenant, agreement);
    for (size_t i = 0; i < files->n; i++) {
        struct app_terms_file file = files->items[i];
        file.agreement = agreement;
        app_terms_file_insert(write->commit, write->tenant, &file);
    }
}

static bool is_positive(const struct hg_json *value)
{
    hg_dur duration;
    return hg_json_is_null(value) ||
           (hg_iso_duration_parse(hg_json_str_or(value, HG_STR("")), &duration, NULL) == HG_OK &&
            duration.us > 0);
}

static enum hg_code check_times(struct app_write *write, const struct hg_json *body,
                                struct hg_err *err)
{
    const struct hg_json *expiration = hg_json_get(body, "termsExpiration");
    if (!is_positive(hg_json_get(body, "userReacceptRequiredFrequency")))
        return app_write_refuse(write, err,
                                "userReacceptRequiredFrequency must be a duration such as P90D.");
    if (!is_positive(hg_json_get(expiration, "frequency")))
        return app_write_refuse(write, err,
                                "termsExpiration.frequency must be a duration such as P365D.");
    if (!hg_json_is_null(expiration) && hg_json_is_null(hg_json_get(expiration, "startDateTime")))
        return app_write_refuse(write, err,
                                "termsExpiration.startDateTime must say when acceptances first "
                                "end.");
    return HG_OK;
}

static enum hg_code check_count(struct app_write *write, struct hg_err *err)
{
    struct app_objects all;
    HG_TRY(app_objects_list(write->app->store, write->arena, write->tenant, APP_KIND_AGREEMENT,
                            HG_STR(""), 0, &all, err));
    return all.n < APP_MAX_TERMS
               ? HG_OK
               : app_write_refuse(write, err, "A tenant has at most %d agreements.",
                                  (int)APP_MAX_TERMS);
}

enum hg_code app_agreement_create(struct app_write *write, const struct hg_json *input,
                                  struct app_object *out, struct hg_err *err)
{
    struct hg_json plain = without_documents(write->arena, input);
    struct hg_json body;
    struct app_terms_files files;
    HG_TRY(graph_body(write->arena, &graph_agreement, write->mode, NULL, &plain, &body,
                      &write->fault, err));
    HG_TRY(check_file(write, input, err));
    HG_TRY(check_times(write, &body, err));
    HG_TRY(read_files(write, documents_of(input), &files, err));
    HG_TRY(check_count(write, err));
    hg_json_put_str(write->arena, &body, "id", app_write_id(write, &body));
    hg_json_put(write->arena, &body, "version", hg_json_int(1));
    *out = (struct app_object){.body = body};
    HG_TRY(app_write_insert(write, APP_KIND_AGREEMENT, out, err));
    put_files(write, out->id, &files);
    return HG_OK;
}

/* New documents replace all of them. One of a major version asks everybody again. */
static enum hg_code update_files(struct app_write *write, const struct app_object *stored,
                                 const struct hg_json *list, struct hg_json *body,
                                 struct hg_err *err)
{
    struct app_terms_files files;
    HG_TRY(read_files(write, list, &files, err));
    int64_t version = 1;
    (void)hg_json_as_int(hg_json_get(&stored->body, "version"), &version);
    bool is_major = false;
    for (size_t i = 0; i < files.n; i++)
        is_major = is_major || files.items[i].is_major;
    hg_json_set(write->arena, body, HG_STR("version"), hg_json_int(version + is_major));
    put_files(write, stored->id, &files);
    return HG_OK;
}

enum hg_code app_agreement_update(struct app_write *write, const struct app_object *stored,
                                  const struct hg_json *input, struct app_object *out,
                                  struct hg_err *err)
{
    struct hg_json plain = without_documents(write->arena, input);
    const struct hg_json *files = documents_of(input);
    struct hg_json body;
    HG_TRY(graph_body(write->arena, &graph_agreement, write->mode, &stored->body, &plain, &body,
                      &write->fault, err));
    HG_TRY(check_file(write, input, err));
    HG_TRY(check_times(write, &body, err));
    if (files != NULL)
        HG_TRY(update_files(write, stored, files, &body, err));
    *out = (struct app_object){.body = body};
    return app_write_replace(write, APP_KIND_AGREEMENT, stored, out, err);
}

/* No policy is left with terms that nobody can accept. */
enum hg_code app_agreement_release(struct app_write *write, const struct app_object *stored,
                                   struct hg_err *err)
{
    hg_str policy;
    bool is_named;
    HG_TRY(app_policy_naming(write, POLICY_REFERENCE_TERMS, stored->id, &is_named, &policy, err));
    if (is_named)
        return app_write_refuse(write, err,
                                "The agreement is demanded by the policy '%.*s': take it out of "
                                "the policy, or disable the policy, first.",
                                HG_ARG(policy));
    app_terms_files_remove(write->commit, write->tenant, stored->id);
    return HG_OK;
}
