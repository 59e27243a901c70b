#pragma once

#include "base/err.h"
#include "base/time.h"

/* The clock as a port, for the few places of the shell that enter time: one
 * request or timer event reads it once and passes `now` on. Implemented by
 * edge/clock.c. Never goes backwards. No pure module is given one. */
struct hg_clock {
    hg_time (*now)(void *self);
    /* Moves a development clock forward and gives the new time. Both are NULL for
     * the wall clock. HG_CONFLICT: that would be backwards; HG_TOO_BIG: past year 9999. */
    enum hg_code (*advance)(void *self, hg_dur by, hg_time *out_now, struct hg_err *err);
    enum hg_code (*set)(void *self, hg_time to, hg_time *out_now, struct hg_err *err);
    void *self;
};

static inline hg_time hg_clock_now(const struct hg_clock *clock)
{
    return clock->now(clock->self);
}
