#include "base/base.h"
#include "config/config_private.h"

#include <stdbool.h>
#include <stddef.h>

/* HEADGATE_SECTION_KEY. */
static hg_str variable_of(struct hg_arena *arena, const struct config_row *row)
{
    hg_str name = hg_str_format(arena, "HEADGATE_%s_%s", row->section, row->key);
    char *upper = hg_arena_alloc(arena, name.len + 1, 1);
    if (upper == NULL)
        return name;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        upper[i] = (char)(c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c);
    }
    return (hg_str){upper, name.len};
}

static const struct config_row *row_of(struct hg_arena *arena, hg_str variable)
{
    for (size_t i = 0; i < CONFIG_N_SETTINGS; i++)
        if (hg_str_eq(variable, variable_of(arena, &config_rows[i])))
            return &config_rows[i];
    return NULL;
}

/* Variables that start like a section are settings; others (HEADGATE_CORPUS) are not ours. */
static bool names_a_section(struct hg_arena *arena, hg_str variable)
{
    for (size_t i = 0; i < CONFIG_N_SETTINGS; i++) {
        hg_str start = hg_str_format(arena, "HEADGATE_%s_", config_rows[i].section);
        if (hg_str_starts_nocase(variable, start))
            return true;
    }
    return false;
}

static enum hg_code fail_unknown(struct config_builder *builder, hg_str variable)
{
    struct hg_near near = hg_near_to(variable);
    for (size_t i = 0; i < CONFIG_N_SETTINGS; i++)
        hg_near_offer(&near, variable_of(builder->arena, &config_rows[i]));
    return HG_FAIL(builder->err, HG_MALFORMED, "%.*s: unknown setting%s%.*s%s", HG_ARG(variable),
                   near.best.len > 0 ? "; did you mean " : "", HG_ARG(near.best),
                   near.best.len > 0 ? "?" : "");
}

/* A secret comes in a file: its text without the line end that editors add. */
static enum hg_code value_of_file(struct config_builder *builder, const struct config_row *row,
                                  hg_str variable, hg_str path)
{
    hg_str text;
    if (row->kind == CONFIG_KIND_PATH)
        return HG_FAIL(builder->err, HG_MALFORMED,
                       "%.*s: %s.%s is the path of a file already; use the name without _FILE",
                       HG_ARG(variable), row->section, row->key);
    enum hg_code code = config_file_read(builder->arena, path, &text, builder->err);
    if (code == HG_NOT_FOUND)
        return HG_FAIL(builder->err, HG_IO, "%.*s: there is no file %.*s", HG_ARG(variable),
                       HG_ARG(hg_str_sub(path, 0, 80)));
    HG_TRY(code);
    return config_set(builder, row, hg_str_trim(text), CONFIG_ENVIRONMENT, variable);
}

static enum hg_code take_variable(struct config_builder *builder, hg_str variable, hg_str value)
{
    const struct config_row *row = row_of(builder->arena, variable);
    bool is_file = row == NULL && hg_str_ends(variable, HG_STR("_FILE"));
    if (is_file)
        row = row_of(builder->arena, hg_str_sub(variable, 0, variable.len - 5));
    if (row == NULL)
        return names_a_section(builder->arena, variable) ? fail_unknown(builder, variable) : HG_OK;
    const struct config_origin *origin = &builder->config.origins[row - config_rows];
    if (origin->place == CONFIG_ENVIRONMENT)
        return HG_FAIL(builder->err, HG_MALFORMED, "%.*s: %s.%s is set by %.*s, too",
                       HG_ARG(variable), row->section, row->key, HG_ARG(origin->where));
    if (is_file)
        return value_of_file(builder, row, variable, value);
    return config_set(builder, row, value, CONFIG_ENVIRONMENT, variable);
}

enum hg_code config_environment_read(struct config_builder *builder, const char *const *environment)
{
    for (; environment != NULL && *environment != NULL; environment++) {
        hg_str variable;
        hg_str value;
        if (hg_str_cut(hg_str_of(*environment), '=', &variable, &value) &&
            hg_str_starts(variable, HG_STR("HEADGATE_")))
            HG_TRY(take_variable(builder, variable, value));
    }
    return HG_OK;
}
