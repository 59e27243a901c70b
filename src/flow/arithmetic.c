#include "base/base.h"
#include "flow/arithmetic_private.h"
#include "flow/decimal_private.h"
#include "flow/value_private.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool flow_is_number(const struct hg_json *value)
{
    enum flow_kind kind = flow_kind_of(value);
    return kind == FLOW_KIND_INT || kind == FLOW_KIND_DOUBLE || kind == FLOW_KIND_DECIMAL;
}

double flow_number_double(const struct hg_json *value)
{
    if (value->kind == HG_JSON_INT)
        return (double)value->integer;
    if (value->kind == HG_JSON_DOUBLE)
        return value->number;
    return flow_decimal_to_double(flow_decimal_of(value));
}

int flow_numbers_compare(const struct hg_json *a, const struct hg_json *b, int unordered)
{
    if (a->kind == HG_JSON_INT && b->kind == HG_JSON_INT)
        return (a->integer > b->integer) - (a->integer < b->integer);
    if (a->kind == HG_JSON_DOUBLE || b->kind == HG_JSON_DOUBLE) {
        double x = flow_number_double(a);
        double y = flow_number_double(b);
        return isnan(x) || isnan(y) ? unordered : (x > y) - (x < y);
    }
    return flow_decimal_compare(flow_decimal_of(a), flow_decimal_of(b));
}

/* Kinds are declared from narrow to wide. */
enum flow_kind flow_wider_kind(enum flow_kind a, enum flow_kind b)
{
    return a > b ? a : b;
}

bool flow_number_as(struct hg_arena *arena, const struct hg_json *value, enum flow_kind kind,
                    struct hg_json *out)
{
    struct flow_decimal decimal;
    if (flow_is(value, kind)) {
        *out = *value;
        return true;
    }
    if (kind == FLOW_KIND_DOUBLE) {
        *out = hg_json_double(flow_number_double(value));
        return true;
    }
    if (value->kind == HG_JSON_INT)
        decimal = flow_decimal_of(value);
    else if (!flow_decimal_of_double(arena, value->number, &decimal))
        return false;
    *out = flow_decimal_value(arena, &decimal);
    return true;
}
