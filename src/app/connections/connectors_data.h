#pragma once

#include "base/base.h"

/* What tools/gen_connectors.py makes of connectors/. */
struct app_connector_data {
    hg_str name;
    hg_str swagger, properties; /* JSON text */
};
extern const struct app_connector_data app_connectors_data[];
extern const size_t app_n_connectors_data;
