#pragma once

#include "base/base.h"
#include "policy/policy.h"

/* Judges a JSON document as people have it on disk: an export, a template, a
 * documented exchange, a list. `headgate policy validate` prints its rows; reading
 * files, decoding them and splitting NDJSON is the caller's. References that only
 * a directory could resolve are warnings here. */

/* `kind` is "policy", "namedLocation", "authenticationStrength", "template", or of what
 * is not judged here "group", "migrationTable", "whatIf", "exchange" (one without a
 * body to judge); "unknown" is never ok. */
struct policy_document_row {
    size_t index; /* position in the list; 0 for a lone object */
    const char *kind;
    hg_str id, display_name;
    bool ok;                     /* no errors */
    struct policy_faults faults; /* errors and warnings, in the order of the document */
};

/* `document`: one object, an array of them, or {"value": […]}. A wrapper (template
 * with `details`, an export with `PolicyConfig`, an HTTP exchange with `request` and
 * `response` bodies) gives the rows of what it wraps, with its path before theirs.
 * HG_OK whatever the rows say; other codes mean that no judgement was reached. */
HG_MUST_USE enum hg_code policy_document_validate(struct hg_arena *arena,
                                                  const struct hg_json *document,
                                                  const struct policy_document_row **out,
                                                  size_t *out_n, struct hg_err *err);

/* One row as the line that `policy validate -o ndjson` prints; `file` is its first member. */
struct hg_json policy_document_row_json(struct hg_arena *arena, hg_str file,
                                        const struct policy_document_row *row);
