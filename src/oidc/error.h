#pragma once

#include "base/base.h"

/* Protocol errors: one table, errors.def, for the token endpoint, the redirect to a
 * client, the error page, the lookup page GET /error?code=N and `headgate help
 * errors`. A client sees rows of it and nothing else. */

enum oidc_error_id {
    OIDC_ERROR_NONE,
#define OIDC_ERROR(id, number, status, error, suberror, redirect, text) OIDC_ERROR_##id,
#include "oidc/errors.def"
    OIDC_ERROR_COUNT
};

struct oidc_error_row {
    uint32_t aadsts;      /* the number; several rows may share one */
    unsigned status;      /* HTTP, where it is not sent by redirect */
    const char *error;    /* word at the token endpoint, "" when it never comes from there */
    const char *suberror; /* "" none */
    const char *redirect; /* word at the redirect URI, "" when it stays on a page */
    const char *text;     /* English, with {placeholders} */
};
const struct oidc_error_row *oidc_error_row(enum oidc_error_id id);

/* The row for a number that policy, lifetime or sign-in decided (50076, 53003 …): the
 * first of that number in the table; OIDC_ERROR_NONE when there is none. */
enum oidc_error_id oidc_error_of_number(uint32_t aadsts);

enum { OIDC_ERROR_ARGS = 6 };

/* One error with what its text speaks about. Values are borrowed. */
struct oidc_error {
    enum oidc_error_id id; /* OIDC_ERROR_NONE: no error */
    struct {
        const char *name; /* the placeholder without braces */
        hg_str value;
    } args[OIDC_ERROR_ARGS];
    size_t n_args;
    hg_str claims; /* {"access_token":{"capolids":…}} or "" */
};

struct oidc_error oidc_error_make(enum oidc_error_id id);
void oidc_error_put(struct oidc_error *error, const char *name, hg_str value);
static inline bool oidc_error_is(const struct oidc_error *error)
{
    return error->id != OIDC_ERROR_NONE;
}

/* "AADSTS50076: Due to … 'Office 365 Exchange Online'." without trace: for runs,
 * connections, the sign-in log. A placeholder nobody filled becomes "". */
HG_MUST_USE enum hg_code oidc_error_text(struct hg_arena *arena, const struct oidc_error *error,
                                         hg_str *out, struct hg_err *err);

struct oidc_error_context {
    hg_str base;           /* "https://localhost:8443" */
    hg_str issuer;         /* for answers by redirect alone (RFC 9207) */
    hg_str trace_id;       /* also the header x-ms-request-id */
    hg_str correlation_id; /* the caller's client-request-id, else made */
    hg_time now;
};

/* The JSON body of protocol.md E2. Status: oidc_error_row(error->id)->status. */
HG_MUST_USE enum hg_code oidc_error_body(struct hg_arena *arena, const struct oidc_error *error,
                                         const struct oidc_error_context *context, hg_str *out,
                                         struct hg_err *err);

/* error_description as it may stand in a redirect (RFC 6749 §4.1.2.1: %x20-21 %x23-5B
 * %x5D-7E): one line, with trace, correlation and timestamp; other characters replaced. */
HG_MUST_USE enum hg_code oidc_error_description(struct hg_arena *arena,
                                                const struct oidc_error *error,
                                                const struct oidc_error_context *context,
                                                bool for_redirect, hg_str *out, struct hg_err *err);

/* What the error page shows; plain text, to be escaped by the template. */
struct oidc_error_page {
    unsigned status;
    uint32_t aadsts;
    hg_str message; /* "AADSTS50011: …" */
    hg_str trace_id, correlation_id, timestamp;
    hg_str help_uri; /* {base}/error?code=50011 */
};
HG_MUST_USE enum hg_code oidc_error_page(struct hg_arena *arena, const struct oidc_error *error,
                                         const struct oidc_error_context *context,
                                         struct oidc_error_page *out, struct hg_err *err);

/* Lookup of a number as people type it: "50076", "AADSTS50076" (case ignored). Fills
 * *out with the rows of that number, in table order; false: the table has none. */
enum { OIDC_ERROR_LOOKUP_ROWS = 8 };
struct oidc_error_rows {
    const struct oidc_error_row *items[OIDC_ERROR_LOOKUP_ROWS];
    size_t n;
};
bool oidc_error_lookup(hg_str number, struct oidc_error_rows *out);
/* What whoever runs the server can do about it; "" where the text says it all. */
const char *oidc_error_next(uint32_t aadsts);
