#pragma once

#include "base/base.h"
#include "crypto/hash.h"
#include "crypto/key.h"

/* X.509 certificates that Headgate makes: the development CA and its server
 * certificate (`serve --dev`), the certificate of a signing key that JWKS shows as
 * x5c and x5t, and those of devices. Of foreign bytes only requests for such and
 * what devices present are read. Certificates are DER; PEM is what files hold. */
enum crypto_cert_kind {
    CRYPTO_CERT_CA,      /* signs certificates of servers, one level */
    CRYPTO_CERT_SERVER,  /* localhost, 127.0.0.1, ::1 and `host` */
    CRYPTO_CERT_DEVICE,  /* a client's: proves whose device a connection comes from */
    CRYPTO_CERT_SIGNING, /* digitalSignature alone */
};

enum { CRYPTO_CERT_SERIAL = 16 };

struct crypto_cert_spec {
    enum crypto_cert_kind kind;
    hg_str common_name; /* 1..64 characters, UTF-8 */
    hg_str host;        /* CRYPTO_CERT_SERVER: one more DNS name or address; empty: none */
    hg_time not_before, not_after;            /* to the second; years 1970..9999 */
    unsigned char serial[CRYPTO_CERT_SERIAL]; /* random; made positive (RFC 5280 §4.1.2.2) */
};

struct crypto_cert_issuer {
    hg_str cert; /* DER */
    const struct crypto_key *key;
};

/* A certificate for `key`, signed by `issuer`, or by the key itself when issuer
 * is NULL. HG_MALFORMED: a name, host, validity or issuer that cannot be. */
HG_MUST_USE enum hg_code crypto_cert_make(struct hg_arena *arena,
                                          const struct crypto_cert_spec *spec,
                                          const struct crypto_key *key,
                                          const struct crypto_cert_issuer *issuer, hg_str *out,
                                          struct hg_err *err);

/* When a certificate made here ends: a caller makes a new one before that. */
HG_MUST_USE enum hg_code crypto_cert_not_after(hg_str cert, hg_time *out, struct hg_err *err);
/* True when the certificate is for this key. */
bool crypto_cert_is_for(hg_str cert, const struct crypto_key *key);

/* The public key of a certification request (PKCS #10, DER), whose holder signed it. What
 * else the request asks for is not looked at. HG_MALFORMED: no request, or signed with
 * another key; HG_UNSUPPORTED: a key that is neither RSA of 2048 to 4096 bits nor P-256. */
HG_MUST_USE enum hg_code crypto_request_key(hg_str der, struct crypto_key **out,
                                            struct hg_err *err);

/* What stands in a certificate that `issuer` (DER) signed for a client. */
struct crypto_cert_facts {
    hg_str common_name; /* in the arena */
    hg_time not_before, not_after;
};
/* HG_FORBIDDEN: of another issuer, or not for clients; HG_MALFORMED: no certificate. Whether
 * it holds now is the caller's to judge. */
HG_MUST_USE enum hg_code crypto_cert_read(struct hg_arena *arena, hg_str cert, hg_str issuer,
                                          struct crypto_cert_facts *out, struct hg_err *err);

/* x5t: SHA-1 of the certificate (RFC 7517 §4.8); x5t#S256 is crypto_sha256(cert). */
HG_MUST_USE enum hg_code crypto_cert_x5t(hg_str cert, struct crypto_sha1 *out, struct hg_err *err);

/* PEM (RFC 7468) with the labels Headgate writes: "CERTIFICATE", "PRIVATE KEY".
 * Reading takes the first block of that label and ignores what stands around it;
 * HG_NOT_FOUND: there is none. */
HG_MUST_USE enum hg_code crypto_pem_write(struct hg_arena *arena, const char *label, hg_str der,
                                          hg_str *out, struct hg_err *err);
HG_MUST_USE enum hg_code crypto_pem_read(struct hg_arena *arena, const char *label, hg_str text,
                                         hg_str *out, struct hg_err *err);
