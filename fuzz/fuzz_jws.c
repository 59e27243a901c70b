/* Compact JWS against two public keys: never a crash, and what verifies is spelled
 * in the one way that base64url allows. */
#include "base/base.h"
#include "crypto/key.h"
#include "jose/jose.h"

#include <stddef.h>
#include <stdint.h>

/* The keys of RFC 7515 A.2 and A.3. */
static const char rsa_n[] =
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4"
    "d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5re"
    "xMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxX"
    "FvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
static const char ec_x[] = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
static const char ec_y[] = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

static struct crypto_key *keys[2]; /* made once, kept */

static hg_str bytes_of(struct hg_arena *arena, const char *text)
{
    hg_str bytes = {0};
    enum hg_code code = hg_b64url_decode(arena, hg_str_of(text), &bytes, NULL);
    HG_ASSERT(code == HG_OK);
    return bytes;
}

static void make_keys(struct hg_arena *arena)
{
    if (keys[0] != NULL)
        return;
    const struct crypto_public parts[2] = {
        {.alg = CRYPTO_RS256, .n = bytes_of(arena, rsa_n), .e = HG_STR("\x01\x00\x01")},
        {.alg = CRYPTO_ES256, .x = bytes_of(arena, ec_x), .y = bytes_of(arena, ec_y)}};
    for (size_t i = 0; i < HG_COUNT(keys); i++) {
        enum hg_code code = crypto_key_from_public(&parts[i], &keys[i], NULL);
        HG_ASSERT(code == HG_OK);
    }
}

static void check_valid(struct hg_arena *arena, hg_str token, const struct jose_jws *jws)
{
    hg_str head;
    hg_str payload;
    hg_str signature;
    (void)hg_str_cut(token, '.', &head, &payload);
    (void)hg_str_cut(payload, '.', &payload, &signature);
    HG_ASSERT(jws->key == keys[0] || jws->key == keys[1]);
    HG_ASSERT(hg_str_eq(payload, hg_b64url_encode(arena, jws->payload)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 8 << 20);
    if (arena == NULL)
        return 0;
    make_keys(arena);
    const struct crypto_key *const both[2] = {keys[0], keys[1]};
    const struct jose_rules rules = {.keys = {both, 2},
                                     .algs = JOSE_ALLOW_RS256 | JOSE_ALLOW_ES256};
    hg_str token = {.ptr = (const char *)data, .len = size};
    struct jose_jws jws;
    enum hg_code code = jose_verify(arena, &rules, token, &jws, NULL);
    HG_ASSERT(code == HG_OK);
    if (jws.verdict == JOSE_VALID)
        check_valid(arena, token, &jws);
    else
        HG_ASSERT(jws.payload.len == 0 && jws.key == NULL);
    return 0;
}
