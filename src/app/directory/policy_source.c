#include "app/directory/policy_source.h"

#include "app/directory/objects.h"
#include "base/base.h"
#include "policy/policy.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>

struct loading {
    struct store *store;
    struct hg_arena *arena;
    hg_str tenant;
    const struct app_policy_change *change;
};

/* The bodies of a kind as they will be, in the order of their ids. */
static enum hg_code load_bodies(const struct loading *loading, enum app_kind kind,
                                const struct hg_json **out, size_t *out_n, struct hg_err *err)
{
    struct app_objects all;
    HG_TRY(app_objects_list(loading->store, loading->arena, loading->tenant, kind, HG_STR(""), 0,
                            &all, err));
    struct hg_json *bodies = HG_NEW_ARRAY(loading->arena, struct hg_json, all.n + 1);
    if (bodies == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu objects", all.n);
    const struct app_policy_change *change =
        loading->change != NULL && loading->change->kind == kind ? loading->change : NULL;
    bool is_placed = change == NULL || change->body == NULL;
    size_t n = 0;
    for (size_t i = 0; i < all.n; i++) {
        int cmp = change == NULL ? -1 : hg_str_cmp(change->id, all.items[i].id);
        if (!is_placed && cmp <= 0) {
            bodies[n++] = *change->body;
            is_placed = true;
        }
        if (change == NULL || cmp != 0)
            bodies[n++] = all.items[i].body;
    }
    if (!is_placed)
        bodies[n++] = *change->body;
    *out = bodies;
    *out_n = n;
    return HG_OK;
}

static enum hg_code load_rules(const struct loading *loading, struct app_policy_source *out,
                               struct hg_err *err)
{
    size_t n;
    HG_TRY(load_bodies(loading, APP_KIND_POLICY, &out->bodies, &n, err));
    const struct policy_rule **rules = HG_NEW_ARRAY(loading->arena, const struct policy_rule *, n);
    if (rules == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu policies", n);
    struct policy_faults faults;
    for (size_t i = 0; i < n; i++)
        HG_TRY(policy_rule_parse(loading->arena, &out->bodies[i], POLICY_PARSE_STRICT, &rules[i],
                                 &faults, err));
    out->source.rules = rules;
    out->source.n_rules = n;
    return HG_OK;
}

static enum hg_code load_locations(const struct loading *loading, struct policy_source *out,
                                   struct hg_err *err)
{
    const struct hg_json *bodies;
    size_t n;
    HG_TRY(load_bodies(loading, APP_KIND_LOCATION, &bodies, &n, err));
    const struct policy_location **locations =
        HG_NEW_ARRAY(loading->arena, const struct policy_location *, n);
    if (locations == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu named locations", n);
    struct policy_faults faults;
    for (size_t i = 0; i < n; i++)
        HG_TRY(policy_location_parse(loading->arena, &bodies[i], &locations[i], &faults, err));
    out->locations = locations;
    out->n_locations = n;
    return HG_OK;
}

static enum hg_code load_strengths(const struct loading *loading, struct policy_source *out,
                                   struct hg_err *err)
{
    const struct hg_json *bodies;
    size_t n;
    HG_TRY(load_bodies(loading, APP_KIND_STRENGTH, &bodies, &n, err));
    const struct policy_strength **strengths =
        HG_NEW_ARRAY(loading->arena, const struct policy_strength *, n);
    if (strengths == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu authentication strengths", n);
    struct policy_faults faults;
    for (size_t i = 0; i < n; i++)
        HG_TRY(policy_strength_parse(loading->arena, &bodies[i], &strengths[i], &faults, err));
    out->strengths = strengths;
    out->n_strengths = n;
    return HG_OK;
}

static enum hg_code load_trusted(const struct loading *loading, struct policy_settings *out,
                                 struct hg_err *err)
{
    const struct hg_json *bodies;
    size_t n;
    HG_TRY(load_bodies(loading, APP_KIND_MFA_SETTINGS, &bodies, &n, err));
    const struct hg_json *list = n > 0 ? hg_json_get(&bodies[0], "trustedIps") : NULL;
    struct hg_cidr *ranges = HG_NEW_ARRAY(loading->arena, struct hg_cidr, hg_json_count(list));
    if (ranges == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu trusted IPs", hg_json_count(list));
    for (size_t i = 0; i < hg_json_count(list); i++)
        HG_TRY(hg_cidr_parse(hg_json_str_or(hg_json_item(list, i), HG_STR("")), &ranges[i], err));
    out->trusted_ips = ranges;
    out->n_trusted_ips = hg_json_count(list);
    return HG_OK;
}

static enum hg_code load_settings(const struct loading *loading, struct policy_settings *out,
                                  struct hg_err *err)
{
    const struct hg_json *bodies;
    size_t n;
    HG_TRY(load_bodies(loading, APP_KIND_SECURITY_DEFAULTS, &bodies, &n, err));
    out->security_defaults = n > 0 && hg_json_bool_or(hg_json_get(&bodies[0], "isEnabled"), false);
    return load_trusted(loading, out, err);
}

static enum hg_code load_there(const struct loading *loading, struct policy_source *out,
                               struct hg_err *err)
{
    HG_TRY(load_locations(loading, out, err));
    HG_TRY(load_strengths(loading, out, err));
    return load_settings(loading, &out->settings, err);
}

enum hg_code app_policy_there_load(struct store *store, struct hg_arena *arena, hg_str tenant,
                                   const struct app_policy_change *change,
                                   struct policy_source *out, struct hg_err *err)
{
    const struct loading loading = {store, arena, tenant, change};
    struct policy_source there = {0};
    HG_TRY(load_there(&loading, &there, err));
    *out = there;
    return HG_OK;
}

enum hg_code app_policy_source_load(struct store *store, struct hg_arena *arena, hg_str tenant,
                                    const struct app_policy_change *change,
                                    struct app_policy_source *out, struct hg_err *err)
{
    const struct loading loading = {store, arena, tenant, change};
    struct app_policy_source source = {0};
    HG_TRY(load_rules(&loading, &source, err));
    HG_TRY(load_there(&loading, &source.source, err));
    *out = source;
    return HG_OK;
}
