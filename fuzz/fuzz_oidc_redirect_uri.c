/* oidc_redirect_match: accepted exactly when equal to a registered URI or when the port
 * alone differs on loopback, which is decided here a second time, naively. What matches
 * nothing may still be registered, but then matches itself. */

#include "base/base.h"
#include "model/model.h"
#include "oidc/redirect_uri.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const hg_str uris[] = {HG_LIT("https://app.test/cb?x=1"), HG_LIT("http://localhost/cb"),
                              HG_LIT("http://127.0.0.1:80"), HG_LIT("app.scheme://cb")};

/* "http://localhost:123/cb" without ":123", when the digits are a port. */
static hg_str without_port(struct hg_arena *arena, hg_str uri, const char *origin)
{
    if (!hg_str_starts(uri, hg_str_of(origin)))
        return HG_STR("");
    hg_str rest = hg_str_from(uri, strlen(origin));
    uint64_t port;
    size_t len = 0;
    if (rest.len > 0 && rest.ptr[0] == ':') {
        len = 1;
        while (len < rest.len && rest.ptr[len] >= '0' && rest.ptr[len] <= '9')
            len++;
        if (!hg_str_u64(hg_str_sub(rest, 1, len - 1), 65535, &port))
            return HG_STR("");
    }
    return hg_str_format(arena, "%s%.*s", origin, HG_ARG(hg_str_from(rest, len)));
}

static bool naive(struct hg_arena *arena, hg_str uri)
{
    return hg_str_eq(uri, uris[0]) || hg_str_eq(uri, uris[3]) ||
           hg_str_eq(without_port(arena, uri, "http://localhost"), uris[1]) ||
           hg_str_eq(without_port(arena, uri, "http://127.0.0.1"), HG_STR("http://127.0.0.1"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hg_arena *arena = hg_arena_new("fuzz", (size_t)4 << 20);
    HG_ASSERT(arena != NULL);
    hg_str uri = {.ptr = (const char *)data, .len = size};
    const struct model_application client = {.redirect_uris = uris, .n_redirect_uris = 4};
    bool matches = oidc_redirect_match(&client, uri) != OIDC_REDIRECT_NONE;
    HG_ASSERT(memchr(data, '\0', size) != NULL || matches == naive(arena, uri));
    if (oidc_redirect_refusal(OIDC_REDIRECT_PUBLIC, uri) == NULL) {
        const struct model_application own = {.public_redirect_uris = &uri,
                                              .n_public_redirect_uris = 1};
        HG_ASSERT(oidc_redirect_match(&own, uri) == OIDC_REDIRECT_PUBLIC);
        HG_ASSERT(!hg_str_starts_nocase(uri, HG_STR("javascript:")));
    }
    hg_arena_free(arena);
    return 0;
}
