#include "policy/document.h"

#include "base/base.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/reading_private.h"
#include "policy/schema_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct collector {
    struct hg_arena *arena;
    struct policy_document_row *rows;
    size_t n, room;
    struct hg_err *err;
};

typedef enum hg_code judge_fn(struct collector *collector, const struct hg_json *object,
                              hg_str prefix, struct policy_document_row *row);

/* --- Judging one object ----------------------------------------------------------- */

/* One warning a list, not one an id: nothing here can look them up. */
static void warn_references(struct policy_findings *findings, const struct policy_rule *rule)
{
    const struct policy_reference *references;
    size_t n;
    if (policy_rule_references(findings->arena, rule, &references, &n, NULL) != HG_OK)
        return; /* the arena says so when the findings close */
    for (size_t i = 0; i < n;) {
        size_t first = i;
        size_t unknown = 0;
        while (i < n && references[i].path == references[first].path) {
            bool built_in = policy_strength_builtin(references[i].id) != NULL &&
                            references[i].kind == POLICY_REFERENCE_STRENGTH;
            unknown += !built_in;
            i++;
        }
        if (unknown > 0)
            policy_warn(findings, "1011", hg_str_of(references[first].path),
                        hg_str_format(findings->arena,
                                      "%zu %s in %s cannot be looked up without a directory.",
                                      unknown, unknown == 1 ? "id" : "ids",
                                      references[first].path));
    }
}

static hg_str prefixed(struct hg_arena *arena, hg_str prefix, hg_str path)
{
    return prefix.len == 0 ? path : hg_str_format(arena, "%.*s%.*s", HG_ARG(prefix), HG_ARG(path));
}

static enum hg_code set_faults(struct collector *collector, hg_str prefix,
                               const struct policy_faults *first,
                               const struct policy_findings *more, struct policy_document_row *row)
{
    size_t n = first->n + more->n;
    struct policy_fault *items = HG_NEW_ARRAY(collector->arena, struct policy_fault, n);
    if (items == NULL || more->out_of_memory)
        return HG_FAIL(collector->err, HG_NO_MEMORY, "faults of a document");
    row->ok = true;
    for (size_t i = 0; i < n; i++) {
        items[i] = i < first->n ? first->items[i] : more->items[i - first->n];
        items[i].path = prefixed(collector->arena, prefix, items[i].path);
        row->ok &= items[i].is_warning;
    }
    row->faults = (struct policy_faults){.items = items, .n = n};
    return HG_OK;
}

static enum hg_code judge_policy(struct collector *collector, const struct hg_json *object,
                                 hg_str prefix, struct policy_document_row *row)
{
    struct policy_findings more = {.arena = collector->arena};
    struct policy_faults faults = {0};
    const struct policy_rule *rule = NULL;
    enum hg_code code =
        policy_rule_parse(collector->arena, object, POLICY_PARSE_STRICT, &rule, &faults, NULL);
    if (code != HG_OK && code != HG_MALFORMED)
        return HG_FAIL(collector->err, code, "a policy of the document");
    if (rule != NULL) {
        policy_find_unasked(&more, rule, true);
        warn_references(&more, rule);
    }
    return set_faults(collector, prefix, &faults, &more, row);
}

static enum hg_code judge_location(struct collector *collector, const struct hg_json *object,
                                   hg_str prefix, struct policy_document_row *row)
{
    struct policy_findings none = {.arena = collector->arena};
    struct policy_faults faults = {0};
    const struct policy_location *location = NULL;
    enum hg_code code = policy_location_parse(collector->arena, object, &location, &faults, NULL);
    if (code != HG_OK && code != HG_MALFORMED)
        return HG_FAIL(collector->err, code, "a named location of the document");
    return set_faults(collector, prefix, &faults, &none, row);
}

static enum hg_code judge_strength(struct collector *collector, const struct hg_json *object,
                                   hg_str prefix, struct policy_document_row *row)
{
    struct policy_findings none = {.arena = collector->arena};
    struct policy_faults faults = {0};
    const struct policy_strength *strength = NULL;
    enum hg_code code = policy_strength_parse(collector->arena, object, &strength, &faults, NULL);
    if (code != HG_OK && code != HG_MALFORMED)
        return HG_FAIL(collector->err, code, "an authentication strength of the document");
    return set_faults(collector, prefix, &faults, &none, row);
}

/* A template says nothing of state and bears its name beside the details; policies
 * made from one start report-only (1.1). */
static enum hg_code judge_template(struct collector *collector, const struct hg_json *object,
                                   hg_str prefix, struct policy_document_row *row)
{
    static const char *const parts[] = {"conditions", "grantControls", "sessionControls"};
    struct hg_arena *arena = collector->arena;
    const struct hg_json *details = policy_member(object, "details");
    struct hg_json policy = hg_json_object();
    row->display_name = hg_json_str_or(policy_member(object, "name"), HG_STR(""));
    hg_json_put_str(arena, &policy, "displayName", row->display_name);
    hg_json_put(arena, &policy, "state", hg_json_z(policy_state_name(POLICY_REPORT_ONLY)));
    for (size_t i = 0; i < HG_COUNT(parts); i++) {
        const struct hg_json *part = policy_member(details, parts[i]);
        if (part != NULL)
            hg_json_put(arena, &policy, parts[i], *part);
    }
    return judge_policy(collector, &policy, prefixed(arena, prefix, HG_STR("details.")), row);
}

static enum hg_code judge_nothing(struct collector *collector, const struct hg_json *object,
                                  hg_str prefix, struct policy_document_row *row)
{
    (void)collector;
    (void)object;
    (void)prefix;
    row->ok = true;
    return HG_OK;
}

static enum hg_code judge_unknown(struct collector *collector, const struct hg_json *object,
                                  hg_str prefix, struct policy_document_row *row)
{
    struct policy_findings findings = {.arena = collector->arena};
    struct policy_faults none = {0};
    struct hg_buf names = hg_buf_new(collector->arena, 1024);
    bool is_object = hg_json_is(object, HG_JSON_OBJECT);
    for (size_t i = 0; is_object && i < hg_json_count(object) && i < 4; i++) {
        if (i > 0)
            hg_buf_z(&names, ", ");
        hg_buf_str(&names, policy_clip(object->object.members[i].name));
    }
    hg_str seen = is_object ? hg_buf_view(&names) : hg_str_of(hg_json_kind_name(object->kind));
    policy_find(&findings, "1007", HG_STR(""),
                hg_str_format(collector->arena,
                              "This is no policy, named location, strength or template that could "
                              "be told (seen: %.*s).",
                              HG_ARG(seen)));
    return set_faults(collector, prefix, &none, &findings, row);
}

/* --- Telling kinds ------------------------------------------------------------------ */

/* The first row whose member is there decides. */
static const struct {
    const char *member, *kind;
    judge_fn *judge;
} kinds[] = {
    {"conditions", "policy", judge_policy},
    {"grantControls", "policy", judge_policy},
    {"details", "template", judge_template},
    {"ipRanges", "namedLocation", judge_location},
    {"countriesAndRegions", "namedLocation", judge_location},
    {"compliantNetworkType", "namedLocation", judge_location},
    {"serviceTags", "namedLocation", judge_location},
    {"privateLinkResourcePolicyIds", "namedLocation", judge_location},
    {"allowedCombinations", "authenticationStrength", judge_strength},
    {"signInIdentity", "whatIf", judge_nothing},
    {"groupTypes", "group", judge_nothing},
    {"securityEnabled", "group", judge_nothing},
    {"Objects", "migrationTable", judge_nothing},
    {"request", "exchange", judge_nothing},
};

static bool push_row(struct collector *collector)
{
    if (collector->n < collector->room) {
        collector->n++;
        return true;
    }
    size_t room = collector->room == 0 ? 8 : collector->room * 2;
    struct policy_document_row *rows =
        HG_NEW_ARRAY(collector->arena, struct policy_document_row, room);
    if (rows == NULL)
        return false;
    if (collector->n > 0)
        memcpy(rows, collector->rows, collector->n * sizeof(*rows));
    collector->rows = rows;
    collector->room = room;
    collector->n++;
    return true;
}

static enum hg_code judge_object(struct collector *collector, const struct hg_json *object,
                                 hg_str prefix, size_t index)
{
    if (!push_row(collector))
        return HG_FAIL(collector->err, HG_NO_MEMORY, "rows of a document");
    struct policy_document_row *row = &collector->rows[collector->n - 1];
    *row = (struct policy_document_row){
        .index = index,
        .kind = "unknown",
        .id = hg_json_str_or(policy_member(object, "id"), HG_STR("")),
        .display_name = hg_json_str_or(policy_member(object, "displayName"), HG_STR(""))};
    for (size_t i = 0; i < HG_COUNT(kinds); i++)
        if (policy_member(object, kinds[i].member) != NULL) {
            row->kind = kinds[i].kind;
            return kinds[i].judge(collector, object, prefix, row);
        }
    return judge_unknown(collector, object, prefix, row);
}

/* --- Unwrapping ----------------------------------------------------------------------- */

static enum hg_code judge_list(struct collector *collector, const struct hg_json *list,
                               hg_str prefix)
{
    for (size_t i = 0; i < hg_json_count(list); i++)
        HG_TRY(judge_object(collector, hg_json_item(list, i),
                            hg_str_format(collector->arena, "%.*s[%zu].", HG_ARG(prefix), i), i));
    return HG_OK;
}

static enum hg_code judge_body(struct collector *collector, const struct hg_json *body,
                               hg_str prefix)
{
    const struct hg_json *value = policy_member(body, "value");
    if (hg_json_is(body, HG_JSON_ARRAY))
        return judge_list(collector, body, prefix);
    if (hg_json_is(value, HG_JSON_ARRAY))
        return judge_list(collector, value, prefixed(collector->arena, prefix, HG_STR("value")));
    return judge_object(collector, body, prefix, 0);
}

/* A documented exchange is judged by what was sent and what came back. */
static enum hg_code judge_exchange(struct collector *collector, const struct hg_json *document)
{
    const struct hg_json *sent = policy_member(policy_member(document, "request"), "body");
    const struct hg_json *received = policy_member(policy_member(document, "response"), "body");
    if (sent == NULL && received == NULL)
        return judge_object(collector, document, HG_STR(""), 0);
    if (sent != NULL)
        HG_TRY(judge_body(collector, sent, HG_STR("request.body.")));
    if (received != NULL)
        HG_TRY(judge_body(collector, received, HG_STR("response.body.")));
    return HG_OK;
}

enum hg_code policy_document_validate(struct hg_arena *arena, const struct hg_json *document,
                                      const struct policy_document_row **out, size_t *out_n,
                                      struct hg_err *err)
{
    struct collector collector = {.arena = arena, .err = err};
    const struct hg_json *wrapped = policy_member(document, "PolicyConfig");
    enum hg_code code;
    if (wrapped != NULL)
        code = judge_object(&collector, wrapped, HG_STR("PolicyConfig."), 0);
    else if (policy_member(document, "request") != NULL)
        code = judge_exchange(&collector, document);
    else
        code = judge_body(&collector, document, HG_STR(""));
    if (code != HG_OK)
        return code;
    if (hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "rows of a document");
    *out = collector.rows;
    *out_n = collector.n;
    return HG_OK;
}

/* --- Rendering ------------------------------------------------------------------------ */

static struct hg_json faults_json(struct hg_arena *arena, const struct policy_faults *faults,
                                  bool warnings)
{
    struct hg_json array = hg_json_array();
    for (size_t i = 0; i < faults->n; i++) {
        const struct policy_fault *fault = &faults->items[i];
        if (fault->is_warning != warnings)
            continue;
        struct hg_json object = hg_json_object();
        hg_json_put_str(arena, &object, "code", fault->code);
        hg_json_put_str(arena, &object, "path", fault->path);
        hg_json_put_str(arena, &object, "message", fault->message);
        hg_json_push(arena, &array, object);
    }
    return array;
}

struct hg_json policy_document_row_json(struct hg_arena *arena, hg_str file,
                                        const struct policy_document_row *row)
{
    struct hg_json object = hg_json_object();
    hg_json_put_str(arena, &object, "file", file);
    hg_json_put(arena, &object, "index", hg_json_int((int64_t)row->index));
    hg_json_put(arena, &object, "kind", hg_json_z(row->kind));
    hg_json_put_str(arena, &object, "id", row->id);
    hg_json_put_str(arena, &object, "displayName", row->display_name);
    hg_json_put(arena, &object, "ok", hg_json_bool(row->ok));
    hg_json_put(arena, &object, "errors", faults_json(arena, &row->faults, false));
    hg_json_put(arena, &object, "warnings", faults_json(arena, &row->faults, true));
    return object;
}
