#pragma once

#include "base/base.h"
#include "config/config.h" // IWYU pragma: export

/* The command line: one table of commands (commands.def) and one of options (options.def),
 * from which parser, help, completion and manual pages come. This module knows no product
 * module. It turns argv into a struct cli_call; for a command that is answered by the server
 * also into an HTTP request; and JSON into what the user sees. It does no I/O: src/main runs
 * the requests, reads the files and prints what is rendered here.
 *
 * The contract is that of users-and-ux.md 5.3: data on stdout, talk on stderr. */

enum cli_exit {
    CLI_EXIT_OK = 0,
    CLI_EXIT_FAILED = 1,
    CLI_EXIT_USAGE = 2,
    CLI_EXIT_NOT_FOUND = 3,
    CLI_EXIT_SIGN_IN = 4,       /* sign-in or step-up needed */
    CLI_EXIT_CONFLICT = 5,      /* there already, or an ETag that is not the last */
    CLI_EXIT_LOCKOUT = 8,       /* refused by the lock-out guard */
    CLI_EXIT_INTERRUPTED = 130, /* 6 and 7 are kept for impact */
};

/* CLI_SERVE, CLI_USER_LIST, …: what src/main switches over for commands that are not online. */
enum cli_id {
#define CLI_COMMAND(id, ...) CLI_##id,
#include "cli/commands.def"
#undef CLI_COMMAND
    CLI_N_COMMANDS
};

enum cli_how {
    CLI_SELF,   /* help, completion, man, version: cli_self() answers */
    CLI_LOCAL,  /* src/main does it */
    CLI_ONLINE, /* requests to the server: struct cli_online */
};

struct cli_command {
    const char *path;      /* "policy enable" */
    const char *arguments; /* "USER [TOPIC] PATH..."; {NAME} is found, not given */
    const char *options;   /* names out of options.def, separated by blanks */
    const char *method;    /* "APPLY": the objects of files against a collection */
    const char *route;     /* "/v1.0/users/{USER}?$top={top}"; "A|B": one after another */
    const char *body;      /* see commands.def; "" none */
    const char *columns;   /* of a table: dotted paths, "=Heading" behind one where needed */
    const char *text;      /* one line */
    const char *example;   /* "headgate ..." */
    enum cli_id id;
    enum cli_how how;
    bool is_destructive; /* asks first, or wants --yes */
};

struct cli_option {
    const char *name;   /* without dashes */
    const char *value;  /* "FILE"; NULL: a switch. "a|b|c": one of these */
    const char *member; /* of an online command's body: a dotted path, ":bool" or ":list" behind it;
                         * NULL: it goes nowhere */
    const char *text;
    char letter; /* or '\0' */
    bool is_repeatable;
};

extern const struct cli_command cli_commands[CLI_N_COMMANDS];

enum cli_format {
    CLI_TABLE,
    CLI_JSON,
    CLI_NDJSON,
    CLI_CSV,
    CLI_MARKDOWN,
    CLI_NONE,
};

/* What the caller's terminal is like. */
struct cli_terminal {
    bool out_is_tty, err_is_tty, in_is_tty;
    unsigned columns; /* 0: unknown */
    bool has_color;   /* out of NO_COLOR, CLICOLOR_FORCE, TERM and --color: cli_has_color() */
};

struct cli_value {
    const struct cli_option *option;
    hg_str value; /* "" for a switch */
};

struct cli_call {
    const struct cli_command *command; /* NULL: none was named, wants_help is set */
    hg_str group;                      /* "policy" when a group alone was named */
    const hg_str *arguments;           /* as given, in order */
    size_t n_arguments;
    const struct cli_value *values;
    size_t n_values;
    enum cli_format format;
    hg_str fields; /* --fields; "" none */
    bool wants_help;
};

/* Why argv was refused, or why a command failed: cause, reason, next step. */
struct cli_problem {
    enum cli_exit exit;
    hg_str code;    /* "usage", "AADSTS50076", "Request_ResourceNotFound" */
    hg_str message; /* the cause, one line */
    hg_str why;     /* one line, or "" */
    hg_str next;    /* one line, or "" */
    hg_str target, correlation_id;
    const struct hg_json *raw; /* the server's error object, or NULL */
};

/* argv[0] is the program. False: *out_problem says why, with the nearest command or option;
 * *out_call holds what was understood, for the format of the problem. */
HG_MUST_USE bool cli_parse(struct hg_arena *arena, int argc, const char *const *argv,
                           const struct cli_terminal *terminal, struct cli_call *out_call,
                           struct cli_problem *out_problem);

bool cli_has(const struct cli_call *call, const char *option);
bool cli_get(const struct cli_call *call, const char *option, hg_str *out); /* the last one */
hg_str cli_get_or(const struct cli_call *call, const char *option, const char *otherwise);
/* The i-th argument, or "". */
hg_str cli_argument(const struct cli_call *call, size_t i);

/* --listen, --data, --store and --set section.key=value as settings. */
HG_MUST_USE enum hg_code cli_config_overrides(struct hg_arena *arena, const struct cli_call *call,
                                              const struct config_pair **out, size_t *out_n,
                                              struct hg_err *err);

/* Puts what the call's options say into a body. */
void cli_set_options(struct hg_arena *arena, const struct cli_call *call, struct hg_json *body);

/* Whether a destructive command may go on: --yes, or a question on a terminal. */
enum cli_consent { CLI_CONSENT_GIVEN, CLI_CONSENT_ASK, CLI_CONSENT_MISSING };
enum cli_consent cli_consent(const struct cli_call *call, const struct cli_terminal *terminal);

/* NO_COLOR, CLICOLOR_FORCE, TERM=dumb and --color, in that order of weight from below. */
bool cli_has_color(const struct cli_call *call, bool is_tty, const char *const *environment);

/* --- Commands that the server answers --------------------------------------------------
 *
 * A small machine: names that the user typed are looked up, pages are followed, and the
 * last answer becomes the result.
 *
 *     online = cli_online_new(arena, call, &inputs, &problem);
 *     while (cli_online_next(online, &request))
 *         { send; if (!cli_online_answer(online, status, body, &problem)) break; }
 *     cli_render(arena, call, cli_online_result(online), &terminal, &out);
 */
struct cli_request {
    hg_str method, target; /* path and query */
    hg_str body;           /* JSON; "" none */
    hg_str reason;         /* Headgate-Reason: why something is changed; "" not said */
    hg_str etag;           /* If-Match: what is changed must be at this version still; "" any */
};

struct cli_file {
    hg_str name;
    struct hg_json value;
};

struct cli_inputs {
    hg_str base_url;              /* for @odata.id and for links that come back absolute */
    hg_str new_id;                /* 32 random hexadecimal digits, for what the client names */
    hg_str password;              /* when cli_wants_password(); asked for or from --password-file */
    const struct cli_file *files; /* what cli_files() asked for, in order */
    size_t n_files;
};

bool cli_wants_password(const struct cli_call *call);

/* Paths of the JSON files that an online command needs; "-" is standard input. */
size_t cli_files(struct hg_arena *arena, const struct cli_call *call, const hg_str **out);

struct cli_online;
/* NULL: *out_problem says why. */
struct cli_online *cli_online_new(struct hg_arena *arena, const struct cli_call *call,
                                  const struct cli_inputs *inputs, struct cli_problem *out_problem);
bool cli_online_next(struct cli_online *online, struct cli_request *out);
/* How long to wait before the request that cli_online_next() gave: not 0 when it is the
 * last one again. */
hg_dur cli_online_delay(const struct cli_online *online);
/* `body` may be NULL (204). */
HG_MUST_USE bool cli_online_answer(struct cli_online *online, unsigned status,
                                   const struct hg_json *body, struct cli_problem *out_problem);
/* What to say on stderr before a request that cli_online_next() gave is sent: settings that
 * an update loses; "" nothing. */
hg_str cli_online_note(const struct cli_online *online);
/* Lists as arrays without their envelope; null when there is nothing to show. */
const struct hg_json *cli_online_result(const struct cli_online *online);

/* --- What the user sees --------------------------------------------------------------- */

/* In the call's format, with its fields or the command's columns. */
void cli_render(struct hg_arena *arena, const struct cli_call *call, const struct hg_json *value,
                const struct cli_terminal *terminal, struct hg_buf *out);

/* Three lines, or {"error":{…}} when the call asked for JSON. `call` may be NULL. */
void cli_problem_render(struct hg_arena *arena, const struct cli_call *call,
                        const struct cli_problem *problem, const struct cli_terminal *terminal,
                        struct hg_buf *out);
/* A failure of the program itself: the exit code follows from the code. */
struct cli_problem cli_problem_of(struct hg_arena *arena, enum hg_code code,
                                  const struct hg_err *err);

/* "tenant contoso.test @ https://id.lab:8443 as admin@contoso.test", on stderr before a change. */
void cli_target_line(hg_str tenant, hg_str base_url, hg_str who, struct hg_buf *out);
bool cli_changes_something(const struct cli_call *call);

struct cli_progress {
    const char *phase;
    uint64_t done, total; /* total 0: not known */
    hg_dur elapsed;
};
/* One line: rewritten in place on a terminal, NDJSON with --progress=json, otherwise plain. */
void cli_progress_render(const struct cli_call *call, const struct cli_progress *progress,
                         const struct cli_terminal *terminal, struct hg_buf *out);

/* A topic of help whose rows a product module has (errors, routes): main hands it in. */
struct cli_topic {
    hg_str name;
    bool is_prose; /* a row is a heading and paragraphs, not a line of a table */
    /* Objects of strings: all, or those that `detail` names; none: nobody knows of it. */
    struct hg_json (*rows)(struct hg_arena *arena, hg_str detail);
};
struct cli_topics {
    const struct cli_topic *items;
    size_t n;
};

/* help, completion, man, version; also any call with wants_help, and no command at all. */
HG_MUST_USE bool cli_self(struct hg_arena *arena, const struct cli_call *call,
                          const struct cli_topics *topics, const struct cli_terminal *terminal,
                          struct hg_buf *out, struct cli_problem *out_problem);
