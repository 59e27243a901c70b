#include "base/base.h"
#include "model/model.h"
#include "oidc/client_auth.h"
#include "oidc/client_auth_private.h"
#include "oidc/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SKEW = 60, LONGEST = 24 * 3600 };

static bool is_audience(const struct oidc_client_facts *facts, const struct hg_json *value)
{
    hg_str text;
    if (!hg_json_as_str(value, &text))
        return false;
    for (size_t i = 0; i < facts->n_audiences; i++)
        if (hg_str_eq(text, facts->audiences[i]))
            return true;
    return false;
}

static bool has_audience(const struct oidc_client_facts *facts, const struct hg_json *aud)
{
    if (!hg_json_is(aud, HG_JSON_ARRAY))
        return is_audience(facts, aud);
    for (size_t i = 0; i < hg_json_count(aud); i++)
        if (is_audience(facts, hg_json_item(aud, i)))
            return true;
    return false;
}

/* A NumericDate, absent or not; false for any other kind of value. */
static bool read_seconds(const struct hg_json *claim, int64_t otherwise, int64_t *out)
{
    *out = otherwise;
    if (claim == NULL || hg_json_as_int(claim, out))
        return true;
    return false;
}

static bool times_hold(const struct hg_json *claims, int64_t now, int64_t *out_exp)
{
    int64_t nbf;
    int64_t iat;
    return hg_json_as_int(hg_json_get(claims, "exp"), out_exp) &&
           read_seconds(hg_json_get(claims, "nbf"), now, &nbf) &&
           read_seconds(hg_json_get(claims, "iat"), now, &iat) && *out_exp > now - SKEW &&
           *out_exp <= now + LONGEST && nbf <= now + SKEW && iat <= now + SKEW;
}

static enum oidc_error_id claims_check(const struct hg_json *claims,
                                       const struct oidc_client_facts *facts,
                                       struct oidc_client *client)
{
    int64_t exp;
    hg_str iss = hg_json_str_or(hg_json_get(claims, "iss"), HG_STR(""));
    hg_str sub = hg_json_str_or(hg_json_get(claims, "sub"), HG_STR(""));
    hg_str jti = hg_json_str_or(hg_json_get(claims, "jti"), HG_STR(""));
    if (sub.len == 0 || !hg_str_eq(iss, sub))
        return OIDC_ERROR_ASSERTION_SUBJECT;
    if (!hg_str_eq_nocase(iss, facts->client->app_id) ||
        !has_audience(facts, hg_json_get(claims, "aud")))
        return OIDC_ERROR_ASSERTION_BAD;
    if (!times_hold(claims, hg_time_seconds(facts->now), &exp))
        return OIDC_ERROR_ASSERTION_TIME;
    if (jti.len == 0 || facts->assertion->jti_is_used)
        return OIDC_ERROR_ASSERTION_BAD;
    client->jti = jti;
    client->jti_until = (hg_time){.us = (exp + SKEW) * 1000000};
    return OIDC_ERROR_NONE;
}

enum hg_code oidc_assertion_check(struct hg_arena *arena, const struct oidc_client_facts *facts,
                                  struct oidc_client *client, enum oidc_error_id *id,
                                  struct hg_err *err)
{
    struct hg_json claims;
    enum hg_code code =
        hg_json_parse(arena, facts->assertion->claims, HG_JSON_STRICT, &hg_json_api, &claims, err);
    if (code == HG_NO_MEMORY)
        return code;
    *id = code == HG_OK ? claims_check(&claims, facts, client) : OIDC_ERROR_ASSERTION_BAD;
    return HG_OK;
}
