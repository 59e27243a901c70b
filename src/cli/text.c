#include "base/base.h"
#include "cli/cli_private.h"

#include <stddef.h>
#include <stdint.h>

size_t cli_width(hg_str text)
{
    size_t width = 0;
    for (size_t at = 0; at < text.len; width++)
        (void)hg_utf8_next(text, &at);
    return width;
}

void cli_pad(struct hg_buf *out, size_t from, size_t to)
{
    for (; from < to; from++)
        hg_buf_byte(out, ' ');
}

void cli_put_safe(struct hg_buf *out, hg_str text)
{
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        uint32_t point = hg_utf8_next(text, &at);
        if (point < 0x20 || (point >= 0x7f && point < 0xa0))
            hg_buf_byte(out, point == '\t' || point == '\n' ? ' ' : '?');
        else
            hg_buf_str(out, hg_str_sub(text, start, at - start));
    }
}

void cli_wrap(struct hg_buf *out, hg_str text, size_t at, size_t indent, size_t width)
{
    hg_str word;
    bool first = true;
    while (hg_str_field(&text, ' ', &word)) {
        size_t size = cli_width(word);
        if (!first && at + 1 + size > width) {
            hg_buf_byte(out, '\n');
            cli_pad(out, 0, indent);
            at = indent;
        } else if (!first) {
            hg_buf_byte(out, ' ');
            at++;
        }
        hg_buf_str(out, word);
        at += size;
        first = false;
    }
    hg_buf_byte(out, '\n');
}
