#include "base/base.h"
#include "http/http.h"

#include <stdbool.h>
#include <stddef.h>

/* One Cookie field: pairs between semicolons (RFC 6265 §4.2.1). What is no pair
 * is passed over, as browsers send cookies that other programs have set. */
static bool find_in(hg_str pairs, hg_str wanted, hg_str *out)
{
    hg_str pair;
    while (hg_str_field(&pairs, ';', &pair)) {
        hg_str name;
        hg_str value;
        if (!hg_str_cut(pair, '=', &name, &value) || !hg_str_eq(hg_str_trim(name), wanted))
            continue;
        *out = hg_str_trim(value);
        return true;
    }
    return false;
}

bool http_cookie(const struct http_request *request, const char *name, hg_str *out)
{
    hg_str wanted = hg_str_of(name);
    for (size_t i = 0; i < request->headers.n; i++) {
        const struct http_field *field = &request->headers.items[i];
        if (hg_str_eq_nocase(field->name, HG_STR("Cookie")) && find_in(field->value, wanted, out))
            return true;
    }
    return false;
}
