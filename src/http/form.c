#include "base/base.h"
#include "http/http.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The byte that "%xy" means, or -1. */
static int escaped_byte(hg_str s)
{
    int high = s.len >= 3 ? hex_digit(s.ptr[1]) : -1;
    int low = s.len >= 3 ? hex_digit(s.ptr[2]) : -1;
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

static bool needs_decoding(hg_str text, bool plus_is_blank)
{
    return hg_str_find_byte(text, '%') != HG_NPOS ||
           (plus_is_blank && hg_str_find_byte(text, '+') != HG_NPOS);
}

static enum hg_code decode(struct hg_arena *arena, hg_str text, bool plus_is_blank, hg_str *out,
                           struct hg_err *err)
{
    char *bytes = hg_arena_alloc(arena, text.len + 1, 1);
    if (bytes == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu encoded bytes", text.len);
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        int c = (unsigned char)text.ptr[i];
        if (c == '%') {
            c = escaped_byte(hg_str_from(text, i));
            if (c < 0)
                return HG_FAIL(err, HG_MALFORMED, "'%%' without two hexadecimal digits at byte %zu",
                               i);
            i += 2;
        } else if (c == '+' && plus_is_blank) {
            c = ' ';
        }
        bytes[n++] = (char)c;
    }
    *out = (hg_str){bytes, n};
    return HG_OK;
}

enum hg_code http_percent_decode(struct hg_arena *arena, hg_str text, bool plus_is_blank,
                                 hg_str *out, struct hg_err *err)
{
    hg_str decoded = text;
    if (needs_decoding(text, plus_is_blank))
        HG_TRY(decode(arena, text, plus_is_blank, &decoded, err));
    if (hg_str_find_byte(decoded, '\0') != HG_NPOS)
        return HG_FAIL(err, HG_MALFORMED, "encoded text with a NUL in it");
    if (!hg_utf8_valid(decoded))
        return HG_FAIL(err, HG_MALFORMED, "encoded text that is not UTF-8");
    *out = decoded;
    return HG_OK;
}

static enum hg_code parse_field(struct hg_arena *arena, hg_str pair, struct http_field *out,
                                struct hg_err *err)
{
    hg_str name;
    hg_str value;
    (void)hg_str_cut(pair, '=', &name, &value);
    HG_TRY(http_percent_decode(arena, name, true, &out->name, err));
    return http_percent_decode(arena, value, true, &out->value, err);
}

enum hg_code http_form_parse(struct hg_arena *arena, hg_str text, struct http_form *out,
                             struct hg_err *err)
{
    size_t most = 0;
    hg_str rest = text;
    hg_str pair;
    while (hg_str_field(&rest, '&', &pair))
        if (++most > HG_MAX_FORM_FIELDS)
            return HG_FAIL(err, HG_TOO_BIG, "more than %d form fields", HG_MAX_FORM_FIELDS);

    struct http_field *items = HG_NEW_ARRAY(arena, struct http_field, most);
    if (items == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu form fields", most);
    size_t n = 0;
    rest = text;
    while (hg_str_field(&rest, '&', &pair))
        HG_TRY(parse_field(arena, pair, &items[n++], err));
    *out = (struct http_form){.items = items, .n = n};
    return HG_OK;
}

bool http_form_get(const struct http_form *form, const char *name, hg_str *out)
{
    hg_str wanted = hg_str_of(name);
    for (size_t i = 0; i < form->n; i++) {
        if (!hg_str_eq(form->items[i].name, wanted))
            continue;
        *out = form->items[i].value;
        return true;
    }
    return false;
}

hg_str http_form_or(const struct http_form *form, const char *name, const char *otherwise)
{
    hg_str value;
    return http_form_get(form, name, &value) ? value : hg_str_of(otherwise);
}

size_t http_form_count(const struct http_form *form, const char *name)
{
    hg_str wanted = hg_str_of(name);
    size_t n = 0;
    for (size_t i = 0; i < form->n; i++)
        n += hg_str_eq(form->items[i].name, wanted);
    return n;
}
