#include "base/base.h"
#include "flow/expression.h"
#include "flow/value_private.h"

#include <stdbool.h>

enum flow_kind flow_kind_of(const struct hg_json *value)
{
    static const enum flow_kind kinds[] = {
        [HG_JSON_NULL] = FLOW_KIND_NULL,     [HG_JSON_BOOL] = FLOW_KIND_BOOL,
        [HG_JSON_INT] = FLOW_KIND_INT,       [HG_JSON_DOUBLE] = FLOW_KIND_DOUBLE,
        [HG_JSON_STRING] = FLOW_KIND_STRING, [HG_JSON_ARRAY] = FLOW_KIND_ARRAY,
        [HG_JSON_OBJECT] = FLOW_KIND_OBJECT,
    };
    if (value->kind == HG_JSON_STRING && value->at == FLOW_DECIMAL_AT)
        return FLOW_KIND_DECIMAL;
    return kinds[value->kind];
}

hg_str flow_value_kind_name(const struct hg_json *value)
{
    static const hg_str names[] = {
        [FLOW_KIND_NULL] = HG_LIT("Null"),     [FLOW_KIND_BOOL] = HG_LIT("Boolean"),
        [FLOW_KIND_INT] = HG_LIT("Integer"),   [FLOW_KIND_DOUBLE] = HG_LIT("Float"),
        [FLOW_KIND_DECIMAL] = HG_LIT("Float"), [FLOW_KIND_STRING] = HG_LIT("String"),
        [FLOW_KIND_ARRAY] = HG_LIT("Array"),   [FLOW_KIND_OBJECT] = HG_LIT("Object"),
    };
    return names[flow_kind_of(value)];
}
