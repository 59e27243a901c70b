#include "base/base.h"
#include "cli/cli_private.h"

#include <stdbool.h>
#include <stdint.h>

static const uint64_t second_us = 1000000;

/* "5 012": groups of three. */
static void put_grouped(struct hg_buf *out, uint64_t n)
{
    if (n >= 1000) {
        put_grouped(out, n / 1000);
        hg_buf_format(out, " %03u", (unsigned)(n % 1000));
    } else {
        hg_buf_format(out, "%u", (unsigned)n);
    }
}

static uint64_t per_second(const struct cli_progress *progress)
{
    uint64_t elapsed = progress->elapsed.us <= 0 ? 0 : (uint64_t)progress->elapsed.us;
    return elapsed < second_us / 10 ? 0 : progress->done * second_us / elapsed;
}

/* Seconds that are left at the pace so far; false: nobody knows. */
static bool seconds_left(const struct cli_progress *progress, uint64_t *out)
{
    uint64_t pace = per_second(progress);
    if (pace == 0 || progress->total < progress->done)
        return false;
    *out = (progress->total - progress->done + pace - 1) / pace;
    return true;
}

static void put_json(const struct cli_progress *progress, struct hg_buf *out)
{
    uint64_t left;
    hg_buf_z(out, "{\"phase\":");
    hg_buf_json(out, hg_str_of(progress->phase));
    hg_buf_format(out, ",\"done\":%llu", (unsigned long long)progress->done);
    if (progress->total > 0)
        hg_buf_format(out, ",\"total\":%llu", (unsigned long long)progress->total);
    if (seconds_left(progress, &left))
        hg_buf_format(out, ",\"eta\":%llu", (unsigned long long)left);
    hg_buf_z(out, "}\n");
}

static void put_line(const struct cli_progress *progress, struct hg_buf *out)
{
    uint64_t left;
    hg_buf_z(out, progress->phase);
    if (progress->total > 0)
        hg_buf_format(out, "  %u %%", (unsigned)(progress->done * 100 / progress->total));
    hg_buf_z(out, "  ");
    hg_buf_z(out, progress->total > 0 ? "(" : "");
    put_grouped(out, progress->done);
    if (progress->total > 0) {
        hg_buf_byte(out, '/');
        put_grouped(out, progress->total);
        hg_buf_byte(out, ')');
    }
    if (per_second(progress) > 0) {
        hg_buf_z(out, "  ");
        put_grouped(out, per_second(progress));
        hg_buf_z(out, "/s");
    }
    if (progress->total > 0 && seconds_left(progress, &left))
        hg_buf_format(out, "  ETA %llu s", (unsigned long long)left);
}

void cli_progress_render(const struct cli_call *call, const struct cli_progress *progress,
                         const struct cli_terminal *terminal, struct hg_buf *out)
{
    hg_str how = cli_get_or(call, "progress", "auto");
    if (hg_str_eq(how, HG_STR("none")))
        return;
    if (hg_str_eq(how, HG_STR("json"))) {
        put_json(progress, out);
    } else if (terminal->err_is_tty) {
        hg_buf_byte(out, '\r');
        put_line(progress, out);
        hg_buf_z(out, "\x1b[K");
    } else if (cli_has(call, "verbose")) {
        put_line(progress, out);
        hg_buf_byte(out, '\n');
    }
}
