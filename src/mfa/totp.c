#include "base/base.h"
#include "mfa/mfa.h"

#include <liboath/oath.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

enum { SEED_TEXT_MAX = 256 }; /* with blanks and padding */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int started = OATH_CRYPTO_ERROR;

static void start(void)
{
    started = oath_init();
}

struct code {
    char digits[MFA_TOTP_DIGITS + 1];
};

static hg_str code_str(const struct code *code)
{
    return (hg_str){.ptr = code->digits, .len = MFA_TOTP_DIGITS};
}

static enum hg_code code_of_step(hg_str seed, uint64_t step, struct code *out, struct hg_err *err)
{
    struct code code;
    (void)pthread_once(&once, start);
    if (seed.len < MFA_TOTP_SEED_MIN || seed.len > MFA_TOTP_SEED_MAX)
        return HG_FAIL(err, HG_MALFORMED, "a TOTP seed of %zu bytes", seed.len);
    int failed = started != OATH_OK
                     ? started
                     : oath_totp_generate(seed.ptr, seed.len, (time_t)(step * MFA_TOTP_PERIOD),
                                          MFA_TOTP_PERIOD, OATH_TOTP_DEFAULT_START_TIME,
                                          MFA_TOTP_DIGITS, code.digits);
    if (failed != OATH_OK)
        return HG_FAIL(err, HG_UNAVAILABLE, "liboath: %s", oath_strerror(failed));
    *out = code;
    return HG_OK;
}

static uint64_t step_of(hg_time now) /* time before 1970 counts as its first step */
{
    int64_t seconds = hg_time_seconds(now);
    return seconds < 0 ? 0 : (uint64_t)seconds / MFA_TOTP_PERIOD;
}

/* The digits without the blanks that apps show between them; false: no code. */
static bool read_code(hg_str text, struct code *out)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == ' ')
            continue;
        if (c < '0' || c > '9' || n == MFA_TOTP_DIGITS)
            return false;
        out->digits[n++] = c;
    }
    return n == MFA_TOTP_DIGITS;
}

enum hg_code mfa_totp_check(const struct mfa_totp *totp, hg_str code, hg_time now,
                            enum mfa_totp_verdict *out_verdict, uint64_t *out_step,
                            struct hg_err *err)
{
    struct code given;
    bool is_code = read_code(hg_str_trim(code), &given);
    bool is_match = false;
    uint64_t matched = 0;
    uint64_t present = step_of(now);
    uint64_t first = present < MFA_TOTP_WINDOW ? 0 : present - MFA_TOTP_WINDOW;
    for (uint64_t step = first; is_code && step <= present + MFA_TOTP_WINDOW; step++) {
        struct code wanted;
        HG_TRY(code_of_step(totp->seed, step, &wanted, err));
        bool is_this = hg_str_eq_secret(code_str(&given), code_str(&wanted));
        is_match |= is_this;
        matched = is_this ? step : matched; /* the newest, so that no older one is left to use */
    }
    bool is_new = !totp->has_last_step || matched > totp->last_step;
    *out_verdict = !is_match ? MFA_TOTP_WRONG : is_new ? MFA_TOTP_ACCEPTED : MFA_TOTP_REPLAYED;
    if (is_match && is_new)
        *out_step = matched;
    return HG_OK;
}

enum hg_code mfa_totp_code(struct hg_arena *arena, hg_str seed, hg_time now, hg_str *out,
                           struct hg_err *err)
{
    struct code code;
    HG_TRY(code_of_step(seed, step_of(now), &code, err));
    hg_str text = hg_str_dup(arena, code_str(&code));
    if (hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "a code");
    *out = text;
    return HG_OK;
}

enum hg_code mfa_totp_seed_parse(struct hg_arena *arena, hg_str text, hg_str *out,
                                 struct hg_err *err)
{
    hg_str seed;
    if (text.len > SEED_TEXT_MAX)
        return HG_FAIL(err, HG_TOO_BIG, "a TOTP seed of %zu characters", text.len);
    HG_TRY(hg_b32_decode(arena, hg_str_trim(text), &seed, err));
    if (seed.len > MFA_TOTP_SEED_MAX)
        return HG_FAIL(err, HG_TOO_BIG, "a TOTP seed of %zu bytes; at most %d", seed.len,
                       MFA_TOTP_SEED_MAX);
    if (seed.len < MFA_TOTP_SEED_MIN)
        return HG_FAIL(err, HG_MALFORMED, "a TOTP seed of %zu bytes; at least %d", seed.len,
                       MFA_TOTP_SEED_MIN);
    *out = seed;
    return HG_OK;
}
