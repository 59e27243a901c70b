#pragma once

/* The vocabulary every module speaks. Module headers include this one file and
 * the public headers of the modules they build on, nothing else. */

// IWYU pragma: begin_exports
#include "base/arena.h"
#include "base/b64.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/defs.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/near.h"
#include "base/random.h"
#include "base/scan.h"
#include "base/str.h"
#include "base/time.h"
#include "base/utf.h"
#include "base/uuid.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
// IWYU pragma: end_exports
