#include "base/base.h"
#include "jose/jose.h"

#include <stddef.h>
#include <stdint.h>

const char *jose_claims_name(enum jose_claims verdict)
{
    static const char *const names[] = {
        [JOSE_CLAIMS_FORM] = "form",         [JOSE_CLAIMS_ISSUER] = "issuer",
        [JOSE_CLAIMS_AUDIENCE] = "audience", [JOSE_CLAIMS_NOT_YET] = "not yet valid",
        [JOSE_CLAIMS_EXPIRED] = "expired",   [JOSE_CLAIMS_GOOD] = "good",
    };
    return names[verdict];
}

/* A NumericDate may have a fraction (RFC 7519 §2); what no calendar reaches is
 * refused, so that no later sum can overflow. */
static bool read_time(const struct hg_json *value, hg_time *out)
{
    enum { MICRO = 1000000 };
    static const int64_t last_second = 253402300799; /* 9999-12-31T23:59:59Z */
    int64_t seconds;
    if (hg_json_as_int(value, &seconds)) {
        if (seconds < 0 || seconds > last_second)
            return false;
        *out = (hg_time){.us = seconds * MICRO};
        return true;
    }
    if (!hg_json_is(value, HG_JSON_DOUBLE) ||
        !(value->number >= 0 && value->number <= (double)last_second))
        return false;
    *out = (hg_time){.us = (int64_t)(value->number * MICRO)};
    return true;
}

static bool has_audience(const struct hg_json *aud, hg_str wanted)
{
    hg_str one;
    if (hg_json_as_str(aud, &one))
        return hg_str_eq(one, wanted);
    for (size_t i = 0; hg_json_is(aud, HG_JSON_ARRAY) && i < hg_json_count(aud); i++)
        if (hg_json_as_str(hg_json_item(aud, i), &one) && hg_str_eq(one, wanted))
            return true;
    return false;
}

enum jose_claims jose_claims_check(const struct hg_json *claims, const struct jose_expect *expect,
                                   hg_time now)
{
    hg_str iss;
    hg_time exp;
    hg_time nbf = {.us = INT64_MIN};
    const struct hg_json *nbf_claim = hg_json_get(claims, "nbf");
    if (!hg_json_is(claims, HG_JSON_OBJECT) || !hg_json_as_str(hg_json_get(claims, "iss"), &iss) ||
        !read_time(hg_json_get(claims, "exp"), &exp) ||
        (nbf_claim != NULL && !read_time(nbf_claim, &nbf)))
        return JOSE_CLAIMS_FORM;
    if (!hg_str_eq(iss, expect->iss))
        return JOSE_CLAIMS_ISSUER;
    if (!expect->any_audience && !has_audience(hg_json_get(claims, "aud"), expect->aud))
        return JOSE_CLAIMS_AUDIENCE;
    if (hg_time_before(hg_time_add(now, expect->leeway), nbf))
        return JOSE_CLAIMS_NOT_YET;
    bool is_alive = hg_time_before(now, hg_time_add(exp, expect->leeway));
    return is_alive || expect->expired_is_fine ? JOSE_CLAIMS_GOOD : JOSE_CLAIMS_EXPIRED;
}
