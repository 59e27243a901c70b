#pragma once

#include "base/arena.h"
#include "base/defs.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool hg_utf8_valid(hg_str text);       /* no overlong forms, no surrogates (RFC 3629) */
size_t hg_utf8_first_bad(hg_str text); /* offset of what is not UTF-8, or HG_NPOS */

/* Appends one code point to out[4]; returns the number of bytes, 0 when it is
 * a surrogate or past U+10FFFF. */
size_t hg_utf8_encode(uint32_t point, char out[4]);

/* Reads the code point at s[*at] and advances; U+FFFD and one byte on bad text. */
uint32_t hg_utf8_next(hg_str s, size_t *at);

/* The text if it is UTF-8, else read as ISO-8859-1, HTTP's old character set. */
hg_str hg_utf8_or_latin1(struct hg_arena *arena, hg_str text);

size_t hg_utf16_length(hg_str utf8); /* in UTF-16 units, as .NET counts strings */

/* A file's bytes as UTF-8: takes away a byte-order mark and decodes UTF-16 of
 * either order (with BOM, or recognised by its zero bytes). HG_MALFORMED names
 * the offset of what is neither. The result may borrow `bytes`. */
HG_MUST_USE enum hg_code hg_utf_text(struct hg_arena *arena, hg_str bytes, hg_str *out,
                                     struct hg_err *err);
