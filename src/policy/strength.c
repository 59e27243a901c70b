#include "base/base.h"
#include "model/model.h"
#include "policy/policy.h"
#include "policy/policy_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* authenticationMethodModes in bit order (1.5); a hole where the enum has
 * unknownFutureValue. */
static const char *const modes[] = {
    "password",
    "voice",
    "hardwareOath",
    "softwareOath",
    "sms",
    "fido2",
    "windowsHelloForBusiness",
    "microsoftAuthenticatorPush",
    "deviceBasedPush",
    "temporaryAccessPassOneTime",
    "temporaryAccessPassMultiUse",
    "email",
    "x509CertificateSingleFactor",
    "x509CertificateMultiFactor",
    "federatedSingleFactor",
    "federatedMultiFactor",
    NULL,
    "qrCodePin",
};

enum {
    PWD = MODEL_METHOD_PASSWORD,
    FED = MODEL_METHOD_FEDERATED_SINGLE_FACTOR,
};

/* The strictest first, so that each built-in strength is a beginning of the list. */
static const uint32_t combinations[] = {
    MODEL_METHOD_WINDOWS_HELLO,
    MODEL_METHOD_FIDO2,
    MODEL_METHOD_X509_MULTI_FACTOR,
    MODEL_METHOD_DEVICE_BASED_PUSH,
    MODEL_METHOD_TAP_ONE_TIME,
    MODEL_METHOD_TAP_MULTI_USE,
    PWD | MODEL_METHOD_AUTHENTICATOR_PUSH,
    PWD | MODEL_METHOD_SOFTWARE_OATH,
    PWD | MODEL_METHOD_HARDWARE_OATH,
    PWD | MODEL_METHOD_X509_SINGLE_FACTOR,
    PWD | MODEL_METHOD_X509_MULTI_FACTOR,
    PWD | MODEL_METHOD_SMS,
    PWD | MODEL_METHOD_VOICE,
    MODEL_METHOD_FEDERATED_MULTI_FACTOR,
    MODEL_METHOD_AUTHENTICATOR_PUSH | FED,
    MODEL_METHOD_SOFTWARE_OATH | FED,
    MODEL_METHOD_HARDWARE_OATH | FED,
    MODEL_METHOD_SMS | FED,
    MODEL_METHOD_VOICE | FED,
};

static const struct policy_strength builtin[] = {
    {.id = HG_LIT("00000000-0000-0000-0000-000000000002"),
     .display_name = HG_LIT("Multifactor authentication"),
     .combinations = combinations,
     .n_combinations = HG_COUNT(combinations)},
    {.id = HG_LIT("00000000-0000-0000-0000-000000000003"),
     .display_name = HG_LIT("Passwordless MFA"),
     .combinations = combinations,
     .n_combinations = 4},
    {.id = HG_LIT("00000000-0000-0000-0000-000000000004"),
     .display_name = HG_LIT("Phishing-resistant MFA"),
     .combinations = combinations,
     .n_combinations = 3},
};

const struct policy_strength *policy_strength_builtin(hg_str id)
{
    for (size_t i = 0; i < HG_COUNT(builtin); i++)
        if (hg_str_eq_nocase(builtin[i].id, id))
            return &builtin[i];
    return NULL;
}

const struct policy_strength *policy_strength_builtin_at(size_t i)
{
    return i < HG_COUNT(builtin) ? &builtin[i] : NULL;
}

const struct policy_strength *policy_strength_find(const struct policy_source *source, hg_str id)
{
    for (size_t i = 0; i < source->n_strengths; i++)
        if (hg_str_eq_nocase(source->strengths[i]->id, id))
            return source->strengths[i];
    return policy_strength_builtin(id);
}

hg_str policy_strength_id(const struct policy_strength *strength)
{
    return strength->id;
}

hg_str policy_strength_name(const struct policy_strength *strength)
{
    return strength->display_name;
}

static uint32_t mode_bit(hg_str name)
{
    for (size_t i = 0; i < HG_COUNT(modes); i++)
        if (modes[i] != NULL && hg_str_eq_nocase(hg_str_of(modes[i]), name))
            return 1u << i;
    return 0;
}

bool policy_combination_parse(hg_str text, uint32_t *out)
{
    uint32_t bits = 0;
    hg_str mode;
    while (hg_str_field(&text, ',', &mode)) {
        uint32_t bit = mode_bit(hg_str_trim(mode));
        if (bit == 0)
            return false;
        bits |= bit;
    }
    if (bits == 0)
        return false;
    *out = bits;
    return true;
}

hg_str policy_combination_text(struct hg_arena *arena, uint32_t methods)
{
    struct hg_buf buf = hg_buf_new(arena, 1024);
    for (size_t i = 0; i < HG_COUNT(modes); i++) {
        if ((methods & (1u << i)) == 0 || modes[i] == NULL)
            continue;
        if (buf.len > 0)
            hg_buf_byte(&buf, ',');
        hg_buf_z(&buf, modes[i]);
    }
    return hg_buf_view(&buf);
}

bool policy_combination_is_mfa(uint32_t methods)
{
    for (size_t i = 0; i < HG_COUNT(combinations); i++)
        if ((combinations[i] & ~methods) == 0)
            return true;
    return false;
}

/* --- Whether one is met --------------------------------------------------------------- */

static bool any_listed(struct policy_ids ids, const hg_str *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (model_has_id(ids.items, ids.n, values[i]))
            return true;
    return false;
}

static bool limit_holds(const struct policy_limit *limit, const struct policy_facts *facts)
{
    if (limit->is_fido2)
        return any_listed(limit->aaguids, &facts->fido2_aaguid, 1);
    return (limit->issuers.n == 0 || any_listed(limit->issuers, &facts->x509_issuer_ski, 1)) &&
           (limit->oids.n == 0 ||
            any_listed(limit->oids, facts->x509_policy_oids, facts->n_x509_policy_oids));
}

static bool limits_hold(const struct policy_strength *strength, uint32_t combination,
                        const struct policy_facts *facts)
{
    for (size_t i = 0; i < strength->n_limits; i++) {
        const struct policy_limit *limit = &strength->limits[i];
        for (size_t k = 0; k < limit->n_combinations; k++)
            if (limit->combinations[k] == combination && !limit_holds(limit, facts))
                return false;
    }
    return true;
}

/* A code by mail counts for no strength. */
static bool lies_within(uint32_t combination, uint32_t methods)
{
    return (combination & ~(methods & ~(uint32_t)MODEL_METHOD_EMAIL)) == 0;
}

bool policy_strength_met(const struct policy_strength *strength, uint32_t methods,
                         const struct policy_facts *facts)
{
    for (size_t i = 0; i < strength->n_combinations; i++)
        if (lies_within(strength->combinations[i], methods) &&
            limits_hold(strength, strength->combinations[i], facts))
            return true;
    return false;
}

bool policy_strength_usable(const struct policy_strength *strength, uint32_t methods)
{
    for (size_t i = 0; i < strength->n_combinations; i++)
        if (lies_within(strength->combinations[i], methods))
            return true;
    return false;
}
