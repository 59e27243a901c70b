#pragma once

#include "base/arena.h"
#include "base/defs.h"
#include "base/err.h"
#include "base/str.h"

#include <stddef.h>

/* Binary as text: base64 (RFC 4648 §4), base64url without padding (§5), base32
 * without padding (§6, TOTP secrets) and hexadecimal. Encoders fail only with
 * the arena (empty result, hg_arena_exhausted). Decoders are strict: a
 * character outside the alphabet, wrong padding or non-zero spare bits are
 * HG_MALFORMED; url and base32 decoders accept text with and without padding,
 * base32 also some of it, lower case and blanks, as people paste it. */
hg_str hg_b64_encode(struct hg_arena *arena, hg_str bytes);
hg_str hg_b64url_encode(struct hg_arena *arena, hg_str bytes);
hg_str hg_b32_encode(struct hg_arena *arena, hg_str bytes);
hg_str hg_hex_encode(struct hg_arena *arena, hg_str bytes); /* lower case */

/* base64url straight into a buffer that has room for hg_b64url_len(bytes.len)
 * characters; returns that number. For tokens, which are minted in one buffer. */
static inline size_t hg_b64url_len(size_t n)
{
    return n / 3 * 4 + (n % 3 * 4 + 2) / 3;
}
size_t hg_b64url_write(char *out, hg_str bytes);

HG_MUST_USE enum hg_code hg_b64_decode(struct hg_arena *arena, hg_str text, hg_str *out,
                                       struct hg_err *err);
HG_MUST_USE enum hg_code hg_b64url_decode(struct hg_arena *arena, hg_str text, hg_str *out,
                                          struct hg_err *err);
HG_MUST_USE enum hg_code hg_b32_decode(struct hg_arena *arena, hg_str text, hg_str *out,
                                       struct hg_err *err);
HG_MUST_USE enum hg_code hg_hex_decode(struct hg_arena *arena, hg_str text, hg_str *out,
                                       struct hg_err *err);
