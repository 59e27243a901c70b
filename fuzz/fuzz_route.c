/* Request targets: split, decoded and matched against patterns of every form. */

#include "base/base.h"
#include "http/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct http_route routes[] = {
    {"GET,POST", "/v1.0/users", 0},
    {"GET,PATCH", "/v1.0/users/{id}", 1},
    {"POST", "/v1.0/users('{id}')/revoke", 2},
    {"GET", "/{tenant}/oauth2/v2.0/{what}", 3},
    {"GET", "/files/{path*}", 4},
    {"DELETE", "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}", 5},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 64 << 20);
    hg_str path;
    hg_str query;
    if (arena == NULL ||
        http_target_parse(arena, (hg_str){(const char *)data, size}, &path, &query, NULL) != HG_OK)
        return 0;
    struct http_found found = {.index = SIZE_MAX};
    enum http_match match = http_route_find(arena, &(struct http_routes){routes, HG_COUNT(routes)},
                                            HG_STR("GET"), path, &found);
    HG_ASSERT(match != HTTP_MATCHED || found.index < HG_COUNT(routes));
    HG_ASSERT(match != HTTP_NO_METHOD || found.allow.len > 0);
    if (match == HTTP_MATCHED && found.index == 1)
        HG_ASSERT(http_param(&found.params, "id").len > 0);
    return 0;
}
