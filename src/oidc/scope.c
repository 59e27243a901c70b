#include "oidc/scope.h"

#include "base/base.h"
#include "model/model.h"
#include "oidc/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

const hg_str oidc_graph_id = HG_LIT("00000003-0000-0000-c000-000000000000");

static const struct {
    hg_str name;
    uint32_t bit;
} oidc_scopes[] = {
    {HG_LIT("openid"), OIDC_SCOPE_OPENID},   {HG_LIT("profile"), OIDC_SCOPE_PROFILE},
    {HG_LIT("email"), OIDC_SCOPE_EMAIL},     {HG_LIT("offline_access"), OIDC_SCOPE_OFFLINE},
    {HG_LIT("address"), OIDC_SCOPE_ADDRESS}, {HG_LIT("phone"), OIDC_SCOPE_PHONE},
};

/* The list being read; `items` and `identifiers` have room for every token. */
struct reader {
    struct hg_arena *arena;
    struct oidc_scope *items;
    size_t n;
    hg_str *identifiers;
    size_t n_identifiers;
    uint32_t oidc;
    struct hg_buf oidc_text;
};

static struct oidc_error refused(enum oidc_error_id id, hg_str scope)
{
    struct oidc_error error = oidc_error_make(id);
    oidc_error_put(&error, "scope", scope);
    return error;
}

/* scope-token of RFC 6749 §3.3. */
static bool is_token(hg_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c < 0x21 || c > 0x7e || c == '"' || c == '\\')
            return false;
    }
    return text.len > 0;
}

static uint32_t oidc_bit(hg_str token)
{
    for (size_t i = 0; i < HG_COUNT(oidc_scopes); i++)
        if (hg_str_eq_nocase(token, oidc_scopes[i].name))
            return oidc_scopes[i].bit;
    return 0;
}

static size_t count_tokens(hg_str text)
{
    size_t n = 0;
    hg_str token;
    while (hg_str_field(&text, ' ', &token))
        n++;
    return n;
}

static size_t identifier_index(struct reader *r, hg_str identifier)
{
    for (size_t i = 0; i < r->n_identifiers; i++)
        if (hg_str_eq_nocase(r->identifiers[i], identifier))
            return i;
    r->identifiers[r->n_identifiers] = identifier;
    return r->n_identifiers++;
}

static bool is_repeated(const struct reader *r, hg_str token)
{
    for (size_t i = 0; i < r->n; i++)
        if (hg_str_eq_nocase(r->items[i].text, token))
            return true;
    return false;
}

static void add_oidc(struct reader *r, hg_str token, uint32_t bit)
{
    if (r->oidc & bit)
        return;
    if (r->oidc != 0)
        hg_buf_byte(&r->oidc_text, ' ');
    hg_buf_str(&r->oidc_text, token);
    r->oidc |= bit;
}

/* "<resource>/<name>", or a bare name: Graph's. False: it has no name. */
static bool add_permission(struct reader *r, hg_str token)
{
    struct oidc_scope scope = {.text = token, .name = token};
    size_t slash = hg_str_find_last_byte(token, '/');
    if (slash != HG_NPOS) {
        scope.resource = hg_str_sub(token, 0, slash);
        scope.name = hg_str_from(token, slash + 1);
    }
    if (scope.name.len == 0 || (slash != HG_NPOS && scope.resource.len == 0))
        return false;
    scope.is_default = hg_str_eq_nocase(scope.name, HG_STR(".default"));
    scope.of = identifier_index(r, scope.resource);
    r->items[r->n++] = scope;
    return true;
}

static struct oidc_error read_tokens(struct reader *r, hg_str text)
{
    hg_str token;
    while (hg_str_field(&text, ' ', &token)) {
        if (!is_token(token))
            return refused(OIDC_ERROR_SCOPE, token);
        uint32_t bit = oidc_bit(token);
        if (bit != 0)
            add_oidc(r, token, bit);
        else if (!is_repeated(r, token) && !add_permission(r, token))
            return refused(OIDC_ERROR_SCOPE, token);
        if (r->n_identifiers > OIDC_MAX_SCOPE_RESOURCES)
            return refused(OIDC_ERROR_SCOPE, token);
    }
    return oidc_error_make(OIDC_ERROR_NONE);
}

enum hg_code oidc_scopes_parse(struct hg_arena *arena, hg_str text, struct oidc_scopes *out,
                               struct oidc_error *error, struct hg_err *err)
{
    size_t n = count_tokens(text);
    if (n > OIDC_MAX_SCOPES) {
        *error = refused(OIDC_ERROR_SCOPE, text);
        *out = (struct oidc_scopes){.n = 0};
        return HG_OK;
    }
    struct reader r = {
        .arena = arena,
        .items = HG_NEW_ARRAY(arena, struct oidc_scope, n + 1),
        .identifiers = HG_NEW_ARRAY(arena, hg_str, n + 1),
        .oidc_text = hg_buf_new(arena, text.len + 1),
    };
    if (r.items == NULL || r.identifiers == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu scopes", n);
    *error = read_tokens(&r, text);
    struct oidc_scopes scopes = {.oidc = r.oidc,
                                 .items = r.items,
                                 .n = r.n,
                                 .identifiers = r.identifiers,
                                 .n_resources = r.n_identifiers};
    HG_TRY(hg_buf_finish(&r.oidc_text, &scopes.oidc_text, err));
    *out = oidc_error_is(error) ? (struct oidc_scopes){.n = 0} : scopes;
    return HG_OK;
}

static hg_str without_slash(hg_str identifier)
{
    return hg_str_ends(identifier, HG_STR("/")) ? hg_str_sub(identifier, 0, identifier.len - 1)
                                                : identifier;
}

bool oidc_scope_names(const struct model_application *resource, hg_str identifier)
{
    if (identifier.len == 0)
        return hg_str_eq_nocase(resource->app_id, oidc_graph_id);
    if (hg_str_eq_nocase(resource->app_id, identifier))
        return true;
    for (size_t i = 0; i < resource->n_identifier_uris; i++)
        if (hg_str_eq_nocase(without_slash(resource->identifier_uris[i]),
                             without_slash(identifier)))
            return true;
    return false;
}

/* --- Resolving ------------------------------------------------------------------------ */

/* Copies that may be written: what was parsed stays as it is. */
struct resolver {
    struct oidc_scope *items;
    size_t n;
    hg_str *identifiers;
    const struct model_application **resources;
    size_t n_resources;
};

static enum hg_code resolver_new(struct hg_arena *arena, const struct oidc_scopes *scopes,
                                 struct resolver *out, struct hg_err *err)
{
    struct resolver r = {
        .items = HG_NEW_ARRAY(arena, struct oidc_scope, scopes->n + 1),
        .n = scopes->n,
        .identifiers = HG_NEW_ARRAY(arena, hg_str, scopes->n_resources + 1),
        .resources = HG_NEW_ARRAY(arena, const struct model_application *, scopes->n_resources + 1),
    };
    if (r.items == NULL || r.identifiers == NULL || r.resources == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu scopes", scopes->n);
    for (size_t i = 0; i < scopes->n; i++)
        r.items[i] = scopes->items[i];
    *out = r;
    return HG_OK;
}

static size_t resource_index(struct resolver *r, const struct model_application *resource,
                             hg_str identifier)
{
    for (size_t i = 0; i < r->n_resources; i++)
        if (hg_str_eq_nocase(r->resources[i]->app_id, resource->app_id))
            return i;
    r->identifiers[r->n_resources] = identifier;
    r->resources[r->n_resources] = resource;
    return r->n_resources++;
}

static struct oidc_error unknown_resource(hg_str identifier, hg_str tenant_name)
{
    struct oidc_error error = oidc_error_make(OIDC_ERROR_RESOURCE_UNKNOWN);
    oidc_error_put(&error, "resource", identifier.len > 0 ? identifier : oidc_graph_id);
    oidc_error_put(&error, "tenant", tenant_name);
    return error;
}

static bool is_mixed(const struct resolver *r, const struct oidc_scope *scope)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->items[i].of == scope->of && r->items[i].is_default != scope->is_default)
            return true;
    return false;
}

static struct oidc_error check_names(const struct resolver *r)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct oidc_scope *scope = &r->items[i];
        const struct model_application *resource = r->resources[scope->of];
        if (is_mixed(r, scope))
            return refused(OIDC_ERROR_SCOPE_MIXED, scope->text);
        if (scope->is_default || model_has_id(resource->scopes, resource->n_scopes, scope->name))
            continue;
        struct oidc_error error = refused(OIDC_ERROR_SCOPE_UNKNOWN, scope->name);
        oidc_error_put(&error, "resource", resource->display_name);
        return error;
    }
    return oidc_error_make(OIDC_ERROR_NONE);
}

enum hg_code oidc_scopes_resolve(struct hg_arena *arena, struct oidc_scopes *scopes,
                                 const struct model_application *const *found, hg_str tenant_name,
                                 struct oidc_error *error, struct hg_err *err)
{
    struct resolver r = {.n = 0};
    HG_TRY(resolver_new(arena, scopes, &r, err));
    for (size_t i = 0; i < r.n; i++) {
        size_t of = r.items[i].of;
        if (found[of] == NULL) {
            *error = unknown_resource(scopes->identifiers[of], tenant_name);
            return HG_OK;
        }
        r.items[i].of = resource_index(&r, found[of], scopes->identifiers[of]);
    }
    *error = check_names(&r);
    if (oidc_error_is(error))
        return HG_OK;
    scopes->items = r.items;
    scopes->identifiers = r.identifiers;
    scopes->resources = r.resources;
    scopes->n_resources = r.n_resources;
    return HG_OK;
}
