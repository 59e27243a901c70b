#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/json_private.h"
#include "base/scan.h"
#include "base/str.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static bool skip_digits(struct hg_scan *scan)
{
    size_t start = scan->at;
    while (hg_scan_peek(scan) >= '0' && hg_scan_peek(scan) <= '9')
        scan->at++;
    return scan->at > start;
}

/* RFC 8259 §6. *whole: neither fraction nor exponent. NULL, or what is wrong
 * where the cursor stands. */
static const char *scan_number(struct hg_scan *scan, bool *whole)
{
    *whole = true;
    (void)hg_scan_byte(scan, '-');
    bool zero = hg_scan_peek(scan) == '0';
    size_t start = scan->at;
    if (!skip_digits(scan))
        return "expected a digit";
    if (zero && scan->at > start + 1) {
        scan->at = start;
        return "a number with a leading zero";
    }
    if (hg_scan_byte(scan, '.')) {
        *whole = false;
        if (!skip_digits(scan))
            return "expected a digit after '.'";
    }
    if (hg_scan_byte(scan, 'e') || hg_scan_byte(scan, 'E')) {
        *whole = false;
        if (!hg_scan_byte(scan, '-'))
            (void)hg_scan_byte(scan, '+');
        if (!skip_digits(scan))
            return "expected a digit in the exponent";
    }
    return NULL;
}

static enum hg_code read_double(struct hg_json_parser *p, hg_str text, double *out)
{
    HG_SCRATCH(p->arena);
    char small[64] = {0};
    const char *z = small;
    if (text.len < sizeof(small))
        memcpy(small, text.ptr, text.len);
    else
        z = hg_str_z(p->arena, text);
    if (hg_arena_exhausted(p->arena))
        return HG_FAIL(p->err, HG_NO_MEMORY, "a number of %zu digits", text.len);
    *out = strtod(z, NULL);
    return HG_OK;
}

enum hg_code hg_json_parse_number(struct hg_json_parser *p, struct hg_json *out)
{
    struct hg_scan scan = {.text = p->text, .at = p->at};
    bool whole;
    const char *wrong = scan_number(&scan, &whole);
    if (wrong != NULL)
        return hg_json_fail_at(p, scan.at, HG_MALFORMED, "%s", wrong);

    hg_str text = hg_str_sub(p->text, p->at, scan.at - p->at);
    int64_t integer;
    double number;
    if (whole && hg_str_i64(text, &integer)) {
        out->kind = HG_JSON_INT;
        out->integer = integer;
    } else {
        HG_TRY(read_double(p, text, &number));
        if (isinf(number))
            return hg_json_fail_at(p, p->at, HG_MALFORMED, "a number out of range");
        out->kind = HG_JSON_DOUBLE;
        out->number = number;
    }
    p->at = scan.at;
    return HG_OK;
}
