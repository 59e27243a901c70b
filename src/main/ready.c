#include "app/app.h"
#include "base/base.h"
#include "main/server.h"

#include <stddef.h>

/* The members of seed users and applications that a person or test needs to sign in. */
static struct hg_json picked(struct hg_arena *arena, const struct hg_json *object,
                             const char *const *names, size_t n)
{
    struct hg_json out = hg_json_object();
    for (size_t i = 0; i < n; i++) {
        const struct hg_json *member = hg_json_get(object, names[i]);
        if (member != NULL)
            hg_json_put(arena, &out, names[i], *member);
    }
    return out;
}

static struct hg_json users_of(struct hg_arena *arena, const struct hg_json *seed)
{
    static const char *const names[] = {"userPrincipalName", "password", "totpSecret"};
    struct hg_json list = hg_json_array();
    const struct hg_json *users = hg_json_get(seed, "users");
    for (size_t i = 0; i < hg_json_count(users); i++)
        hg_json_push(arena, &list, picked(arena, hg_json_item(users, i), names, HG_COUNT(names)));
    return list;
}

static struct hg_json applications_of(struct hg_arena *arena, const struct hg_json *seed)
{
    static const char *const names[] = {"appId", "displayName"};
    struct hg_json list = hg_json_array();
    const struct hg_json *apps = hg_json_get(seed, "applications");
    for (size_t i = 0; i < hg_json_count(apps); i++) {
        const struct hg_json *app = hg_json_item(apps, i);
        struct hg_json one = picked(arena, app, names, HG_COUNT(names));
        const struct hg_json *secret = hg_json_item(hg_json_get(app, "secrets"), 0);
        if (secret != NULL)
            hg_json_put(arena, &one, "secret", *secret);
        hg_json_push(arena, &list, one);
    }
    return list;
}

enum hg_code main_ready_json(struct main_server *server, const struct hg_json *seed, hg_str *out,
                             struct hg_err *err)
{
    struct hg_arena *arena = server->arena;
    hg_str base = server->app.config.base_url;
    struct app_tenant_names tenant = {0};
    enum hg_code code = app_first_tenant(&server->app, arena, &tenant, err);
    if (code != HG_OK && code != HG_NOT_FOUND)
        return code;
    struct hg_json json = hg_json_object();
    hg_json_put_str(arena, &json, "base", base);
    hg_json_put_str(arena, &json, "tenantId", tenant.id);
    hg_json_put_str(arena, &json, "domain", tenant.domain);
    hg_json_put_str(arena, &json, "caFile", server->tls.ca_path);
    hg_json_put_str(arena, &json, "account", hg_str_format(arena, "%.*s/account", HG_ARG(base)));
    if (server->is_dev)
        hg_json_put_str(arena, &json, "clock", server->app.config.clock_url);
    if (server->plain_port != 0)
        hg_json_put_str(arena, &json, "plain",
                        hg_str_format(arena, "http://127.0.0.1:%u", server->plain_port));
    hg_json_put_str(arena, &json, "adminSocket",
                    hg_str_format(arena, "%.*s/admin.sock", HG_ARG(server->data)));
    hg_json_put(arena, &json, "users", users_of(arena, seed));
    hg_json_put(arena, &json, "applications", applications_of(arena, seed));
    hg_str text;
    HG_TRY(hg_json_render(arena, &json, &text, err));
    *out = hg_str_format(arena, "%.*s\n", HG_ARG(text));
    return out->len > 0 ? HG_OK : HG_FAIL(err, HG_NO_MEMORY, "ready file");
}

static hg_str text_of(const struct hg_json *object, const char *name)
{
    return hg_json_str_or(hg_json_get(object, name), HG_STR(""));
}

static void put_row(struct hg_buf *out, hg_str a, hg_str b, hg_str c)
{
    enum { WIDTH = 26 };
    hg_str columns[] = {a, b};
    hg_buf_z(out, "  ");
    for (size_t i = 0; i < HG_COUNT(columns); i++) {
        hg_buf_str(out, columns[i]);
        for (size_t n = columns[i].len; n < WIDTH; n++)
            hg_buf_byte(out, ' ');
    }
    hg_buf_format(out, "%.*s\n", HG_ARG(c));
}

hg_str main_ready_text(struct main_server *server, const struct hg_json *seed)
{
    struct hg_buf out = hg_buf_new(server->arena, 64 << 10);
    hg_str base = server->app.config.base_url;
    hg_buf_format(&out, "Headgate is ready at %.*s (a development server; Ctrl-C ends it)\n\n",
                  HG_ARG(base));
    const struct hg_json *users = hg_json_get(seed, "users");
    if (hg_json_count(users) > 0)
        put_row(&out, HG_STR("Who can sign in"), HG_STR("Password"),
                HG_STR("Authenticator secret"));
    for (size_t i = 0; i < hg_json_count(users); i++) {
        const struct hg_json *user = hg_json_item(users, i);
        put_row(&out, text_of(user, "userPrincipalName"), text_of(user, "password"),
                text_of(user, "totpSecret"));
    }
    hg_buf_format(&out,
                  "\nYour account        %.*s/account\n"
                  "To trust it         import %.*s into the browser, or accept its warning\n"
                  "In a second window  build/headgate user list --data %.*s\n"
                  "What comes next     the tour in README.md\n",
                  HG_ARG(base), HG_ARG(server->tls.ca_path), HG_ARG(server->data));
    return hg_buf_view(&out);
}
