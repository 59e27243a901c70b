#pragma once

#include "base/base.h"
#include "model/model.h"

/* Redirect URIs (protocol.md E1, RFC 9700 §4.1.3, RFC 8252 §7.3). */

/* Which list of the application a URI is on decides how its code is redeemed. */
enum oidc_redirect_kind {
    OIDC_REDIRECT_NONE, /* on no list */
    OIDC_REDIRECT_WEB,
    OIDC_REDIRECT_SPA,    /* cross-origin, without a secret, 24 h refresh tokens */
    OIDC_REDIRECT_PUBLIC, /* installed apps */
};

/* Equal byte for byte to a registered one; with http and a host of exactly
 * `localhost` or `127.0.0.1` the port is ignored, and nothing but the port. A URI
 * with user information, a fragment, a backslash, or a control character matches
 * nothing. */
enum oidc_redirect_kind oidc_redirect_match(const struct model_application *application,
                                            hg_str uri);

/* The only registered URI, for a request that names none; false: none or several. */
bool oidc_redirect_only(const struct model_application *application, hg_str *out_uri,
                        enum oidc_redirect_kind *out_kind);

/* May this be registered? NULL when yes, else why not, for the administrator. https
 * anywhere, http on localhost and 127.0.0.1; for OIDC_REDIRECT_PUBLIC also an own
 * scheme that browsers do not run. At most 256 bytes. */
const char *oidc_redirect_refusal(enum oidc_redirect_kind kind, hg_str uri);

/* "https://app.example:8443" of a URI: for the page's CSP form-action. */
hg_str oidc_redirect_origin(hg_str uri);
