/* signin_state: what parses is written back the same, and the machine answers every event
 * in it without issuing anything to somebody who is not there. */

#include "base/base.h"
#include "lifetime/lifetime.h"
#include "policy/policy.h"
#include "signin/signin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take_steps(const struct signin_state *state)
{
    const struct policy_verdict verdict = {.outcome = POLICY_ALLOW};
    const struct lifetime_settings settings = lifetime_defaults(MODEL_BEHAVIOUR_SEED);
    const struct signin_facts facts = {.now = state->started, .settings = &settings};
    struct signin_step step;
    for (unsigned i = 0; i < SIGNIN_EVENT_COUNT; i++) {
        const struct signin_event event = {
            .kind = (enum signin_event_kind)i, .username = HG_STR("u"), .verdict = &verdict};
        signin_step(state, &event, &facts, &step);
        for (size_t e = 0; e < step.n_effects; e++)
            HG_ASSERT(step.effects[e].kind != SIGNIN_EFFECT_ISSUE);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hg_arena *arena = hg_arena_new("fuzz", (size_t)16 << 20);
    HG_ASSERT(arena != NULL);
    hg_str text = {.ptr = (const char *)data, .len = size};
    struct signin_state state;
    struct signin_state again;
    if (signin_state_parse(arena, text, &state, NULL) == HG_OK) {
        hg_str once;
        hg_str twice;
        if (signin_state_render(arena, &state, &once, NULL) == HG_OK) {
            HG_ASSERT(signin_state_parse(arena, once, &again, NULL) == HG_OK);
            HG_ASSERT(signin_state_render(arena, &again, &twice, NULL) == HG_OK);
            HG_ASSERT(hg_str_eq(once, twice));
        }
        take_steps(&state);
    }
    hg_arena_free(arena);
    return 0;
}
