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
    hg_str name;
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
    bool form; /* the body is a form */
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

/* Reads a document and its apiProperties (NULL: none). Findings are the answer:
 * with n_errors == 0 *out is the connector, otherwise NULL. */
HG_MUST_USE enum hg_code connector_read(struct hg_arena *arena, hg_str name,
                                        const struct hg_json *swagger,
                                        const struct hg_json *properties,
                                        struct connector_faults *faults,
                                        const struct connector **out, struct hg_err *err);

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

/* `arguments` is the flattened `parameters` object of a step ("emailMessage/To").
 * What the maker did wrong (a required parameter missing, a wrong type, a name
 * that the operation does not have) is HG_MALFORMED, with *fault saying so: code
 * and a text that names parameter and operation. */
HG_MUST_USE enum hg_code connector_request_build(struct hg_arena *arena,
                                                 const struct connector *connector,
                                                 const struct connector_operation *operation,
                                                 const struct hg_json *arguments,
                                                 struct connector_request *out,
                                                 struct connector_fault *fault);

/* The same checks at save time, where values may still be expressions: missing
 * and unknown parameters, constants of a wrong type. */
HG_MUST_USE enum hg_code connector_arguments_check(struct hg_arena *arena,
                                                   const struct connector_operation *operation,
                                                   const struct hg_json *arguments,
                                                   struct connector_faults *faults,
                                                   struct hg_err *err);

struct connector_answer {
    unsigned status;
    hg_str content_type;
    hg_str body;
};

/* The body as a step sees it: JSON parsed, text as a string, anything else as
 * {"$content-type","$content" (base64)}; an empty body is null. */
HG_MUST_USE enum hg_code connector_body_read(struct hg_arena *arena,
                                             const struct connector_answer *answer,
                                             struct hg_json *out, struct hg_err *err);
