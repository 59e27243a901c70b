#include "base/base.h"
#include "crypto/key.h"
#include "jose/jose.h"

#include <openssl/evp.h>
#include <openssl/types.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* perf-L2: one token signed by jose_sign() against the least that OpenSSL needs for
 * it: the same bytes in base64url and one EVP signature, as bare calls. Both run in
 * turn, so that what else the machine does meets both alike. */
enum { ROUNDS = 9, CLAIMS = 600, TOKEN = 4096 };

static const double target = 1.10;

static const struct {
    enum crypto_alg alg;
    int tokens; /* of one round */
} cases[] = {{CRYPTO_RS256, 200}, {CRYPTO_ES256, 2500}};

struct run {
    struct hg_arena *arena;
    struct crypto_key *key;
    EVP_PKEY *pkey; /* the same key */
    hg_str header;  /* as jose_sign() writes it */
    char claims[CLAIMS];
    int tokens;
};

static _Noreturn void give_up(const char *what)
{
    (void)fprintf(stderr, "bench_jwt: %s\n", what);
    exit(1);
}

static double cpu_us(void)
{
    struct timespec ts;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static void next_claims(struct run *run, int i)
{
    char head[32];
    int n = snprintf(head, sizeof(head), "{\"jti\":\"%010d\"", i);
    memcpy(run->claims, head, (size_t)n);
}

static void sign_bare(struct run *run)
{
    static char text[TOKEN];
    unsigned char signature[512];
    size_t len = sizeof(signature);
    size_t n = hg_b64url_write(text, run->header);
    text[n++] = '.';
    n += hg_b64url_write(text + n, (hg_str){run->claims, CLAIMS});
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (ctx == NULL || EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, run->pkey) != 1 ||
        EVP_DigestSign(ctx, signature, &len, (const unsigned char *)text, n) != 1)
        give_up("EVP does not sign");
    EVP_MD_CTX_free(ctx);
    text[n++] = '.';
    (void)hg_b64url_write(text + n, (hg_str){(const char *)signature, len});
}

static void sign_ours(struct run *run)
{
    static const struct jose_header header = {.typ = HG_LIT("at+jwt")};
    HG_SCRATCH(run->arena);
    hg_str token;
    if (jose_sign(run->arena, run->key, &header, (hg_str){run->claims, CLAIMS}, &token, NULL) !=
        HG_OK)
        give_up("jose_sign() fails");
}

static double time_of(struct run *run, void (*sign)(struct run *run))
{
    double start = cpu_us();
    for (int i = 0; i < run->tokens; i++) {
        next_claims(run, i);
        sign(run);
    }
    return (cpu_us() - start) / run->tokens;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double values[ROUNDS])
{
    qsort(values, ROUNDS, sizeof(*values), by_size);
    return values[ROUNDS / 2];
}

static bool measure(struct run *run, enum crypto_alg alg)
{
    double floors[ROUNDS];
    double ours[ROUNDS];
    double ratios[ROUNDS];
    for (size_t i = 0; i < ROUNDS; i++) {
        floors[i] = time_of(run, sign_bare);
        ours[i] = time_of(run, sign_ours);
        ratios[i] = ours[i] / floors[i];
    }
    double ratio = median(ratios);
    bool is_good = ratio <= target;
    (void)printf("BENCH perf-L2.%.*s %.1f us floor=%.1f ratio=%.2f target=%.2f %s\n",
                 HG_ARG(crypto_alg_name(alg)), median(ours), median(floors), ratio, target,
                 is_good ? "pass" : "fail");
    return is_good;
}

static void open_run(struct run *run, enum crypto_alg alg)
{
    hg_str der;
    run->arena = hg_arena_new("bench", 1 << 20);
    if (run->arena == NULL || crypto_key_generate(alg, &run->key, NULL) != HG_OK ||
        crypto_key_export(run->arena, run->key, &der, NULL) != HG_OK)
        give_up("no key");
    const unsigned char *at = (const unsigned char *)der.ptr;
    run->pkey = d2i_AutoPrivateKey(NULL, &at, (long)der.len);
    run->header =
        hg_str_format(run->arena, "{\"typ\":\"at+jwt\",\"alg\":\"%.*s\",\"kid\":\"%.*s\"}",
                      HG_ARG(crypto_alg_name(alg)), HG_ARG(crypto_key_id(run->key)));
    memset(run->claims, 'x', CLAIMS);
    if (run->pkey == NULL)
        give_up("the key does not come back");
}

int main(void)
{
    bool is_good = true;
    for (size_t i = 0; i < HG_COUNT(cases); i++) {
        struct run run = {.tokens = cases[i].tokens};
        open_run(&run, cases[i].alg);
        is_good &= measure(&run, cases[i].alg);
        EVP_PKEY_free(run.pkey);
        crypto_key_free(run.key);
        hg_arena_free(run.arena);
    }
    return is_good ? 0 : 1;
}
