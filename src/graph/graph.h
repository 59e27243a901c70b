#pragma once

#include "base/base.h"

/* Graph resources as schema tables (graph/schema.c): which properties a resource
 * has, their types, who may write them. Validation of what a client sends and the
 * rendering of what it gets come from the same rows. Pure. Conditional access policies
 * and named locations have rules of their own (policy/policy.h) and are not here. */

enum { GRAPH_MAX_STRING = 1024 }; /* bytes; what Graph allows its longest text properties */

enum graph_type {
    GRAPH_STRING, /* at most GRAPH_MAX_STRING bytes */
    GRAPH_BOOL,
    GRAPH_INT,
    GRAPH_TIME,
    GRAPH_ID,      /* a UUID */
    GRAPH_WORD,    /* one of the row's words, letter by letter */
    GRAPH_OBJECT,  /* of the row's shape; without one, members are kept as they are */
    GRAPH_STRINGS, /* array of strings */
    GRAPH_WORDS,   /* array of the row's words */
    GRAPH_OBJECTS, /* array of objects, as GRAPH_OBJECT */
};

enum graph_flag {
    GRAPH_REQUIRED = 1u << 0,    /* neither missing, null nor "" */
    GRAPH_READ_ONLY = 1u << 1,   /* set by the server; ignored when it comes back unchanged */
    GRAPH_CREATE_ONLY = 1u << 2, /* not changed afterwards */
    GRAPH_WRITE_ONLY = 1u << 3,  /* never shown, never stored in the body */
    GRAPH_ON_REQUEST = 1u << 4,  /* shown only with $select */
    GRAPH_NOT_NULL = 1u << 5,    /* may be missing; arrays are never null either way */
};

struct graph_resource;

struct graph_property {
    const char *name;
    enum graph_type type;
    uint32_t flags;                     /* enum graph_flag */
    const char *must_be;                /* in refusals; of GRAPH_WORD(S) */
    const char *const *words;           /* of GRAPH_WORD(S), ended by NULL */
    const struct graph_resource *shape; /* of GRAPH_OBJECT(S) */
};

struct graph_resource {
    const char *name;       /* "user" */
    const char *collection; /* "users": of @odata.context; NULL: the shape of a property */
    const struct graph_property *properties;
    size_t n_properties;
};

extern const struct graph_resource graph_user, graph_group, graph_application,
    graph_service_principal, graph_authentication_context, graph_token_lifetime_policy,
    graph_agreement, graph_device;

enum graph_mode {
    GRAPH_CREATE, /* required properties must be there */
    GRAPH_UPDATE, /* what is named replaces; null removes */
    GRAPH_SEED,   /* as create; ids and read-only properties are kept */
};

struct graph_fault {
    hg_str code;    /* "Request_BadRequest" */
    hg_str message; /* names the property and what it must be */
};

/* Checks `input` and gives the body to store: for GRAPH_UPDATE `stored` with the changes
 * in it, else a new one. Write-only properties are left out of it. Members that begin with
 * "@odata" are ignored. HG_MALFORMED: *fault says why. */
HG_MUST_USE enum hg_code graph_body(struct hg_arena *arena, const struct graph_resource *resource,
                                    enum graph_mode mode, const struct hg_json *stored,
                                    const struct hg_json *input, struct hg_json *out,
                                    struct graph_fault *fault, struct hg_err *err);

/* What changed from one body to another: [{"path","from","to"}], of lists also what was "added"
 * and "removed". Members are named by their path; instants that the server writes are left out. */
struct hg_json graph_changes(struct hg_arena *arena, const struct hg_json *before,
                             const struct hg_json *after);

/* The object as Graph shows it: every property of the schema in its order, null where the
 * body has none (arrays are empty), those on request only when `selected` names them. */
struct hg_json graph_view(struct hg_arena *arena, const struct graph_resource *resource,
                          const struct hg_json *body, const hg_str *selected, size_t n_selected);
