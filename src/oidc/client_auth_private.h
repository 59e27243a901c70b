#pragma once

#include "oidc/client_auth.h"

/* The claims of an assertion with a good signature (RFC 7523 §3, protocol.md E2). *id is
 * OIDC_ERROR_NONE when they hold; then client->jti and jti_until are set. */
HG_MUST_USE enum hg_code oidc_assertion_check(struct hg_arena *arena,
                                              const struct oidc_client_facts *facts,
                                              struct oidc_client *client, enum oidc_error_id *id,
                                              struct hg_err *err);
