#include "base/base.h"
#include "flow/moment_private.h"
#include "text/culture.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FRACTION_DIGITS = 7, MAX_RUN = 20 };

hg_str flow_moment_pattern(hg_str pattern, const struct text_culture *culture)
{
    const struct {
        char letter;
        hg_str pattern;
    } standards[] = {
        {'d', culture->short_date},
        {'D', culture->long_date},
        {'m', culture->month_day},
        {'M', culture->month_day},
        {'o', HG_STR("yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK")},
        {'O', HG_STR("yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK")},
        {'r', HG_STR("ddd, dd MMM yyyy HH':'mm':'ss 'GMT'")},
        {'R', HG_STR("ddd, dd MMM yyyy HH':'mm':'ss 'GMT'")},
        {'s', HG_STR("yyyy'-'MM'-'dd'T'HH':'mm':'ss")},
        {'t', culture->short_time},
        {'T', culture->long_time},
        {'u', HG_STR("yyyy'-'MM'-'dd HH':'mm':'ss'Z'")},
        {'y', culture->year_month},
        {'Y', culture->year_month},
    };
    if (pattern.len != 1)
        return pattern;
    for (size_t i = 0; i < HG_COUNT(standards); i++)
        if (standards[i].letter == pattern.ptr[0])
            return standards[i].pattern;
    return (hg_str){0};
}

/* One formatting in progress. */
struct writer {
    struct hg_buf *buf;
    const struct text_culture *culture;
    struct flow_moment moment;
    struct hg_civil civil;
    bool has_day; /* the pattern shows the day of the month: names of months are genitive */
};

static void write_padded(struct hg_buf *buf, int64_t n, int width)
{
    hg_buf_format(buf, "%0*lld", width, (long long)n);
}

static void write_day(struct writer *writer, int n)
{
    const struct text_culture *culture = writer->culture;
    if (n <= 2)
        write_padded(writer->buf, writer->civil.day, n);
    else if (n == 3)
        hg_buf_str(writer->buf, culture->days_short[writer->civil.weekday]);
    else
        hg_buf_str(writer->buf, culture->days[writer->civil.weekday]);
}

static void write_month(struct writer *writer, int n)
{
    const struct text_culture *culture = writer->culture;
    unsigned i = writer->civil.month - 1;
    if (n <= 2)
        write_padded(writer->buf, writer->civil.month, n);
    else if (n == 3)
        hg_buf_str(writer->buf, culture->months_short[i]);
    else
        hg_buf_str(writer->buf, writer->has_day ? culture->months_of_day[i] : culture->months[i]);
}

static void write_year(struct writer *writer, int n)
{
    int64_t year = writer->civil.year;
    write_padded(writer->buf, n <= 2 ? year % 100 : year, n);
}

/* f: so many digits; F: the same without zeros at the end, nor the point before them. */
static bool write_fraction(struct writer *writer, int n, bool trim)
{
    if (n > FRACTION_DIGITS)
        return false;
    hg_str digits = hg_str_format(writer->buf->arena, "%07lld",
                                  (long long)(writer->moment.ticks % FLOW_TICKS_SECOND));
    digits = hg_str_sub(digits, 0, (size_t)n);
    while (trim && digits.len > 0 && digits.ptr[digits.len - 1] == '0')
        digits.len--;
    if (trim && digits.len == 0 && writer->buf->len > 0 &&
        writer->buf->ptr[writer->buf->len - 1] == '.')
        writer->buf->len--;
    hg_buf_str(writer->buf, digits);
    return true;
}

static void write_half(struct writer *writer, int n)
{
    hg_str name = writer->civil.hour < 12 ? writer->culture->am : writer->culture->pm;
    size_t end = 0;
    if (n == 1 && name.len > 0) {
        (void)hg_utf8_next(name, &end);
        name = hg_str_sub(name, 0, end);
    }
    hg_buf_str(writer->buf, name);
}

/* The zone of a moment without one is not known; it counts as UTC. */
static void write_offset(struct hg_buf *buf, int n)
{
    hg_buf_z(buf, n == 1 ? "+0" : n == 2 ? "+00" : "+00:00");
}

/* A run of one letter. False: the letter means nothing here. */
static bool write_field(struct writer *writer, char letter, int n)
{
    struct hg_buf *buf = writer->buf;
    unsigned hour = writer->civil.hour;
    switch (letter) {
    case 'd':
        write_day(writer, n);
        return true;
    case 'M':
        write_month(writer, n);
        return true;
    case 'y':
        write_year(writer, n);
        return true;
    case 'h':
        write_padded(buf, hour % 12 == 0 ? 12 : hour % 12, n < 2 ? 1 : 2);
        return true;
    case 'H':
        write_padded(buf, hour, n < 2 ? 1 : 2);
        return true;
    case 'm':
        write_padded(buf, writer->civil.minute, n < 2 ? 1 : 2);
        return true;
    case 's':
        write_padded(buf, writer->civil.second, n < 2 ? 1 : 2);
        return true;
    case 'f':
    case 'F':
        return write_fraction(writer, n, letter == 'F');
    case 't':
        write_half(writer, n);
        return true;
    case 'z':
        write_offset(buf, n);
        return true;
    case 'K':
        hg_buf_z(buf, writer->moment.is_utc ? "Z" : "");
        return true;
    case 'g':
        hg_buf_z(buf, "A.D.");
        return true;
    default:
        return false;
    }
}

/* A quoted run; *at moves behind it. False: it does not end. */
static bool write_quoted(struct hg_buf *buf, hg_str pattern, size_t *at)
{
    char quote = pattern.ptr[(*at)++];
    for (; *at < pattern.len; (*at)++) {
        if (pattern.ptr[*at] == quote) {
            (*at)++;
            return true;
        }
        bool is_escape = pattern.ptr[*at] == '\\';
        *at += is_escape ? 1 : 0;
        if (*at == pattern.len)
            return false;
        hg_buf_byte(buf, pattern.ptr[*at]);
    }
    return false;
}

/* One piece of the pattern that is no run of a letter. */
static bool write_literal(struct writer *writer, hg_str pattern, size_t *at)
{
    char c = pattern.ptr[*at];
    if (c == '\'' || c == '"')
        return write_quoted(writer->buf, pattern, at);
    (*at)++;
    if (c == '/') {
        hg_buf_str(writer->buf, writer->culture->date_separator);
    } else if (c == ':') {
        hg_buf_str(writer->buf, writer->culture->time_separator);
    } else if (c == '\\' || c == '%') {
        if (*at == pattern.len || (c == '%' && pattern.ptr[*at] == '%'))
            return false;
        if (c == '\\')
            hg_buf_byte(writer->buf, pattern.ptr[(*at)++]);
    } else {
        hg_buf_byte(writer->buf, c);
    }
    return true;
}

static int run_length(hg_str pattern, size_t at)
{
    int n = 1;
    while (n < MAX_RUN && at + (size_t)n < pattern.len &&
           pattern.ptr[at + (size_t)n] == pattern.ptr[at])
        n++;
    return n;
}

static bool is_field(char c)
{
    return hg_str_find_byte(HG_STR("dMyhHmsfFtzKg"), c) != HG_NPOS;
}

/* 'd' or 'dd' outside quotes. */
static bool shows_day(hg_str pattern)
{
    bool quoted = false;
    for (size_t i = 0; i < pattern.len; i++) {
        if (pattern.ptr[i] == '\'')
            quoted = !quoted;
        if (quoted || pattern.ptr[i] != 'd')
            continue;
        int n = run_length(pattern, i);
        if (n <= 2)
            return true;
        i += (size_t)n - 1;
    }
    return false;
}

static bool write_custom(struct writer *writer, hg_str pattern)
{
    writer->has_day = shows_day(pattern);
    for (size_t at = 0; at < pattern.len;) {
        bool done;
        if (is_field(pattern.ptr[at])) {
            int n = pattern.ptr[at] == 'K' ? 1 : run_length(pattern, at);
            done = write_field(writer, pattern.ptr[at], n);
            at += (size_t)n;
        } else {
            done = write_literal(writer, pattern, &at);
        }
        if (!done)
            return false;
    }
    return true;
}

/* Two patterns with a blank between: the general formats f F g G and U. */
static bool write_both(struct writer *writer, hg_str date, hg_str time)
{
    bool done = write_custom(writer, date);
    hg_buf_byte(writer->buf, ' ');
    return done && write_custom(writer, time);
}

bool flow_moment_format(struct hg_buf *buf, struct flow_moment moment, hg_str pattern,
                        const struct text_culture *culture)
{
    struct writer writer = {
        .buf = buf, .culture = culture, .moment = moment, .civil = flow_moment_civil(moment)};
    char letter = pattern.len == 1 ? pattern.ptr[0] : '\0';
    switch (letter) {
    case 'f':
        return write_both(&writer, culture->long_date, culture->short_time);
    case 'F':
    case 'U':
        return write_both(&writer, culture->long_date, culture->long_time);
    case 'g':
        return write_both(&writer, culture->short_date, culture->short_time);
    case 'G':
        return write_both(&writer, culture->short_date, culture->long_time);
    case 'r':
    case 'R':
        writer.culture = &text_culture_invariant;
        break;
    default:
        break;
    }
    hg_str custom = flow_moment_pattern(pattern, culture);
    return custom.len > 0 && write_custom(&writer, custom);
}
