#include "base/base.h"
#include "flow/number_format_private.h"
#include "flow/number_private.h"
#include "flow/value_private.h"
#include "text/culture.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CUSTOM_DIGITS = 15, GROUP = 3 }; /* a double shows 15 digits in a custom format */

/* What one section asks for, found before anything is written. */
struct section {
    hg_str text;
    int places_before, places_after; /* '0' and '#' on each side of the point */
    int first_zero;                  /* counted from the point to the left: least whole digits */
    int last_zero;                   /* counted from the point to the right */
    int scale;                       /* power of ten: +2 for '%', -3 for each ',' at the end */
    bool grouped;
    size_t exponent; /* offset of the 'E' in the text; HG_NPOS: none */
};

static bool is_place(char c)
{
    return c == '0' || c == '#';
}

/* Length of a quoted run or an escaped character at the front; 0: neither. */
static size_t literal_length(hg_str text)
{
    if (text.ptr[0] == '\\')
        return text.len > 1 ? 2 : 1;
    if (text.ptr[0] != '\'' && text.ptr[0] != '"')
        return 0;
    size_t end = hg_str_find_byte(hg_str_from(text, 1), text.ptr[0]);
    return end == HG_NPOS ? text.len : end + 2;
}

/* E0, E+0, E-00, e0 … at the front: its length, 0: none. */
static size_t exponent_length(hg_str text)
{
    size_t at = 1;
    if (text.ptr[0] != 'E' && text.ptr[0] != 'e')
        return 0;
    if (at < text.len && (text.ptr[at] == '+' || text.ptr[at] == '-'))
        at++;
    size_t zeros = at;
    while (at < text.len && text.ptr[at] == '0')
        at++;
    return at == zeros ? 0 : at;
}

struct reader {
    bool after_point;
    int commas; /* since the last place */
};

static void read_place(struct section *section, struct reader *reader, char c)
{
    if (reader->after_point) {
        section->places_after++;
        if (c == '0')
            section->last_zero = section->places_after;
        return;
    }
    if (reader->commas > 0 && section->places_before > 0)
        section->grouped = true;
    reader->commas = 0;
    section->places_before++;
    if (section->first_zero > 0 || c == '0')
        section->first_zero++;
}

static struct section read_section(hg_str text)
{
    struct section section = {.text = text, .exponent = HG_NPOS};
    struct reader reader = {0};
    for (size_t i = 0; i < text.len;) {
        hg_str rest = hg_str_from(text, i);
        char c = rest.ptr[0];
        size_t literal = literal_length(rest);
        size_t exponent = literal > 0 ? 0 : exponent_length(rest);
        if (is_place(c))
            read_place(&section, &reader, c);
        else if (c == '.' && !reader.after_point) {
            reader.after_point = true;
            section.scale -= GROUP * reader.commas;
            reader.commas = 0;
        } else if (c == ',' && section.places_before > 0 && !reader.after_point)
            reader.commas++;
        else if (c == '%')
            section.scale += 2;
        else if (exponent > 0 && section.exponent == HG_NPOS)
            section.exponent = i;
        i += literal > 0 ? literal : exponent > 0 ? exponent : 1;
    }
    section.scale -= GROUP * reader.commas;
    return section;
}

/* The i-th section of "positive;negative;zero"; false: there is none. */
static bool section_at(hg_str format, int i, hg_str *out)
{
    size_t start = 0;
    size_t at = 0;
    while (at < format.len) {
        size_t literal = literal_length(hg_str_from(format, at));
        if (literal > 0) {
            at += literal;
            continue;
        }
        if (format.ptr[at] == ';') {
            if (i-- == 0)
                break;
            start = at + 1;
        }
        at++;
    }
    if (i > 0)
        return false;
    *out = hg_str_sub(format, start, at - start);
    return true;
}

static struct flow_digits digits_of(struct hg_arena *arena, const struct hg_json *value)
{
    struct flow_digits digits = {0};
    struct hg_buf buf = hg_buf_new(arena, 64);
    if (value->kind == HG_JSON_DOUBLE)
        hg_buf_format(&buf, "%.*e", CUSTOM_DIGITS - 1, value->number);
    else
        flow_text_write(&buf, value);
    (void)flow_digits_read(hg_buf_view(&buf), &digits);
    return digits;
}

/* What is being written. */
struct writer {
    struct hg_buf *buf;
    const struct section *section;
    const struct text_culture *culture;
    struct flow_digits digits;
    int exponent;
    int place; /* whole digits still to come; below zero: of the fraction */
    bool after_point, point_written;
};

static char digit_at(const struct writer *writer, int place)
{
    int at = writer->digits.point - place;
    return at >= 0 && at < writer->digits.n ? writer->digits.digits[at] : '0';
}

static void write_whole_digit(struct writer *writer)
{
    hg_buf_byte(writer->buf, digit_at(writer, writer->place));
    writer->place--;
    if (writer->section->grouped && writer->place > 0 && writer->place % GROUP == 0)
        hg_buf_str(writer->buf, writer->culture->group);
}

/* One '0' or '#' before the point. The first writes all digits that have no place. */
static void write_whole(struct writer *writer, int places_left)
{
    int needed = writer->section->first_zero;
    while (writer->place > places_left)
        write_whole_digit(writer);
    if (writer->place != places_left)
        writer->place = places_left;
    if (places_left <= writer->digits.point || places_left <= needed)
        write_whole_digit(writer);
    else
        writer->place--;
}

static void write_fraction(struct writer *writer, int place)
{
    bool shown =
        place <= writer->section->last_zero || place <= writer->digits.n - writer->digits.point;
    if (!shown)
        return;
    if (!writer->point_written)
        hg_buf_str(writer->buf, writer->culture->decimal);
    writer->point_written = true;
    hg_buf_byte(writer->buf, digit_at(writer, 1 - place));
}

static void write_exponent(struct writer *writer, hg_str form)
{
    bool always_signed = form.ptr[1] == '+';
    int zeros = 0;
    for (size_t i = 1; i < form.len; i++)
        zeros += form.ptr[i] == '0';
    int exponent = writer->exponent;
    hg_buf_byte(writer->buf, form.ptr[0]);
    if (exponent < 0)
        hg_buf_byte(writer->buf, '-');
    else if (always_signed)
        hg_buf_byte(writer->buf, '+');
    hg_buf_format(writer->buf, "%0*d", zeros < 10 ? zeros : 10,
                  exponent < 0 ? -exponent : exponent);
}

static void write_literal(struct hg_buf *buf, hg_str literal)
{
    bool is_quoted = literal.ptr[0] != '\\';
    size_t end = is_quoted && literal.len > 1 && literal.ptr[literal.len - 1] == literal.ptr[0]
                     ? literal.len - 1
                     : literal.len;
    hg_buf_str(buf, hg_str_sub(literal, 1, end - 1));
}

/* ".00" has no place for whole digits, which show all the same. */
static void begin_fraction(struct writer *writer)
{
    writer->after_point = true;
    while (writer->section->places_before == 0 && writer->place > 0)
        write_whole_digit(writer);
}

/* Everything between the digits. Returns how many bytes of the format it took. */
static size_t write_other(struct writer *writer, hg_str rest)
{
    size_t literal = literal_length(rest);
    if (literal > 0) {
        write_literal(writer->buf, hg_str_sub(rest, 0, literal));
        return literal;
    }
    size_t exponent = exponent_length(rest);
    if (exponent > 0 && writer->section->exponent != HG_NPOS) {
        write_exponent(writer, hg_str_sub(rest, 0, exponent));
        return exponent;
    }
    if (rest.ptr[0] == '%')
        hg_buf_str(writer->buf, writer->culture->percent);
    else if (rest.ptr[0] == '.')
        begin_fraction(writer);
    else if (rest.ptr[0] != ',')
        hg_buf_byte(writer->buf, rest.ptr[0]);
    return 1;
}

static void write_section(struct writer *writer)
{
    const struct section *section = writer->section;
    int before = section->places_before;
    int after = 0;
    writer->place = writer->digits.point;
    for (size_t i = 0; i < section->text.len;) {
        hg_str rest = hg_str_from(section->text, i);
        bool place = is_place(rest.ptr[0]);
        if (place && !writer->after_point)
            write_whole(writer, before--);
        else if (place)
            write_fraction(writer, ++after);
        i += place ? 1 : write_other(writer, rest);
    }
}

/* The digits as this section shows them: scaled and rounded. */
static struct flow_digits prepared(const struct section *section, struct flow_digits digits,
                                   int *exponent)
{
    *exponent = 0;
    if (digits.n == 0)
        return digits;
    digits.point += section->scale;
    if (section->exponent != HG_NPOS) {
        int before = section->places_before > 0 ? section->places_before : 1;
        flow_digits_round(&digits, before + section->places_after - digits.point, false);
        *exponent = digits.point - before;
        digits.point = before;
        return digits;
    }
    flow_digits_round(&digits, section->places_after, false);
    return digits;
}

void flow_number_custom(struct hg_buf *buf, const struct hg_json *value, hg_str format,
                        const struct text_culture *culture)
{
    if (value->kind == HG_JSON_DOUBLE && !isfinite(value->number)) {
        flow_double_write(buf, value->number);
        return;
    }
    struct flow_digits digits = digits_of(buf->arena, value);
    bool is_negative = digits.is_negative && digits.n > 0;
    hg_str text = format;
    bool has_own = false; /* a section for negative numbers says itself how they look */
    (void)section_at(format, 0, &text);
    if (is_negative)
        has_own = section_at(format, 1, &text) && text.len > 0;
    if (is_negative && !has_own)
        (void)section_at(format, 0, &text);
    struct section section = read_section(text);
    struct writer writer = {.buf = buf, .section = &section, .culture = culture};
    writer.digits = prepared(&section, digits, &writer.exponent);
    if (writer.digits.n == 0 && section_at(format, 2, &text) && text.len > 0) {
        section = read_section(text);
        writer.digits = prepared(&section, digits, &writer.exponent);
        is_negative = false;
    }
    if (is_negative && !has_own && writer.digits.n > 0)
        hg_buf_str(buf, culture->minus);
    write_section(&writer);
}
