#pragma once

#include "base/base.h"
#include "lifetime/lifetime.h"
#include "model/model.h"
#include "policy/policy.h"

/* The sign-in journey as a state machine: one event and the facts go in, the next
 * state and a list of effects come out. Nothing has happened when signin_step()
 * returns; the shell carries the effects out in one transaction, in their order.
 *
 *   username → password → policy → (registration | code) → policy
 *            → new password → policy → terms → policy
 *            → consent → policy
 *            → stay signed in? → policy → done | refused
 *
 * An event that does not belong to the stage changes nothing: the page of the stage
 * is shown again, so no step can be skipped, repeated or reordered (security.md M07).
 * The facts are those of this moment: a proof from before the user's TokensValidFrom
 * leads back to the password, and a registration under way ends at the code of the
 * authenticator that the user has got meanwhile.
 * An unknown user takes the path of a known one: pages and effects differ in the
 * recorded number alone (M18). With prompt=none no page is ever shown.
 *
 * Not here: comparing secrets, counting attempts, cookies, texts. Texts are keys of
 * the locales; numbers are rows of oidc/errors.def. */

enum signin_stage {
    SIGNIN_STAGE_START,
    SIGNIN_STAGE_ACCOUNT, /* which account? (prompt=select_account) */
    SIGNIN_STAGE_USERNAME,
    SIGNIN_STAGE_PASSWORD,
    SIGNIN_STAGE_POLICY,       /* waits for SIGNIN_EVENT_VERDICT; nothing is shown */
    SIGNIN_STAGE_REGISTER,     /* a new authenticator is shown, its first code awaited */
    SIGNIN_STAGE_CODE,         /* a code of the registered authenticator */
    SIGNIN_STAGE_NEW_PASSWORD, /* the old one and a new one, twice */
    SIGNIN_STAGE_TERMS,        /* terms of use, to accept or decline */
    SIGNIN_STAGE_CONSENT,
    SIGNIN_STAGE_STAY,    /* stay signed in? */
    SIGNIN_STAGE_DONE,    /* a code was issued; the journey is over */
    SIGNIN_STAGE_REFUSED, /* the reason stands on a page; cancel takes it to the client */
    SIGNIN_STAGE_GONE,    /* an error went to the client; the journey is over */
    SIGNIN_STAGE_COUNT,
};

enum signin_event_kind {
    SIGNIN_EVENT_START,         /* the authorization request came in */
    SIGNIN_EVENT_SHOW,          /* the page was asked for again */
    SIGNIN_EVENT_ACCOUNT,       /* the account of the session was chosen */
    SIGNIN_EVENT_OTHER_ACCOUNT, /* another one; also from a refusal */
    SIGNIN_EVENT_USERNAME,      /* event.username */
    SIGNIN_EVENT_PASSWORD_OK,
    SIGNIN_EVENT_PASSWORD_WRONG,
    SIGNIN_EVENT_PASSWORD_UNKNOWN_USER,
    SIGNIN_EVENT_PASSWORD_DISABLED, /* the password was right, the account is disabled */
    SIGNIN_EVENT_PASSWORD_EXPIRED,  /* the password was right and has expired */
    SIGNIN_EVENT_PASSWORD_THROTTLED,
    SIGNIN_EVENT_VERDICT, /* event.verdict answers SIGNIN_EFFECT_EVALUATE */
    SIGNIN_EVENT_CODE_OK, /* event.remember: "don't ask again" was ticked */
    SIGNIN_EVENT_CODE_WRONG,
    SIGNIN_EVENT_CODE_REPLAYED,
    SIGNIN_EVENT_CODE_THROTTLED,
    SIGNIN_EVENT_NEW_PASSWORD_OK,    /* the old one was right, the new one will do */
    SIGNIN_EVENT_NEW_PASSWORD_WRONG, /* the old one was wrong */
    SIGNIN_EVENT_NEW_PASSWORD_WEAK,
    SIGNIN_EVENT_NEW_PASSWORD_SAME,   /* as the old one */
    SIGNIN_EVENT_NEW_PASSWORD_DIFFER, /* the two new ones are not the same */
    SIGNIN_EVENT_NEW_PASSWORD_THROTTLED,
    SIGNIN_EVENT_TERMS_VIEWED, /* the document was opened */
    SIGNIN_EVENT_TERMS_ACCEPTED,
    SIGNIN_EVENT_TERMS_DECLINED,
    SIGNIN_EVENT_CONSENT_ACCEPTED,
    SIGNIN_EVENT_CONSENT_DECLINED,
    SIGNIN_EVENT_STAY_YES,
    SIGNIN_EVENT_STAY_NO,
    SIGNIN_EVENT_CANCEL,
    SIGNIN_EVENT_COUNT,
};

struct signin_event {
    enum signin_event_kind kind;
    hg_str username;
    bool remember;
    const struct policy_verdict *verdict;
};

/* What the person answered; a policy that says it overrules that. */
enum signin_persist { SIGNIN_PERSIST_ASK, SIGNIN_PERSIST_ALWAYS, SIGNIN_PERSIST_NEVER };

/* Everything between two requests of one journey. Plain: sealed or stored as JSON. */
struct signin_state {
    enum signin_stage stage;
    hg_time started;
    hg_str username;    /* as typed or hinted */
    hg_str user;        /* id; set once the user is proved or the session's is taken */
    hg_str session;     /* id of the session that the journey builds on, "" none */
    bool is_proved;     /* password checked, or a live session taken */
    bool is_fresh;      /* something was proved in this journey: the session is renewed */
    bool mfa_is_fresh;  /* a code was accepted in this journey */
    bool is_registered; /* … which registered the authenticator */
    bool asks_remember; /* "don't ask again" was ticked */
    bool is_consented;
    bool is_persistent;
    bool password_is_changed; /* in this session */
    bool terms_viewed;        /* the document of `terms` was opened */
    hg_str terms;             /* id of the agreement that SIGNIN_STAGE_TERMS shows */
    enum signin_persist persist;
    uint32_t methods; /* enum model_method bits */
    hg_time auth_at;
    struct model_when mfa_at;
    hg_str secret;   /* base32, in SIGNIN_STAGE_REGISTER and until it is stored */
    uint32_t aadsts; /* SIGNIN_STAGE_REFUSED: why */
    hg_str claims;   /* … and the challenge that goes with it */
};

/* The values of enum oidc_prompt. */
enum signin_prompt {
    SIGNIN_PROMPT_NONE = 1u << 0,
    SIGNIN_PROMPT_LOGIN = 1u << 1,
    SIGNIN_PROMPT_CONSENT = 1u << 2,
    SIGNIN_PROMPT_SELECT_ACCOUNT = 1u << 3,
};

/* What the authorization request asks of the journey; the same at every step. */
struct signin_request {
    uint32_t prompt; /* enum signin_prompt */
    bool has_max_age;
    hg_dur max_age;
    hg_str login_hint;
    hg_str hint_user; /* user id of a verified id_token_hint, "" none */
    hg_str sid;       /* session asked for, "" none */
    bool wants_mfa;   /* the claims ask for multi-factor authentication as essential */
};

/* The browser's session, as loaded; `app` leaves it out when its record has ended. */
struct signin_session {
    hg_str id, user, username;
    hg_str login_hint; /* the opaque claim that names it */
    hg_time auth_at, last_used;
    struct model_when mfa_at;
    uint32_t methods;
    bool is_persistent;
    bool password_is_changed; /* while it lasted */
};

struct signin_facts {
    hg_time now;
    struct signin_request request;
    const struct signin_session *session; /* NULL: none */
    /* The user of state.user, else of the session (START, ACCOUNT), else of
     * state.username; NULL while none is named, and for an unknown one. */
    const struct model_user *user;
    enum model_user_mfa user_mfa; /* what it asks for is in the verdict; here, what becomes of
                                      it when the user registers */
    bool may_register; /* false: policies on registering security information forbid it (53010) */
    /* The user's password was chosen by somebody else; it is changed before anything is issued,
     * with a second factor if that is demanded. */
    bool must_change_password, must_change_with_mfa;
    /* Of the agreement that is shown, or that the verdict asks for first. */
    bool terms_can_be_accepted; /* it is there, and so is a device if it is accepted by device */
    bool terms_need_viewing;    /* before they are accepted */
    const struct lifetime_settings *settings;
    /* The proof this browser remembers for that user ("don't ask again"). */
    struct model_when remembered_at;
    uint32_t remembered_methods;
    bool consent_needed;      /* oidc_consent_missing() found something */
    bool consent_needs_admin; /* … that only an administrator can agree to */
    bool may_stay;            /* the tenant offers "stay signed in?" */
    hg_str new_secret;        /* base32 of fresh random bytes, for a registration */
};

enum signin_page {
    SIGNIN_PAGE_ACCOUNT,
    SIGNIN_PAGE_USERNAME,
    SIGNIN_PAGE_PASSWORD,
    SIGNIN_PAGE_REGISTER,
    SIGNIN_PAGE_CODE,
    SIGNIN_PAGE_NEW_PASSWORD,
    SIGNIN_PAGE_TERMS,
    SIGNIN_PAGE_CONSENT,
    SIGNIN_PAGE_STAY,
    SIGNIN_PAGE_REFUSED,
    SIGNIN_PAGE_GONE, /* the journey is over or took too long */
    SIGNIN_PAGE_COUNT,
};
const char *signin_page_name(enum signin_page page); /* "password": the template */

enum signin_effect_kind {
    SIGNIN_EFFECT_SHOW,            /* page, with title and message */
    SIGNIN_EFFECT_EVALUATE,        /* run policy_evaluate() on the new state, then VERDICT */
    SIGNIN_EFFECT_RECORD,          /* a row of the sign-in log: aadsts 0 is success */
    SIGNIN_EFFECT_REGISTER,        /* store state.secret as the user's authenticator */
    SIGNIN_EFFECT_ENFORCE,         /* per-user state enabled → enforced (CA-6) */
    SIGNIN_EFFECT_CHANGE_PASSWORD, /* to the one that the event's form had; what was proved with
                                      the old one ends, risks of the user are remediated */
    SIGNIN_EFFECT_ACCEPT_TERMS,    /* store that the user accepted effect.terms */
    SIGNIN_EFFECT_DECLINE_TERMS,   /* … or did not */
    SIGNIN_EFFECT_REMEMBER_MFA,    /* the cookie of "don't ask again", for the settings' days */
    SIGNIN_EFFECT_CONSENT,         /* store the user's consent to what was asked */
    SIGNIN_EFFECT_SESSION_RENEW,   /* a new session id with the state's proofs; the old one ends */
    SIGNIN_EFFECT_SESSION_TOUCH,   /* last_used alone */
    SIGNIN_EFFECT_ISSUE,           /* an authorization code from the state's proofs */
    SIGNIN_EFFECT_REDIRECT,        /* the error `aadsts` to the client, with `claims` */
    SIGNIN_EFFECT_COUNT,
};

struct signin_effect {
    enum signin_effect_kind kind;
    enum signin_page page;
    const char *title, *message; /* locale keys; message NULL: none */
    bool offers_remember;        /* CODE page: "don't ask again for N days" */
    uint32_t aadsts;             /* RECORD, REDIRECT, the REFUSED page */
    bool is_cancelled;           /* of the two texts of 65004 the one for cancel */
    hg_str claims;               /* REDIRECT */
    hg_str terms;                /* ACCEPT_TERMS, DECLINE_TERMS: the agreement's id */
    bool is_interactive;         /* RECORD */
};

enum { SIGNIN_MAX_EFFECTS = 10 };
struct signin_step {
    struct signin_state state;
    struct signin_effect effects[SIGNIN_MAX_EFFECTS];
    size_t n_effects;
};

struct signin_state signin_begin(hg_time now);

/* Total: every event has an answer in every stage. Strings of the new state are
 * borrowed from `state`, `event` and `facts`. */
void signin_step(const struct signin_state *state, const struct signin_event *event,
                 const struct signin_facts *facts, struct signin_step *out);

/* JSON, at most HG_MAX_SIGNIN_STATE bytes. Parsing is strict: what signin_state_render()
 * cannot have written is HG_MALFORMED. */
HG_MUST_USE enum hg_code signin_state_render(struct hg_arena *arena,
                                             const struct signin_state *state, hg_str *out,
                                             struct hg_err *err);
HG_MUST_USE enum hg_code signin_state_parse(struct hg_arena *arena, hg_str text,
                                            struct signin_state *out, struct hg_err *err);

extern const hg_dur signin_journey; /* 15 minutes from START to the end */
