#include "base/base.h"
#include "crypto/key.h"
#include "jose/jose.h"

#include <stddef.h>

/* The three parts, still encoded, and what the first two signed together. */
struct parts {
    hg_str header, payload, signature;
    hg_str signed_text;
};

/* What we read of a header; everything else in it is ignored (RFC 7515 §4). */
struct header {
    hg_str typ, kid, alg;
};

static const struct hg_json_limits header_limits = {.depth = 8, .members = 64};

const char *jose_verdict_name(enum jose_verdict verdict)
{
    static const char *const names[] = {
        [JOSE_REFUSED_FORM] = "form", [JOSE_REFUSED_ALG] = "alg",
        [JOSE_REFUSED_KEY] = "key",   [JOSE_REFUSED_TYPE] = "typ",
        [JOSE_VALID] = "valid",       [JOSE_REFUSED_SIGNATURE] = "signature",
    };
    return names[verdict];
}

/* Padding is legal in other uses of base64url, never in a JWS (RFC 7515 §2). */
static bool split(hg_str token, struct parts *out)
{
    hg_str rest;
    struct parts parts;
    if (token.len > HG_MAX_JWT || hg_str_find_byte(token, '=') != HG_NPOS ||
        !hg_str_cut(token, '.', &parts.header, &rest) ||
        !hg_str_cut(rest, '.', &parts.payload, &parts.signature) ||
        hg_str_find_byte(parts.signature, '.') != HG_NPOS)
        return false;
    parts.signed_text = hg_str_sub(token, 0, parts.header.len + 1 + parts.payload.len);
    *out = parts;
    return parts.header.len > 0 && parts.header.len <= hg_b64url_len(HG_MAX_JWS_HEADER) &&
           parts.payload.len > 0 && parts.signature.len > 0;
}

static bool read_optional(const struct hg_json *object, const char *name, hg_str *out)
{
    const struct hg_json *value = hg_json_get(object, name);
    return value == NULL || hg_json_as_str(value, out);
}

/* A header with "crit" names extensions that must be understood; we know none. */
static bool read_header(const struct hg_json *json, struct header *out)
{
    struct header header = {0};
    if (!hg_json_is(json, HG_JSON_OBJECT) || hg_json_get(json, "crit") != NULL ||
        !hg_json_as_str(hg_json_get(json, "alg"), &header.alg) ||
        !read_optional(json, "typ", &header.typ) || !read_optional(json, "kid", &header.kid))
        return false;
    *out = header;
    return true;
}

/* A refused token is an outcome and leaves *err alone; memory that ends is not. */
static enum hg_code no_memory(struct hg_err *err)
{
    return HG_FAIL(err, HG_NO_MEMORY, "a token to verify");
}

static enum hg_code parse_header(struct hg_arena *arena, hg_str encoded, bool *is_good,
                                 struct header *out, struct hg_err *err)
{
    hg_str text;
    struct hg_json json;
    enum hg_code code = hg_b64url_decode(arena, encoded, &text, NULL);
    if (code == HG_OK)
        code = hg_json_parse(arena, text, HG_JSON_STRICT, &header_limits, &json, NULL);
    if (code == HG_NO_MEMORY)
        return no_memory(err);
    *is_good = code == HG_OK && read_header(&json, out);
    return HG_OK;
}

/* RFC 7515 §4.1.9: "application/" may be left out; names of media types have no case. */
static hg_str bare_type(hg_str typ)
{
    hg_str prefix = HG_STR("application/");
    return hg_str_starts_nocase(typ, prefix) ? hg_str_from(typ, prefix.len) : typ;
}

static bool type_is_wanted(const struct jose_rules *rules, hg_str typ)
{
    return rules->typ == NULL || hg_str_eq_nocase(bare_type(typ), bare_type(hg_str_of(rules->typ)));
}

static const struct crypto_key *find_key(const struct jose_keys *keys, hg_str kid)
{
    for (size_t i = 0; i < keys->n; i++)
        if (hg_str_eq(crypto_key_id(keys->items[i]), kid))
            return keys->items[i];
    return NULL;
}

/* All that the header alone decides, before any arithmetic: the key says which
 * algorithm it is for, so that none, HS256 or another key's algorithm cannot be
 * talked into it (RFC 8725 §3.1). */
static enum jose_verdict judge_header(const struct jose_rules *rules, const struct header *header,
                                      const struct crypto_key **out_key)
{
    enum crypto_alg alg;
    if (!crypto_alg_find(header->alg, &alg) || (rules->algs & 1u << alg) == 0)
        return JOSE_REFUSED_ALG;
    const struct crypto_key *key = find_key(&rules->keys, header->kid);
    if (key == NULL)
        return JOSE_REFUSED_KEY;
    if (crypto_key_alg(key) != alg)
        return JOSE_REFUSED_ALG;
    if (!type_is_wanted(rules, header->typ))
        return JOSE_REFUSED_TYPE;
    *out_key = key;
    return JOSE_VALID;
}

static enum hg_code check_signature(struct hg_arena *arena, const struct parts *parts,
                                    struct jose_jws *jws, struct hg_err *err)
{
    hg_str signature;
    hg_str payload;
    enum hg_code code = hg_b64url_decode(arena, parts->signature, &signature, NULL);
    if (code == HG_OK)
        code = hg_b64url_decode(arena, parts->payload, &payload, NULL);
    if (code == HG_NO_MEMORY)
        return no_memory(err);
    if (code != HG_OK)
        jws->verdict = JOSE_REFUSED_FORM;
    else if (!crypto_key_verify(jws->key, parts->signed_text, signature))
        jws->verdict = JOSE_REFUSED_SIGNATURE;
    else
        jws->payload = payload;
    return HG_OK;
}

enum hg_code jose_verify(struct hg_arena *arena, const struct jose_rules *rules, hg_str token,
                         struct jose_jws *out, struct hg_err *err)
{
    struct parts parts;
    struct header header;
    struct jose_jws jws = {.verdict = JOSE_REFUSED_FORM};
    bool is_good = false;
    if (split(token, &parts))
        HG_TRY(parse_header(arena, parts.header, &is_good, &header, err));
    if (is_good) {
        jws.typ = header.typ;
        jws.kid = header.kid;
        jws.verdict = judge_header(rules, &header, &jws.key);
    }
    if (jws.verdict == JOSE_VALID)
        HG_TRY(check_signature(arena, &parts, &jws, err));
    if (jws.verdict != JOSE_VALID)
        jws.key = NULL;
    *out = jws;
    return HG_OK;
}
