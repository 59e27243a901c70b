#include "base/base.h"
#include "config/config_private.h"

#include <ini.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* One reading of a file by inih, which asks for lines and reports pairs. It counts no lines
 * and cuts long ones in silence, so both are done here. */
struct reading {
    struct config_builder *builder;
    hg_str name, rest;
    unsigned line;
    bool too_long;
    enum hg_code code;
};

static char *next_line(char *out, int room, void *stream)
{
    struct reading *reading = stream;
    hg_str line;
    if (reading->rest.len == 0 || reading->code != HG_OK || reading->too_long)
        return NULL;
    (void)hg_str_cut(reading->rest, '\n', &line, &reading->rest);
    reading->line++;
    reading->too_long = line.len + 2 > (size_t)room;
    if (reading->too_long)
        return NULL;
    memcpy(out, line.ptr, line.len);
    out[line.len] = '\n';
    out[line.len + 1] = '\0';
    return out;
}

static hg_str place(const struct reading *reading)
{
    return hg_str_format(reading->builder->arena, "%.*s:%u", HG_ARG(reading->name), reading->line);
}

static int take_pair(void *user, const char *section, const char *key, const char *value)
{
    struct reading *reading = user;
    if (reading->code != HG_OK)
        return 1;
    struct config_builder *builder = reading->builder;
    hg_str name = hg_str_format(builder->arena, "%s.%s", section, key);
    const struct config_row *row = config_row_find(name);
    reading->code = row == NULL
                        ? config_fail_unknown(builder, place(reading), name)
                        : config_set(builder, row, hg_str_of(value), CONFIG_FILE, place(reading));
    return 1;
}

enum hg_code config_ini_read(struct config_builder *builder, hg_str name, hg_str text)
{
    if (hg_str_find_byte(text, '\0') != HG_NPOS)
        return HG_FAIL(builder->err, HG_MALFORMED, "%.*s: not a text file", HG_ARG(name));
    struct reading reading = {.builder = builder, .name = name, .rest = text};
    int bad_line = ini_parse_stream(next_line, &reading, take_pair, &reading);
    HG_TRY(reading.code);
    if (reading.too_long)
        return HG_FAIL(builder->err, HG_MALFORMED,
                       "%.*s:%u: a line of more than %d bytes; go on in an indented next line",
                       HG_ARG(name), reading.line, INI_MAX_LINE - 2);
    if (bad_line != 0)
        return HG_FAIL(builder->err, HG_MALFORMED, "%.*s:%d: neither [section] nor key = value",
                       HG_ARG(name), bad_line);
    return HG_OK;
}
