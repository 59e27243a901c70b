/* The field values that carry who someone is: Cookie and Authorization. */

#include "base/base.h"
#include "http/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 64 << 20);
    if (arena == NULL)
        return 0;
    hg_str text = {(const char *)data, size};
    const struct http_field fields[] = {
        {HG_LIT("Cookie"), text}, {HG_LIT("Authorization"), text}, {HG_LIT("Content-Type"), text}};
    struct http_request request = {.headers = {.items = fields, .n = HG_COUNT(fields)}};
    hg_str value;
    hg_str password;
    if (http_cookie(&request, "__Host-hg_sso", &value))
        HG_ASSERT(hg_str_find_byte(value, ';') == HG_NPOS);
    if (http_bearer(&request, &value))
        HG_ASSERT(value.len > 0 && hg_str_find_byte(value, ' ') == HG_NPOS);
    if (http_basic(arena, &request, &value, &password))
        HG_ASSERT(hg_str_find_byte(value, ':') == HG_NPOS && hg_utf8_valid(password));
    (void)http_content_is(&request, "application/json");
    return 0;
}
