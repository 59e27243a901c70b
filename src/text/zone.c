#include "text/zone.h"

#include "base/base.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unicode/ucal.h>  // IWYU pragma: keep
#include <unicode/uenum.h> // IWYU pragma: keep
#include <unicode/umachine.h>
#include <unicode/urename.h>
#include <unicode/utypes.h>

enum { NAME_UNITS = 96 };

/* ASCII to UTF-16; false when it is longer than any zone's name or not ASCII. */
static bool to_units(hg_str name, UChar out[NAME_UNITS])
{
    if (name.len == 0 || name.len >= NAME_UNITS)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        if ((unsigned char)name.ptr[i] >= 0x80)
            return false;
        out[i] = (UChar)name.ptr[i];
    }
    out[name.len] = 0;
    return true;
}

static hg_str from_units(struct hg_arena *arena, const UChar *units, int32_t n)
{
    char text[NAME_UNITS];
    for (int32_t i = 0; i < n; i++)
        text[i] = (char)units[i];
    return hg_str_dup(arena, (hg_str){text, (size_t)n});
}

static bool units_match(const UChar *units, int32_t n, hg_str name)
{
    if ((size_t)n != name.len)
        return false;
    for (int32_t i = 0; i < n; i++) {
        char c = (char)units[i];
        if (!hg_str_eq_nocase((hg_str){&c, 1}, hg_str_sub(name, (size_t)i, 1)))
            return false;
    }
    return true;
}

/* The system zone that `name` is, as ICU spells it; n = 0: none. */
static int32_t iana_of(const UChar *name, UChar out[NAME_UNITS])
{
    UErrorCode status = U_ZERO_ERROR;
    UBool is_system = false;
    int32_t n = ucal_getCanonicalTimeZoneID(name, -1, out, NAME_UNITS, &is_system, &status);
    return U_SUCCESS(status) && is_system && n < NAME_UNITS ? n : 0;
}

static int32_t iana_of_windows(const UChar *name, UChar out[NAME_UNITS])
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t n = ucal_getTimeZoneIDForWindowsID(name, -1, NULL, out, NAME_UNITS, &status);
    return U_SUCCESS(status) && n < NAME_UNITS ? n : 0;
}

/* Is one of the two names of this zone the one that is looked for, in other case? */
static int32_t match(const UChar *id, int32_t n, hg_str name, UChar out[NAME_UNITS])
{
    UErrorCode status = U_ZERO_ERROR;
    UChar windows[NAME_UNITS];
    if (units_match(id, n, name))
        return iana_of(id, out);
    int32_t m = ucal_getWindowsTimeZoneID(id, n, windows, NAME_UNITS, &status);
    if (U_FAILURE(status) || m >= NAME_UNITS || !units_match(windows, m, name))
        return 0;
    return iana_of_windows(windows, out);
}

static int32_t search(hg_str name, UChar out[NAME_UNITS])
{
    UErrorCode status = U_ZERO_ERROR;
    UEnumeration *ids = ucal_openTimeZoneIDEnumeration(UCAL_ZONE_TYPE_ANY, NULL, NULL, &status);
    int32_t found = 0;
    while (U_SUCCESS(status) && found == 0) {
        int32_t n = 0;
        const UChar *id = uenum_unext(ids, &n, &status);
        if (id == NULL || U_FAILURE(status))
            break;
        if (n < NAME_UNITS)
            found = match(id, n, name, out);
    }
    uenum_close(ids);
    return found;
}

enum hg_code text_zone_find(struct hg_arena *arena, hg_str name, struct text_zone *out,
                            struct hg_err *err)
{
    UChar units[NAME_UNITS];
    UChar id[NAME_UNITS];
    int32_t n = 0;
    if (to_units(name, units)) {
        n = iana_of_windows(units, id);
        if (n == 0)
            n = iana_of(units, id);
        if (n == 0)
            n = search(name, id);
    }
    if (n == 0)
        return HG_FAIL(err, HG_NOT_FOUND, "no time zone is called '%.*s'", HG_ARG(name));
    hg_str text = from_units(arena, id, n);
    const char *z = hg_str_z(arena, text);
    if (hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "time zone name");
    *out = (struct text_zone){.id = z,
                              .is_utc = hg_str_eq(text, HG_STR("Etc/UTC")) ||
                                        hg_str_eq(text, HG_STR("Etc/GMT"))};
    return HG_OK;
}

static UCalendar *open_calendar(const struct text_zone *zone, UErrorCode *status)
{
    UChar units[NAME_UNITS];
    if (!to_units(hg_str_of(zone->id), units)) {
        *status = U_ILLEGAL_ARGUMENT_ERROR;
        return NULL;
    }
    return ucal_open(units, -1, "en_US_POSIX", UCAL_GREGORIAN, status);
}

enum hg_code text_zone_offset(const struct text_zone *zone, int64_t utc_ms, int64_t *out_ms,
                              struct hg_err *err)
{
    UErrorCode status = U_ZERO_ERROR;
    UCalendar *calendar = open_calendar(zone, &status);
    ucal_setMillis(calendar, (UDate)utc_ms, &status);
    int32_t raw = ucal_get(calendar, UCAL_ZONE_OFFSET, &status);
    int32_t dst = ucal_get(calendar, UCAL_DST_OFFSET, &status);
    ucal_close(calendar);
    if (U_FAILURE(status))
        return HG_FAIL(err, HG_UNSUPPORTED, "zone %s: %s", zone->id, u_errorName(status));
    *out_ms = (int64_t)raw + dst;
    return HG_OK;
}

enum hg_code text_zone_offset_of_wall(const struct text_zone *zone, int64_t wall_ms,
                                      int64_t *out_ms, struct hg_err *err)
{
    UErrorCode status = U_ZERO_ERROR;
    UCalendar *calendar = open_calendar(zone, &status);
    int32_t raw = 0;
    int32_t dst = 0;
    ucal_setMillis(calendar, (UDate)wall_ms, &status);
    ucal_getTimeZoneOffsetFromLocal(calendar, UCAL_TZ_LOCAL_STANDARD_FORMER,
                                    UCAL_TZ_LOCAL_STANDARD_LATTER, &raw, &dst, &status);
    ucal_close(calendar);
    if (U_FAILURE(status))
        return HG_FAIL(err, HG_UNSUPPORTED, "zone %s: %s", zone->id, u_errorName(status));
    int64_t offset = (int64_t)raw + dst;
    int64_t back = 0;
    HG_TRY(text_zone_offset(zone, wall_ms - offset, &back, err));
    if (back != offset)
        return HG_FAIL(err, HG_MALFORMED, "the clock skips this time in %s", zone->id);
    *out_ms = offset;
    return HG_OK;
}
