#include "base/base.h"
#include "model/model.h"
#include "oidc/scope.h"

#include <stdbool.h>
#include <stddef.h>

enum { MAX_NAMES = 16 << 10 };

static bool holds(hg_str names, hg_str name)
{
    hg_str field;
    while (hg_str_field(&names, ' ', &field))
        if (hg_str_eq_nocase(field, name))
            return true;
    return false;
}

static bool covers(const struct oidc_consents *consents, hg_str resource, hg_str name)
{
    for (size_t i = 0; i < consents->n; i++)
        if (hg_str_eq_nocase(consents->items[i].resource, resource) &&
            holds(consents->items[i].scopes, name))
            return true;
    return false;
}

/* Appends a name once. */
static void put_name(struct hg_buf *buf, hg_str name)
{
    if (holds(hg_buf_view(buf), name))
        return;
    if (buf->len > 0)
        hg_buf_byte(buf, ' ');
    hg_buf_str(buf, name);
}

/* Every name of `consents` for the resource. */
static void put_all(struct hg_buf *buf, const struct oidc_consents *consents, hg_str resource)
{
    hg_str name;
    for (size_t i = 0; i < consents->n; i++) {
        hg_str names = consents->items[i].scopes;
        if (!hg_str_eq_nocase(consents->items[i].resource, resource))
            continue;
        while (hg_str_field(&names, ' ', &name))
            put_name(buf, name);
    }
}

static void put_missing(struct hg_buf *buf, const struct oidc_consent_question *question,
                        hg_str resource, hg_str names)
{
    hg_str name;
    while (hg_str_field(&names, ' ', &name))
        if (!covers(&question->given, resource, name))
            put_name(buf, name);
}

/* What a scope asks for: its own name, or all that the client registered. */
static enum hg_code wanted_names(struct hg_arena *arena,
                                 const struct oidc_consent_question *question,
                                 const struct oidc_scope *scope, hg_str *out, struct hg_err *err)
{
    if (!scope->is_default) {
        *out = scope->name;
        return HG_OK;
    }
    struct hg_buf buf = hg_buf_new(arena, MAX_NAMES);
    put_all(&buf, &question->required, question->scopes->resources[scope->of]->app_id);
    return hg_buf_finish(&buf, out, err);
}

static enum hg_code missing_of(struct hg_arena *arena, const struct oidc_consent_question *question,
                               size_t which, struct oidc_consent *out, struct hg_err *err)
{
    const struct oidc_scopes *scopes = question->scopes;
    hg_str resource = scopes->resources[which]->app_id;
    struct hg_buf buf = hg_buf_new(arena, MAX_NAMES);
    for (size_t i = 0; i < scopes->n; i++) {
        hg_str names;
        if (scopes->items[i].of != which)
            continue;
        HG_TRY(wanted_names(arena, question, &scopes->items[i], &names, err));
        put_missing(&buf, question, resource, names);
    }
    out->resource = resource;
    return hg_buf_finish(&buf, &out->scopes, err);
}

enum hg_code oidc_consent_missing(struct hg_arena *arena,
                                  const struct oidc_consent_question *question,
                                  struct oidc_missing *out, struct hg_err *err)
{
    const struct oidc_scopes *scopes = question->scopes;
    struct oidc_missing missing = {.n = 0};
    if (question->client->is_first_party) {
        *out = missing;
        return HG_OK;
    }
    struct oidc_consent *items = HG_NEW_ARRAY(arena, struct oidc_consent, scopes->n_resources + 1);
    if (items == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "consents");
    for (size_t i = 0; i < scopes->n_resources; i++) {
        HG_TRY(missing_of(arena, question, i, &items[missing.n], err));
        if (items[missing.n].scopes.len > 0)
            missing.n++;
    }
    if (question->given.n == 0 && scopes->oidc != 0)
        items[missing.n++] =
            (struct oidc_consent){.resource = oidc_graph_id, .scopes = scopes->oidc_text};
    missing.items = items;
    *out = missing;
    return HG_OK;
}

static bool has_admin_scope(const struct model_application *resource, hg_str names)
{
    for (size_t i = 0; i < resource->n_admin_scopes; i++)
        if (holds(names, resource->admin_scopes[i]))
            return true;
    return false;
}

bool oidc_consent_needs_admin(const struct oidc_scopes *scopes, const struct oidc_missing *missing)
{
    for (size_t m = 0; m < missing->n; m++)
        for (size_t r = 0; r < scopes->n_resources; r++)
            if (hg_str_eq_nocase(scopes->resources[r]->app_id, missing->items[m].resource) &&
                has_admin_scope(scopes->resources[r], missing->items[m].scopes))
                return true;
    return false;
}

/* --- What a token carries --------------------------------------------------------------- */

/* The resource's own spelling of a scope name. */
static hg_str canonical(const struct model_application *resource, hg_str name)
{
    for (size_t i = 0; i < resource->n_scopes; i++)
        if (hg_str_eq_nocase(resource->scopes[i], name))
            return resource->scopes[i];
    return name;
}

static void put_canonical(struct hg_buf *buf, const struct model_application *resource,
                          hg_str names)
{
    hg_str name;
    while (hg_str_field(&names, ' ', &name))
        put_name(buf, canonical(resource, name));
}

/* For `.default`: everything agreed to; a first-party client has what it registered,
 * or all that the resource offers. */
static enum hg_code default_names(struct hg_arena *arena,
                                  const struct oidc_consent_question *question,
                                  const struct model_application *resource, hg_str *out,
                                  struct hg_err *err)
{
    struct hg_buf buf = hg_buf_new(arena, MAX_NAMES);
    put_all(&buf, &question->given, resource->app_id);
    if (question->client->is_first_party)
        put_all(&buf, &question->required, resource->app_id);
    if (question->client->is_first_party && buf.len == 0)
        for (size_t i = 0; i < resource->n_scopes; i++)
            put_name(&buf, resource->scopes[i]);
    return hg_buf_finish(&buf, out, err);
}

/* One that stands for nothing stays itself. */
static enum hg_code put_default_meaning(struct hg_arena *arena, struct hg_buf *buf,
                                        const struct oidc_consent_question *question,
                                        const struct oidc_scope *scope, struct hg_err *err)
{
    const struct model_application *resource = question->scopes->resources[scope->of];
    size_t before = buf->len;
    hg_str names;
    HG_TRY(default_names(arena, question, resource, &names, err));
    put_canonical(buf, resource, names);
    put_all(buf, &question->required, resource->app_id);
    if (buf->len == before)
        put_name(buf, scope->name);
    return HG_OK;
}

enum hg_code oidc_scopes_meant(struct hg_arena *arena, const struct oidc_consent_question *question,
                               size_t which, hg_str *out, struct hg_err *err)
{
    const struct oidc_scopes *scopes = question->scopes;
    struct hg_buf buf = hg_buf_new(arena, MAX_NAMES);
    bool found = scopes->resources != NULL && which < scopes->n_resources &&
                 scopes->resources[which] != NULL;
    for (size_t i = 0; i < scopes->n; i++) {
        if (scopes->items[i].of != which)
            continue;
        if (found && scopes->items[i].is_default)
            HG_TRY(put_default_meaning(arena, &buf, question, &scopes->items[i], err));
        else
            put_name(&buf, scopes->items[i].name);
    }
    return hg_buf_finish(&buf, out, err);
}

/* `.default` answers with each name in the spelling of its own prefix, and itself. */
static void put_default_text(struct hg_buf *buf, const struct oidc_scope *scope, hg_str names)
{
    hg_str prefix = hg_str_sub(scope->text, 0, scope->text.len - scope->name.len);
    hg_str name;
    while (hg_str_field(&names, ' ', &name)) {
        hg_buf_str(buf, prefix);
        hg_buf_str(buf, name);
        hg_buf_byte(buf, ' ');
    }
    hg_buf_str(buf, scope->text);
}

static enum hg_code grant_scope(struct hg_arena *arena,
                                const struct oidc_consent_question *question,
                                const struct oidc_scope *scope, struct hg_buf bufs[2],
                                struct hg_err *err)
{
    const struct model_application *resource = question->scopes->resources[scope->of];
    hg_str names = scope->name;
    if (scope->is_default)
        HG_TRY(default_names(arena, question, resource, &names, err));
    put_canonical(&bufs[0], resource, names);
    if (bufs[1].len > 0)
        hg_buf_byte(&bufs[1], ' ');
    if (scope->is_default)
        put_default_text(&bufs[1], scope, names);
    else
        hg_buf_str(&bufs[1], scope->text);
    return HG_OK;
}

/* The OIDC scopes are permissions of Graph: a token for it says so, which is what
 * UserInfo asks for. offline_access is no permission of an access token. */
static void put_oidc_names(struct hg_arena *arena, struct hg_buf *buf, hg_str names)
{
    hg_str name;
    while (hg_str_field(&names, ' ', &name))
        if (!hg_str_eq_nocase(name, HG_STR("offline_access")))
            put_name(buf, hg_str_lower(arena, name));
}

static bool is_for_graph(const struct oidc_scopes *scopes, size_t which)
{
    return scopes->n_resources == 0 ||
           hg_str_eq_nocase(scopes->resources[which]->app_id, oidc_graph_id);
}

enum hg_code oidc_scopes_grant(struct hg_arena *arena, const struct oidc_consent_question *question,
                               size_t which, struct oidc_granted *out, struct hg_err *err)
{
    const struct oidc_scopes *scopes = question->scopes;
    struct hg_buf bufs[2] = {hg_buf_new(arena, MAX_NAMES), hg_buf_new(arena, MAX_NAMES)};
    if (is_for_graph(scopes, which))
        put_oidc_names(arena, &bufs[0], scopes->oidc_text);
    for (size_t i = 0; i < scopes->n; i++)
        if (scopes->items[i].of == which)
            HG_TRY(grant_scope(arena, question, &scopes->items[i], bufs, err));
    if (bufs[1].len > 0 && scopes->oidc_text.len > 0)
        hg_buf_byte(&bufs[1], ' ');
    hg_buf_str(&bufs[1], scopes->oidc_text);
    struct oidc_granted granted;
    HG_TRY(hg_buf_finish(&bufs[0], &granted.scp, err));
    HG_TRY(hg_buf_finish(&bufs[1], &granted.text, err));
    *out = granted;
    return HG_OK;
}
