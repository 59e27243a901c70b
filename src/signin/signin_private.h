#pragma once

#include "signin/signin.h"

/* One step being taken: `state` is the new one, effects collect in `out`. */
struct signin_run {
    struct signin_state *state;
    const struct signin_event *event;
    const struct signin_facts *facts;
    struct signin_step *out;
};

/* The columns of a transition that its action may use. */
struct signin_row {
    const char *message; /* locale key, NULL: none */
    uint32_t aadsts;     /* what is recorded, 0: nothing */
};
typedef void signin_action_fn(struct signin_run *run, const struct signin_row *row);

bool signin_is_silent(const struct signin_run *run); /* prompt=none */
/* The password was checked in this very journey. */
bool signin_password_is_fresh(const struct signin_state *state);

/* --- Where a step can lead (outcome.c) --- */
void signin_show(struct signin_run *run, enum signin_stage stage, const char *message);
void signin_show_gone(struct signin_run *run);
void signin_evaluate(struct signin_run *run);
void signin_record(struct signin_run *run, uint32_t aadsts, bool is_cancelled);
struct signin_effect *signin_put(struct signin_run *run, enum signin_effect_kind kind);
/* Shows the refusal, or sends it to the client at once when nobody may be asked. */
void signin_refuse(struct signin_run *run, uint32_t aadsts, hg_str claims);
/* The same without a page in between. */
void signin_answer_client(struct signin_run *run, uint32_t aadsts, hg_str claims,
                          bool is_cancelled);
void signin_finish(struct signin_run *run);

/* Forgets everything that was proved. */
void signin_forget(struct signin_state *state);

/* --- Parts of the journey --- */
void signin_start(struct signin_run *run);        /* session.c: START */
void signin_take_account(struct signin_run *run); /* session.c: the session was chosen */
void signin_ask_password(struct signin_run *run, hg_str username, const char *message);
void signin_judge(struct signin_run *run);        /* verdict.c: VERDICT */
void signin_after_policy(struct signin_run *run); /* verdict.c: consent, stay, done */
