#pragma once

#include "base/base.h"
#include "connector/connector.h"

/* The built-in connectors: documents of connectors/, embedded in the program. */

/* NULL: there is no such connector. Read into `arena`. */
HG_MUST_USE enum hg_code app_connector_load(struct hg_arena *arena, hg_str name,
                                            const struct connector **out, struct hg_err *err);
size_t app_connector_count(void);
hg_str app_connector_name(size_t i);
/* The swagger document's text. */
hg_str app_connector_swagger(size_t i);

/* The scope its tokens are asked for: "<resource>/.default". */
hg_str app_connector_scope(struct hg_arena *arena, const struct connector *connector);
