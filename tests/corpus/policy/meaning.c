#include "base/base.h"
#include "model/model.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Imports each policy of the files named on the command line, writes it in its canonical shape,
 * reads that again, and lets both judge the same random sign-ins, drawn from what the policy
 * itself names. One row of NDJSON a policy: what became of it, and how often it applied. */

enum { SIGN_INS = 200, DRAWN = 6 };

struct draw {
    uint64_t state;
};

static unsigned below(struct draw *draw, size_t n)
{
    draw->state ^= draw->state << 13;
    draw->state ^= draw->state >> 7;
    draw->state ^= draw->state << 17;
    return (unsigned)(draw->state % n);
}

/* --- A sign-in from what the policy names --------------------------------------------------- */

struct named {
    const struct policy_reference *items;
    size_t n;
};

/* One of the ids of that kind, or one that the policy does not name. */
static hg_str pick(struct draw *draw, const struct named *named, enum policy_reference_kind kind,
                   hg_str other)
{
    hg_str found[DRAWN] = {other};
    size_t n = 1;
    for (size_t i = 0; i < named->n && n < DRAWN; i++)
        if (named->items[i].kind == kind && below(draw, 3) != 0)
            found[n++] = named->items[i].id;
    return found[below(draw, n)];
}

struct sign_in {
    struct model_user user;
    struct model_device device;
    struct policy_workload workload;
    hg_str group, role, resource, terms, factor;
    struct policy_facts facts;
};

#define ONE(draw, ...)    \
    (((const uint32_t[]){ \
        __VA_ARGS__})[below((draw), sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))])

static void draw_user(struct draw *draw, const struct named *named, struct sign_in *out)
{
    static const hg_str nobody = HG_LIT("aaaaaaaa-0000-4000-8000-000000000009");
    out->group = pick(draw, named, POLICY_REFERENCE_GROUP, nobody);
    out->role = pick(draw, named, POLICY_REFERENCE_ROLE, nobody);
    out->user = (struct model_user){.id = pick(draw, named, POLICY_REFERENCE_USER, nobody),
                                    .enabled = true,
                                    .external = (enum model_external)ONE(draw, 0, 0, 0, 1, 2, 4, 8),
                                    .groups = &out->group,
                                    .n_groups = 1,
                                    .roles = &out->role,
                                    .n_roles = below(draw, 2),
                                    .has_mfa_method = below(draw, 2) != 0};
    out->workload = (struct policy_workload){
        .service_principal = pick(draw, named, POLICY_REFERENCE_SERVICE_PRINCIPAL, nobody),
        .is_own = below(draw, 4) != 0,
        .risk = (enum policy_risk)below(draw, POLICY_RISK_UNKNOWN + 1)};
}

static void draw_device(struct draw *draw, struct sign_in *out)
{
    static const hg_str trusts[] = {HG_LIT("ServerAD"), HG_LIT("AzureAD"), HG_LIT("Workplace")};
    out->device = (struct model_device){.is_present = below(draw, 3) != 0,
                                        .is_compliant = below(draw, 2) != 0,
                                        .is_managed = below(draw, 2) != 0};
    if (out->device.is_present)
        out->device.trust_type = trusts[below(draw, HG_COUNT(trusts))];
}

static void draw_facts(struct draw *draw, const struct named *named, struct sign_in *out)
{
    static const hg_str apps[] = {HG_LIT("00000002-0000-0ff1-ce00-000000000000"),
                                  HG_LIT("c44b4083-3bb0-49c1-b47d-974e53cbdf3c"),
                                  HG_LIT("99999999-0000-4000-8000-000000000001")};
    static const hg_str actions[] = {HG_LIT(""), HG_LIT("urn:user:registersecurityinfo"),
                                     HG_LIT("urn:user:registerdevice")};
    draw_user(draw, named, out);
    draw_device(draw, out);
    out->resource =
        pick(draw, named, POLICY_REFERENCE_APPLICATION, apps[below(draw, HG_COUNT(apps))]);
    out->terms = pick(draw, named, POLICY_REFERENCE_TERMS, HG_STR("none"));
    bool is_workload = below(draw, 6) == 0;
    struct policy_facts facts = {
        .user = is_workload ? NULL : &out->user,
        .workload = is_workload ? &out->workload : NULL,
        .resources = &out->resource,
        .n_resources = 1,
        .user_action = actions[below(draw, 8) < 6 ? 0 : 1 + below(draw, 2)],
        .client_app_type = (enum model_client_app)ONE(draw, 1, 1, 2, 2, 4, 8, 16),
        .platform = (enum model_platform)ONE(draw, 0, 1, 2, 4, 8, 16, 32),
        .network = {.has_ip = true,
                    .ip = {.bytes = {10, (unsigned char)below(draw, 4), 0, 1}},
                    .country = below(draw, 2) ? HG_STR("SI") : HG_STR("US")},
        .device = &out->device,
        .flow_origin = (enum model_flow_origin)ONE(draw, 0, 0, 0, 1, 2),
        .signin_risk = (enum policy_risk)below(draw, POLICY_RISK_UNKNOWN + 1),
        .user_risk = (enum policy_risk)below(draw, POLICY_RISK_UNKNOWN + 1),
        .insider_risk = (enum policy_insider_risk)ONE(draw, 0, 1, 2, 4),
        .methods = ONE(draw, 1, 1u | 8, 32, 64),
        .mfa_at = {.is_set = below(draw, 2) != 0},
        .accepted_terms = &out->terms,
        .n_accepted_terms = 1,
        .is_interactive = below(draw, 2) != 0};
    out->facts = facts;
}

/* --- Two readings of one policy ----------------------------------------------------------------
 */

/* Each named location that the policy speaks of is one range: 10.0, 10.1 … */
static enum hg_code places_of(struct hg_arena *arena, const struct named *named,
                              struct policy_source *source, struct hg_err *err)
{
    const struct policy_location **all =
        HG_NEW_ARRAY(arena, const struct policy_location *, named->n);
    if (all == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "locations");
    struct policy_faults faults;
    for (size_t i = 0; i < named->n; i++) {
        if (named->items[i].kind != POLICY_REFERENCE_LOCATION)
            continue;
        struct hg_json json;
        hg_str text = hg_str_format(
            arena,
            "{\"displayName\":\"place\",\"isTrusted\":%s,\"ipRanges\":[{\"cidrAddress\":"
            "\"10.%zu.0.0/16\"}]}",
            source->n_locations % 2 == 0 ? "true" : "false", source->n_locations);
        HG_TRY(hg_json_parse(arena, text, HG_JSON_STRICT, &hg_json_api, &json, err));
        hg_json_put_str(arena, &json, "id", named->items[i].id);
        HG_TRY(policy_location_parse(arena, &json, &all[source->n_locations++], &faults, err));
    }
    source->locations = all;
    return HG_OK;
}

struct outcome {
    bool kept_disabled;
    unsigned applied;
    bool differs;
};

static enum hg_code judge(struct hg_arena *arena, const struct policy_set *set,
                          const struct policy_facts *facts, bool *applied, hg_str *out,
                          struct hg_err *err)
{
    struct policy_verdict verdict;
    HG_TRY(policy_judge(arena, set, facts, true, &verdict, err));
    struct hg_json json = policy_verdict_json(arena, &verdict);
    *applied = verdict.any_applied;
    return hg_json_render(arena, &json, out, err);
}

static enum hg_code compare(struct hg_arena *arena, const struct policy_rule *first,
                            const struct policy_rule *second, struct outcome *out,
                            struct hg_err *err)
{
    struct named named;
    const struct policy_set *sets[2];
    struct policy_source source = {.rules = &first, .n_rules = 1};
    HG_TRY(policy_rule_references(arena, first, &named.items, &named.n, err));
    HG_TRY(places_of(arena, &named, &source, err));
    HG_TRY(policy_compile(arena, &source, &sets[0], err));
    source.rules = &second;
    HG_TRY(policy_compile(arena, &source, &sets[1], err));
    for (uint64_t i = 1; i <= SIGN_INS; i++) {
        struct draw draw = {i * UINT64_C(0x9e3779b97f4a7c15)};
        struct sign_in sign_in;
        hg_str verdicts[2];
        bool applied[2];
        draw_facts(&draw, &named, &sign_in);
        for (size_t k = 0; k < 2; k++)
            HG_TRY(judge(arena, sets[k], &sign_in.facts, &applied[k], &verdicts[k], err));
        out->applied += applied[0];
        out->differs |= !hg_str_eq(verdicts[0], verdicts[1]);
    }
    return HG_OK;
}

/* As it would be stored: enabled, unless it cannot be; written, and read once more. The shape is
 * beta's, which is the stored one: v1.0 has no continuousAccessEvaluation. */
static enum hg_code round_trip(struct hg_arena *arena, const struct hg_json *policy,
                               struct outcome *out, struct hg_err *err)
{
    struct policy_faults faults;
    const struct policy_rule *first;
    const struct policy_rule *second;
    struct hg_json written = policy_rule_canonical(arena, policy, POLICY_SHAPE_BETA);
    struct hg_json again;
    hg_str text;
    HG_TRY(policy_rule_parse(arena, policy, POLICY_PARSE_LENIENT, &first, &faults, err));
    HG_TRY(hg_json_render(arena, &written, &text, err));
    HG_TRY(hg_json_parse(arena, text, HG_JSON_STRICT, &hg_json_file, &again, err));
    HG_TRY(policy_rule_parse(arena, &again, POLICY_PARSE_LENIENT, &second, &faults, err));
    out->kept_disabled = policy_rule_state(first) == POLICY_DISABLED;
    if (policy_rule_state(first) != policy_rule_state(second))
        out->differs = true;
    return compare(arena, first, second, out, err);
}

static void report(struct hg_arena *arena, const char *path, const struct hg_json *policy)
{
    struct outcome outcome = {0};
    struct hg_err err = {0};
    struct hg_json row = hg_json_object();
    struct hg_json enabled = hg_json_copy(arena, policy);
    hg_json_set(arena, &enabled, HG_STR("state"), hg_json_z("enabled"));
    (void)hg_json_remove(&enabled, HG_STR("State"));
    if (hg_json_get_nocase(policy, HG_STR("displayName")) == NULL) /* the details of a template */
        hg_json_set(arena, &enabled, HG_STR("displayName"), hg_json_z("template"));
    enum hg_code code = round_trip(arena, &enabled, &outcome, &err);
    hg_json_put(arena, &row, "file", hg_json_z(path));
    hg_json_put_str(arena, &row, "name",
                    hg_json_str_or(hg_json_get_nocase(policy, HG_STR("displayName")), HG_STR("")));
    hg_json_put(arena, &row, "refused", hg_json_z(code == HG_OK ? "" : err.detail));
    hg_json_put(arena, &row, "disabled", hg_json_bool(outcome.kept_disabled));
    hg_json_put(arena, &row, "differs", hg_json_bool(outcome.differs));
    hg_json_put(arena, &row, "applied", hg_json_int(outcome.applied));
    hg_str text;
    if (hg_json_render(arena, &row, &text, NULL) == HG_OK)
        (void)printf("%.*s\n", HG_ARG(text));
}

/* --- Files --------------------------------------------------------------------------------------
 */

/* Whatever wraps them, policies are the objects with conditions; so are details of templates. */
static void walk(struct hg_arena *arena, const char *path, const struct hg_json *json,
                 unsigned depth)
{
    bool is_object = hg_json_is(json, HG_JSON_OBJECT);
    if (depth == 0 || (!is_object && !hg_json_is(json, HG_JSON_ARRAY)))
        return;
    if (is_object && hg_json_is(hg_json_get_nocase(json, HG_STR("conditions")), HG_JSON_OBJECT)) {
        report(arena, path, json);
        return;
    }
    for (size_t i = 0; i < hg_json_count(json); i++)
        walk(arena, path, is_object ? &json->object.members[i].value : hg_json_item(json, i),
             depth - 1);
}

static enum hg_code read_file(struct hg_arena *arena, const char *path, struct hg_json *out,
                              struct hg_err *err)
{
    enum { ROOM = 4 << 20 };
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return HG_FAIL(err, HG_IO, "cannot be opened");
    char *bytes = hg_arena_alloc(arena, ROOM, 1);
    size_t n = bytes == NULL ? 0 : fread(bytes, 1, ROOM, file);
    if (fclose(file) != 0 || bytes == NULL)
        return HG_FAIL(err, HG_IO, "cannot be read");
    hg_str text;
    HG_TRY(hg_utf_text(arena, (hg_str){.ptr = bytes, .len = n}, &text, err));
    return hg_json_parse(arena, text, HG_JSON_TOLERANT | HG_JSON_LAST_WINS, &hg_json_file, out,
                         err);
}

int main(int argc, char **argv)
{
    enum { DEPTH = 8 };
    HG_CLEANUP(hg_arena_freep)
    struct hg_arena *arena = hg_arena_new("corpus", (size_t)1 << 30);
    if (arena == NULL)
        return 1;
    for (int i = 1; i < argc; i++) {
        struct hg_json document;
        struct hg_err err;
        if (read_file(arena, argv[i], &document, &err) == HG_OK)
            walk(arena, argv[i], &document, DEPTH);
        hg_arena_reset(arena);
    }
    return 0;
}
