#include "base/base.h"
#include "model/model.h"
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
    {HG_LIT("00000000-0000-0000-0000-000000000002"), HG_LIT("Multifactor authentication"),
     combinations, HG_COUNT(combinations)},
    {HG_LIT("00000000-0000-0000-0000-000000000003"), HG_LIT("Passwordless MFA"), combinations, 4},
    {HG_LIT("00000000-0000-0000-0000-000000000004"), HG_LIT("Phishing-resistant MFA"), combinations,
     3},
};

const struct policy_strength *policy_strength_builtin(hg_str id)
{
    for (size_t i = 0; i < HG_COUNT(builtin); i++)
        if (hg_str_eq(builtin[i].id, id))
            return &builtin[i];
    return NULL;
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

bool policy_strength_met(const struct policy_strength *strength, uint32_t methods)
{
    for (size_t i = 0; i < strength->n_combinations; i++)
        if ((strength->combinations[i] & ~methods) == 0)
            return true;
    return false;
}
