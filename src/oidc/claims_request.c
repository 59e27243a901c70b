#include "oidc/claims_request.h"

#include "base/base.h"
#include "oidc/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAX_VALUES = 32, MAX_CONTEXT = 99, MAX_HEADER = 8 << 10 };

/* Reads "values":[…], "Values":[…] (as older services write it) or "value":"…". */
static enum hg_code read_values(struct hg_arena *arena, const struct hg_json *claim,
                                const hg_str **out, size_t *out_n, struct hg_err *err)
{
    const struct hg_json *list = hg_json_get_nocase(claim, HG_STR("values"));
    hg_str *values = HG_NEW_ARRAY(arena, hg_str, MAX_VALUES);
    if (values == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "claims");
    size_t n = 0;
    if (hg_json_as_str(hg_json_get(claim, "value"), &values[0]))
        n = 1;
    for (size_t i = 0; i < hg_json_count(list) && n < MAX_VALUES; i++)
        if (hg_json_as_str(hg_json_item(list, i), &values[n]))
            n++;
    *out = values;
    *out_n = n;
    return HG_OK;
}

static bool is_essential(const struct hg_json *claim)
{
    return hg_json_bool_or(hg_json_get(claim, "essential"), false);
}

static bool holds(const hg_str *values, size_t n, hg_str value)
{
    for (size_t i = 0; i < n; i++)
        if (hg_str_eq_nocase(values[i], value))
            return true;
    return false;
}

/* c1 to c99, in the letter case of policies and tokens. */
static bool is_context(hg_str value, hg_str *out, struct hg_arena *arena)
{
    uint64_t number;
    if (value.len < 2 || value.len > 3 || (value.ptr[0] | 0x20) != 'c' || value.ptr[1] == '0' ||
        !hg_str_u64(hg_str_from(value, 1), MAX_CONTEXT, &number))
        return false;
    *out = hg_str_lower(arena, value);
    return true;
}

/* Other values of acrs name nothing here, and are ignored as voluntary claims are. */
static enum hg_code read_contexts(struct hg_arena *arena, const struct hg_json *claim,
                                  struct oidc_claims_request *request, struct hg_err *err)
{
    const hg_str *values;
    size_t n;
    HG_TRY(read_values(arena, claim, &values, &n, err));
    hg_str *contexts = HG_NEW_ARRAY(arena, hg_str, MAX_VALUES);
    if (contexts == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "claims");
    request->acrs = contexts;
    for (size_t i = 0; i < n; i++)
        if (is_context(values[i], &contexts[request->n_acrs], arena) &&
            !holds(contexts, request->n_acrs, contexts[request->n_acrs]))
            request->n_acrs++;
    request->acrs_essential = request->n_acrs > 0 && is_essential(claim);
    return HG_OK;
}

static enum hg_code read_access_token(struct hg_arena *arena, const struct hg_json *of,
                                      struct oidc_claims_request *request, struct hg_err *err)
{
    const hg_str *values = NULL;
    size_t n = 0;
    const struct hg_json *policies = hg_json_get(of, "capolids");
    if (policies == NULL)
        policies = hg_json_get(of, "polids");
    HG_TRY(read_values(arena, policies, &request->capolids, &request->n_capolids, err));

    HG_TRY(read_contexts(arena, hg_json_get(of, "acrs"), request, err));

    int64_t seconds;
    HG_TRY(read_values(arena, hg_json_get(of, "nbf"), &values, &n, err));
    if (n > 0 && hg_str_i64(values[0], &seconds) && seconds >= 0 && seconds < INT32_MAX) {
        request->has_not_before = true;
        request->not_before = (hg_time){.us = seconds * 1000000};
    }
    HG_TRY(read_values(arena, hg_json_get(of, "xms_cc"), &values, &n, err));
    request->is_capable = holds(values, n, HG_STR("cp1"));
    return HG_OK;
}

static enum hg_code read_id_token(struct hg_arena *arena, const struct hg_json *of,
                                  struct oidc_claims_request *request, struct hg_err *err)
{
    const hg_str *values = NULL;
    size_t n = 0;
    const struct hg_json *acr = hg_json_get(of, "acr");
    HG_TRY(read_values(arena, acr, &values, &n, err));
    request->wants_mfa = holds(values, n, HG_STR(OIDC_ACR_MFA));
    request->mfa_essential = request->wants_mfa && is_essential(acr);
    request->wants_login_hint = hg_json_get(of, "login_hint") != NULL;
    return HG_OK;
}

enum hg_code oidc_claims_parse(struct hg_arena *arena, hg_str text, struct oidc_claims_request *out,
                               struct oidc_error *error, struct hg_err *err)
{
    struct hg_json document;
    struct oidc_claims_request request = {.n_capolids = 0};
    *error = oidc_error_make(OIDC_ERROR_NONE);
    enum hg_code code = text.len > HG_MAX_CLAIMS ? HG_TOO_BIG
                                                 : hg_json_parse(arena, text, HG_JSON_STRICT,
                                                                 &hg_json_api, &document, err);
    if (code == HG_NO_MEMORY)
        return code;
    if (code != HG_OK || !hg_json_is(&document, HG_JSON_OBJECT)) {
        *error = oidc_error_make(OIDC_ERROR_CLAIMS);
        *out = request;
        return HG_OK;
    }
    HG_TRY(read_access_token(arena, hg_json_get(&document, "access_token"), &request, err));
    HG_TRY(read_id_token(arena, hg_json_get(&document, "id_token"), &request, err));
    *out = request;
    return HG_OK;
}

/* --- What a resource answers with ---------------------------------------------------------- */

enum hg_code oidc_challenge_claims(struct hg_arena *arena, hg_str base, hg_str resource_id,
                                   hg_str claims, hg_str *out, struct hg_err *err)
{
    struct hg_buf buf = hg_buf_new(arena, MAX_HEADER);
    hg_buf_format(&buf,
                  "Bearer realm=\"\", authorization_uri=\"%.*s/common/oauth2/v2.0/authorize\"",
                  HG_ARG(base));
    if (resource_id.len > 0)
        hg_buf_format(&buf, ", client_id=\"%.*s\"", HG_ARG(resource_id));
    hg_buf_z(&buf, ", error=\"insufficient_claims\", claims=\"");
    hg_buf_str(&buf, hg_b64_encode(arena, claims));
    hg_buf_byte(&buf, '"');
    return hg_buf_finish(&buf, out, err);
}

static enum hg_code essential_value(struct hg_arena *arena, const char *claim, hg_str value,
                                    hg_str *out, struct hg_err *err)
{
    struct hg_json wanted = hg_json_object();
    hg_json_put(arena, &wanted, "essential", hg_json_bool(true));
    hg_json_put_str(arena, &wanted, "value", value);
    struct hg_json token = hg_json_object();
    hg_json_put(arena, &token, claim, wanted);
    struct hg_json document = hg_json_object();
    hg_json_put(arena, &document, "access_token", token);
    return hg_json_render(arena, &document, out, err);
}

enum hg_code oidc_challenge_not_before(struct hg_arena *arena, hg_time since, hg_str *out,
                                       struct hg_err *err)
{
    hg_str seconds = hg_str_format(arena, "%lld", (long long)hg_time_seconds(since));
    return essential_value(arena, "nbf", seconds, out, err);
}

enum hg_code oidc_challenge_acrs(struct hg_arena *arena, hg_str context, hg_str *out,
                                 struct hg_err *err)
{
    return essential_value(arena, "acrs", context, out, err);
}

enum hg_code oidc_claims_with_contexts(struct hg_arena *arena, hg_str claims,
                                       const hg_str *contexts, size_t n, hg_str *out,
                                       struct hg_err *err)
{
    struct hg_json document;
    HG_TRY(hg_json_parse(arena, claims, HG_JSON_STRICT, &hg_json_api, &document, err));
    struct hg_json values = hg_json_array();
    for (size_t i = 0; i < n; i++)
        hg_json_push(arena, &values, hg_json_str(contexts[i]));
    struct hg_json wanted = hg_json_object();
    hg_json_put(arena, &wanted, "essential", hg_json_bool(true));
    hg_json_put(arena, &wanted, "values", values);
    const struct hg_json *of = hg_json_get(&document, "access_token");
    struct hg_json token = of == NULL ? hg_json_object() : hg_json_copy(arena, of);
    hg_json_put(arena, &token, "acrs", wanted);
    hg_json_set(arena, &document, HG_STR("access_token"), token);
    return hg_json_render(arena, &document, out, err);
}
