#include "base/base.h"
#include "config/config_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* The password in "postgresql://user:password@host/…" and in "?password=…". */
static void masked_store(hg_str url, struct hg_buf *out)
{
    size_t at = hg_str_find_last_byte(url, '@');
    size_t slashes = hg_str_find(url, HG_STR("://"));
    if (at != HG_NPOS && slashes != HG_NPOS) {
        hg_str user = hg_str_sub(url, slashes + 3, at - slashes - 3);
        size_t colon = hg_str_find_byte(user, ':');
        hg_buf_str(out, hg_str_sub(url, 0, slashes + 3));
        hg_buf_str(out, hg_str_sub(user, 0, colon));
        hg_buf_z(out, colon == HG_NPOS ? "" : ":***");
        url = hg_str_from(url, at);
    }
    size_t secret = hg_str_find(url, HG_STR("password="));
    hg_buf_str(out, hg_str_sub(url, 0, secret == HG_NPOS ? url.len : secret + 9));
    if (secret == HG_NPOS)
        return;
    hg_str rest = hg_str_from(url, secret + 9);
    size_t end = hg_str_find_byte(rest, '&');
    hg_buf_z(out, "***");
    hg_buf_str(out, hg_str_from(rest, end == HG_NPOS ? rest.len : end));
}

/* A list goes on in indented lines, so that none is too long to be read again. */
static void print_ranges(hg_str text, struct hg_buf *out)
{
    hg_str part;
    for (bool first = true; hg_str_field(&text, ',', &part); first = false) {
        hg_buf_z(out, first ? "" : ",\n    ");
        hg_buf_str(out, hg_str_trim(part));
    }
}

static void print_value(const struct config_row *row, hg_str text, struct hg_buf *out)
{
    if (row->kind == CONFIG_KIND_STORE)
        masked_store(text, out);
    else if (row->kind == CONFIG_KIND_RANGES)
        print_ranges(text, out);
    else
        hg_buf_str(out, text);
}

static bool starts_section(size_t i)
{
    return i == 0 || strcmp(config_rows[i].section, config_rows[i - 1].section) != 0;
}

void config_print(const struct config *config, bool with_origins, struct hg_buf *out)
{
    for (size_t i = 0; i < CONFIG_N_SETTINGS; i++) {
        const struct config_origin *origin = &config->origins[i];
        if (starts_section(i))
            hg_buf_format(out, "%s[%s]\n", i == 0 ? "" : "\n", config_rows[i].section);
        if (with_origins)
            hg_buf_format(out, "; %.*s\n",
                          HG_ARG(origin->where.len > 0 ? origin->where : HG_STR("default")));
        hg_buf_format(out, "%s = ", config_rows[i].key);
        print_value(&config_rows[i], origin->text, out);
        hg_buf_byte(out, '\n');
    }
}

hg_str config_restart_needed(struct hg_arena *arena, const struct config *running,
                             const struct config *wanted)
{
    struct hg_buf buf = hg_buf_new(arena, 4096);
    for (size_t i = 0; i < CONFIG_N_SETTINGS; i++) {
        if (config_rows[i].is_live || hg_str_eq(running->origins[i].text, wanted->origins[i].text))
            continue;
        hg_buf_format(&buf, "%s%s.%s", buf.len == 0 ? "" : ", ", config_rows[i].section,
                      config_rows[i].key);
    }
    return hg_buf_view(&buf);
}

static void print_wrapped(hg_str text, struct hg_buf *out)
{
    enum { WIDTH = 76 };
    size_t column = 0;
    hg_str word;
    while (hg_str_field(&text, ' ', &word)) {
        if (column == 0 || column + 1 + word.len > WIDTH) {
            hg_buf_z(out, column == 0 ? "    " : "\n    ");
            column = 4;
        } else {
            hg_buf_byte(out, ' ');
            column++;
        }
        hg_buf_str(out, word);
        column += word.len;
    }
    hg_buf_byte(out, '\n');
}

void config_help(struct hg_buf *out)
{
    for (size_t i = 0; i < CONFIG_N_SETTINGS; i++) {
        const struct config_row *row = &config_rows[i];
        hg_buf_format(out, "%s%s.%s = ", i == 0 ? "" : "\n", row->section, row->key);
        config_allowed(row, out);
        hg_buf_format(out, "\n    Default: %s. A change needs %s.\n",
                      row->standard[0] == '\0' ? "not set" : row->standard,
                      row->is_live ? "SIGHUP" : "a restart");
        print_wrapped(hg_str_of(row->text), out);
    }
}

static void print_cell(hg_str text, struct hg_buf *out)
{
    hg_str part;
    for (bool more = true; more;) {
        more = hg_str_cut(text, '|', &part, &text);
        hg_buf_str(out, part);
        hg_buf_z(out, more ? "\\|" : "");
    }
}

void config_markdown(struct hg_buf *out)
{
    for (size_t i = 0; i < CONFIG_N_SETTINGS; i++) {
        const struct config_row *row = &config_rows[i];
        if (starts_section(i))
            hg_buf_format(out,
                          "%s## [%s]\n\n| key | default | allowed | takes effect | meaning |\n"
                          "| --- | --- | --- | --- | --- |\n",
                          i == 0 ? "" : "\n", row->section);
        hg_buf_format(out, "| `%s` | %s%s%s | ", row->key, row->standard[0] == '\0' ? "" : "`",
                      row->standard, row->standard[0] == '\0' ? "" : "`");
        struct hg_buf allowed = hg_buf_new(out->arena, 256);
        config_allowed(row, &allowed);
        print_cell(hg_buf_view(&allowed), out);
        hg_buf_format(out, " | %s | ", row->is_live ? "SIGHUP" : "restart");
        print_cell(hg_str_of(row->text), out);
        hg_buf_z(out, " |\n");
    }
}
