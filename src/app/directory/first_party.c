#include "app/directory/first_party.h"

#include "base/base.h"
#include "model/model.h"

#include <stdbool.h>
#include <stddef.h>

struct first_party {
    hg_str app_id, display_name;
    hg_str uris, scopes, admin_scopes, roles; /* of a service */
    hg_str redirect;                          /* of a client */
    bool is_public;
};

static const struct first_party all[] = {
#define FIRST_PARTY_SERVICE(an_id, a_name, some_uris, some_scopes, some_admin_scopes, some_roles) \
    {.app_id = HG_LIT(an_id),                                                                     \
     .display_name = HG_LIT(a_name),                                                              \
     .uris = HG_LIT(some_uris),                                                                   \
     .scopes = HG_LIT(some_scopes),                                                               \
     .admin_scopes = HG_LIT(some_admin_scopes),                                                   \
     .roles = HG_LIT(some_roles)},
#define FIRST_PARTY_CLIENT(an_id, a_name, a_path, public) \
    {.app_id = HG_LIT(an_id),                             \
     .display_name = HG_LIT(a_name),                      \
     .redirect = HG_LIT(a_path),                          \
     .is_public = (public)},
#include "app/directory/first_party.def"
#undef FIRST_PARTY_SERVICE
#undef FIRST_PARTY_CLIENT
};

static const hg_str *words(struct hg_arena *arena, hg_str text, size_t *out_n)
{
    size_t n = 0;
    hg_str field;
    for (hg_str rest = text; hg_str_field(&rest, ' ', &field);)
        n++;
    hg_str *items = HG_NEW_ARRAY(arena, hg_str, n);
    *out_n = items == NULL ? 0 : n;
    size_t i = 0;
    for (hg_str rest = text; items != NULL && hg_str_field(&rest, ' ', &field);)
        items[i++] = field;
    return items;
}

/* The id of a role of Headgate's own services is its name, as with their scopes. */
static const struct model_app_role *roles_of(struct hg_arena *arena, hg_str text, size_t *out_n)
{
    const hg_str *names = words(arena, text, out_n);
    struct model_app_role *roles = HG_NEW_ARRAY(arena, struct model_app_role, *out_n);
    for (size_t i = 0; roles != NULL && i < *out_n; i++)
        roles[i] = (struct model_app_role){names[i], names[i]};
    if (roles == NULL)
        *out_n = 0;
    return roles;
}

static struct model_application application_of(struct hg_arena *arena, hg_str base_url,
                                               const struct first_party *own)
{
    struct model_application app = {
        .app_id = own->app_id,
        .object_id = own->app_id,
        .service_principal = own->app_id,
        .display_name = own->display_name,
        .enabled = true,
        .is_first_party = true,
        .is_public = own->is_public,
        .allow_public_fallback = own->is_public,
        .token_version = 2,
    };
    app.scopes = words(
        arena, hg_str_format(arena, "%.*s %.*s", HG_ARG(own->scopes), HG_ARG(own->admin_scopes)),
        &app.n_scopes);
    app.admin_scopes = words(arena, own->admin_scopes, &app.n_admin_scopes);
    app.app_roles = roles_of(arena, own->roles, &app.n_app_roles);
    app.identifier_uris = words(arena, own->uris, &app.n_identifier_uris);
    if (own->redirect.len > 0) {
        hg_str uri = hg_str_format(arena, "%.*s%.*s", HG_ARG(base_url), HG_ARG(own->redirect));
        app.redirect_uris = words(arena, uri, &app.n_redirect_uris);
    }
    if (own->is_public) {
        app.public_redirect_uris =
            words(arena, HG_STR("http://localhost http://127.0.0.1"), &app.n_public_redirect_uris);
    }
    return app;
}

bool app_first_party_find(struct hg_arena *arena, hg_str base_url, hg_str app_id,
                          struct model_application *out)
{
    for (size_t i = 0; i < HG_COUNT(all); i++) {
        if (!hg_str_eq_nocase(all[i].app_id, app_id))
            continue;
        *out = application_of(arena, base_url, &all[i]);
        return true;
    }
    return false;
}

static bool has_uri(const struct first_party *own, hg_str uri)
{
    hg_str field;
    for (hg_str rest = own->uris; hg_str_field(&rest, ' ', &field);)
        if (hg_str_eq_nocase(field, uri))
            return true;
    return false;
}

bool app_first_party_by_uri(struct hg_arena *arena, hg_str base_url, hg_str uri,
                            struct model_application *out)
{
    while (hg_str_ends(uri, HG_STR("/")))
        uri = hg_str_sub(uri, 0, uri.len - 1);
    if (hg_str_eq_nocase(uri, base_url))
        return app_first_party_find(arena, base_url, HG_STR(APP_ID_GRAPH), out);
    for (size_t i = 0; i < HG_COUNT(all); i++) {
        if (!has_uri(&all[i], uri))
            continue;
        *out = application_of(arena, base_url, &all[i]);
        return true;
    }
    return false;
}

size_t app_first_party_count(void)
{
    return HG_COUNT(all);
}

hg_str app_first_party_id(size_t i)
{
    return i < HG_COUNT(all) ? all[i].app_id : HG_STR("");
}
