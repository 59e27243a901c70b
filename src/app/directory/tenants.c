#include "app/directory/tenants.h"

#include "app/app.h"
#include "app/caches.h"
#include "app/commit.h"
#include "app/directory/break_glass.h"
#include "app/directory/objects.h"
#include "app/directory/policy_source.h"
#include "app/timers.h"
#include "base/base.h"
#include "crypto/crypto.h"
#include "lifetime/lifetime.h"
#include "policy/policy.h"
#include "store/store.h"

#include <stddef.h>
#include <stdint.h>

enum { T_TENANT, T_DOMAIN, T_NAME, T_BEHAVIOUR, T_VERSION, T_POLICY_VERSION, T_CREATED, T_COLUMNS };
enum { K_TENANT, K_KID, K_ALG, K_SEALED, K_CERTIFICATE, K_CREATED, K_COLUMNS };
enum { BY_KEY = -1, BY_DOMAIN = 0 };

enum { MAX_SNAPSHOT = 256 << 20, CERTIFICATE_YEARS = 20 };

const struct store_table app_tenants_table = {
    .name = "tenants",
    .columns =
        {
            [T_TENANT] = {"tenant", STORE_TEXT},
            [T_DOMAIN] = {"domain", STORE_TEXT},
            [T_NAME] = {"display_name", STORE_TEXT},
            [T_BEHAVIOUR] = {"behaviour", STORE_INT},
            [T_VERSION] = {"version", STORE_INT},
            [T_POLICY_VERSION] = {"policy_version", STORE_INT},
            [T_CREATED] = {"created", STORE_INT},
        },
    .n_columns = T_COLUMNS,
    .n_key = 1,
    .indexes = {{"tenants_by_domain", {T_DOMAIN}, 1, true}},
    .n_indexes = 1,
};

const struct store_table app_signing_keys_table = {
    .name = "signing_keys",
    .columns =
        {
            [K_TENANT] = {"tenant", STORE_TEXT},
            [K_KID] = {"kid", STORE_TEXT},
            [K_ALG] = {"alg", STORE_TEXT},
            [K_SEALED] = {"sealed", STORE_BLOB},
            [K_CERTIFICATE] = {"certificate", STORE_BLOB},
            [K_CREATED] = {"created", STORE_INT},
        },
    .n_columns = K_COLUMNS,
    .n_key = 2,
};

/* --- Signing keys ------------------------------------------------------------- */

static struct crypto_place key_place(hg_str tenant, hg_str kid)
{
    return (struct crypto_place){
        .tenant = tenant, .table = HG_STR("signing_keys"), .row = kid, .column = HG_STR("sealed")};
}

static enum hg_code certificate_for(struct app *app, hg_time now, struct hg_arena *arena,
                                    const struct crypto_key *key, hg_str *out, struct hg_err *err)
{
    struct crypto_cert_spec spec = {
        .kind = CRYPTO_CERT_SIGNING,
        .common_name = HG_STR("Headgate token signing"),
        .not_before = {now.us - now.us % 1000000},
    };
    spec.not_after = hg_time_add(spec.not_before, HG_DAYS(365 * CERTIFICATE_YEARS));
    hg_random_fill(&app->random, spec.serial, sizeof(spec.serial));
    return crypto_cert_make(arena, &spec, key, NULL, out, err);
}

static enum hg_code add_key(struct app *app, hg_time now, struct app_commit *commit, hg_str tenant,
                            enum crypto_alg alg, struct hg_err *err)
{
    HG_CLEANUP(crypto_key_freep) struct crypto_key *key = NULL;
    HG_TRY(crypto_key_generate(alg, &key, err));
    hg_str kid = hg_str_dup(commit->arena, crypto_key_id(key));
    struct crypto_plain plain = {.place = key_place(tenant, kid)};
    hg_random_fill(&app->random, plain.random, sizeof(plain.random));
    hg_str sealed;
    hg_str certificate;
    HG_TRY(crypto_key_export(commit->arena, key, &plain.bytes, err));
    HG_TRY(crypto_seal(commit->arena, app->keyring, &plain, &sealed, err));
    HG_TRY(certificate_for(app, now, commit->arena, key, &certificate, err));
    const struct store_value values[K_COLUMNS] = {
        store_text(tenant), store_text(kid),         store_text(crypto_alg_name(alg)),
        store_blob(sealed), store_blob(certificate), store_time(now),
    };
    app_commit_insert(commit, &app_signing_keys_table, values);
    return HG_OK;
}

static enum hg_code key_of(struct app *app, struct hg_arena *arena, const struct store_row *row,
                           struct app_signing_key *out, struct hg_err *err)
{
    const struct store_value *v = row->values;
    const struct crypto_sealed sealed = {
        .place = key_place(v[K_TENANT].bytes, v[K_KID].bytes),
        .bytes = v[K_SEALED].bytes,
    };
    hg_str der;
    HG_TRY(crypto_open(arena, app->keyring, &sealed, &der, err));
    struct app_signing_key key = {.certificate = v[K_CERTIFICATE].bytes,
                                  .created = {v[K_CREATED].integer}};
    HG_TRY(crypto_key_import(der, &key.owned, err));
    key.alg = crypto_key_alg(key.owned);
    *out = key;
    return HG_OK;
}

static enum hg_code load_keys(struct app *app, struct hg_arena *arena,
                              struct app_snapshot *snapshot, struct hg_err *err)
{
    const struct store_value prefix[] = {store_text(snapshot->tenant.id)};
    const struct store_query query = {
        .table = &app_signing_keys_table, .index = BY_KEY, .prefix = prefix, .n_prefix = 1};
    struct store_rows rows;
    HG_TRY(store_find(app->store, arena, &query, &rows, err));
    struct app_signing_key *keys = HG_NEW_ARRAY(arena, struct app_signing_key, rows.n);
    if (keys == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu signing keys", rows.n);
    snapshot->keys = keys;
    for (size_t i = 0; i < rows.n; i++) {
        HG_TRY(key_of(app, arena, &rows.rows[i], &keys[i], err));
        snapshot->n_keys = i + 1;
    }
    return HG_OK;
}

bool app_is_break_glass(const struct app_snapshot *snapshot, hg_str user)
{
    for (size_t i = 0; i < snapshot->break_glass.n; i++)
        if (hg_str_eq(snapshot->break_glass.items[i].id, user))
            return true;
    return false;
}

const struct app_signing_key *app_signing_key(const struct app_snapshot *snapshot,
                                              enum crypto_alg alg)
{
    const struct app_signing_key *newest = NULL;
    for (size_t i = 0; i < snapshot->n_keys; i++) {
        const struct app_signing_key *key = &snapshot->keys[i];
        if (key->alg == alg && (newest == NULL || hg_time_before(newest->created, key->created)))
            newest = key;
    }
    return newest;
}

/* --- Policies and settings ------------------------------------------------------ */

static enum hg_code load_policies(struct app *app, struct hg_arena *arena,
                                  struct app_snapshot *snapshot, struct hg_err *err)
{
    HG_TRY(app_policy_source_load(app->store, arena, snapshot->tenant.id, NULL, &snapshot->source,
                                  err));
    HG_TRY(
        app_break_glass_list(app->store, arena, snapshot->tenant.id, &snapshot->break_glass, err));
    return policy_compile(arena, &snapshot->source.source, &snapshot->policies, err);
}

/* The organization's default token-lifetime policy, or the built-in values. */
static enum hg_code load_lifetime(struct app *app, struct hg_arena *arena,
                                  struct app_snapshot *snapshot, struct hg_err *err)
{
    snapshot->lifetime = lifetime_defaults(snapshot->tenant.behaviour);
    struct app_objects all;
    HG_TRY(app_objects_list(app->store, arena, snapshot->tenant.id, APP_KIND_TOKEN_LIFETIME_POLICY,
                            HG_STR(""), 0, &all, err));
    for (size_t i = 0; i < all.n; i++) {
        const struct hg_json *body = &all.items[i].body;
        if (!hg_json_bool_or(hg_json_get(body, "isOrganizationDefault"), false))
            continue;
        hg_str definition =
            hg_json_str_or(hg_json_item(hg_json_get(body, "definition"), 0), HG_STR(""));
        struct lifetime_fault fault;
        HG_TRY(lifetime_definition_parse(arena, definition, snapshot->tenant.behaviour,
                                         &snapshot->lifetime, &fault, err));
        snapshot->lifetime.policy_id = all.items[i].id;
        snapshot->lifetime.policy_name =
            hg_json_str_or(hg_json_get(body, "displayName"), HG_STR(""));
    }
    return HG_OK;
}

static enum hg_code load_terms(struct app *app, struct hg_arena *arena,
                               struct app_snapshot *snapshot, struct hg_err *err)
{
    struct app_objects all;
    HG_TRY(app_objects_list(app->store, arena, snapshot->tenant.id, APP_KIND_AGREEMENT, HG_STR(""),
                            0, &all, err));
    struct app_terms *terms = HG_NEW_ARRAY(arena, struct app_terms, all.n);
    if (terms == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu agreements", all.n);
    for (size_t i = 0; i < all.n; i++)
        terms[i] = app_terms_of(arena, all.items[i].id, &all.items[i].body);
    snapshot->terms = terms;
    snapshot->n_terms = all.n;
    return HG_OK;
}

/* --- Snapshots ------------------------------------------------------------------ */

static void free_keys(const struct app_snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->n_keys; i++)
        crypto_key_free(snapshot->keys[i].owned);
}

static struct model_tenant tenant_of(struct hg_arena *arena, const struct store_value *row)
{
    return (struct model_tenant){
        .id = hg_str_dup(arena, row[T_TENANT].bytes),
        .domain = hg_str_dup(arena, row[T_DOMAIN].bytes),
        .display_name = hg_str_dup(arena, row[T_NAME].bytes),
        .behaviour = (enum model_behaviour)row[T_BEHAVIOUR].integer,
    };
}

static enum hg_code build(struct app *app, struct hg_arena *arena, const struct store_value *row,
                          const struct app_snapshot **out, struct hg_err *err)
{
    struct app_snapshot snapshot = {
        .tenant = tenant_of(arena, row),
        .version = row[T_VERSION].integer,
        .policy_version = row[T_POLICY_VERSION].integer,
    };
    enum hg_code code = load_keys(app, arena, &snapshot, err);
    if (code == HG_OK)
        code = load_policies(app, arena, &snapshot, err);
    if (code == HG_OK)
        code = load_lifetime(app, arena, &snapshot, err);
    if (code == HG_OK)
        code = load_terms(app, arena, &snapshot, err);
    if (code == HG_OK)
        code = app_snapshot_keep(app->caches, arena, &snapshot, out, err);
    if (code != HG_OK)
        free_keys(&snapshot);
    return code;
}

static enum hg_code snapshot_of_row(struct app *app, const struct store_value *row,
                                    const struct app_snapshot **out, struct hg_err *err)
{
    const struct app_snapshot *cached =
        app_snapshot_cached(app->caches, row[T_TENANT].bytes, row[T_VERSION].integer);
    if (cached != NULL) {
        *out = cached;
        return HG_OK;
    }
    struct hg_arena *arena = hg_arena_new("snapshot", MAX_SNAPSHOT);
    if (arena == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "snapshot");
    enum hg_code code = build(app, arena, row, out, err);
    if (code != HG_OK)
        hg_arena_free(arena);
    return code;
}

static enum hg_code find_row(struct app *app, struct hg_arena *arena, hg_str id_or_domain,
                             struct store_row *out, struct hg_err *err)
{
    const struct store_value key[] = {store_text(hg_str_lower(arena, id_or_domain))};
    enum hg_code code = store_get(app->store, arena, &app_tenants_table, key, out, err);
    if (code != HG_NOT_FOUND)
        return code;
    const struct store_query query = {
        .table = &app_tenants_table, .index = BY_DOMAIN, .prefix = key, .n_prefix = 1, .limit = 1};
    struct store_rows rows;
    HG_TRY(store_find(app->store, arena, &query, &rows, err));
    if (rows.n == 0)
        return HG_FAIL(err, HG_NOT_FOUND, "no tenant %.*s", HG_ARG(id_or_domain));
    *out = rows.rows[0];
    return HG_OK;
}

enum hg_code app_snapshot_get(struct app *app, hg_str id_or_domain, const struct app_snapshot **out,
                              struct hg_err *err)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *scratch = hg_arena_new("tenant row", 1 << 16);
    if (scratch == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "tenant row");
    struct store_row row;
    HG_TRY(find_row(app, scratch, id_or_domain, &row, err));
    return snapshot_of_row(app, row.values, out, err);
}

/* The payload before its signature is checked: only to learn whose keys to check with. */
static hg_str unverified_tenant(struct hg_arena *arena, hg_str token)
{
    hg_str head;
    hg_str rest;
    hg_str payload;
    hg_str signature;
    hg_str text;
    struct hg_json claims;
    if (token.len > HG_MAX_HEAD || !hg_str_cut(token, '.', &head, &rest) ||
        !hg_str_cut(rest, '.', &payload, &signature) ||
        hg_b64url_decode(arena, payload, &text, NULL) != HG_OK ||
        hg_json_parse(arena, text, HG_JSON_STRICT, &hg_json_api, &claims, NULL) != HG_OK)
        return HG_STR("");
    return hg_json_str_or(hg_json_get(&claims, "tid"), HG_STR(""));
}

enum hg_code app_snapshot_of_token(struct app *app, struct hg_arena *arena, hg_str token,
                                   const struct app_snapshot **out, struct hg_err *err)
{
    return app_snapshot_get(app, unverified_tenant(arena, token), out, err);
}

static enum hg_code first_row(struct app *app, struct hg_arena *arena, struct store_row *out,
                              struct hg_err *err)
{
    const struct store_query query = {.table = &app_tenants_table, .index = BY_KEY};
    struct store_rows rows;
    HG_TRY(store_find(app->store, arena, &query, &rows, err));
    if (rows.n == 0)
        return HG_FAIL(err, HG_NOT_FOUND, "there is no tenant yet: run headgate init");
    size_t first = 0;
    for (size_t i = 1; i < rows.n; i++)
        if (rows.rows[i].values[T_CREATED].integer < rows.rows[first].values[T_CREATED].integer)
            first = i;
    *out = rows.rows[first];
    return HG_OK;
}

enum hg_code app_snapshot_first(struct app *app, const struct app_snapshot **out,
                                struct hg_err *err)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *scratch = hg_arena_new("tenant rows", 1 << 20);
    if (scratch == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "tenant rows");
    struct store_row row;
    HG_TRY(first_row(app, scratch, &row, err));
    return snapshot_of_row(app, row.values, out, err);
}

enum hg_code app_first_tenant(struct app *app, struct hg_arena *arena, struct app_tenant_names *out,
                              struct hg_err *err)
{
    struct store_row row;
    HG_TRY(first_row(app, arena, &row, err));
    *out = (struct app_tenant_names){row.values[T_TENANT].bytes, row.values[T_DOMAIN].bytes,
                                     row.values[T_NAME].bytes};
    return HG_OK;
}

enum hg_code app_tenant_create(struct app *app, hg_time now, struct app_commit *commit,
                               const struct app_new_tenant *tenant, struct hg_err *err)
{
    const struct store_value values[T_COLUMNS] = {
        [T_TENANT] = store_text(hg_str_lower(commit->arena, tenant->id)),
        [T_DOMAIN] = store_text(hg_str_lower(commit->arena, tenant->domain)),
        [T_NAME] = store_text(tenant->display_name),
        [T_BEHAVIOUR] = store_int(tenant->behaviour),
        [T_VERSION] = store_int(1),
        [T_POLICY_VERSION] = store_int(1),
        [T_CREATED] = store_time(now),
    };
    app_commit_insert(commit, &app_tenants_table, values);
    hg_str id = values[T_TENANT].bytes;
    app_timer_set(commit, id, APP_TIMER_SWEEP, HG_STR(""), now);
    HG_TRY(add_key(app, now, commit, id, CRYPTO_RS256, err));
    return add_key(app, now, commit, id, CRYPTO_ES256, err);
}

void app_tenant_touch(struct app_commit *commit, const struct app_snapshot *snapshot,
                      enum app_touch what)
{
    const struct store_value key[] = {store_text(snapshot->tenant.id)};
    int64_t next = snapshot->version + 1;
    int64_t policy = what == APP_TOUCH_POLICIES ? next : snapshot->policy_version;
    app_commit_update(
        commit, &app_tenants_table, key,
        APP_CHANGES({T_VERSION, store_int(next)}, {T_POLICY_VERSION, store_int(policy)}));
    app_commit_when(commit, APP_CONDITIONS({T_VERSION, STORE_EQ, store_int(snapshot->version)}));
}
