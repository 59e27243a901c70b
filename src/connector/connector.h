#pragma once

#include "base/base.h"

/* Connectors described by OpenAPI 2 documents: an operation and the inputs of a
 * step give an HTTP request, the HTTP answer gives the step's outputs. A
 * connector is data; there is no code per connector.
 *
 * Read: Swagger 2.0 with the x-ms- members of connector documents, local $refs,
 * consumes/produces JSON and form data. What an operation cannot do (other body
 * types) is refused by the operation's name when the document is read or the
 * request is built, never sent half. Everything borrows the JSON trees given.
 * Pure. Sources: OpenAPI 2.0; flow-platform 1.11, 5.1. */

enum connector_severity {
    CONNECTOR_ERROR,
    CONNECTOR_WARNING,
};

struct connector_fault {
    enum connector_severity severity;
    hg_str code;
    hg_str path; /* JSON pointer */
    hg_str message;
};

struct connector_faults {
    struct connector_fault *items;
    size_t n, room;
    size_t n_errors;
};

enum connector_place {
    CONNECTOR_IN_PATH,
    CONNECTOR_IN_QUERY,
    CONNECTOR_IN_HEADER,
    CONNECTOR_IN_BODY,
    CONNECTOR_IN_FORM,
};

/* How an array stands in a path, query, header or form field. */
enum connector_collection {
    CONNECTOR_COMMAS,
    CONNECTOR_BLANKS,
    CONNECTOR_TABS,
    CONNECTOR_PIPES,
    CONNECTOR_MULTI, /* the name repeated */
};

struct connector_parameter {
    hg_str name; /* of a body: what its flattened properties begin with */
    enum connector_place place;
    bool required;
    hg_str type; /* "string", "integer" …; "" for a body */
    hg_str summary;
    hg_str visibility; /* x-ms-visibility: "important", "advanced", "internal", "" */
    bool encode_twice; /* x-ms-url-encoding: double */
    enum connector_collection collection;
    const struct hg_json *default_value; /* NULL: none */
    const struct hg_json *schema;        /* of a body, its $ref followed; NULL otherwise */
    const struct hg_json *source;
};

enum connector_trigger {
    CONNECTOR_TRIGGER_NONE,    /* an action */
    CONNECTOR_TRIGGER_SINGLE,  /* x-ms-trigger: single; one answer, one event */
    CONNECTOR_TRIGGER_BATCH,   /* x-ms-trigger: batch; an array in the answer */
    CONNECTOR_TRIGGER_WEBHOOK, /* x-ms-notification-content / -url */
};

struct connector_operation {
    hg_str id;
    hg_str method; /* upper case */
    hg_str path;   /* template, without basePath: "/datasets/{dataset}/tables" */
    hg_str summary, description;
    hg_str visibility;
    bool deprecated;
    enum connector_trigger trigger;
    hg_str trigger_hint;
    hg_str refusal; /* why requests of it cannot be built; "" : they can */
    struct connector_parameter *parameters;
    size_t n_parameters;
    const struct hg_json *source;
};

/* connectionParameters.token.oAuthSettings of apiProperties; `has_oauth` false
 * for connectors that are called with a key or with nothing. */
struct connector_oauth {
    hg_str identity_provider; /* "aad", "oauth2" … */
    hg_str client_id, redirect_url;
    hg_str resource; /* resource uri or app id that tokens are asked for */
    const struct hg_json *scopes;
    const struct hg_json *source;
};

struct connector {
    hg_str name; /* "shared_office365" */
    hg_str title, description;
    hg_str host, base_path; /* as in the document */
    hg_str scheme;
    struct connector_operation *operations;
    size_t n_operations;
    bool has_oauth;
    struct connector_oauth oauth;
    const struct hg_json *properties; /* apiProperties' `properties`; NULL: none */
    const struct hg_json *swagger;
};

struct connector_document {
    hg_str name;                      /* "shared_office365" */
    const struct hg_json *swagger;    /* apiDefinition.swagger.json */
    const struct hg_json *properties; /* apiProperties.json; NULL: none */
};

/* Findings are the answer: with n_errors == 0 *out is the connector, otherwise NULL. */
HG_MUST_USE enum hg_code connector_read(struct hg_arena *arena,
                                        const struct connector_document *document,
                                        struct connector_faults *faults,
                                        const struct connector **out, struct hg_err *err);

HG_MUST_USE enum hg_code connector_fault_add(struct hg_arena *arena,
                                             struct connector_faults *faults,
                                             const struct connector_fault *fault,
                                             struct hg_err *err);

/* {"kind":"connector","id","displayName","ok","errors":[…],"warnings":[…]}: what
 * `headgate connector validate` prints. */
struct hg_json connector_validation_json(struct hg_arena *arena,
                                         const struct connector_document *document,
                                         const struct connector_faults *faults);

/* By operationId (exact, then any letter case); NULL: none. */
const struct connector_operation *connector_operation_find(const struct connector *connector,
                                                           hg_str id);

/* By method and concrete path, for steps in the older spelling; NULL: none. */
const struct connector_operation *connector_operation_match(const struct connector *connector,
                                                            hg_str method, hg_str path);

struct connector_request {
    hg_str method;
    hg_str path; /* base path, path and query, percent-encoded; to be put behind scheme and host */
    struct hg_json headers; /* object of strings */
    bool has_body;
    hg_str body; /* JSON or form text; Content-Type stands in headers */
};

/* One call: `arguments` is the flattened `parameters` object of a step
 * ("emailMessage/To"); NULL: none. */
struct connector_call {
    const struct connector *connector;
    const struct connector_operation *operation;
    const struct hg_json *arguments;
};

/* What the maker did wrong (a required parameter missing, a wrong type, a name that
 * the operation does not have) is HG_MALFORMED, with *fault saying so: code and a
 * text that names parameter and operation. HG_NO_MEMORY leaves *fault alone. */
HG_MUST_USE enum hg_code connector_request_build(struct hg_arena *arena,
                                                 const struct connector_call *call,
                                                 struct connector_request *out,
                                                 struct connector_fault *fault);

/* The same checks at save time, where values may still be expressions: missing and
 * unknown parameters, constants of a wrong type. */
HG_MUST_USE enum hg_code connector_arguments_check(struct hg_arena *arena,
                                                   const struct connector_call *call,
                                                   struct connector_faults *faults,
                                                   struct hg_err *err);

/* A step in the older spelling, which gives method, path (already encoded), queries,
 * headers and body itself. JSON values may be NULL. */
struct connector_direct {
    hg_str method, path;
    const struct hg_json *queries, *headers, *body;
};
HG_MUST_USE enum hg_code connector_request_direct(struct hg_arena *arena,
                                                  const struct connector *connector,
                                                  const struct connector_direct *direct,
                                                  struct connector_request *out,
                                                  struct connector_fault *fault);

struct connector_answer {
    unsigned status;
    hg_str content_type; /* UTF-8 */
    hg_str body;
};

/* The body as a step sees it: JSON parsed, text as a string, anything else as
 * {"$content-type","$content" (base64)}; an empty body is null. JSON that does not
 * parse is given as text: what a service sends never fails here. */
HG_MUST_USE enum hg_code connector_body_read(struct hg_arena *arena,
                                             const struct connector_answer *answer,
                                             struct hg_json *out, struct hg_err *err);

/* What the answer to a trigger operation means (flow-platform 3.5). */
enum connector_poll_kind {
    CONNECTOR_POLL_FIRED,   /* 200: something new; the body is the trigger's */
    CONNECTOR_POLL_NOTHING, /* 202, or any other success */
    CONNECTOR_POLL_FAILED,  /* 4xx, 5xx */
};

struct connector_poll {
    enum connector_poll_kind kind;
    hg_str location; /* where to ask next, with the connector's state in it; "" : as before */
    bool has_wait;
    hg_dur wait; /* Retry-After in seconds; dates are ignored */
};

/* `headers` is an object of strings; names in any letter case. */
struct connector_poll connector_poll_read(unsigned status, const struct hg_json *headers);
