#pragma once

#include "base/base.h"

#include <stdbool.h>

/* What the command line does without a server: values in, JSON out. Reading files and
 * printing is main's. */

/* Appends to `rows` one line per object of the document. *all_ok turns false when one of
 * them has an error. `text` is a file's decoded text; NDJSON and tolerated JSON alike. */
typedef enum hg_code app_offline_validate(struct hg_arena *arena, hg_str file, hg_str text,
                                          struct hg_json *rows, bool *all_ok, struct hg_err *err);
app_offline_validate app_offline_policy, app_offline_flow, app_offline_connector;

/* One document, or with NDJSON one a line as an array. False: err->detail says why not. */
bool app_offline_document(struct hg_arena *arena, hg_str text, struct hg_json *out,
                          struct hg_err *err);

struct app_offline_eval {
    hg_str expression;             /* bare, or a template when it begins with '@' */
    const struct hg_json *context; /* what it sees; NULL: nothing */
    hg_time now;
    const struct hg_random *random;
};
/* {"ok":true,"value"} or {"ok":false,"error"}. */
HG_MUST_USE enum hg_code app_offline_expression(struct hg_arena *arena,
                                                const struct app_offline_eval *eval,
                                                struct hg_json *out, struct hg_err *err);

/* One definition played to its end. HG_MALFORMED: err->detail is the first finding. */
struct app_offline_run {
    const struct hg_json *file;                /* the flow's document */
    const struct hg_json *mock, *trigger_body; /* NULL: none */
    hg_time now;
    const struct hg_random *random;
};
HG_MUST_USE enum hg_code app_offline_run(struct hg_arena *arena, const struct app_offline_run *run,
                                         struct hg_json *out, struct hg_err *err);

/* Rows of help: {"code","text","next"} of the errors that a number names ("50076",
 * "AADSTS50076"), of all for ""; {"surface","methods","pattern","scopes","roles"} of the routes
 * whose surface or path `part` begins, scopes null where the route is open. */
struct hg_json app_offline_errors(struct hg_arena *arena, hg_str number);
struct hg_json app_offline_routes(struct hg_arena *arena, hg_str part);

/* The code that an authenticator shows. `secret` is base32; HG_MALFORMED when it is not. */
HG_MUST_USE enum hg_code app_offline_totp(struct hg_arena *arena, hg_str secret, hg_time now,
                                          hg_str *out, struct hg_err *err);
