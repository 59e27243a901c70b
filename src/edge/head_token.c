#include "base/base.h"
#include "edge/head.h"

#include <stddef.h>
#include <stdint.h>

/* RFC 9110 §5.6.2: tchar. */
static const bool tchar[256] = {
    ['!'] = true, ['#'] = true, ['$'] = true, ['%'] = true, ['&'] = true, ['\''] = true,
    ['*'] = true, ['+'] = true, ['-'] = true, ['.'] = true, ['^'] = true, ['_'] = true,
    ['`'] = true, ['|'] = true, ['~'] = true, ['0'] = true, ['1'] = true, ['2'] = true,
    ['3'] = true, ['4'] = true, ['5'] = true, ['6'] = true, ['7'] = true, ['8'] = true,
    ['9'] = true, ['A'] = true, ['B'] = true, ['C'] = true, ['D'] = true, ['E'] = true,
    ['F'] = true, ['G'] = true, ['H'] = true, ['I'] = true, ['J'] = true, ['K'] = true,
    ['L'] = true, ['M'] = true, ['N'] = true, ['O'] = true, ['P'] = true, ['Q'] = true,
    ['R'] = true, ['S'] = true, ['T'] = true, ['U'] = true, ['V'] = true, ['W'] = true,
    ['X'] = true, ['Y'] = true, ['Z'] = true, ['a'] = true, ['b'] = true, ['c'] = true,
    ['d'] = true, ['e'] = true, ['f'] = true, ['g'] = true, ['h'] = true, ['i'] = true,
    ['j'] = true, ['k'] = true, ['l'] = true, ['m'] = true, ['n'] = true, ['o'] = true,
    ['p'] = true, ['q'] = true, ['r'] = true, ['s'] = true, ['t'] = true, ['u'] = true,
    ['v'] = true, ['w'] = true, ['x'] = true, ['y'] = true, ['z'] = true,
};

bool edge_is_token(hg_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!tchar[(unsigned char)text.ptr[i]])
            return false;
    }
    return text.len > 0;
}

bool edge_is_field_value(hg_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
}

static bool is_name(hg_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!is_name_byte(text.ptr[i]))
            return false;
    }
    return text.len > 0;
}

static bool is_port(hg_str text)
{
    uint64_t port;
    return hg_str_u64(text, 65535, &port);
}

bool edge_is_host(hg_str text)
{
    hg_str rest;
    if (text.len > 0 && text.ptr[0] == '[') {
        hg_str address;
        struct hg_ip ip;
        return hg_str_cut(hg_str_from(text, 1), ']', &address, &rest) &&
               hg_ip_parse(address, &ip, NULL) == HG_OK &&
               hg_str_find_byte(address, ':') != HG_NPOS &&
               (rest.len == 0 || (rest.ptr[0] == ':' && is_port(hg_str_from(rest, 1))));
    }
    hg_str name;
    bool has_port = hg_str_cut(text, ':', &name, &rest);
    return is_name(name) && (!has_port || is_port(rest));
}
