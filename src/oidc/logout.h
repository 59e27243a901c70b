#pragma once

#include "base/base.h"
#include "model/model.h"
#include "oidc/params.h"

/* RP-initiated logout (protocol.md E4). Never a redirect to a URI that the named
 * application does not own; never silently without proof of who asks. */

struct oidc_logout_request {
    struct oidc_text post_logout_redirect_uri, id_token_hint, client_id, logout_hint, state;
    hg_str repeated;
};
void oidc_logout_parse(const struct oidc_params *params, struct oidc_logout_request *out);

/* The claims of an id_token_hint whose signature is ours; exp is not looked at. */
struct oidc_id_hint {
    hg_str aud, oid, sub, sid, tid;
};
/* `payload`: of a token verified by one of our id_token keys. HG_MALFORMED: not one of ours. */
HG_MUST_USE enum hg_code oidc_id_hint_read(struct hg_arena *arena, hg_str payload, hg_str issuer,
                                           struct oidc_id_hint *out, struct hg_err *err);

struct oidc_logout_facts {
    bool hint_is_good;
    struct oidc_id_hint hint;
    bool has_session;
    hg_str session_id, session_user, session_login_hint;
    const struct model_application *hinted; /* of the hint's aud or of client_id; NULL */
    /* Applications the session has signed in to. */
    const struct model_application *const *applications;
    size_t n_applications;
    bool is_confirmed; /* the user pressed "Sign out" on our page */
};

enum oidc_logout_action {
    OIDC_LOGOUT_CONFIRM,  /* ask "Sign out?" */
    OIDC_LOGOUT_DONE,     /* end the session, show "signed out" */
    OIDC_LOGOUT_REDIRECT, /* end the session, go to `location` */
    OIDC_LOGOUT_REFUSE,   /* bad hint or mismatch: error page, session stays */
};
struct oidc_logout {
    enum oidc_logout_action action;
    hg_str location; /* with state */
};
HG_MUST_USE enum hg_code oidc_logout_check(struct hg_arena *arena,
                                           const struct oidc_logout_request *request,
                                           const struct oidc_logout_facts *facts,
                                           struct oidc_logout *out, struct hg_err *err);
