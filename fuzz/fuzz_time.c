/* Instants, time spans and durations: what is read is written and read again as the same. */

#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_time(struct hg_arena *arena, hg_str text)
{
    hg_time t;
    hg_time again;
    if (hg_time_parse(text, &t, NULL) != HG_OK)
        return;
    struct hg_civil civil = hg_civil_of(t);
    HG_ASSERT(hg_time_of(&civil).us == t.us);
    if (civil.year < 1 || civil.year > 9999) /* an offset can lead out of four digits */
        return;
    HG_ASSERT(hg_time_parse(hg_time_seven(arena, t), &again, NULL) == HG_OK);
    HG_ASSERT(again.us == t.us);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 1 << 20);
    if (arena == NULL)
        return 0;
    hg_str text = {(const char *)data, size};
    hg_dur span;
    hg_dur again;
    check_time(arena, text);
    if (hg_timespan_parse(text, &span, NULL) == HG_OK) {
        HG_ASSERT(hg_timespan_parse(hg_timespan_text(arena, span), &again, NULL) == HG_OK);
        HG_ASSERT(again.us == span.us);
    }
    if (hg_iso_duration_parse(text, &span, NULL) == HG_OK)
        HG_ASSERT(span.us >= 0);
    return 0;
}
