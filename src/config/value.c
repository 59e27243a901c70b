#include "base/base.h"
#include "config/config_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static bool is_plain_text(hg_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
            return false;
    return hg_utf8_valid(text);
}

static bool parse_text(const struct config_row *row, hg_str text, hg_str *out)
{
    if (!is_plain_text(text) || (text.len == 0 && row->standard[0] != '\0'))
        return false;
    *out = text;
    return true;
}

static bool is_all_of(hg_str text, const char *set)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '\0' || strchr(set, text.ptr[i]) == NULL)
            return false;
    return true;
}

/* "https://host" or "https://host:port": clients compare it byte for byte, so nothing may
 * follow. */
static bool parse_url(hg_str text, hg_str *out)
{
    struct hg_scan scan = hg_scan_of(text);
    if (text.len > 0 && !hg_scan_lit(&scan, "https://") && !hg_scan_lit(&scan, "http://"))
        return false;
    hg_str host = hg_scan_rest(&scan);
    if (text.len > 0 && host.len == 0)
        return false;
    if (!is_all_of(host, "abcdefghijklmnopqrstuvwxyz0123456789.-:[]"))
        return false;
    *out = text;
    return true;
}

static bool parse_store(hg_str text, hg_str *out)
{
    struct hg_scan scan = hg_scan_of(text);
    bool known = hg_scan_lit(&scan, "sqlite:") || hg_scan_lit(&scan, "postgresql://");
    if (text.len > 0 && (!known || hg_scan_done(&scan) || !is_plain_text(text)))
        return false;
    *out = text;
    return true;
}

static bool parse_address(hg_str text, struct config_address *out)
{
    struct config_address address = {.is_set = text.len > 0};
    size_t colon = hg_str_find_last_byte(text, ':');
    uint64_t port = 0;
    if (!address.is_set) {
        *out = address;
        return true;
    }
    if (colon == HG_NPOS || colon == 0 || !is_plain_text(text) ||
        !hg_str_u64(hg_str_from(text, colon + 1), UINT16_MAX, &port))
        return false;
    address.host = hg_str_sub(text, 0, colon);
    address.port = (uint16_t)port;
    bool bracketed =
        hg_str_starts(address.host, HG_STR("[")) && hg_str_ends(address.host, HG_STR("]"));
    if (bracketed)
        address.host = hg_str_sub(address.host, 1, address.host.len - 2);
    else if (hg_str_find_byte(address.host, ':') != HG_NPOS)
        return false; /* which colon is the port's? */
    *out = address;
    return address.host.len > 0;
}

static bool in_limits(const struct config_row *row, uint64_t n)
{
    return n >= row->least && n <= row->most;
}

struct unit {
    const char *name;
    uint64_t size;
};

/* A number and one of the units; *n counts in the smallest. */
static bool parse_with_unit(hg_str text, const struct unit *units, size_t n_units, uint64_t *n)
{
    struct hg_scan scan = hg_scan_of(text);
    if (!hg_scan_u64(&scan, UINT64_MAX, n))
        return false;
    hg_scan_blanks(&scan);
    for (size_t i = 0; i < n_units; i++)
        if (hg_str_eq_nocase(hg_scan_rest(&scan), hg_str_of(units[i].name)))
            return !__builtin_mul_overflow(*n, units[i].size, n);
    return false;
}

static bool parse_size(const struct config_row *row, hg_str text, uint64_t *out)
{
    static const struct unit units[] = {
        {"", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}};
    uint64_t n;
    if (!parse_with_unit(text, units, HG_COUNT(units), &n) || !in_limits(row, n))
        return false;
    *out = n;
    return true;
}

static bool parse_time(const struct config_row *row, hg_str text, hg_dur *out)
{
    static const struct unit units[] = {{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
    uint64_t n;
    if (!parse_with_unit(text, units, HG_COUNT(units), &n) || !in_limits(row, n))
        return false;
    *out = HG_SECONDS(n);
    return true;
}

static bool parse_number(const struct config_row *row, hg_str text, uint64_t *out)
{
    uint64_t n;
    if (!hg_str_u64(text, row->most, &n) || n < row->least)
        return false;
    *out = n;
    return true;
}

static bool parse_choice(const struct config_row *row, hg_str text, unsigned *out)
{
    hg_str rest = hg_str_of(row->unit);
    hg_str choice;
    for (unsigned i = 0; hg_str_field(&rest, '|', &choice); i++) {
        if (!hg_str_eq_nocase(choice, text))
            continue;
        *out = i;
        return true;
    }
    return false;
}

static bool parse_ranges(struct hg_arena *arena, hg_str text, struct config_ranges *out)
{
    size_t most = 1;
    for (size_t i = 0; i < text.len; i++)
        most += text.ptr[i] == ',';
    struct hg_cidr *items = HG_NEW_ARRAY(arena, struct hg_cidr, most);
    if (items == NULL)
        return false;
    size_t n = 0;
    hg_str part;
    while (hg_str_field(&text, ',', &part)) {
        part = hg_str_trim(part);
        if (part.len > 0 && hg_cidr_parse(part, &items[n++], NULL) != HG_OK)
            return false;
    }
    *out = (struct config_ranges){.items = items, .n = n};
    return true;
}

bool config_value_parse(struct hg_arena *arena, const struct config_row *row, hg_str text,
                        void *out)
{
    switch (row->kind) {
    case CONFIG_KIND_TEXT:
    case CONFIG_KIND_PATH:
        return parse_text(row, text, out);
    case CONFIG_KIND_URL:
        return parse_url(text, out);
    case CONFIG_KIND_STORE:
        return parse_store(text, out);
    case CONFIG_KIND_ADDRESS:
        return parse_address(text, out);
    case CONFIG_KIND_NUMBER:
        return parse_number(row, text, out);
    case CONFIG_KIND_SIZE:
        return parse_size(row, text, out);
    case CONFIG_KIND_TIME:
        return parse_time(row, text, out);
    case CONFIG_KIND_CHOICE:
        return parse_choice(row, text, out);
    case CONFIG_KIND_RANGES:
        return parse_ranges(arena, text, out);
    }
    return false;
}

static void size_text(uint64_t n, struct hg_buf *out)
{
    if (n >= 1 << 20 && n % (1 << 20) == 0)
        hg_buf_format(out, "%llu MiB", (unsigned long long)(n >> 20));
    else if (n >= 1 << 10 && n % (1 << 10) == 0)
        hg_buf_format(out, "%llu KiB", (unsigned long long)(n >> 10));
    else
        hg_buf_format(out, "%llu", (unsigned long long)n);
}

static void choices_text(const char *choices, struct hg_buf *out)
{
    hg_str rest = hg_str_of(choices);
    hg_str choice;
    for (bool first = true; hg_str_field(&rest, '|', &choice); first = false) {
        hg_buf_z(out, first ? "" : rest.len == 0 ? " or " : ", ");
        hg_buf_str(out, choice);
    }
}

void config_allowed(const struct config_row *row, struct hg_buf *out)
{
    unsigned long long least = row->least;
    unsigned long long most = row->most;
    switch (row->kind) {
    case CONFIG_KIND_TEXT:
    case CONFIG_KIND_PATH:
    case CONFIG_KIND_STORE:
        hg_buf_z(out, row->unit);
        return;
    case CONFIG_KIND_URL:
        hg_buf_z(out, "https://HOST or https://HOST:PORT in small letters, without a path");
        return;
    case CONFIG_KIND_ADDRESS:
        hg_buf_z(out, "HOST:PORT or [IPv6]:PORT");
        return;
    case CONFIG_KIND_NUMBER:
        hg_buf_format(out, "%llu to %llu %s", least, most, row->unit);
        return;
    case CONFIG_KIND_SIZE:
        size_text(least, out);
        hg_buf_z(out, " to ");
        size_text(most, out);
        return;
    case CONFIG_KIND_TIME:
        hg_buf_format(out, "%llus to %llus, or with m, h, d", least, most);
        return;
    case CONFIG_KIND_CHOICE:
        choices_text(row->unit, out);
        return;
    case CONFIG_KIND_RANGES:
        hg_buf_z(out, "addresses and ranges like 10.0.0.0/8, separated by commas");
        return;
    }
}
