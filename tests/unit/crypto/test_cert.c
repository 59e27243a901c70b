#include "crypto/cert.h"
#include "crypto/key.h"
#include "rfc_vectors.h"
#include "unit/crypto/key_fixture.h"
#include "unit/test.h"

#include <openssl/asn1.h>
#include <openssl/types.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

/* 2026-11-24T16:14:11Z and ten years later. */
static const hg_time now = {.us = INT64_C(1795536851) * 1000000};
static const hg_time later = {.us = (INT64_C(1795536851) + INT64_C(315360000)) * 1000000};

static struct crypto_cert_spec spec_of(enum crypto_cert_kind kind, hg_str common_name, hg_str host)
{
    return (struct crypto_cert_spec){.kind = kind,
                                     .common_name = common_name,
                                     .host = host,
                                     .not_before = now,
                                     .not_after = later,
                                     .serial = {0x81, 2, 3}};
}

static hg_str make(struct hg_arena *arena, const struct crypto_cert_spec *spec,
                   const struct crypto_key *key, const struct crypto_cert_issuer *issuer)
{
    hg_str cert = {0};
    struct hg_err err = {.detail = ""};
    if (crypto_cert_make(arena, spec, key, issuer, &cert, &err) != HG_OK)
        fail_msg("%s", err.detail);
    return cert;
}

struct world {
    struct hg_arena *arena;
    struct crypto_key *ca_key, *server_key;
    struct crypto_cert_issuer ca;
    hg_str server;
};

static int make_world(void **state)
{
    static struct world world;
    world.arena = test_arena();
    world.ca_key = test_key(world.arena, RFC7515_A3_PKCS8);
    world.server_key = test_key(world.arena, RFC7515_A2_PKCS8);
    struct crypto_cert_spec ca =
        spec_of(CRYPTO_CERT_CA, HG_STR("Headgate development CA"), HG_STR(""));
    world.ca = (struct crypto_cert_issuer){.cert = make(world.arena, &ca, world.ca_key, NULL),
                                           .key = world.ca_key};
    struct crypto_cert_spec server =
        spec_of(CRYPTO_CERT_SERVER, HG_STR("localhost"), HG_STR("idp.example.test"));
    world.server = make(world.arena, &server, world.server_key, &world.ca);
    *state = &world;
    return 0;
}

static int free_world(void **state)
{
    struct world *world = *state;
    crypto_key_free(world->ca_key);
    crypto_key_free(world->server_key);
    hg_arena_free(world->arena);
    return 0;
}

static X509 *x509_of(hg_str der)
{
    const unsigned char *at = (const unsigned char *)der.ptr;
    X509 *cert = d2i_X509(NULL, &at, (long)der.len);
    assert_non_null(cert);
    return cert;
}

static int verify_chain(hg_str leaf_der, hg_str ca_der)
{
    X509 *leaf = x509_of(leaf_der);
    X509 *ca = x509_of(ca_der);
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    (void)X509_STORE_add_cert(store, ca);
    (void)X509_STORE_CTX_init(ctx, store, leaf, NULL);
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    X509_VERIFY_PARAM_set_time(param, (time_t)(now.us / 1000000 + 60));
    (void)X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER);
    (void)X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT);
    int code = X509_verify_cert(ctx) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(ctx);
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    X509_free(ca);
    X509_free(leaf);
    return code;
}

static void a_server_certificate_verifies_against_its_ca(void **state)
{
    const struct world *world = *state;
    int code = verify_chain(world->server, world->ca.cert);
    if (code != X509_V_OK)
        fail_msg("%s", X509_verify_cert_error_string(code));
}

static const struct {
    const char *name;
    const char *host, *ip;
    int want;
} hosts[] = {
    {"localhost", "localhost", NULL, 1},       {"the given name", "idp.example.test", NULL, 1},
    {"another name", "example.test", NULL, 0}, {"IPv4 loopback", NULL, "127.0.0.1", 1},
    {"IPv6 loopback", NULL, "::1", 1},         {"another address", NULL, "127.0.0.2", 0},
};

static void a_server_certificate_names_its_hosts(void **state)
{
    const struct world *world = *state;
    X509 *cert = x509_of(world->server);
    for (size_t i = 0; i < HG_COUNT(hosts); i++) {
        int got = hosts[i].host != NULL ? X509_check_host(cert, hosts[i].host, 0, 0, NULL)
                                        : X509_check_ip_asc(cert, hosts[i].ip, 0);
        if (got != hosts[i].want)
            fail_msg("%s: %d", hosts[i].name, got);
    }
    X509_free(cert);
}

static void the_given_host_may_be_an_address(void **state)
{
    const struct world *world = *state;
    struct crypto_cert_spec spec =
        spec_of(CRYPTO_CERT_SERVER, HG_STR("localhost"), HG_STR("2001:db8::7"));
    X509 *cert = x509_of(make(world->arena, &spec, world->server_key, &world->ca));
    assert_int_equal(X509_check_ip_asc(cert, "2001:db8::7", 0), 1);
    X509_free(cert);
}

static void serial_and_validity_are_what_was_passed(void **state)
{
    const struct world *world = *state;
    X509 *cert = x509_of(world->server);
    const ASN1_INTEGER *serial = X509_get0_serialNumber(cert);
    assert_int_equal(ASN1_STRING_length(serial), CRYPTO_CERT_SERIAL);
    assert_int_equal(ASN1_STRING_get0_data(serial)[0], 0x41); /* positive and never short */
    assert_int_equal(ASN1_STRING_type(serial), V_ASN1_INTEGER);
    X509_free(cert);

    hg_time end = {0};
    assert_int_equal(crypto_cert_not_after(world->server, &end, NULL), HG_OK);
    assert_true(end.us == later.us);
    assert_true(crypto_cert_is_for(world->server, world->server_key));
    assert_false(crypto_cert_is_for(world->server, world->ca_key));
    assert_false(crypto_cert_is_for(HG_STR("text"), world->ca_key));
}

static void a_signing_certificate_is_no_ca(void **state)
{
    const struct world *world = *state;
    struct crypto_cert_spec spec =
        spec_of(CRYPTO_CERT_SIGNING, HG_STR("Headgate token signing"), HG_STR(""));
    hg_str der = make(world->arena, &spec, world->server_key, NULL);
    X509 *cert = x509_of(der);
    assert_int_equal(X509_check_ca(cert), 0);
    assert_int_equal(X509_get_key_usage(cert), KU_DIGITAL_SIGNATURE);
    assert_int_equal(X509_verify(cert, X509_get0_pubkey(cert)), 1);
    X509_free(cert);

    struct crypto_cert_issuer issuer = {.cert = der, .key = world->server_key};
    hg_str out = {0};
    assert_int_equal(crypto_cert_make(world->arena, &spec, world->ca_key, &issuer, &out, NULL),
                     HG_MALFORMED);
    assert_int_equal(out.len, 0);
}

static void what_cannot_be_is_refused(void **state)
{
    const struct world *world = *state;
    struct crypto_cert_spec good = spec_of(CRYPTO_CERT_SERVER, HG_STR("localhost"), HG_STR(""));
    struct crypto_cert_spec bad[7];
    for (size_t i = 0; i < HG_COUNT(bad); i++)
        bad[i] = good;
    bad[0].common_name = HG_STR("");
    bad[1].common_name = HG_STR("\xff\xfe");
    bad[2].host = HG_STR("a,DNS:evil.test");
    bad[3].host = HG_STR("*.example.test");
    bad[4].not_after = bad[4].not_before;
    bad[5].not_before = (hg_time){.us = -1000000};
    bad[6].not_after = (hg_time){.us = INT64_MAX};
    for (size_t i = 0; i < HG_COUNT(bad); i++) {
        hg_str out = {0};
        enum hg_code got =
            crypto_cert_make(world->arena, &bad[i], world->server_key, &world->ca, &out, NULL);
        if (got != HG_MALFORMED || out.len != 0)
            fail_msg("spec %zu: %s", i, hg_code_text(got));
    }
    struct crypto_cert_issuer mixed = {.cert = world->ca.cert, .key = world->server_key};
    hg_str out = {0};
    assert_int_equal(crypto_cert_make(world->arena, &good, world->server_key, &mixed, &out, NULL),
                     HG_MALFORMED);
}

static void pem_is_read_as_it_was_written(void **state)
{
    const struct world *world = *state;
    hg_str cert_pem = {0};
    hg_str key_pem = {0};
    hg_str der = {0};
    hg_str back = {0};
    assert_int_equal(crypto_pem_write(world->arena, "CERTIFICATE", world->server, &cert_pem, NULL),
                     HG_OK);
    assert_int_equal(crypto_key_export(world->arena, world->server_key, &der, NULL), HG_OK);
    assert_int_equal(crypto_pem_write(world->arena, "PRIVATE KEY", der, &key_pem, NULL), HG_OK);
    assert_true(hg_str_starts(cert_pem, HG_STR("-----BEGIN CERTIFICATE-----\n")));

    hg_str both =
        hg_str_format(world->arena, "a comment\n%.*s%.*s", HG_ARG(key_pem), HG_ARG(cert_pem));
    assert_int_equal(crypto_pem_read(world->arena, "CERTIFICATE", both, &back, NULL), HG_OK);
    test_str_eq("certificate", back, world->server);
    assert_int_equal(crypto_pem_read(world->arena, "PRIVATE KEY", both, &back, NULL), HG_OK);
    test_str_eq("key", back, der);
    assert_int_equal(crypto_pem_read(world->arena, "PUBLIC KEY", both, &back, NULL), HG_NOT_FOUND);
    assert_int_equal(crypto_pem_read(world->arena, "CERTIFICATE", HG_STR(""), &back, NULL),
                     HG_NOT_FOUND);
    assert_int_equal(crypto_pem_read(world->arena, "CERTIFICATE",
                                     hg_str_sub(cert_pem, 0, cert_pem.len / 2), &back, NULL),
                     HG_NOT_FOUND);
}

/* Made by another program: a request of P-256, and one of Ed25519. */
static const char foreign_request[] =
    "MIHNMHUCAQAwEzERMA8GA1UEAwwId2hhdGV2ZXIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASt"
    "eN35SQ1SFPtRJpiEIbJ/DuUEgt8dk3s/9C94H0SJdQfOjk627V5FOtIpdCV2I3FhwGzvq3a1xsEe"
    "C8YM8BaMoAAwCgYIKoZIzj0EAwIDSAAwRQIhAMbW6FCK+hvoS4KrhFDNDqKTIp0e416ftCqgFcGY"
    "HSbZAiBYeYd+vPXnk8y2OwGg13q7ZB6W0J82nP+90qdPJ+cU2g==";
static const char other_kind[] =
    "MIGLMD8CAQAwDDEKMAgGA1UEAwwBdzAqMAUGAytlcAMhAJP0k8iLNxbvT/BPWUJJWy56qHD6Yb21"
    "osPSDHksXDvsoAAwBQYDK2VwA0EAlLe01YUhPFjFHvNWozxsW9XpgMusSsrMxUSuXGHxakqhzIpJ"
    "KGLa/yIy/hzRBVPoBkouOGM5SVOJeehbL471Bg==";

static void a_request_gives_its_key_when_it_is_signed_with_it(void **state)
{
    struct world *world = *state;
    hg_str der;
    HG_CLEANUP(crypto_key_freep) struct crypto_key *key = NULL;
    assert_int_equal(hg_b64_decode(world->arena, hg_str_of(foreign_request), &der, NULL), HG_OK);
    assert_int_equal(crypto_request_key(der, &key, NULL), HG_OK);
    assert_int_equal(crypto_key_alg(key), CRYPTO_ES256);
    assert_false(crypto_key_is_private(key));
    char *bytes = hg_arena_alloc(world->arena, der.len, 1);
    struct crypto_key *none = NULL;
    for (size_t at = 0; at < der.len; at++) {
        memcpy(bytes, der.ptr, der.len);
        bytes[at] = (char)(bytes[at] ^ 1);
        if (crypto_request_key((hg_str){bytes, der.len}, &none, NULL) == HG_OK)
            fail_msg("byte %zu was changed and the request taken", at);
    }
    assert_int_equal(crypto_request_key(hg_str_sub(der, 0, der.len - 1), &none, NULL),
                     HG_MALFORMED);
    assert_int_equal(hg_b64_decode(world->arena, hg_str_of(other_kind), &der, NULL), HG_OK);
    assert_int_equal(crypto_request_key(der, &none, NULL), HG_UNSUPPORTED);
    assert_null(none);
}

static void a_device_is_read_from_a_certificate_of_its_issuer_alone(void **state)
{
    struct world *world = *state;
    struct crypto_cert_facts facts;
    struct crypto_cert_spec spec = spec_of(CRYPTO_CERT_DEVICE, HG_STR("a-device"), HG_STR(""));
    hg_str device = make(world->arena, &spec, world->server_key, &world->ca);
    assert_int_equal(crypto_cert_read(world->arena, device, world->ca.cert, &facts, NULL), HG_OK);
    test_str_eq("the name", facts.common_name, HG_STR("a-device"));
    assert_int_equal(facts.not_before.us, now.us);
    assert_int_equal(facts.not_after.us, later.us);

    struct crypto_cert_spec ca = spec_of(CRYPTO_CERT_CA, HG_STR("Another CA"), HG_STR(""));
    hg_str other = make(world->arena, &ca, world->server_key, NULL);
    struct crypto_cert_spec same =
        spec_of(CRYPTO_CERT_CA, HG_STR("Headgate development CA"), HG_STR(""));
    hg_str impostor = make(world->arena, &same, world->server_key, NULL);
    const struct {
        const char *what;
        hg_str cert, issuer;
        enum hg_code code;
    } rows[] = {
        {"of another issuer", device, other, HG_FORBIDDEN},
        {"of an issuer of the same name", device, impostor, HG_FORBIDDEN},
        {"a server's", world->server, world->ca.cert, HG_FORBIDDEN},
        {"the issuer's own", world->ca.cert, world->ca.cert, HG_FORBIDDEN},
        {"none", HG_STR("x"), world->ca.cert, HG_MALFORMED},
        {"nothing", HG_STR(""), world->ca.cert, HG_MALFORMED},
    };
    for (size_t i = 0; i < HG_COUNT(rows); i++)
        if (crypto_cert_read(world->arena, rows[i].cert, rows[i].issuer, &facts, NULL) !=
            rows[i].code)
            fail_msg("%s", rows[i].what);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_gives_its_key_when_it_is_signed_with_it),
        cmocka_unit_test(a_device_is_read_from_a_certificate_of_its_issuer_alone),
        cmocka_unit_test(a_server_certificate_verifies_against_its_ca),
        cmocka_unit_test(a_server_certificate_names_its_hosts),
        cmocka_unit_test(the_given_host_may_be_an_address),
        cmocka_unit_test(serial_and_validity_are_what_was_passed),
        cmocka_unit_test(a_signing_certificate_is_no_ca),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(pem_is_read_as_it_was_written),
    };
    return cmocka_run_group_tests(tests, make_world, free_world);
}
