#pragma once

#include "base/base.h"
#include "connector/connector.h"

/* Follows local references ("#/definitions/X") until something else stands there.
 * NULL: it leads nowhere, in a circle, or out of the document. */
const struct hg_json *connector_ref_follow(const struct hg_json *swagger,
                                           const struct hg_json *value);

/* A schema that stays right while properties are looked up in it. */
struct connector_schema {
    const struct hg_json *swagger;
    const struct hg_json *at; /* NULL: anything goes */
};

struct connector_schema connector_schema_property(struct connector_schema schema, hg_str name);
const struct hg_json *connector_schema_properties(struct connector_schema schema);
bool connector_schema_requires(struct connector_schema schema, hg_str name);

/* Splits a flattened key at the property that it begins with: the longest one the
 * schema knows, else what stands before the first slash. */
void connector_key_split(struct connector_schema schema, hg_str key, hg_str *out_name,
                         hg_str *out_rest);

/* The parameter that an argument belongs to, and what is left of its name inside a
 * body; NULL: none. */
const struct connector_parameter *
connector_parameter_of(const struct connector_operation *operation, hg_str argument,
                       hg_str *out_rest);

/* `x` of a parameter or a schema that is sent although the maker did not give it. */
bool connector_default_applies(const struct hg_json *source, bool required);

/* A request being built. Functions that can fail answer false: *fault says why, or
 * the arena ended. */
struct connector_building {
    struct hg_arena *arena;
    hg_str operation; /* its id, for messages */
    struct connector_fault *fault;
    struct hg_buf target; /* path */
    struct hg_buf query;  /* "?a=b&c=d" */
    struct hg_buf form;
    struct connector_request *out;
};

/* The body from its flattened arguments, with defaults. *out_has is false when
 * there is nothing to send. */
bool connector_body_build(struct connector_building *building, const struct connector_call *call,
                          const struct connector_parameter *parameter, struct hg_json *out,
                          bool *out_has);

/* Takes a finished JSON value as the request's body: JSON text, or the bytes of a
 * content object under their own type. */
bool connector_body_put(struct connector_building *building, const struct hg_json *body,
                        bool is_binary);

bool connector_header_put(struct connector_building *building, hg_str name, hg_str value);

/* name=value with the separator that the place in the text needs. */
void connector_pair_put(struct hg_buf *buf, hg_str name, hg_str value);

/* A value as it stands in a path, query, header or form; objects as JSON. False:
 * it does not fit the type. */
bool connector_value_text(struct hg_arena *arena, const struct hg_json *value, hg_str type,
                          hg_str *out);

/* Fills the fault; false, so that callers can return it. */
bool connector_refuse(struct connector_building *building, const char *code, hg_str parameter,
                      hg_str message);

/* What a required value may not be: null or an empty text. */
bool connector_refuse_missing(struct connector_building *building, hg_str parameter);
bool connector_refuse_empty(struct connector_building *building, hg_str parameter);

/* "/a~1b" for "a/b" (RFC 6901). */
hg_str connector_pointer(struct hg_arena *arena, const char *prefix, hg_str step);
