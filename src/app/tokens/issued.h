#pragma once

#include "base/base.h"
#include "store/store.h"

/* Opaque values that Headgate gives out: codes, refresh tokens, session ids. 256 bits
 * of randomness in base64url; what is stored is a keyed MAC, the row's key. */

struct app;

struct app_issued {
    hg_str text; /* for the one who gets it */
    hg_str mac;  /* for the row */
};
HG_MUST_USE enum hg_code app_issue(struct app *app, struct hg_arena *arena, const char *purpose,
                                   struct app_issued *out, struct hg_err *err);
/* The row under which `text` is stored in `table` (keyed by tenant and MAC), whichever key
 * of the ring made it. HG_NOT_FOUND. */
HG_MUST_USE enum hg_code app_issued_find(struct app *app, struct hg_arena *arena,
                                         const struct store_table *table, hg_str tenant,
                                         const char *purpose, hg_str text, struct store_row *out,
                                         struct hg_err *err);
/* The MAC with the newest key alone: for values that never outlive a rotation. */
hg_str app_issued_mac(struct app *app, struct hg_arena *arena, const char *purpose, hg_str text);
