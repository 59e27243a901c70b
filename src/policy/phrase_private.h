#pragma once

#include "base/base.h"
#include "policy/policy_private.h"

#include <stddef.h>
#include <stdint.h>

/* Builds one line of comma-separated things; long lists of ids are cut. */
struct policy_phrase {
    struct hg_buf buf;
    bool needs_comma;
};

struct policy_name_bit {
    uint32_t bit;
    const char *name;
};
struct policy_name_bits {
    const struct policy_name_bit *items;
    size_t n;
};

extern const struct policy_name_bits policy_client_names;   /* enum model_client_app */
extern const struct policy_name_bits policy_platform_names; /* policy_platform_bit() */
extern const struct policy_name_bits policy_risk_names;     /* 1 << enum policy_risk */
extern const struct policy_name_bits policy_insider_names;  /* enum policy_insider_risk */
extern const struct policy_name_bits policy_flow_names;     /* enum model_flow_origin */
extern const struct policy_name_bits policy_external_names; /* enum model_external */
extern const struct policy_name_bits policy_device_names;   /* enum policy_device_state */

struct policy_phrase policy_phrase_new(struct hg_arena *arena);
void policy_phrase_add(struct policy_phrase *phrase, const char *kind, hg_str thing);
/* For what has a limit of its own, such as a rule. */
void policy_phrase_add_whole(struct policy_phrase *phrase, const char *kind, hg_str thing);
void policy_phrase_add_if(struct policy_phrase *phrase, bool is, const char *text);
void policy_phrase_add_ids(struct policy_phrase *phrase, const char *kind, struct policy_ids ids);
void policy_phrase_add_bits(struct policy_phrase *phrase, uint32_t bits,
                            struct policy_name_bits names);
/* " except " before what follows; only when something follows. */
void policy_phrase_except(struct policy_phrase *phrase);
hg_str policy_phrase_text(struct policy_phrase *phrase, const char *when_empty);

/* The names of the bits, joined by commas; `when_none` for none. */
hg_str policy_bits_text(struct hg_arena *arena, uint32_t bits, struct policy_name_bits names,
                        const char *when_none);
