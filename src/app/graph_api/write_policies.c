#include "app/app.h"
#include "app/directory/directory.h"
#include "app/directory/first_party.h"
#include "app/directory/objects.h"
#include "app/directory/policy_source.h"
#include "app/graph_api/history.h"
#include "app/graph_api/write.h"
#include "base/base.h"
#include "graph/graph.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Conditional access: policies, named locations, authentication strengths and contexts. Their
 * rules are those of the pure module that judges by them. */

static enum hg_code refuse_with(struct app_write *write, hg_str message, struct hg_err *err)
{
    write->fault = (struct graph_fault){.code = HG_STR("BadRequest"), .message = message};
    return HG_FAIL(err, HG_MALFORMED, "%.*s", HG_ARG(message));
}

static enum hg_code refuse_by_policy(struct app_write *write, const struct policy_faults *faults,
                                     struct hg_err *err)
{
    for (size_t i = 0; i < faults->n; i++)
        if (!faults->items[i].is_warning)
            return refuse_with(write, faults->items[i].message, err);
    return app_write_refuse(write, err, "The policy cannot be read.");
}

/* What the store has, and what the same seed makes. */
static enum hg_code load_there(struct app_write *write, struct policy_source *out,
                               struct hg_err *err)
{
    struct policy_source there;
    HG_TRY(
        app_policy_there_load(write->app->store, write->arena, write->tenant, NULL, &there, err));
    size_t n_locations = there.n_locations + write->n_new_locations;
    size_t n_strengths = there.n_strengths + write->n_new_strengths;
    const struct policy_location **locations =
        HG_NEW_ARRAY(write->arena, const struct policy_location *, n_locations);
    const struct policy_strength **strengths =
        HG_NEW_ARRAY(write->arena, const struct policy_strength *, n_strengths);
    if (locations == NULL || strengths == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu named locations", n_locations);
    for (size_t i = 0; i < n_locations; i++)
        locations[i] = i < there.n_locations ? there.locations[i]
                                             : write->new_locations[i - there.n_locations];
    for (size_t i = 0; i < n_strengths; i++)
        strengths[i] = i < there.n_strengths ? there.strengths[i]
                                             : write->new_strengths[i - there.n_strengths];
    there.locations = locations;
    there.n_locations = n_locations;
    there.strengths = strengths;
    there.n_strengths = n_strengths;
    *out = there;
    return HG_OK;
}

/* --- V20: what a policy names is there ---------------------------------------------- */

static enum hg_code object_exists(struct app_write *write, enum app_kind kind, hg_str id, bool *out,
                                  struct hg_err *err)
{
    *out = false; /* a name is no reference */
    if (!hg_uuid_valid(id))
        return HG_OK;
    return app_object_exists(write->app->store, write->commit, write->tenant, kind, id, out, err);
}

static enum hg_code user_exists(struct app_write *write, hg_str id, bool *out, struct hg_err *err)
{
    return object_exists(write, APP_KIND_USER, id, out, err);
}

static enum hg_code group_exists(struct app_write *write, hg_str id, bool *out, struct hg_err *err)
{
    return object_exists(write, APP_KIND_GROUP, id, out, err);
}

static enum hg_code role_exists(struct app_write *write, hg_str id, bool *out, struct hg_err *err)
{
    (void)write;
    (void)err;
    *out = hg_uuid_valid(id) && app_role_find(id) != NULL;
    return HG_OK;
}

/* Registered here, one of the server's own, or one that every tenant knows (3.4.3). */
static enum hg_code application_exists(struct app_write *write, hg_str id, bool *out,
                                       struct hg_err *err)
{
    struct model_application own;
    if (policy_app_is_known(&policy_app_groups_builtin, id) ||
        app_first_party_find(write->arena, write->app->config.base_url, id, &own)) {
        *out = true;
        return HG_OK;
    }
    return object_exists(write, APP_KIND_APPLICATION, id, out, err);
}

/* By its object id: an appId, which people take for it, would match nothing. */
static enum hg_code principal_exists(struct app_write *write, hg_str id, bool *out,
                                     struct hg_err *err)
{
    struct model_application own;
    bool is_app_id = false;
    if (app_first_party_find(write->arena, write->app->config.base_url, id, &own)) {
        *out = true;
        return HG_OK;
    }
    HG_TRY(object_exists(write, APP_KIND_APPLICATION, id, &is_app_id, err));
    HG_TRY(object_exists(write, APP_KIND_SERVICE_PRINCIPAL, id, out, err));
    *out = *out && !is_app_id;
    return HG_OK;
}

static enum hg_code agreement_exists(struct app_write *write, hg_str id, bool *out,
                                     struct hg_err *err)
{
    return object_exists(write, APP_KIND_AGREEMENT, id, out, err);
}

static const struct {
    enum policy_reference_kind kind;
    enum hg_code (*exists)(struct app_write *write, hg_str id, bool *out, struct hg_err *err);
    const char *no_such;
} lookups[] = {
    {POLICY_REFERENCE_USER, user_exists, "no user's id in this tenant"},
    {POLICY_REFERENCE_GROUP, group_exists, "no group's id in this tenant"},
    {POLICY_REFERENCE_ROLE, role_exists, "no directory role's template id"},
    {POLICY_REFERENCE_APPLICATION, application_exists, "no application's appId in this tenant"},
    {POLICY_REFERENCE_SERVICE_PRINCIPAL, principal_exists,
     "no service principal's object id in this tenant"},
    {POLICY_REFERENCE_TERMS, agreement_exists, "no agreement's id in this tenant"},
};

static enum hg_code check_reference(struct app_write *write, const struct policy_reference *named,
                                    struct hg_err *err)
{
    for (size_t i = 0; i < HG_COUNT(lookups); i++) {
        bool exists;
        if (lookups[i].kind != named->kind)
            continue;
        HG_TRY(lookups[i].exists(write, named->id, &exists, err));
        if (exists)
            continue;
        return refuse_with(
            write,
            hg_str_format(write->arena,
                          "1011: '%.*s' in %s is %s; create it first, leave it out, or save the "
                          "policy with state 'disabled'.",
                          HG_ARG(hg_str_sub(named->id, 0, named->id.len < 64 ? named->id.len : 64)),
                          named->path, lookups[i].no_such),
            err);
    }
    return HG_OK;
}

/* A disabled policy may name what is still to come: it is looked up when it is enabled. */
static enum hg_code check_references(struct app_write *write, const struct policy_rule *rule,
                                     struct hg_err *err)
{
    if (policy_rule_state(rule) == POLICY_DISABLED)
        return HG_OK;
    const struct policy_reference *references;
    size_t n;
    HG_TRY(policy_rule_references(write->arena, rule, &references, &n, err));
    for (size_t i = 0; i < n; i++)
        HG_TRY(check_reference(write, &references[i], err));
    return HG_OK;
}

/* Parsed, its references held against what is there, in its canonical shape. */
static enum hg_code read_policy(struct app_write *write, const struct hg_json *json,
                                struct hg_json *out, struct hg_err *err)
{
    const struct policy_rule *rule;
    struct policy_faults faults = {0};
    enum hg_code code =
        policy_rule_parse(write->arena, json, POLICY_PARSE_STRICT, &rule, &faults, err);
    if (code == HG_MALFORMED)
        return refuse_by_policy(write, &faults, err);
    HG_TRY(code);
    struct policy_source there;
    HG_TRY(load_there(write, &there, err));
    if (there.settings.security_defaults && policy_rule_state(rule) == POLICY_ENABLED)
        return app_write_refuse(write, err,
                                "No policy can be enabled while security defaults are on: turn "
                                "them off first (PATCH policies/"
                                "identitySecurityDefaultsEnforcementPolicy), or save the policy "
                                "disabled or report-only.");
    code = policy_rule_check(write->arena, rule, &there, &faults, err);
    if (code == HG_MALFORMED)
        return refuse_by_policy(write, &faults, err);
    HG_TRY(code);
    HG_TRY(check_references(write, rule, err));
    *out = policy_rule_canonical(write->arena, json, POLICY_SHAPE_BETA);
    return HG_OK;
}

static enum hg_code read_location(struct app_write *write, const struct hg_json *json,
                                  struct hg_json *out, struct hg_err *err)
{
    const struct policy_location *location;
    struct policy_faults faults = {0};
    size_t n = hg_json_count(hg_json_get_nocase(json, HG_STR("ipRanges")));
    if (n > write->app->config.max_ranges)
        return app_write_refuse(write, err,
                                "ipRanges: %zu ranges are more than the %zu that a named location "
                                "may have (limits.location_ranges); make two of it.",
                                n, write->app->config.max_ranges);
    enum hg_code code = policy_location_parse(write->arena, json, &location, &faults, err);
    if (code == HG_MALFORMED)
        return refuse_by_policy(write, &faults, err);
    HG_TRY(code);
    *out = policy_location_canonical(write->arena, json, POLICY_SHAPE_BETA);
    return HG_OK;
}

static enum hg_code read_strength(struct app_write *write, const struct hg_json *json,
                                  struct hg_json *out, struct hg_err *err)
{
    const struct policy_strength *strength;
    struct policy_faults faults = {0};
    enum hg_code code = policy_strength_parse(write->arena, json, &strength, &faults, err);
    if (code == HG_MALFORMED)
        return refuse_by_policy(write, &faults, err);
    HG_TRY(code);
    *out = policy_strength_canonical(write->arena, json, POLICY_SHAPE_BETA);
    return HG_OK;
}

typedef enum hg_code read_fn(struct app_write *write, const struct hg_json *json,
                             struct hg_json *out, struct hg_err *err);

static enum hg_code check_name(struct app_write *write, const struct hg_json *json,
                               struct hg_err *err)
{
    hg_str name = hg_json_str_or(hg_json_get(json, "displayName"), HG_STR(""));
    return name.len <= GRAPH_MAX_STRING
               ? HG_OK
               : app_write_refuse(write, err, "displayName must be a string of at most %d bytes.",
                                  (int)GRAPH_MAX_STRING);
}

/* The server says these; a client that sends them back is not refused. */
static const char *const server_members[] = {"createdDateTime", "deletedDateTime", "templateId"};

static void keep_server_members(struct app_write *write, const struct hg_json *stored,
                                struct hg_json *json)
{
    for (size_t i = 0; i < HG_COUNT(server_members); i++) {
        const struct hg_json *value = hg_json_get(stored, server_members[i]);
        (void)hg_json_remove(json, hg_str_of(server_members[i]));
        if (value != NULL)
            hg_json_put(write->arena, json, server_members[i], *value);
    }
}

static enum hg_code create(struct app_write *write, enum app_kind kind, read_fn *read,
                           const struct hg_json *input, struct app_object *out, struct hg_err *err)
{
    static const struct hg_json nothing = {.kind = HG_JSON_OBJECT};
    if (!hg_json_is(input, HG_JSON_OBJECT))
        return app_write_refuse(write, err, "The body must be a JSON object.");
    struct hg_json json = hg_json_copy(write->arena, input);
    if (write->mode != GRAPH_SEED)
        keep_server_members(write, &nothing, &json);
    hg_json_put_str(write->arena, &json, "id", app_write_id(write, input));
    hg_json_put_str(write->arena, &json, "createdDateTime",
                    hg_time_rfc3339(write->arena, write->now));
    struct hg_json body;
    HG_TRY(check_name(write, &json, err));
    HG_TRY(read(write, &json, &body, err));
    *out = (struct app_object){.body = body};
    HG_TRY(app_write_insert(write, kind, out, err));
    return app_history_put(write, kind, "create", out, err);
}

/* PATCH replaces whole members; inside conditions too what is named replaces (1.1). */
static struct hg_json patched(struct hg_arena *arena, const struct hg_json *stored,
                              const struct hg_json *input)
{
    struct hg_json out = hg_json_copy(arena, stored);
    for (uint32_t i = 0; i < input->object.n; i++) {
        const struct hg_json_member *member = &input->object.members[i];
        const struct hg_json *old = hg_json_get_str(&out, member->name);
        bool both = hg_json_is(old, HG_JSON_OBJECT) && hg_json_is(&member->value, HG_JSON_OBJECT);
        hg_json_set(arena, &out, member->name,
                    both ? patched(arena, old, &member->value)
                         : hg_json_copy(arena, &member->value));
    }
    return out;
}

struct replacement {
    enum app_kind kind;
    read_fn *read;
    const char *action;
    const struct app_object *stored;
    struct hg_json *json; /* the whole */
};

static enum hg_code replace(struct app_write *write, const struct replacement *with,
                            struct app_object *out, struct hg_err *err)
{
    struct hg_json body;
    hg_json_put_str(write->arena, with->json, "id", with->stored->id);
    hg_json_put_str(write->arena, with->json, "modifiedDateTime",
                    hg_time_rfc3339(write->arena, write->now));
    HG_TRY(with->read(write, with->json, &body, err));
    *out = (struct app_object){.body = body};
    HG_TRY(app_history_before(write, with->kind, with->stored, err));
    HG_TRY(app_write_replace(write, with->kind, with->stored, out, err));
    return app_history_put(write, with->kind, with->action, out, err);
}

static enum hg_code update(struct app_write *write, enum app_kind kind, read_fn *read,
                           const struct app_object *stored, const struct hg_json *input,
                           struct app_object *out, struct hg_err *err)
{
    if (!hg_json_is(input, HG_JSON_OBJECT))
        return app_write_refuse(write, err, "The body must be a JSON object.");
    struct hg_json json = patched(write->arena, &stored->body, input);
    keep_server_members(write, &stored->body, &json);
    HG_TRY(check_name(write, &json, err));
    return replace(write, &(struct replacement){kind, read, "update", stored, &json}, out, err);
}

/* What was deleted, as it was, if it may still be. */
static enum hg_code restore(struct app_write *write, enum app_kind kind, read_fn *read,
                            const struct app_object *kept, struct app_object *out,
                            struct hg_err *err)
{
    struct hg_json json = hg_json_copy(write->arena, &kept->body);
    (void)hg_json_remove(&json, HG_STR("deletedDateTime"));
    hg_json_put_str(write->arena, &json, "modifiedDateTime",
                    hg_time_rfc3339(write->arena, write->now));
    struct hg_json body;
    HG_TRY(read(write, &json, &body, err));
    *out = (struct app_object){
        .id = kept->id, .version = kept->version + 1, .modified = write->now, .body = body};
    HG_TRY(app_object_insert(write->commit, write->tenant, kind, out, err));
    return app_history_put(write, kind, "restore", out, err);
}

/* --- Limits (1.8) ---------------------------------------------------------------------- */

static enum hg_code check_room(struct app_write *write, enum app_kind kind, size_t most,
                               const char *what, struct hg_err *err)
{
    struct app_objects all;
    if (write->mode == GRAPH_SEED) /* what the server's operator has put together */
        return HG_OK;
    HG_TRY(app_objects_list(write->app->store, write->arena, write->tenant, kind, HG_STR(""), 0,
                            &all, err));
    size_t n = 0;
    for (size_t i = 0; i < all.n; i++)
        n += kind == APP_KIND_POLICY || hg_json_get(&all.items[i].body, "ipRanges") != NULL;
    if (n < most)
        return HG_OK;
    return app_write_refuse(write, err,
                            "There are %zu %s, and the limit is %zu (%s): delete one first. "
                            "What is disabled counts too.",
                            n, what, most,
                            kind == APP_KIND_POLICY ? "limits.policies" : "limits.named_locations");
}

static enum hg_code check_policy_room(struct app_write *write, struct hg_err *err)
{
    return check_room(write, APP_KIND_POLICY, write->app->config.max_policies, "policies", err);
}

static enum hg_code check_location_room(struct app_write *write, const struct hg_json *input,
                                        struct hg_err *err)
{
    if (hg_json_get_nocase(input, HG_STR("ipRanges")) == NULL)
        return HG_OK;
    return check_room(write, APP_KIND_LOCATION, write->app->config.max_locations,
                      "named locations with address ranges", err);
}

enum hg_code app_policy_create(struct app_write *write, const struct hg_json *input,
                               struct app_object *out, struct hg_err *err)
{
    HG_TRY(check_policy_room(write, err));
    return create(write, APP_KIND_POLICY, read_policy, input, out, err);
}

enum hg_code app_policy_replace(struct app_write *write, const struct app_object *stored,
                                const struct hg_json *input, struct app_object *out,
                                struct hg_err *err)
{
    struct hg_json json = hg_json_copy(write->arena, input);
    return replace(write,
                   &(struct replacement){APP_KIND_POLICY, read_policy, "rollback", stored, &json},
                   out, err);
}

enum hg_code app_location_replace(struct app_write *write, const struct app_object *stored,
                                  const struct hg_json *input, struct app_object *out,
                                  struct hg_err *err)
{
    struct hg_json json = hg_json_copy(write->arena, input);
    return replace(
        write, &(struct replacement){APP_KIND_LOCATION, read_location, "rollback", stored, &json},
        out, err);
}

enum hg_code app_policy_restore(struct app_write *write, const struct app_object *kept,
                                struct app_object *out, struct hg_err *err)
{
    HG_TRY(check_policy_room(write, err));
    return restore(write, APP_KIND_POLICY, read_policy, kept, out, err);
}

enum hg_code app_policy_update(struct app_write *write, const struct app_object *stored,
                               const struct hg_json *input, struct app_object *out,
                               struct hg_err *err)
{
    return update(write, APP_KIND_POLICY, read_policy, stored, input, out, err);
}

enum hg_code app_location_create(struct app_write *write, const struct hg_json *input,
                                 struct app_object *out, struct hg_err *err)
{
    HG_TRY(check_location_room(write, input, err));
    return create(write, APP_KIND_LOCATION, read_location, input, out, err);
}

enum hg_code app_location_restore(struct app_write *write, const struct app_object *kept,
                                  struct app_object *out, struct hg_err *err)
{
    HG_TRY(check_location_room(write, &kept->body, err));
    return restore(write, APP_KIND_LOCATION, read_location, kept, out, err);
}

enum hg_code app_location_update(struct app_write *write, const struct app_object *stored,
                                 const struct hg_json *input, struct app_object *out,
                                 struct hg_err *err)
{
    return update(write, APP_KIND_LOCATION, read_location, stored, input, out, err);
}

enum hg_code app_strength_create(struct app_write *write, const struct hg_json *input,
                                 struct app_object *out, struct hg_err *err)
{
    return create(write, APP_KIND_STRENGTH, read_strength, input, out, err);
}

enum hg_code app_strength_update(struct app_write *write, const struct app_object *stored,
                                 const struct hg_json *input, struct app_object *out,
                                 struct hg_err *err)
{
    return update(write, APP_KIND_STRENGTH, read_strength, stored, input, out, err);
}

/* --- Deletions: what a policy names stays ---------------------------------------------- */

struct named {
    enum policy_reference_kind kind;
    hg_str id;
    bool by_disabled; /* disabled policies count too */
    const char *title;
};

static enum hg_code names(struct app_write *write, const struct app_object *policy,
                          const struct named *named, bool *out, struct hg_err *err)
{
    const struct policy_rule *rule;
    const struct policy_reference *references;
    struct policy_faults faults;
    size_t n;
    *out = false;
    HG_TRY(
        policy_rule_parse(write->arena, &policy->body, POLICY_PARSE_STRICT, &rule, &faults, err));
    if (policy_rule_state(rule) == POLICY_DISABLED && !named->by_disabled)
        return HG_OK;
    HG_TRY(policy_rule_references(write->arena, rule, &references, &n, err));
    for (size_t i = 0; i < n; i++)
        *out = *out ||
               (references[i].kind == named->kind && hg_str_eq_nocase(references[i].id, named->id));
    return HG_OK;
}

static enum hg_code find_naming(struct app_write *write, const struct named *named, bool *out,
                                hg_str *title, struct hg_err *err)
{
    struct app_objects all;
    HG_TRY(app_objects_list(write->app->store, write->arena, write->tenant, APP_KIND_POLICY,
                            HG_STR(""), 0, &all, err));
    bool found = false;
    for (size_t i = 0; i < all.n && !found; i++) {
        HG_TRY(names(write, &all.items[i], named, &found, err));
        *title = hg_json_str_or(hg_json_get(&all.items[i].body, "displayName"), HG_STR(""));
    }
    *out = found;
    return HG_OK;
}

enum hg_code app_policy_naming(struct app_write *write, enum policy_reference_kind kind, hg_str id,
                               bool *out, hg_str *title, struct hg_err *err)
{
    return find_naming(write, &(struct named){kind, id, false, ""}, out, title, err);
}

static enum hg_code check_unnamed(struct app_write *write, const struct named *named,
                                  struct hg_err *err)
{
    bool is_named;
    hg_str title = HG_STR("");
    HG_TRY(find_naming(write, named, &is_named, &title, err));
    if (!is_named)
        return HG_OK;
    return app_write_refuse(write, err,
                            "The %s is used by the policy '%.*s': take it out of the policy%s "
                            "first.",
                            named->title, HG_ARG(title),
                            named->by_disabled ? "" : ", or disable the policy,");
}

enum hg_code app_strength_release(struct app_write *write, const struct app_object *stored,
                                  struct hg_err *err)
{
    return check_unnamed(
        write,
        &(struct named){POLICY_REFERENCE_STRENGTH, stored->id, true, "authentication strength"},
        err);
}

enum hg_code app_auth_context_release(struct app_write *write, const struct app_object *stored,
                                      struct hg_err *err)
{
    return check_unnamed(
        write,
        &(struct named){POLICY_REFERENCE_AUTH_CONTEXT, stored->id, false, "authentication context"},
        err);
}

/* V17, and that no policy is left with a place that is nowhere. */
enum hg_code app_location_release(struct app_write *write, const struct app_object *stored,
                                  struct hg_err *err)
{
    if (hg_json_bool_or(hg_json_get(&stored->body, "isTrusted"), false))
        return app_write_refuse(write, err,
                                "A trusted named location cannot be deleted: set isTrusted to "
                                "false first.");
    return check_unnamed(
        write, &(struct named){POLICY_REFERENCE_LOCATION, stored->id, false, "named location"},
        err);
}

/* --- Authentication contexts ------------------------------------------------------------ */

enum { LAST_CONTEXT = 99 };

/* "c1" to "c99" */
bool app_auth_context_is(hg_str id)
{
    uint64_t n;
    return id.len >= 2 && id.ptr[0] == 'c' && id.ptr[1] != '0' &&
           hg_str_u64(hg_str_from(id, 1), LAST_CONTEXT, &n);
}

enum hg_code app_auth_context_create(struct app_write *write, const struct hg_json *input,
                                     struct app_object *out, struct hg_err *err)
{
    struct hg_json body;
    HG_TRY(graph_body(write->arena, &graph_authentication_context, write->mode, NULL, input, &body,
                      &write->fault, err));
    hg_str id = hg_str_lower(write->arena, hg_json_str_or(hg_json_get(&body, "id"), HG_STR("")));
    if (!app_auth_context_is(id))
        return app_write_refuse(write, err,
                                "id: '%.*s' is no authentication context; there are c1 to c%d.",
                                HG_ARG(id), LAST_CONTEXT);
    hg_json_put_str(write->arena, &body, "id", id);
    if (hg_json_get(&body, "isAvailable") == NULL)
        hg_json_put(write->arena, &body, "isAvailable", hg_json_bool(false));
    *out = (struct app_object){.body = body};
    return app_write_insert(write, APP_KIND_AUTH_CONTEXT, out, err);
}

enum hg_code app_auth_context_update(struct app_write *write, const struct app_object *stored,
                                     const struct hg_json *input, struct app_object *out,
                                     struct hg_err *err)
{
    struct hg_json body;
    HG_TRY(graph_body(write->arena, &graph_authentication_context, write->mode, &stored->body,
                      input, &body, &write->fault, err));
    *out = (struct app_object){.body = body};
    return app_write_replace(write, APP_KIND_AUTH_CONTEXT, stored, out, err);
}
