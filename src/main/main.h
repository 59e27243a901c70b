#pragma once

#include "base/base.h"
#include "cli/cli.h"
#include "config/config.h"

/* The composition root: the only place that knows the product and the world. */

struct main_context {
    struct hg_arena *arena;
    const char *const *environment;
    struct cli_terminal terminal;
    const struct cli_call *call;
    struct config config;
};

/* Settings of file, environment and command line. */
HG_MUST_USE enum hg_code main_load_config(const struct main_context *context,
                                          struct hg_arena *arena, struct config *out,
                                          struct hg_err *err);

/* Each returns a process exit code (enum cli_exit) and has printed what there was to say. */
int main_serve(struct main_context *context);
int main_init(struct main_context *context);
int main_doctor(struct main_context *context);
int main_online(struct main_context *context);
int main_local(struct main_context *context); /* commands that need no server */

/* Prints a problem on stderr in the call's format; returns its exit code. */
int main_fail(const struct main_context *context, const struct cli_problem *problem);
int main_fail_code(const struct main_context *context, enum hg_code code, const struct hg_err *err);
void main_print(hg_str text); /* to stdout */
/* Prints a value in the call's format; returns `exit`. */
int main_show(struct main_context *context, const struct hg_json *value, int exit);
