#pragma once

#include "flow/expression_private.h"
#include "flow/function_private.h"

/* One access ".key" or "[key]" on *value, which becomes what was found (4.4).
 * `slash`: a key like 'body/value' that the object does not have is walked. */
enum hg_code flow_select(struct flow_eval *eval, const struct flow_step *step,
                         const struct hg_json *key, bool slash, struct hg_json *value);
