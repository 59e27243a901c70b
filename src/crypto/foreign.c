#include "base/base.h"
#include "crypto/cert.h"
#include "crypto/crypto_private.h"
#include "crypto/key.h"

#include <openssl/asn1.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stddef.h>

/* What devices send: requests for certificates, and the certificates again. */

enum hg_code crypto_request_key(hg_str der, struct crypto_key **out, struct hg_err *err)
{
    crypto_library_start();
    const unsigned char *at = (const unsigned char *)der.ptr;
    if (der.len == 0 || der.len > HG_MAX_CERT_DER)
        return HG_FAIL(err, HG_MALFORMED, "a certification request of %zu bytes", der.len);
    HG_CLEANUP(crypto_clean_x509_req) X509_REQ *request = d2i_X509_REQ(NULL, &at, (long)der.len);
    if (request == NULL || at != (const unsigned char *)der.ptr + der.len)
        return crypto_library_fail(err, HG_MALFORMED, "no certification request");
    EVP_PKEY *pkey = X509_REQ_get_pubkey(request);
    HG_CLEANUP(crypto_key_freep) struct crypto_key *key = NULL;
    if (pkey == NULL)
        return crypto_library_fail(err, HG_UNSUPPORTED, "the key of a certification request");
    HG_TRY(crypto_key_adopt(pkey, false, &key, err)); /* its kind, before any arithmetic */
    if (X509_REQ_verify(request, key->pkey) != 1)
        return crypto_library_fail(err, HG_MALFORMED, "the request is not signed with its own key");
    *out = key;
    key = NULL;
    return HG_OK;
}

static hg_time time_of(const ASN1_TIME *asn1)
{
    struct tm tm;
    if (ASN1_TIME_to_tm(asn1, &tm) != 1)
        return (hg_time){0};
    struct hg_civil civil = {.year = tm.tm_year + 1900,
                             .month = (unsigned)tm.tm_mon + 1,
                             .day = (unsigned)tm.tm_mday,
                             .hour = (unsigned)tm.tm_hour,
                             .minute = (unsigned)tm.tm_min,
                             .second = (unsigned)tm.tm_sec};
    return hg_time_of(&civil);
}

static hg_str common_name(struct hg_arena *arena, const X509 *cert)
{
    const X509_NAME *name = X509_get_subject_name(cert);
    int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    const ASN1_STRING *text =
        at < 0 ? NULL : X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
    if (text == NULL)
        return HG_STR("");
    hg_str bytes = {(const char *)ASN1_STRING_get0_data(text), (size_t)ASN1_STRING_length(text)};
    return hg_utf8_valid(bytes) ? hg_str_dup(arena, bytes) : HG_STR("");
}

/* The issuer is one of ours, with no authority below it: its signature is all there is. */
static bool is_signed_by(X509 *cert, X509 *issuer)
{
    EVP_PKEY *pkey = X509_get0_pubkey(issuer);
    return pkey != NULL && X509_check_ca(issuer) == 1 &&
           X509_NAME_cmp(X509_get_issuer_name(cert), X509_get_subject_name(issuer)) == 0 &&
           X509_verify(cert, pkey) == 1;
}

enum hg_code crypto_cert_read(struct hg_arena *arena, hg_str der, hg_str issuer_der,
                              struct crypto_cert_facts *out, struct hg_err *err)
{
    HG_CLEANUP(crypto_clean_x509) X509 *cert = crypto_cert_parse(der);
    HG_CLEANUP(crypto_clean_x509) X509 *issuer = crypto_cert_parse(issuer_der);
    if (cert == NULL || issuer == NULL)
        return crypto_library_fail(err, HG_MALFORMED, "no certificate");
    if (!is_signed_by(cert, issuer) || (X509_get_extended_key_usage(cert) & XKU_SSL_CLIENT) == 0 ||
        X509_check_ca(cert) != 0)
        return crypto_library_fail(err, HG_FORBIDDEN, "a certificate of another issuer");
    *out = (struct crypto_cert_facts){
        .common_name = common_name(arena, cert),
        .not_before = time_of(X509_get0_notBefore(cert)),
        .not_after = time_of(X509_get0_notAfter(cert)),
    };
    return HG_OK;
}
