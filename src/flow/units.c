#include "base/base.h"
#include "flow/units_private.h"

#include <stddef.h>
#include <stdint.h>

size_t flow_units_to_bytes(hg_str text, int64_t units)
{
    size_t at = 0;
    while (at < text.len && units > 0) {
        size_t next = at;
        units -= hg_utf8_next(text, &next) >= 0x10000 ? 2 : 1;
        if (units < 0)
            break;
        at = next;
    }
    return at;
}

hg_str flow_units_sub(hg_str text, int64_t from, int64_t n)
{
    hg_str rest = hg_str_from(text, flow_units_to_bytes(text, from));
    return hg_str_sub(rest, 0, flow_units_to_bytes(rest, n));
}
