#include "base/base.h"
#include "crypto/key.h"
#include "jose/jose.h"

#include <stddef.h>

static void put_member(struct hg_buf *buf, const char *name, hg_str value)
{
    hg_buf_z(buf, hg_buf_view(buf).len == 0 ? "{\"" : ",\"");
    hg_buf_z(buf, name);
    hg_buf_z(buf, "\":");
    hg_buf_json(buf, value);
}

/* A caller that names one of these wants another key or another algorithm. */
static bool is_ours(const char *name)
{
    static const hg_str ours[] = {HG_LIT("alg"), HG_LIT("kid"), HG_LIT("typ"), HG_LIT("crit")};
    for (size_t i = 0; i < HG_COUNT(ours); i++)
        if (hg_str_eq(ours[i], hg_str_of(name)))
            return true;
    return false;
}

static enum hg_code render_header(struct hg_arena *arena, const struct crypto_key *key,
                                  const struct jose_header *header, hg_str *out, struct hg_err *err)
{
    struct hg_buf buf = hg_buf_new(arena, HG_MAX_JWS_HEADER);
    if (header->typ.len > 0)
        put_member(&buf, "typ", header->typ);
    put_member(&buf, "alg", crypto_alg_name(crypto_key_alg(key)));
    put_member(&buf, "kid", crypto_key_id(key));
    for (size_t i = 0; i < header->n_members; i++) {
        HG_ASSERT(!is_ours(header->members[i].name));
        put_member(&buf, header->members[i].name, header->members[i].value);
    }
    hg_buf_byte(&buf, '}');
    return hg_buf_finish(&buf, out, err);
}

static size_t signature_len(const struct crypto_key *key)
{
    struct crypto_public parts = crypto_key_public(key);
    return parts.alg == CRYPTO_RS256 ? parts.n.len : parts.x.len + parts.y.len;
}

enum hg_code jose_sign(struct hg_arena *arena, const struct crypto_key *key,
                       const struct jose_header *header, hg_str payload, hg_str *out,
                       struct hg_err *err)
{
    hg_str head;
    HG_TRY(render_header(arena, key, header, &head, err));
    if (payload.len > HG_MAX_JWT)
        return HG_FAIL(err, HG_TOO_BIG, "a token over %zu bytes of claims", payload.len);
    size_t total = hg_b64url_len(head.len) + 1 + hg_b64url_len(payload.len) + 1 +
                   hg_b64url_len(signature_len(key));
    if (total > HG_MAX_JWT)
        return HG_FAIL(err, HG_TOO_BIG, "a token of %zu bytes; at most %d", total, HG_MAX_JWT);
    char *text = hg_arena_alloc(arena, total + 1, 1);
    if (text == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "a token of %zu bytes", total);

    size_t n = hg_b64url_write(text, head);
    text[n++] = '.';
    n += hg_b64url_write(text + n, payload);
    struct crypto_signature signature;
    HG_TRY(crypto_key_sign(key, (hg_str){.ptr = text, .len = n}, &signature, err));
    text[n++] = '.';
    n += hg_b64url_write(text + n, crypto_signature_str(&signature));
    HG_ASSERT(n == total);
    *out = (hg_str){.ptr = text, .len = n};
    return HG_OK;
}
