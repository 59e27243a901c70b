#pragma once

#include "cli/cli_private.h" // IWYU pragma: export

enum { CLI_MAX_PLACES = 8, CLI_MAX_PAGES = 1000, CLI_MAX_WAITS = 150 };

/* What an argument or option names, and how its name becomes an id. */
struct cli_noun {
    const char *name;  /* of the argument: "GROUP" */
    const char *plain; /* in messages: "group" */
    const char *route; /* {} is the given name; a list answers */
    bool takes_uuid;   /* a UUID is the id already */
    bool takes_first;  /* when none is given, what stands first in the list; else as it is given */
    const char *names; /* dotted paths of what may have been given, separated by blanks */
    const char *id;    /* member that replaces it */
    const char *list;  /* the command that shows all */
};

const struct cli_noun *cli_noun_find(hg_str name);
/* Whether what was given must be looked up. */
bool cli_noun_needs_look_up(const struct cli_noun *noun, hg_str given);
/* Finds the one member of `list` that was meant. */
HG_MUST_USE bool cli_noun_choose(struct hg_arena *arena, const struct cli_noun *noun, hg_str given,
                                 const struct hg_json *list, hg_str *out,
                                 struct cli_problem *out_problem);

/* A name in a template and its value. */
struct cli_place {
    hg_str name; /* "GROUP", "app" */
    hg_str value;
    const struct cli_noun *noun; /* to look up yet, or NULL */
    bool has_value;
};

struct cli_places {
    struct cli_place items[CLI_MAX_PLACES];
    size_t n;
};

struct cli_template {
    struct hg_arena *arena;
    const struct cli_places *places;
    const struct cli_call *call;
    const struct cli_inputs *inputs;
};

/* Whether `text` has the placeholder `name` in it, with or without a filter. */
bool cli_template_uses(hg_str text, hg_str name);
/* The first placeholder that has no value, "" when all have. */
hg_str cli_template_missing(const struct cli_template *t, hg_str text);
/* Replaces placeholders; quotes in a value are doubled behind a single quote (OData). */
hg_str cli_template_text(const struct cli_template *t, hg_str text);
/* A route: segments percent-encoded, query parameters dropped without their options. */
hg_str cli_template_target(const struct cli_template *t, hg_str route);
/* Every string of a JSON body, then the members that options set. */
struct hg_json cli_template_body(const struct cli_template *t, const struct hg_json *body);

enum cli_stage {
    CLI_STAGE_LOOK_UP,
    CLI_STAGE_READ, /* what is there: a collection to apply to, a definition to merge with */
    CLI_STAGE_SEND,
    CLI_STAGE_DONE,
};

struct cli_online {
    struct hg_arena *arena;
    const struct cli_call *call;
    const struct cli_inputs *inputs;
    struct cli_places places;
    enum cli_stage stage;
    size_t n_sent;    /* requests of "A|B" that were answered */
    unsigned n_waits; /* how often the last of them was asked again */
    size_t looked_up; /* place of the look-up in progress */
    hg_str next_page; /* target; "" none */
    unsigned n_pages;
    struct hg_json pages; /* array of what the list has shown so far */
    struct hg_json result;
    hg_str note;
    struct hg_json body;
    bool has_body;
    /* APPLY */
    struct cli_step *steps;
    size_t n_steps, step;
};

/* One object of a file against what the server has. */
struct cli_step {
    hg_str action; /* "created", "changed", "unchanged" */
    hg_str id, name, file;
    hg_str etag; /* of what is there, where the server says it */
    struct hg_json body;
};

/* By id, else by displayName; *out are the steps in the files' order. */
HG_MUST_USE bool cli_apply_plan(struct hg_arena *arena, const struct cli_inputs *inputs,
                                const struct hg_json *existing, struct cli_step **out,
                                size_t *out_n, struct cli_problem *out_problem);

/* Token-lifetime definitions: JSON in a string in an array. `current` is the stored policy, or
 * NULL. *out_note warns of members that a replacement loses. */
bool cli_definition_given(const struct cli_call *call);
HG_MUST_USE bool cli_definition_body(struct hg_arena *arena, const struct cli_online *online,
                                     const struct hg_json *current, struct hg_json *out_body,
                                     hg_str *out_note, struct cli_problem *out_problem);

/* Sets a member by its dotted path, making objects on the way. */
void cli_set_member(struct hg_arena *arena, struct hg_json *object, hg_str path,
                    struct hg_json value);
