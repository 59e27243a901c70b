#pragma once

#include "base/base.h"

/* `text` as a QR code in one inline <svg> element; `title` is its text alternative. */
HG_MUST_USE enum hg_code mfa_qr_render(struct hg_arena *arena, hg_str text, hg_str title,
                                       hg_str *out, struct hg_err *err);
