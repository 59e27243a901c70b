#pragma once

#include "base/base.h"
#include "model/model.h"

/* Second factors. Pure: the seed, the code and `now` are values; how many wrong
 * codes an account may send, and in which transaction the accepted step is
 * written, is the caller's (security.md G20, M01).
 *
 * TOTP is RFC 6238 as every authenticator app has it: SHA-1, 30 seconds, 6
 * digits, a window of one step either way. */
enum {
    MFA_TOTP_SEED = 20, /* bytes of a new seed */
    MFA_TOTP_SEED_MIN = 10,
    MFA_TOTP_SEED_MAX = 80, /* 128 characters of base32 */
    MFA_TOTP_DIGITS = 6,
    MFA_TOTP_PERIOD = 30,     /* seconds of a step */
    MFA_TOTP_WINDOW = 1,      /* steps before and after the present one */
    MFA_MAX_OATH_METHODS = 5, /* of one user, as the documented service has it */
};

/* One registered authenticator. The row keeps the seed sealed. */
struct mfa_totp {
    hg_str id, display_name;
    hg_time created;
    hg_str seed;
    bool has_last_step; /* false: no code was accepted yet */
    uint64_t last_step; /* the highest step whose code was accepted */
};

enum mfa_totp_verdict {
    MFA_TOTP_WRONG,
    MFA_TOTP_REPLAYED, /* right, but of a step no newer than the last accepted one */
    MFA_TOTP_ACCEPTED,
};

/* On MFA_TOTP_ACCEPTED *out_step is the step to store as last_step before the
 * sign-in goes on; the update must insist on the old value, so that of two
 * parallel uses one fails. The person is told the same for wrong and replayed.
 * Blanks in `code` are ignored. All steps of the window are computed and compared,
 * whichever matches. HG_UNAVAILABLE: the library failed. */
HG_MUST_USE enum hg_code mfa_totp_check(const struct mfa_totp *totp, hg_str code, hg_time now,
                                        enum mfa_totp_verdict *out_verdict, uint64_t *out_step,
                                        struct hg_err *err);

/* The code that an authenticator shows at `now`: for `serve --dev` and tests. */
HG_MUST_USE enum hg_code mfa_totp_code(struct hg_arena *arena, hg_str seed, hg_time now,
                                       hg_str *out, struct hg_err *err);

/* A seed from its base32 text (case, blanks and padding do not matter).
 * HG_MALFORMED; HG_TOO_BIG; a seed under MFA_TOTP_SEED_MIN bytes is HG_MALFORMED. */
HG_MUST_USE enum hg_code mfa_totp_seed_parse(struct hg_arena *arena, hg_str text, hg_str *out,
                                             struct hg_err *err);

/* What the registration page shows. `seed` is random bytes of the caller; the
 * method is stored once a code of it was accepted. */
struct mfa_enrolment_request {
    hg_str seed;
    hg_str issuer, account; /* as the app lists them; ':' is percent-encoded */
    hg_str title;           /* the QR code's text alternative */
};
struct mfa_enrolment {
    hg_str secret; /* base32, in groups of four for reading */
    hg_str uri;    /* otpauth://totp/… */
    hg_str qr_svg; /* one <svg role="img"> element, no script, no style */
};
HG_MUST_USE enum hg_code mfa_totp_enrol(struct hg_arena *arena,
                                        const struct mfa_enrolment_request *request,
                                        struct mfa_enrolment *out, struct hg_err *err);

/* The amr values of a sign-in proved with these model_method bits, blank-separated
 * in the order pwd rsa otp fed mfa (conditional-access.md part 8). "mfa" stands
 * there when the methods together are more than one factor. Static text. */
hg_str mfa_amr(unsigned methods);
