#include "base/base.h"
#include "config/config_private.h"

#include <stdbool.h>
#include <stddef.h>

enum { SHOWN = 40 }; /* of a bad value */

enum hg_code config_fail_unknown(struct config_builder *builder, hg_str where, hg_str name)
{
    struct hg_near near = hg_near_to(name);
    HG_SCRATCH(builder->arena);
    for (size_t i = 0; i < CONFIG_N_SETTINGS; i++)
        hg_near_offer(&near, hg_str_format(builder->arena, "%s.%s", config_rows[i].section,
                                           config_rows[i].key));
    if (near.best.len == 0)
        return HG_FAIL(builder->err, HG_MALFORMED, "%.*s: unknown setting %.*s", HG_ARG(where),
                       HG_ARG(hg_str_sub(name, 0, SHOWN)));
    return HG_FAIL(builder->err, HG_MALFORMED, "%.*s: unknown setting %.*s; did you mean %.*s?",
                   HG_ARG(where), HG_ARG(hg_str_sub(name, 0, SHOWN)), HG_ARG(near.best));
}

static enum hg_code fail_value(struct config_builder *builder, const struct config_row *row,
                               hg_str text, hg_str where)
{
    HG_SCRATCH(builder->arena);
    struct hg_buf allowed = hg_buf_new(builder->arena, 256);
    config_allowed(row, &allowed);
    /* A store's URL may hold a password. */
    hg_str shown = row->kind == CONFIG_KIND_STORE ? HG_STR("...") : hg_str_sub(text, 0, SHOWN);
    hg_str limits = hg_buf_view(&allowed);
    return HG_FAIL(builder->err, HG_MALFORMED, "%.*s: %s.%s = %.*s: %.*s", HG_ARG(where),
                   row->section, row->key, HG_ARG(shown), HG_ARG(limits));
}

enum hg_code config_set(struct config_builder *builder, const struct config_row *row, hg_str text,
                        enum config_place place, hg_str where)
{
    struct config_origin *origin = &builder->config.origins[row - config_rows];
    bool again = place == CONFIG_FILE && origin->place == CONFIG_FILE;
    if (again && row->kind != CONFIG_KIND_RANGES)
        return HG_FAIL(builder->err, HG_MALFORMED, "%.*s: %s.%s is set already at %.*s",
                       HG_ARG(where), row->section, row->key, HG_ARG(origin->where));

    hg_str value =
        again ? hg_str_format(builder->arena, "%.*s,%.*s", HG_ARG(origin->text), HG_ARG(text))
              : hg_str_dup(builder->arena, text);
    void *member = (char *)&builder->config + row->offset;
    bool ok = config_value_parse(builder->arena, row, value, member);
    if (hg_arena_exhausted(builder->arena))
        return HG_FAIL(builder->err, HG_NO_MEMORY, "settings");
    if (!ok)
        return fail_value(builder, row, text, where);
    *origin = (struct config_origin){
        .place = place, .where = hg_str_dup(builder->arena, where), .text = value};
    return HG_OK;
}

static enum hg_code set_defaults(struct config_builder *builder)
{
    for (size_t i = 0; i < CONFIG_N_SETTINGS; i++)
        HG_TRY(config_set(builder, &config_rows[i], hg_str_of(config_rows[i].standard),
                          CONFIG_DEFAULT, HG_STR("")));
    return HG_OK;
}

static enum hg_code read_file(struct config_builder *builder, hg_str file)
{
    bool named = file.len > 0;
    hg_str path = named ? file : HG_STR("/etc/headgate/headgate.conf");
    hg_str text;
    enum hg_code code = config_file_read(builder->arena, path, &text, builder->err);
    if (code == HG_NOT_FOUND && !named)
        return HG_OK;
    if (code == HG_NOT_FOUND)
        return HG_FAIL(builder->err, HG_IO, "%.*s: there is no such file", HG_ARG(path));
    HG_TRY(code);
    return config_ini_read(builder, path, text);
}

static enum hg_code set_overrides(struct config_builder *builder, const struct config_pair *pairs,
                                  size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct config_row *row = config_row_find(pairs[i].name);
        if (row == NULL)
            return config_fail_unknown(builder, pairs[i].where, pairs[i].name);
        HG_TRY(config_set(builder, row, pairs[i].value, CONFIG_COMMAND_LINE, pairs[i].where));
    }
    return HG_OK;
}

enum hg_code config_load(struct hg_arena *arena, const struct config_sources *sources,
                         struct config *out, struct hg_err *err)
{
    struct config_builder builder = {.arena = arena, .err = err};
    HG_TRY(set_defaults(&builder));
    HG_TRY(read_file(&builder, sources->file));
    HG_TRY(config_environment_read(&builder, sources->environment));
    HG_TRY(set_overrides(&builder, sources->overrides, sources->n_overrides));
    HG_TRY(config_check(&builder.config, err));
    *out = builder.config;
    return HG_OK;
}

enum hg_code config_option(hg_str option, hg_str value, struct config_pair *out, struct hg_err *err)
{
    static const struct {
        const char *option, *prefix, *setting, *where;
    } options[] = {
        {"listen", "http://", "server.plain_listen", "--listen"},
        {"listen", "https://", "server.listen", "--listen"},
        {"listen", "", "server.listen", "--listen"},
        {"data", "", "server.data", "--data"},
        {"store", "", "server.store", "--store"},
    };
    for (size_t i = 0; i < HG_COUNT(options); i++) {
        hg_str prefix = hg_str_of(options[i].prefix);
        if (!hg_str_eq(option, hg_str_of(options[i].option)) || !hg_str_starts(value, prefix))
            continue;
        *out = (struct config_pair){.name = hg_str_of(options[i].setting),
                                    .value = hg_str_from(value, prefix.len),
                                    .where = hg_str_of(options[i].where)};
        return HG_OK;
    }
    struct config_pair pair = {.where = HG_STR("--set")};
    if (!hg_str_eq(option, HG_STR("set")))
        return HG_FAIL(err, HG_MALFORMED, "--%.*s is no setting", HG_ARG(option));
    if (!hg_str_cut(value, '=', &pair.name, &pair.value))
        return HG_FAIL(err, HG_MALFORMED, "--set %.*s: SECTION.KEY=VALUE", HG_ARG(value));
    *out = pair;
    return HG_OK;
}
