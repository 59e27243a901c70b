#include "app/directory/objects.h"
#include "app/graph_api/write.h"
#include "base/base.h"
#include "graph/graph.h"
#include "lifetime/lifetime.h"

#include <stdbool.h>
#include <stddef.h>

static enum hg_code check_definition(struct app_write *write, const struct hg_json *body,
                                     struct hg_err *err)
{
    const struct hg_json *list = hg_json_get(body, "definition");
    if (hg_json_count(list) != 1)
        return app_write_refuse(write, err, "definition must be an array of exactly one string.");
    struct lifetime_settings settings;
    struct lifetime_fault fault = {0};
    enum hg_code code =
        lifetime_definition_parse(write->arena, hg_json_str_or(hg_json_item(list, 0), HG_STR("")),
                                  write->behaviour, &settings, &fault, err);
    if (code == HG_MALFORMED || code == HG_TOO_BIG)
        return app_write_refuse(write, err, "definition: %.*s", HG_ARG(fault.message));
    return code;
}

/* isOrganizationDefault is said of every policy, and true of one (6.1). `id`: of this one. */
static enum hg_code check_default(struct app_write *write, struct hg_json *body, hg_str id,
                                  struct hg_err *err)
{
    bool is_default = hg_json_bool_or(hg_json_get(body, "isOrganizationDefault"), false);
    hg_json_put(write->arena, body, "isOrganizationDefault", hg_json_bool(is_default));
    if (!is_default)
        return HG_OK;
    struct app_objects all;
    HG_TRY(app_objects_list(write->app->store, write->arena, write->tenant,
                            APP_KIND_TOKEN_LIFETIME_POLICY, HG_STR(""), 0, &all, err));
    bool taken = write->makes_default;
    for (size_t i = 0; i < all.n && !taken; i++)
        taken = !hg_str_eq(all.items[i].id, id) &&
                hg_json_bool_or(hg_json_get(&all.items[i].body, "isOrganizationDefault"), false);
    if (taken)
        return app_write_refuse(write, err,
                                "isOrganizationDefault: another token lifetime policy is the "
                                "organization's default; set its isOrganizationDefault to false "
                                "first.");
    write->makes_default = true;
    return HG_OK;
}

enum hg_code app_lifetime_policy_create(struct app_write *write, const struct hg_json *input,
                                        struct app_object *out, struct hg_err *err)
{
    struct hg_json body;
    HG_TRY(graph_body(write->arena, &graph_token_lifetime_policy, write->mode, NULL, input, &body,
                      &write->fault, err));
    HG_TRY(check_definition(write, &body, err));
    HG_TRY(check_default(write, &body, HG_STR(""), err));
    hg_json_put_str(write->arena, &body, "id", app_write_id(write, &body));
    *out = (struct app_object){.body = body};
    return app_write_insert(write, APP_KIND_TOKEN_LIFETIME_POLICY, out, err);
}

enum hg_code app_lifetime_policy_update(struct app_write *write, const struct app_object *stored,
                                        const struct hg_json *input, struct app_object *out,
                                        struct hg_err *err)
{
    struct hg_json body;
    HG_TRY(graph_body(write->arena, &graph_token_lifetime_policy, write->mode, &stored->body, input,
                      &body, &write->fault, err));
    HG_TRY(check_definition(write, &body, err));
    HG_TRY(check_default(write, &body, stored->id, err));
    *out = (struct app_object){.body = body};
    return app_write_replace(write, APP_KIND_TOKEN_LIFETIME_POLICY, stored, out, err);
}
