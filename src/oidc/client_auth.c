#include "oidc/client_auth.h"

#include "base/base.h"
#include "model/model.h"
#include "oidc/client_auth_private.h"
#include "oidc/error.h"
#include "oidc/params.h"

#include <stdbool.h>
#include <stddef.h>

hg_str oidc_client_acr(enum oidc_client_method method)
{
    static const hg_str values[] = {
        [OIDC_CLIENT_NONE] = HG_LIT("0"),
        [OIDC_CLIENT_SECRET_POST] = HG_LIT("1"),
        [OIDC_CLIENT_SECRET_BASIC] = HG_LIT("1"),
        [OIDC_CLIENT_ASSERTION] = HG_LIT("2"),
    };
    HG_ASSERT((size_t)method < HG_COUNT(values));
    return values[method];
}

hg_str oidc_client_named(const struct oidc_credentials *credentials)
{
    return credentials->has_basic ? credentials->basic_id : credentials->client_id.value;
}

hg_str oidc_client_secret(const struct oidc_credentials *credentials)
{
    return credentials->has_basic ? credentials->basic_secret : credentials->client_secret.value;
}

static enum oidc_client_method method_of(const struct oidc_credentials *credentials)
{
    if (credentials->has_basic && credentials->basic_secret.len > 0)
        return OIDC_CLIENT_SECRET_BASIC;
    if (credentials->client_secret.is_set)
        return OIDC_CLIENT_SECRET_POST;
    if (credentials->client_assertion.is_set)
        return OIDC_CLIENT_ASSERTION;
    return OIDC_CLIENT_NONE;
}

/* --- The steps, in their order --------------------------------------------------------- */

struct check {
    const struct oidc_credentials *credentials;
    const struct oidc_client_facts *facts;
    enum oidc_client_method method;
};
typedef enum oidc_error_id check_fn(const struct check *check);

static enum oidc_error_id one_method(const struct check *check)
{
    const struct oidc_credentials *c = check->credentials;
    int n = (int)c->has_basic + (int)c->client_secret.is_set + (int)c->client_assertion.is_set;
    return n > 1 ? OIDC_ERROR_TWO_CREDENTIALS : OIDC_ERROR_NONE;
}

static enum oidc_error_id same_client(const struct check *check)
{
    const struct oidc_credentials *c = check->credentials;
    bool differs =
        c->has_basic && c->client_id.is_set && !hg_str_eq_nocase(c->client_id.value, c->basic_id);
    return differs ? OIDC_ERROR_CLIENT_MISMATCH : OIDC_ERROR_NONE;
}

static enum oidc_error_id known_client(const struct check *check)
{
    if (check->facts->client == NULL && oidc_client_named(check->credentials).len == 0 &&
        check->method != OIDC_CLIENT_ASSERTION)
        return OIDC_ERROR_PARAMETER_MISSING;
    if (check->facts->client == NULL)
        return OIDC_ERROR_CLIENT_UNKNOWN;
    return check->facts->client->enabled ? OIDC_ERROR_NONE : OIDC_ERROR_CLIENT_DISABLED;
}

static enum oidc_error_id credential_wanted(const struct check *check)
{
    const struct model_application *client = check->facts->client;
    if (check->method == OIDC_CLIENT_NONE)
        return client->is_public || client->allow_public_fallback ? OIDC_ERROR_NONE
                                                                  : OIDC_ERROR_CREDENTIAL_MISSING;
    if (client->is_public && !check->facts->has_credentials)
        return OIDC_ERROR_PUBLIC_CREDENTIAL;
    return check->credentials->has_origin ? OIDC_ERROR_ORIGIN_WITH_SECRET : OIDC_ERROR_NONE;
}

static enum oidc_error_id secret_good(const struct check *check)
{
    if (check->method != OIDC_CLIENT_SECRET_POST && check->method != OIDC_CLIENT_SECRET_BASIC)
        return OIDC_ERROR_NONE;
    static const enum oidc_error_id answers[] = {
        [OIDC_SECRET_UNKNOWN] = OIDC_ERROR_SECRET_WRONG,
        [OIDC_SECRET_MATCHES] = OIDC_ERROR_NONE,
        [OIDC_SECRET_EXPIRED] = OIDC_ERROR_SECRET_EXPIRED,
    };
    HG_ASSERT((size_t)check->facts->secret < HG_COUNT(answers));
    return answers[check->facts->secret];
}

static const hg_str assertion_type =
    HG_LIT("urn:ietf:params:oauth:client-assertion-type:jwt-bearer");

static enum oidc_error_id assertion_form(const struct check *check)
{
    if (check->method != OIDC_CLIENT_ASSERTION)
        return OIDC_ERROR_NONE;
    if (!hg_str_eq(check->credentials->client_assertion_type.value, assertion_type) ||
        check->facts->assertion == NULL)
        return OIDC_ERROR_ASSERTION_BAD;
    return check->facts->assertion->signature_ok ? OIDC_ERROR_NONE : OIDC_ERROR_ASSERTION_SIGNATURE;
}

static check_fn *const checks[] = {one_method,        same_client, known_client,
                                   credential_wanted, secret_good, assertion_form};

static void refuse(struct oidc_client *client, const struct check *check, enum oidc_error_id id)
{
    client->error = oidc_error_make(id);
    oidc_error_put(&client->error, "client", oidc_client_named(check->credentials));
    oidc_error_put(&client->error, "tenant", check->facts->tenant_name);
    oidc_error_put(&client->error, "name", HG_STR("client_id"));
    if (check->facts->client != NULL)
        oidc_error_put(&client->error, "client_name", check->facts->client->display_name);
    client->is_confidential = false;
    client->needs_basic_challenge =
        check->credentials->has_basic && oidc_error_row(id)->status == 401;
}

enum hg_code oidc_client_check(struct hg_arena *arena, const struct oidc_credentials *credentials,
                               const struct oidc_client_facts *facts, struct oidc_client *out,
                               struct hg_err *err)
{
    struct check check = {
        .credentials = credentials, .facts = facts, .method = method_of(credentials)};
    struct oidc_client client = {.method = check.method,
                                 .is_confidential = check.method != OIDC_CLIENT_NONE,
                                 .has_credentials = facts->has_credentials};
    enum oidc_error_id id = OIDC_ERROR_NONE;
    for (size_t i = 0; i < HG_COUNT(checks) && id == OIDC_ERROR_NONE; i++)
        id = checks[i](&check);
    if (id == OIDC_ERROR_NONE && check.method == OIDC_CLIENT_ASSERTION)
        HG_TRY(oidc_assertion_check(arena, facts, &client, &id, err));
    if (id != OIDC_ERROR_NONE)
        refuse(&client, &check, id);
    *out = client;
    return HG_OK;
}
