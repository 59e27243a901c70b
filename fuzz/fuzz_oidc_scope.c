/* oidc_scopes: a list that is accepted keeps every scope once, and what is granted of it
 * was asked for. */

#include "base/base.h"
#include "model/model.h"
#include "oidc/scope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const hg_str names[] = {HG_LIT("read"), HG_LIT("write")};
static const struct model_application api = {
    .app_id = HG_LIT("a"), .enabled = true, .scopes = names, .n_scopes = 2};
static const struct model_application client = {.app_id = HG_LIT("c"), .enabled = true};

static bool is_asked(const struct oidc_scopes *scopes, hg_str name)
{
    for (size_t i = 0; i < scopes->n; i++)
        if (scopes->items[i].is_default || hg_str_eq_nocase(scopes->items[i].name, name))
            return true;
    hg_str rest = scopes->oidc_text;
    hg_str word;
    while (hg_str_field(&rest, ' ', &word))
        if (hg_str_eq_nocase(word, name))
            return true;
    return false;
}

static void check(struct hg_arena *arena, struct oidc_scopes *scopes)
{
    const struct model_application *found[OIDC_MAX_SCOPE_RESOURCES + 1];
    struct oidc_error error = {.id = OIDC_ERROR_NONE};
    struct oidc_missing missing;
    struct oidc_granted granted;
    HG_ASSERT(scopes->n_resources <= OIDC_MAX_SCOPE_RESOURCES);
    for (size_t i = 0; i < scopes->n_resources; i++)
        found[i] = &api;
    HG_ASSERT(oidc_scopes_resolve(arena, scopes, found, HG_STR("T"), &error, NULL) == HG_OK);
    if (oidc_error_is(&error))
        return;
    HG_ASSERT(scopes->n_resources <= 1);
    const struct oidc_consent_question question = {.client = &client, .scopes = scopes};
    HG_ASSERT(oidc_consent_missing(arena, &question, &missing, NULL) == HG_OK);
    HG_ASSERT(oidc_scopes_grant(arena, &question, 0, &granted, NULL) == HG_OK);
    hg_str word;
    while (hg_str_field(&granted.scp, ' ', &word))
        HG_ASSERT(is_asked(scopes, word));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hg_arena *arena = hg_arena_new("fuzz", (size_t)16 << 20);
    HG_ASSERT(arena != NULL);
    hg_str text = {.ptr = (const char *)data, .len = size};
    struct oidc_scopes scopes;
    struct oidc_error error;
    HG_ASSERT(oidc_scopes_parse(arena, text, &scopes, &error, NULL) == HG_OK);
    if (!oidc_error_is(&error))
        check(arena, &scopes);
    hg_arena_free(arena);
    return 0;
}
