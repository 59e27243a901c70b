#include "edge/tls_files.h"

#include "base/base.h"
#include "crypto/cert.h"
#include "crypto/key.h"
#include "edge/files.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stddef.h>
#include <stdint.h>

enum { MOST_PEM = 64 << 10, AUTHORITY_DAYS = 3650, SERVER_DAYS = 397, RENEW_DAYS = 30 };

struct authority {
    struct crypto_key *key;
    hg_str cert; /* DER */
};

static void authority_fini(const struct authority *authority)
{
    crypto_key_free(authority->key);
}

static const char *path_in(struct hg_arena *arena, const char *dir, const char *file)
{
    return hg_str_z(arena, hg_str_format(arena, "%s/%s", dir, file));
}

/* Certificates start a day early: a client's clock may be behind. */
static struct crypto_cert_spec spec_of(const struct edge_tls_development *spec,
                                       enum crypto_cert_kind kind, int days)
{
    struct crypto_cert_spec cert = {
        .kind = kind,
        .common_name =
            kind == CRYPTO_CERT_CA ? HG_STR("Headgate development authority") : HG_STR("localhost"),
        .host = kind == CRYPTO_CERT_CA ? HG_STR("") : spec->host,
        .not_before = hg_time_add(spec->now, (hg_dur){.us = -HG_DAYS(1).us}),
        .not_after = hg_time_add(spec->now, HG_DAYS(days)),
    };
    hg_random_fill(spec->random, cert.serial, sizeof(cert.serial));
    return cert;
}

static enum hg_code key_pem(struct hg_arena *arena, const struct crypto_key *key, hg_str *out,
                            struct hg_err *err)
{
    hg_str der;
    HG_TRY(crypto_key_export(arena, key, &der, err));
    return crypto_pem_write(arena, "PRIVATE KEY", der, out, err);
}

static enum hg_code make_authority(struct hg_arena *arena, const struct edge_tls_development *spec,
                                   struct authority *out, struct hg_err *err)
{
    struct crypto_cert_spec cert = spec_of(spec, CRYPTO_CERT_CA, AUTHORITY_DAYS);
    hg_str key_text;
    hg_str cert_text;
    HG_TRY(crypto_key_generate(CRYPTO_ES256, &out->key, err));
    HG_TRY(crypto_cert_make(arena, &cert, out->key, NULL, &out->cert, err));
    HG_TRY(key_pem(arena, out->key, &key_text, err));
    HG_TRY(crypto_pem_write(arena, "CERTIFICATE", out->cert, &cert_text, err));
    HG_TRY(edge_dir_make(spec->dir, err));
    HG_TRY(edge_file_write(path_in(arena, spec->dir, "ca.key"), key_text, err));
    return edge_file_write(path_in(arena, spec->dir, "ca.pem"), cert_text, err);
}

static enum hg_code read_der(struct hg_arena *arena, const char *path, const char *label,
                             hg_str *out, struct hg_err *err)
{
    hg_str text;
    HG_TRY(edge_file_read(arena, path, MOST_PEM, &text, err));
    return crypto_pem_read(arena, label, text, out, err);
}

/* *out stays empty when there is no authority yet, or its time is nearly over. */
static enum hg_code load_authority(struct hg_arena *arena, const struct edge_tls_development *spec,
                                   struct authority *out, struct hg_err *err)
{
    const char *cert_path = path_in(arena, spec->dir, "ca.pem");
    const char *key_path = path_in(arena, spec->dir, "ca.key");
    if (!edge_file_exists(cert_path) || !edge_file_exists(key_path))
        return HG_OK;
    hg_str key;
    hg_time end;
    if (read_der(arena, cert_path, "CERTIFICATE", &out->cert, err) != HG_OK ||
        read_der(arena, key_path, "PRIVATE KEY", &key, err) != HG_OK ||
        crypto_key_import(key, &out->key, err) != HG_OK ||
        !crypto_cert_is_for(out->cert, out->key) ||
        crypto_cert_not_after(out->cert, &end, err) != HG_OK)
        return HG_FAIL(err, HG_MALFORMED,
                       "%s and ca.key are not one authority: remove both to make a new one",
                       cert_path);
    if (hg_time_since(end, spec->now).us < HG_DAYS(RENEW_DAYS).us) {
        crypto_key_freep(&out->key);
        out->cert = HG_STR("");
    }
    return HG_OK;
}

static void free_key(struct crypto_key **key)
{
    crypto_key_freep(key);
}

static enum hg_code make_server(struct hg_arena *arena, const struct edge_tls_development *spec,
                                const struct authority *authority, struct edge_tls_files *out,
                                struct hg_err *err)
{
    const struct crypto_cert_issuer issuer = {.cert = authority->cert, .key = authority->key};
    struct crypto_cert_spec cert = spec_of(spec, CRYPTO_CERT_SERVER, SERVER_DAYS);
    HG_CLEANUP(free_key) struct crypto_key *key = NULL;
    struct edge_tls_files files = {0};
    hg_str der;
    hg_str server;
    hg_str ca;
    HG_TRY(crypto_key_generate(CRYPTO_ES256, &key, err));
    HG_TRY(crypto_cert_make(arena, &cert, key, &issuer, &der, err));
    HG_TRY(crypto_pem_write(arena, "CERTIFICATE", der, &server, err));
    HG_TRY(crypto_pem_write(arena, "CERTIFICATE", authority->cert, &ca, err));
    HG_TRY(key_pem(arena, key, &files.key_pem, err));
    files.cert_pem = hg_str_format(arena, "%.*s%.*s", HG_ARG(server), HG_ARG(ca));
    files.ca_path = hg_str_of(path_in(arena, spec->dir, "ca.pem"));
    if (hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "certificates");
    *out = files;
    return HG_OK;
}

enum hg_code edge_tls_develop(struct hg_arena *arena, const struct edge_tls_development *spec,
                              struct edge_tls_files *out, struct hg_err *err)
{
    HG_CLEANUP(authority_fini) struct authority authority = {0};
    HG_TRY(load_authority(arena, spec, &authority, err));
    if (authority.key == NULL)
        HG_TRY(make_authority(arena, spec, &authority, err));
    return make_server(arena, spec, &authority, out, err);
}

static void free_credentials(gnutls_certificate_credentials_t *credentials)
{
    if (*credentials != NULL)
        gnutls_certificate_free_credentials(*credentials);
}

static gnutls_datum_t datum_of(hg_str text)
{
    union {
        const char *in;
        unsigned char *out;
    } same = {.in = text.ptr};
    return (gnutls_datum_t){.data = same.out, .size = (unsigned)text.len};
}

static enum hg_code read_expiry(gnutls_certificate_credentials_t credentials, hg_time *out,
                                struct hg_err *err)
{
    gnutls_x509_crt_t *chain = NULL;
    unsigned n = 0;
    int code = gnutls_certificate_get_x509_crt(credentials, 0, &chain, &n);
    if (code != GNUTLS_E_SUCCESS || n == 0)
        return HG_FAIL(err, HG_MALFORMED, "certificate: %s", gnutls_strerror(code));
    out->us = (int64_t)gnutls_x509_crt_get_expiration_time(chain[0]) * 1000000;
    for (unsigned i = 0; i < n; i++)
        gnutls_x509_crt_deinit(chain[i]);
    gnutls_free((void *)chain);
    return HG_OK;
}

enum hg_code edge_tls_load(struct hg_arena *arena, const char *cert_path, const char *key_path,
                           struct edge_tls_files *out, struct hg_err *err)
{
    struct edge_tls_files files = {0};
    HG_TRY(edge_file_read(arena, cert_path, MOST_PEM, &files.cert_pem, err));
    HG_TRY(edge_file_read(arena, key_path, MOST_PEM, &files.key_pem, err));
    HG_CLEANUP(free_credentials) gnutls_certificate_credentials_t credentials = NULL;
    gnutls_datum_t cert = datum_of(files.cert_pem);
    gnutls_datum_t key = datum_of(files.key_pem);
    if (gnutls_certificate_allocate_credentials(&credentials) != GNUTLS_E_SUCCESS)
        return HG_FAIL(err, HG_NO_MEMORY, "certificates");
    int code = gnutls_certificate_set_x509_key_mem(credentials, &cert, &key, GNUTLS_X509_FMT_PEM);
    if (code != GNUTLS_E_SUCCESS)
        return HG_FAIL(err, HG_MALFORMED, "certificate %s with key %s: %s", cert_path, key_path,
                       gnutls_strerror(code));
    HG_TRY(read_expiry(credentials, &files.expires, err));
    *out = files;
    return HG_OK;
}
