#pragma once

#include "flow/expression.h"

/* Keys of objects follow the rules of strings, except that one which is no expression
 * after all ("@odata.type") is a plain name. True: *out is to be evaluated. */
bool flow_key_is_template(struct hg_arena *arena, hg_str key, const struct flow_expression **out);

/* Puts one more step before the path of a fault. */
void flow_fault_prefix(struct hg_arena *arena, struct flow_fault *fault, hg_str step);
