#pragma once

#include "base/base.h"

/* The only reader of clocks. Three kinds of calendar time behind one struct:
 *
 *   wall         the machine's clock
 *   development  the machine's clock plus an offset that advance and set move
 *                (serve --dev); stands for the passing of days in tests
 *   fixed        stands still but for advance and set (simulation from a seed)
 *
 * All are thread-safe and never go backwards: when the machine's clock is set
 * back, time stands still until it has caught up (docs/decisions/0070). */
enum edge_clock_kind { EDGE_CLOCK_WALL, EDGE_CLOCK_DEVELOPMENT, EDGE_CLOCK_FIXED };

struct edge_clock;

/* `start` is where a fixed clock stands at first; the others ignore it. */
HG_MUST_USE enum hg_code edge_clock_open(enum edge_clock_kind kind, hg_time start,
                                         struct edge_clock **out, struct hg_err *err);
void edge_clock_close(struct edge_clock *clock); /* NULL is fine; no one may be waiting */
struct hg_clock edge_clock_port(struct edge_clock *clock);

hg_time edge_clock_now(struct edge_clock *clock);

/* HG_UNSUPPORTED: the wall clock cannot be moved; HG_CONFLICT: that would be
 * backwards; HG_TOO_BIG: past the year 9999. */
HG_MUST_USE enum hg_code edge_clock_advance(struct edge_clock *clock, hg_dur by, hg_time *out_now,
                                            struct hg_err *err);
HG_MUST_USE enum hg_code edge_clock_set(struct edge_clock *clock, hg_time to, hg_time *out_now,
                                        struct hg_err *err);

/* Blocks until this clock reaches `until` (true), also when it is moved there,
 * or until edge_clock_wake() (false; also when that came just before). For the
 * thread that fires timers. */
bool edge_clock_wait(struct edge_clock *clock, hg_time until);
void edge_clock_wake(struct edge_clock *clock);

/* Time that only measures: for deadlines of sockets, unrelated to the calendar. */
hg_time edge_steady_now(void);
