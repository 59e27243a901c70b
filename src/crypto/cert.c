#include "crypto/cert.h"

#include "base/base.h"
#include "crypto/crypto_private.h"
#include "crypto/hash.h"

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/types.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

enum { COMMON_NAME_MAX = 64, DNS_NAME_MAX = 253, MAX_EXTENSIONS = 5 };

static const int64_t last_second = 253402300799; /* 9999-12-31T23:59:59Z */

struct extension {
    int nid; /* 0 ends the list */
    const char *value;
};

static const struct extension extensions[][MAX_EXTENSIONS + 1] = {
    [CRYPTO_CERT_CA] = {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                        {NID_key_usage, "critical,keyCertSign,cRLSign"},
                        {NID_subject_key_identifier, "hash"}},
    [CRYPTO_CERT_SERVER] = {{NID_basic_constraints, "critical,CA:FALSE"},
                            {NID_key_usage, "critical,digitalSignature"},
                            {NID_ext_key_usage, "serverAuth"},
                            {NID_subject_key_identifier, "hash"},
                            {NID_authority_key_identifier, "keyid"}},
    [CRYPTO_CERT_DEVICE] = {{NID_basic_constraints, "critical,CA:FALSE"},
                            {NID_key_usage, "critical,digitalSignature"},
                            {NID_ext_key_usage, "clientAuth"},
                            {NID_subject_key_identifier, "hash"},
                            {NID_authority_key_identifier, "keyid"}},
    [CRYPTO_CERT_SIGNING] = {{NID_basic_constraints, "critical,CA:FALSE"},
                             {NID_key_usage, "critical,digitalSignature"},
                             {NID_subject_key_identifier, "hash"}},
};

X509 *crypto_cert_parse(hg_str der)
{
    crypto_library_start();
    const unsigned char *at = (const unsigned char *)der.ptr;
    if (der.len == 0 || der.len > HG_MAX_CERT_DER)
        return NULL;
    X509 *cert = d2i_X509(NULL, &at, (long)der.len);
    if (cert != NULL && at == (const unsigned char *)der.ptr + der.len)
        return cert;
    X509_free(cert);
    return NULL;
}

static bool set_serial(X509 *cert, const unsigned char serial[CRYPTO_CERT_SERIAL])
{
    unsigned char positive[CRYPTO_CERT_SERIAL];
    memcpy(positive, serial, sizeof(positive));
    positive[0] = (unsigned char)((positive[0] & 0x7f) | 0x40); /* positive, never short */
    HG_CLEANUP(crypto_clean_bn) BIGNUM *bn = BN_bin2bn(positive, sizeof(positive), NULL);
    return bn != NULL && BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(cert)) != NULL;
}

static bool set_validity(X509 *cert, hg_time not_before, hg_time not_after)
{
    int64_t from = hg_time_seconds(not_before);
    int64_t to = hg_time_seconds(not_after);
    return from >= 0 && from < to && to <= last_second &&
           ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)from) != NULL &&
           ASN1_TIME_set(X509_getm_notAfter(cert), (time_t)to) != NULL;
}

static bool set_names(X509 *cert, hg_str common_name, const X509 *issuer)
{
    X509_NAME *name = X509_get_subject_name(cert);
    return common_name.len > 0 && common_name.len <= COMMON_NAME_MAX &&
           X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
                                      (const unsigned char *)common_name.ptr, (int)common_name.len,
                                      -1, 0) == 1 &&
           X509_set_issuer_name(cert, X509_get_subject_name(issuer)) == 1;
}

static bool add_extensions(X509 *cert, enum crypto_cert_kind kind, X509 *issuer)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    for (const struct extension *row = extensions[kind]; row->nid != 0; row++) {
        HG_CLEANUP(crypto_clean_extension)
        X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, row->nid, row->value);
        if (extension == NULL || X509_add_ext(cert, extension, -1) != 1)
            return false;
    }
    return true;
}

static bool add_alt_name(GENERAL_NAMES *names, int type, const void *bytes, size_t n)
{
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_STRING *value =
        ASN1_STRING_type_new(type == GEN_DNS ? V_ASN1_IA5STRING : V_ASN1_OCTET_STRING);
    bool is_set = name != NULL && value != NULL && ASN1_STRING_set(value, bytes, (int)n) == 1;
    if (!is_set) {
        ASN1_STRING_free(value);
        GENERAL_NAME_free(name);
        return false;
    }
    GENERAL_NAME_set0_value(name, type, value);
    if (sk_GENERAL_NAME_push(names, name) > 0)
        return true;
    GENERAL_NAME_free(name);
    return false;
}

static bool is_host_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
}

static bool add_host(GENERAL_NAMES *names, hg_str host)
{
    struct hg_ip ip;
    if (host.len == 0)
        return true;
    if (hg_ip_parse(host, &ip, NULL) == HG_OK)
        return add_alt_name(names, GEN_IPADD, ip.bytes, ip.is_v6 ? 16 : 4);
    for (size_t i = 0; i < host.len; i++)
        if (!is_host_byte(host.ptr[i]))
            return false;
    return host.len <= DNS_NAME_MAX && add_alt_name(names, GEN_DNS, host.ptr, host.len);
}

static bool add_hosts(X509 *cert, hg_str host)
{
    static const unsigned char ip4[4] = {127, 0, 0, 1};
    static const unsigned char ip6[16] = {[15] = 1};
    static const hg_str local = HG_LIT("localhost");
    HG_CLEANUP(crypto_clean_general_names) GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
    return names != NULL && add_alt_name(names, GEN_DNS, local.ptr, local.len) &&
           add_alt_name(names, GEN_IPADD, ip4, sizeof(ip4)) &&
           add_alt_name(names, GEN_IPADD, ip6, sizeof(ip6)) && add_host(names, host) &&
           X509_add1_ext_i2d(cert, NID_subject_alt_name, names, 0, 0) == 1;
}

static enum hg_code render(struct hg_arena *arena, const X509 *cert, hg_str *out,
                           struct hg_err *err)
{
    int len = i2d_X509(cert, NULL);
    if (len <= 0)
        return crypto_library_fail(err, HG_UNSUPPORTED, "a certificate as DER");
    unsigned char *der = hg_arena_alloc(arena, (size_t)len, 1);
    if (der == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "a certificate of %d bytes", len);
    unsigned char *at = der;
    (void)i2d_X509(cert, &at);
    *out = (hg_str){.ptr = (const char *)der, .len = (size_t)len};
    return HG_OK;
}

static enum hg_code load_issuer(const struct crypto_cert_issuer *issuer, X509 **out,
                                struct hg_err *err)
{
    X509 *cert = crypto_cert_parse(issuer->cert);
    bool is_fit = cert != NULL && X509_check_ca(cert) == 1 &&
                  EVP_PKEY_eq(X509_get0_pubkey(cert), issuer->key->pkey) == 1;
    if (!is_fit) {
        X509_free(cert);
        return crypto_library_fail(err, HG_MALFORMED,
                                   "the issuer is no CA certificate of the key it comes with");
    }
    *out = cert;
    return HG_OK;
}

enum hg_code crypto_cert_make(struct hg_arena *arena, const struct crypto_cert_spec *spec,
                              const struct crypto_key *key, const struct crypto_cert_issuer *issuer,
                              hg_str *out, struct hg_err *err)
{
    crypto_library_start();
    HG_CLEANUP(crypto_clean_x509) X509 *issuer_cert = NULL;
    HG_CLEANUP(crypto_clean_x509) X509 *cert = X509_new();
    if (issuer != NULL)
        HG_TRY(load_issuer(issuer, &issuer_cert, err));
    X509 *signer = issuer_cert == NULL ? cert : issuer_cert;
    const struct crypto_key *signer_key = issuer == NULL ? key : issuer->key;
    if (!signer_key->is_private)
        return HG_FAIL(err, HG_FORBIDDEN, "key %s has no private half", signer_key->kid);

    if (cert == NULL || X509_set_version(cert, X509_VERSION_3) != 1 ||
        X509_set_pubkey(cert, key->pkey) != 1 || !set_serial(cert, spec->serial))
        return crypto_library_fail(err, HG_NO_MEMORY, "a certificate");
    if (!set_validity(cert, spec->not_before, spec->not_after))
        return crypto_library_fail(err, HG_MALFORMED, "a certificate's validity");
    if (!set_names(cert, spec->common_name, signer) || !add_extensions(cert, spec->kind, signer))
        return crypto_library_fail(err, HG_MALFORMED, "a certificate's names");
    if (spec->kind == CRYPTO_CERT_SERVER && !add_hosts(cert, spec->host))
        return crypto_library_fail(err, HG_MALFORMED, "a certificate's host name");
    if (X509_sign(cert, signer_key->pkey, crypto_library_sha256()) <= 0)
        return crypto_library_fail(err, HG_UNAVAILABLE, "a certificate's signature");
    return render(arena, cert, out, err);
}

enum hg_code crypto_cert_not_after(hg_str der, hg_time *out, struct hg_err *err)
{
    HG_CLEANUP(crypto_clean_x509) X509 *cert = crypto_cert_parse(der);
    struct tm tm;
    if (cert == NULL || ASN1_TIME_to_tm(X509_get0_notAfter(cert), &tm) != 1)
        return crypto_library_fail(err, HG_MALFORMED, "no certificate");
    struct hg_civil civil = {.year = tm.tm_year + 1900,
                             .month = (unsigned)tm.tm_mon + 1,
                             .day = (unsigned)tm.tm_mday,
                             .hour = (unsigned)tm.tm_hour,
                             .minute = (unsigned)tm.tm_min,
                             .second = (unsigned)tm.tm_sec};
    *out = hg_time_of(&civil);
    return HG_OK;
}

bool crypto_cert_is_for(hg_str der, const struct crypto_key *key)
{
    HG_CLEANUP(crypto_clean_x509) X509 *cert = crypto_cert_parse(der);
    bool is_for = cert != NULL && EVP_PKEY_eq(X509_get0_pubkey(cert), key->pkey) == 1;
    struct hg_err ignored;
    (void)crypto_library_fail(&ignored, HG_MALFORMED, "");
    return is_for;
}

enum hg_code crypto_cert_x5t(hg_str cert, struct crypto_sha1 *out, struct hg_err *err)
{
    return crypto_sha1(cert, out, err);
}
