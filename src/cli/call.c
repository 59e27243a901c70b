#include "base/base.h"
#include "cli/cli_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum hg_code cli_config_overrides(struct hg_arena *arena, const struct cli_call *call,
                                  const struct config_pair **out, size_t *out_n, struct hg_err *err)
{
    static const char *const names[] = {"listen", "data", "store", "set"};
    struct config_pair *pairs = HG_NEW_ARRAY(arena, struct config_pair, call->n_values);
    if (pairs == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu options", call->n_values);
    size_t n = 0;
    for (size_t i = 0; i < call->n_values; i++)
        for (size_t k = 0; k < HG_COUNT(names); k++)
            if (strcmp(call->values[i].option->name, names[k]) == 0)
                HG_TRY(config_option(hg_str_of(names[k]), call->values[i].value, &pairs[n++], err));
    *out = pairs;
    *out_n = n;
    return HG_OK;
}

enum cli_consent cli_consent(const struct cli_call *call, const struct cli_terminal *terminal)
{
    if (call->command == NULL || !call->command->is_destructive || cli_has(call, "yes"))
        return CLI_CONSENT_GIVEN;
    bool may_ask = terminal->in_is_tty && terminal->err_is_tty && !cli_has(call, "no-input");
    return may_ask ? CLI_CONSENT_ASK : CLI_CONSENT_MISSING;
}

/* The value of a variable that is set to something. */
static hg_str variable(const char *const *environment, hg_str name)
{
    for (; environment != NULL && *environment != NULL; environment++) {
        hg_str found;
        hg_str value;
        if (hg_str_cut(hg_str_of(*environment), '=', &found, &value) && hg_str_eq(found, name))
            return value;
    }
    return HG_STR("");
}

bool cli_has_color(const struct cli_call *call, bool is_tty, const char *const *environment)
{
    hg_str wanted = cli_get_or(call, "color", "auto");
    if (!hg_str_eq(wanted, HG_STR("auto")))
        return hg_str_eq(wanted, HG_STR("always"));
    if (variable(environment, HG_STR("NO_COLOR")).len > 0)
        return false;
    hg_str forced = variable(environment, HG_STR("CLICOLOR_FORCE"));
    if (forced.len > 0 && !hg_str_eq(forced, HG_STR("0")))
        return true;
    return is_tty && !hg_str_eq(variable(environment, HG_STR("TERM")), HG_STR("dumb"));
}

bool cli_changes_something(const struct cli_call *call)
{
    return call->command != NULL && call->command->how == CLI_ONLINE &&
           strcmp(call->command->method, "GET") != 0;
}

void cli_target_line(hg_str tenant, hg_str base_url, hg_str who, struct hg_buf *out)
{
    hg_buf_z(out, "tenant ");
    cli_put_safe(out, tenant);
    hg_buf_z(out, " @ ");
    cli_put_safe(out, base_url);
    hg_buf_z(out, " as ");
    cli_put_safe(out, who);
    hg_buf_byte(out, '\n');
}
