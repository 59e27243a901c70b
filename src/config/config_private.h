#pragma once

#include "config/config.h" // IWYU pragma: export

enum config_kind {
    CONFIG_KIND_TEXT,
    CONFIG_KIND_PATH,
    CONFIG_KIND_URL,
    CONFIG_KIND_STORE,
    CONFIG_KIND_ADDRESS,
    CONFIG_KIND_NUMBER,
    CONFIG_KIND_SIZE,
    CONFIG_KIND_TIME,
    CONFIG_KIND_CHOICE,
    CONFIG_KIND_RANGES,
};

struct config_row {
    const char *section, *key;
    const char *standard; /* the default */
    const char *unit;     /* or the choices, separated by '|' */
    const char *text;
    uint64_t least, most;
    size_t offset; /* in struct config */
    enum config_kind kind;
    bool is_live;
};

extern const struct config_row config_rows[CONFIG_N_SETTINGS];

/* Reads `text` into the member at `out`, whose type follows from the row's kind. False: it is
 * not what config_allowed() says. The value may borrow `text`. */
HG_MUST_USE bool config_value_parse(struct hg_arena *arena, const struct config_row *row,
                                    hg_str text, void *out);
/* "19456 to 4194304 KiB", "full or normal" */
void config_allowed(const struct config_row *row, struct hg_buf *out);

/* A configuration that is being put together. */
struct config_builder {
    struct hg_arena *arena;
    struct config config;
    struct hg_err *err;
};

/* The row called "section.key", or NULL. */
const struct config_row *config_row_find(hg_str name);
/* Fails with the nearest known name. */
enum hg_code config_fail_unknown(struct config_builder *builder, hg_str where, hg_str name);
HG_MUST_USE enum hg_code config_set(struct config_builder *builder, const struct config_row *row,
                                    hg_str text, enum config_place place, hg_str where);
/* Reads a file's text into the builder. */
HG_MUST_USE enum hg_code config_ini_read(struct config_builder *builder, hg_str name, hg_str text);
HG_MUST_USE enum hg_code config_environment_read(struct config_builder *builder,
                                                 const char *const *environment);
/* What no single setting can tell. */
HG_MUST_USE enum hg_code config_check(const struct config *config, struct hg_err *err);
/* HG_NOT_FOUND when there is none, HG_IO when it cannot be read, HG_TOO_BIG. */
HG_MUST_USE enum hg_code config_file_read(struct hg_arena *arena, hg_str path, hg_str *out,
                                          struct hg_err *err);
