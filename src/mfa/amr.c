#include "base/base.h"
#include "mfa/mfa.h"
#include "model/model.h"

#include <stddef.h>

enum { PWD = 1u << 0, RSA = 1u << 1, OTP = 1u << 2, FED = 1u << 3, MFA = 1u << 4 };
enum { KNOWS = 1u << 0, HAS = 1u << 1, BOTH = KNOWS | HAS };

// clang-format off
static const struct {
    enum model_method method;
    unsigned amr;
    unsigned factors;
} methods_table[] = {
    {MODEL_METHOD_PASSWORD,                PWD, KNOWS},
    {MODEL_METHOD_QR_CODE_PIN,             0,   KNOWS},
    {MODEL_METHOD_VOICE,                   0,   HAS},
    {MODEL_METHOD_HARDWARE_OATH,           0,   HAS},
    {MODEL_METHOD_SOFTWARE_OATH,           0,   HAS},
    {MODEL_METHOD_SMS,                     OTP, HAS},
    {MODEL_METHOD_EMAIL,                   OTP, HAS},
    {MODEL_METHOD_AUTHENTICATOR_PUSH,      RSA, HAS},
    {MODEL_METHOD_X509_SINGLE_FACTOR,      RSA, HAS},
    {MODEL_METHOD_DEVICE_BASED_PUSH,       RSA, BOTH},
    {MODEL_METHOD_FIDO2,                   RSA, BOTH},
    {MODEL_METHOD_WINDOWS_HELLO,           RSA, BOTH},
    {MODEL_METHOD_X509_MULTI_FACTOR,       RSA, BOTH},
    {MODEL_METHOD_TAP_ONE_TIME,            0,   BOTH},
    {MODEL_METHOD_TAP_MULTI_USE,           0,   BOTH},
    {MODEL_METHOD_FEDERATED_SINGLE_FACTOR, FED, KNOWS},
    {MODEL_METHOD_FEDERATED_MULTI_FACTOR,  FED, BOTH},
};
// clang-format on

/* Every set of values, by its bits; the blank before a first word is trimmed. */
#define EIGHT(tail)                                                                              \
    "" tail, "pwd" tail, "rsa" tail, "pwd rsa" tail, "otp" tail, "pwd otp" tail, "rsa otp" tail, \
        "pwd rsa otp" tail
static const char *const texts[] = {EIGHT(""), EIGHT(" fed"), EIGHT(" mfa"), EIGHT(" fed mfa")};
_Static_assert(HG_COUNT(texts) == 2 * MFA, "one text a set");

hg_str mfa_amr(unsigned methods)
{
    unsigned amr = 0;
    unsigned factors = 0;
    for (size_t i = 0; i < HG_COUNT(methods_table); i++)
        if ((methods & methods_table[i].method) != 0) {
            amr |= methods_table[i].amr;
            factors |= methods_table[i].factors;
        }
    if (factors == BOTH)
        amr |= MFA;
    return hg_str_trim(hg_str_of(texts[amr]));
}
