#include "base/base.h"
#include "flow/xml_json_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* XML 1.0 (fifth edition) §2.3: what a name may begin with and go on with. A colon
 * separates a prefix and stays. */
static bool is_name_start(uint32_t c)
{
    static const uint32_t ranges[][2] = {
        {'A', 'Z'},       {'a', 'z'},       {'_', '_'},       {':', ':'},
        {0xc0, 0xd6},     {0xd8, 0xf6},     {0xf8, 0x2ff},    {0x370, 0x37d},
        {0x37f, 0x1fff},  {0x200c, 0x200d}, {0x2070, 0x218f}, {0x2c00, 0x2fef},
        {0x3001, 0xd7ff}, {0xf900, 0xfdcf}, {0xfdf0, 0xfffd}, {0x10000, 0xeffff},
    };
    for (size_t i = 0; i < HG_COUNT(ranges); i++)
        if (c >= ranges[i][0] && c <= ranges[i][1])
            return true;
    return false;
}

static bool is_name_char(uint32_t c)
{
    return is_name_start(c) || c == '-' || c == '.' || (c >= '0' && c <= '9') || c == 0xb7 ||
           (c >= 0x300 && c <= 0x36f) || c == 0x203f || c == 0x2040;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* "_x0020_" at the front: its character. */
static bool read_escape(hg_str text, uint32_t *out)
{
    enum { DIGITS = 4, LENGTH = DIGITS + 3 };
    uint32_t value = 0;
    if (text.len < LENGTH || !hg_str_starts(text, HG_STR("_x")) || text.ptr[LENGTH - 1] != '_')
        return false;
    for (size_t i = 2; i < LENGTH - 1; i++) {
        int digit = hex_value(text.ptr[i]);
        if (digit < 0)
            return false;
        value = value << 4 | (uint32_t)digit;
    }
    *out = value;
    return true;
}

void flow_xml_name_encode(struct hg_buf *buf, hg_str name)
{
    uint32_t ignored;
    for (size_t at = 0; at < name.len;) {
        size_t start = at;
        uint32_t c = hg_utf8_next(name, &at);
        bool fits = start == 0 ? is_name_start(c) : is_name_char(c);
        if (fits && !read_escape(hg_str_from(name, start), &ignored))
            hg_buf_str(buf, hg_str_sub(name, start, at - start));
        else
            hg_buf_format(buf, "_x%04X_", (unsigned)c);
    }
}

void flow_xml_name_decode(struct hg_buf *buf, hg_str name)
{
    for (size_t at = 0; at < name.len;) {
        uint32_t c;
        char utf8[4];
        if (read_escape(hg_str_from(name, at), &c)) {
            size_t n = hg_utf8_encode(c, utf8);
            hg_buf_str(buf, (hg_str){utf8, n});
            at += 7;
        } else {
            hg_buf_byte(buf, name.ptr[at++]);
        }
    }
}
