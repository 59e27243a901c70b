#include "base/base.h"
#include "flow/expression.h"
#include "flow/function_private.h"
#include "flow/number_format_private.h"
#include "text/culture.h"

#include <stdbool.h>

enum hg_code flow_run_format_number(const struct flow_call *call, struct hg_json *out)
{
    const struct text_culture *culture = &text_culture_en_us;
    hg_str format = flow_arg_str(call, 1);
    struct hg_buf buf = flow_call_buf(call);
    if (call->n_args == 3)
        HG_TRY(flow_call_culture(call, 2, &culture));
    bool is_standard = flow_number_is_standard(format);
    if (is_standard && !flow_number_standard(&buf, &call->args[0], format, culture))
        return FLOW_FAIL(call,
                         "The template language function 'formatNumber' was invoked with a format "
                         "that is not valid: '%.*s' is no format of a value of type '%.*s'. Please "
                         "see https://aka.ms/logicexpressions#formatNumber for usage details.",
                         HG_ARG(format), HG_ARG(flow_value_kind_name(&call->args[0])));
    if (!is_standard)
        flow_number_custom(&buf, &call->args[0], format, culture);
    return flow_call_text(call, &buf, out);
}
