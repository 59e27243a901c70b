#pragma once

#include "base/base.h"

/* The settings of the server, from one table (config.def). Each has a typed value and
 * remembers where it came from. In rising order of weight:
 *
 *   default, file (/etc/headgate/headgate.conf), environment (HEADGATE_SECTION_KEY, or
 *   HEADGATE_SECTION_KEY_FILE with the path of a file that holds the value), command line
 *
 * The file is INI: [section], key = value, ';' and '#' start comment lines. An unknown
 * section, key or variable is an error with the nearest known name, never skipped: a
 * misspelled setting must not quietly leave its default in force.
 *
 * Errors are HG_MALFORMED and err->detail names place, setting and what is allowed:
 *   headgate.conf:12: argon2.memory = 8: 19456 to 4194304 KiB */

struct config_address {
    hg_str host; /* without brackets */
    uint16_t port;
    bool is_set;
};

struct config_ranges {
    const struct hg_cidr *items;
    size_t n;
};

/* In the order of the choices in config.def. */
enum config_synchronous { CONFIG_SYNCHRONOUS_FULL, CONFIG_SYNCHRONOUS_NORMAL };
enum config_device_mtls { CONFIG_MTLS_OFF, CONFIG_MTLS_ON };
enum config_log_format { CONFIG_LOG_TEXT, CONFIG_LOG_JSON };

enum config_place { CONFIG_DEFAULT, CONFIG_FILE, CONFIG_ENVIRONMENT, CONFIG_COMMAND_LINE };

struct config_origin {
    enum config_place place;
    hg_str where; /* "/etc/headgate/headgate.conf:12", "HEADGATE_SERVER_DATA", "--data"; "" for a
                     default */
    hg_str text;  /* the value as written there */
};

enum {
    CONFIG_N_SETTINGS = 0
#define CONFIG_SETTING(...) +1 // NOLINT(bugprone-macro-parentheses): a sum without its first term
#include "config/config.def"
#undef CONFIG_SETTING
};

/* One member a setting, called section_key: config.server_data, config.argon2_memory.
 * TEXT, PATH, URL, STORE: hg_str ("" when not set). NUMBER and SIZE (bytes): uint64_t.
 * CHOICE: the enum above as unsigned. */
struct config {
#define CONFIG_AS_TEXT hg_str
#define CONFIG_AS_PATH hg_str
#define CONFIG_AS_URL hg_str
#define CONFIG_AS_STORE hg_str
#define CONFIG_AS_ADDRESS struct config_address
#define CONFIG_AS_NUMBER uint64_t
#define CONFIG_AS_SIZE uint64_t
#define CONFIG_AS_TIME hg_dur
#define CONFIG_AS_CHOICE unsigned
#define CONFIG_AS_RANGES struct config_ranges
#define CONFIG_SETTING(section, key, kind, ...) CONFIG_AS_##kind section##_##key;
#include "config/config.def"
#undef CONFIG_SETTING
    struct config_origin origins[CONFIG_N_SETTINGS]; /* in the order of config.def */
};

/* A value given by name: "server.data". */
struct config_pair {
    hg_str name, value, where; /* where: "--data" */
};

struct config_sources {
    hg_str file; /* a path; "" is /etc/headgate/headgate.conf, which may be missing */
    const char *const *environment;      /* "NAME=value" …, NULL at the end; NULL: none */
    const struct config_pair *overrides; /* of the command line; later ones win */
    size_t n_overrides;
};

/* Reads the file and what _FILE variables name, then decides. All values live in `arena`.
 * HG_IO: a file that must be there could not be read. */
HG_MUST_USE enum hg_code config_load(struct hg_arena *arena, const struct config_sources *sources,
                                     struct config *out, struct hg_err *err);

/* "--listen 127.0.0.1:0" and the like as overrides: `option` is listen, data or store; a
 * listen value of "http://HOST:PORT" is server.plain_listen. */
HG_MUST_USE enum hg_code config_option(hg_str option, hg_str value, struct config_pair *out,
                                       struct hg_err *err);

/* A file that config_load takes, every setting with its value; with_origins adds where each
 * came from. A password inside the store's URL is masked. */
void config_print(const struct config *config, bool with_origins, struct hg_buf *out);

/* Names of settings that differ and need a restart, separated by ", "; "" when all others
 * may be taken over at once. */
hg_str config_restart_needed(struct hg_arena *arena, const struct config *running,
                             const struct config *wanted);

/* The table as text, for `headgate help settings` and the manual page, and as Markdown. */
void config_help(struct hg_buf *out);
void config_markdown(struct hg_buf *out);
