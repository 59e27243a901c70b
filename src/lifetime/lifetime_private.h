#pragma once

#include "lifetime/lifetime.h"

/* Bounds of one property (6.2) and where its value lives in the settings. */
struct lifetime_property_row {
    const char *name;
    hg_dur min, max;
    bool may_be_until_revoked;
    const char *recommended; /* by the documents (TL-6); "" any value is fine */
    hg_str (*configured)(struct hg_arena *arena, const struct lifetime_settings *settings);
    void (*store)(struct lifetime_settings *settings, struct lifetime_limit_value value);
};
extern const struct lifetime_property_row lifetime_property_rows[LIFETIME_PROPERTY_COUNT];

/* The age limit since the last multi-factor proof that holds for refresh tokens, and
 * for sessions: the remember-MFA days stand in for what the policy says. */
struct lifetime_age {
    bool applies;
    hg_dur span;
    enum lifetime_rule rule;
};
struct lifetime_age lifetime_multi_factor_age(const struct lifetime_settings *settings);
struct lifetime_age lifetime_single_factor_age(const struct lifetime_settings *settings);
struct lifetime_age lifetime_session_age(const struct lifetime_settings *settings,
                                         bool is_multi_factor);

/* The first instant at which more than `span` has gone by since `base`. */
hg_time lifetime_end(hg_time base, hg_dur span);
