#pragma once

#include "base/base.h"

/* The language counts text in UTF-16 units, we keep it in UTF-8. A count that ends
 * inside a surrogate pair means the place before the character. */
size_t flow_units_to_bytes(hg_str text, int64_t units); /* clipped to the text */
hg_str flow_units_sub(hg_str text, int64_t from, int64_t n);
