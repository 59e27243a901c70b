#pragma once

#include "base/arena.h"
#include "base/defs.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Builds text in an arena. It has a maximum and a sticky failure: appends need
 * no check, hg_buf_finish() gives the one code. What goes into JSON, HTML or a
 * URL passes through the append function that escapes for it. */
struct hg_buf {
    struct hg_arena *arena;
    char *ptr;
    size_t len;
    size_t room;
    size_t max;
    bool failed;
};

struct hg_buf hg_buf_new(struct hg_arena *arena, size_t max);

void hg_buf_str(struct hg_buf *buf, hg_str s);    /* bytes as they are */
void hg_buf_z(struct hg_buf *buf, const char *z); /* a literal */
void hg_buf_byte(struct hg_buf *buf, char byte);
void hg_buf_i64(struct hg_buf *buf, int64_t n); /* decimal */
void hg_buf_format(struct hg_buf *buf, const char *format, ...) HG_PRINTF(2, 3);
void hg_buf_json(struct hg_buf *buf, hg_str s);    /* "..." with JSON escapes; must be UTF-8 */
void hg_buf_html(struct hg_buf *buf, hg_str s);    /* & < > " ' escaped: text and attributes */
void hg_buf_percent(struct hg_buf *buf, hg_str s); /* RFC 3986: all but unreserved encoded */

/* On HG_OK *out is what was built (followed by a NUL that is not counted);
 * HG_TOO_BIG past `max`, HG_NO_MEMORY when the arena ended. */
HG_MUST_USE enum hg_code hg_buf_finish(struct hg_buf *buf, hg_str *out, struct hg_err *err);

/* What was built so far, or "" after a failure. */
hg_str hg_buf_view(const struct hg_buf *buf);
