#include "app/tokens/contexts.h"

#include "app/app_private.h"
#include "app/decide.h"
#include "base/base.h"
#include "model/model.h"
#include "policy/policy.h"

#include <stddef.h>

void app_contexts_add(struct app_contexts *into, const hg_str *items, size_t n)
{
    for (size_t i = 0; i < n && into->n < APP_MAX_CONTEXTS; i++)
        if (!model_has_id(into->items, into->n, items[i]))
            into->items[into->n++] = items[i];
}

void app_contexts_add_words(struct app_contexts *into, hg_str words)
{
    hg_str word;
    while (hg_str_field(&words, ' ', &word))
        app_contexts_add(into, &word, 1);
}

hg_str app_contexts_words(struct hg_arena *arena, const struct app_contexts *contexts)
{
    struct hg_buf words = hg_buf_new(arena, HG_MAX_CLAIMS);
    for (size_t i = 0; i < contexts->n; i++) {
        if (i > 0)
            hg_buf_byte(&words, ' ');
        hg_buf_str(&words, contexts->items[i]);
    }
    return hg_buf_view(&words);
}

enum hg_code app_contexts_keep(struct app_call *call, const struct app_access *access,
                               const struct app_contexts *candidates,
                               struct app_contexts *satisfied, struct hg_err *err)
{
    for (size_t i = 0; i < candidates->n; i++) {
        struct app_access alone = *access;
        struct policy_verdict verdict;
        if (model_has_id(satisfied->items, satisfied->n, candidates->items[i]))
            continue;
        alone.auth_contexts = &candidates->items[i];
        alone.n_auth_contexts = 1;
        HG_TRY(app_decide(call, &alone, &verdict, err));
        if (verdict.outcome == POLICY_ALLOW)
            app_contexts_add(satisfied, &candidates->items[i], 1);
    }
    return HG_OK;
}
