#include "base/base.h"
#include "mfa/mfa.h"
#include "mfa/mfa_private.h"

#include <stddef.h>

enum { GROUP = 4 };

/* The Key URI format that authenticator apps read: a label and parameters. What
 * an app assumes when a parameter is missing differs, so all are written. */
static enum hg_code render_uri(struct hg_arena *arena, const struct mfa_enrolment_request *request,
                               hg_str secret, hg_str *out, struct hg_err *err)
{
    struct hg_buf buf = hg_buf_new(arena, HG_MAX_OTPAUTH_URI);
    hg_buf_z(&buf, "otpauth://totp/");
    hg_buf_percent(&buf, request->issuer);
    hg_buf_byte(&buf, ':');
    hg_buf_percent(&buf, request->account);
    hg_buf_z(&buf, "?secret=");
    hg_buf_str(&buf, secret);
    hg_buf_z(&buf, "&issuer=");
    hg_buf_percent(&buf, request->issuer);
    hg_buf_format(&buf, "&algorithm=SHA1&digits=%d&period=%d", MFA_TOTP_DIGITS, MFA_TOTP_PERIOD);
    return hg_buf_finish(&buf, out, err);
}

static enum hg_code render_groups(struct hg_arena *arena, hg_str secret, hg_str *out,
                                  struct hg_err *err)
{
    struct hg_buf buf = hg_buf_new(arena, HG_MAX_OTPAUTH_URI);
    for (size_t i = 0; i < secret.len; i += GROUP) {
        if (i > 0)
            hg_buf_byte(&buf, ' ');
        hg_buf_str(&buf, hg_str_sub(secret, i, GROUP));
    }
    return hg_buf_finish(&buf, out, err);
}

enum hg_code mfa_totp_enrol(struct hg_arena *arena, const struct mfa_enrolment_request *request,
                            struct mfa_enrolment *out, struct hg_err *err)
{
    struct mfa_enrolment made;
    if (request->seed.len < MFA_TOTP_SEED_MIN || request->seed.len > MFA_TOTP_SEED_MAX)
        return HG_FAIL(err, HG_MALFORMED, "a TOTP seed of %zu bytes", request->seed.len);
    hg_str secret = hg_b32_encode(arena, request->seed);
    HG_TRY(render_uri(arena, request, secret, &made.uri, err));
    HG_TRY(render_groups(arena, secret, &made.secret, err));
    HG_TRY(mfa_qr_render(arena, made.uri, request->title, &made.qr_svg, err));
    *out = made;
    return HG_OK;
}
