#include "base/base.h"
#include "connector/connector.h"
#include "connector/connector_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct reader {
    struct hg_arena *arena;
    const struct hg_json *swagger;
    struct connector_faults *faults;
    struct connector *out;
    struct connector_operation *operation; /* being read */
    const struct hg_json *shared;          /* parameters of the whole path */
    hg_str path;                           /* JSON pointer of the operation */
    bool failed;
};

static bool has_room(struct hg_arena *arena, struct connector_faults *faults)
{
    if (faults->n < faults->room)
        return true;
    size_t room = faults->room == 0 ? 8 : faults->room * 2;
    struct connector_fault *bigger = HG_NEW_ARRAY(arena, struct connector_fault, room);
    if (bigger == NULL)
        return false;
    if (faults->n > 0)
        memcpy(bigger, faults->items, faults->n * sizeof(*bigger));
    faults->items = bigger;
    faults->room = room;
    return true;
}

enum hg_code connector_fault_add(struct hg_arena *arena, struct connector_faults *faults,
                                 const struct connector_fault *fault, struct hg_err *err)
{
    faults->n_errors += fault->severity == CONNECTOR_ERROR ? 1 : 0;
    if (faults->n >= HG_MAX_FLOW_FINDINGS)
        return HG_OK;
    if (hg_arena_exhausted(arena) || !has_room(arena, faults))
        return HG_FAIL(err, HG_NO_MEMORY, "findings of a connector");
    faults->items[faults->n++] = *fault;
    return HG_OK;
}

static void report(struct reader *reader, enum connector_severity severity, const char *code,
                   hg_str path, hg_str message)
{
    struct connector_fault fault = {severity, hg_str_of(code), path, message};
    if (connector_fault_add(reader->arena, reader->faults, &fault, NULL) != HG_OK)
        reader->failed = true;
}

#define REFUSE(reader, code, path, ...) \
    report((reader), CONNECTOR_ERROR, (code), (path), hg_str_format((reader)->arena, __VA_ARGS__))
#define WARN(reader, code, path, ...) \
    report((reader), CONNECTOR_WARNING, (code), (path), hg_str_format((reader)->arena, __VA_ARGS__))

/* --- parameters --- */

static bool place_of(hg_str word, enum connector_place *out)
{
    static const char *const words[] = {
        [CONNECTOR_IN_PATH] = "path",     [CONNECTOR_IN_QUERY] = "query",
        [CONNECTOR_IN_HEADER] = "header", [CONNECTOR_IN_BODY] = "body",
        [CONNECTOR_IN_FORM] = "formData",
    };
    for (size_t i = 0; i < HG_COUNT(words); i++) {
        if (!hg_str_eq(word, hg_str_of(words[i])))
            continue;
        *out = (enum connector_place)i;
        return true;
    }
    return false;
}

static enum connector_collection collection_of(hg_str word)
{
    static const char *const words[] = {
        [CONNECTOR_COMMAS] = "csv",  [CONNECTOR_BLANKS] = "ssv",  [CONNECTOR_TABS] = "tsv",
        [CONNECTOR_PIPES] = "pipes", [CONNECTOR_MULTI] = "multi",
    };
    for (size_t i = 0; i < HG_COUNT(words); i++) {
        if (hg_str_eq(word, hg_str_of(words[i])))
            return (enum connector_collection)i;
    }
    return CONNECTOR_COMMAS;
}

static hg_str text_of(const struct hg_json *object, const char *name)
{
    return hg_json_str_or(hg_json_get(object, name), HG_STR(""));
}

/* operation.refusal: the first reason stays. */
static void refuse_requests(struct reader *reader, hg_str why)
{
    if (reader->operation->refusal.len == 0)
        reader->operation->refusal = why;
}

static bool read_parameter(struct reader *reader, const struct hg_json *written,
                           struct connector_parameter *out)
{
    const struct hg_json *source = connector_ref_follow(reader->swagger, written);
    if (!hg_json_is(source, HG_JSON_OBJECT)) {
        REFUSE(reader, "InvalidParameter", reader->path,
               "A parameter of operation '%.*s' refers to something that is not in the document.",
               HG_ARG(reader->operation->id));
        return false;
    }
    *out = (struct connector_parameter){
        .name = text_of(source, "name"),
        .required = hg_json_bool_or(hg_json_get(source, "required"), false),
        .type = text_of(source, "type"),
        .summary = text_of(source, "x-ms-summary"),
        .visibility = text_of(source, "x-ms-visibility"),
        .encode_twice = hg_str_eq(text_of(source, "x-ms-url-encoding"), HG_STR("double")),
        .collection = collection_of(text_of(source, "collectionFormat")),
        .default_value = hg_json_get(source, "default"),
        .source = source,
    };
    if (out->name.len == 0 || !place_of(text_of(source, "in"), &out->place)) {
        REFUSE(reader, "InvalidParameter", reader->path,
               "A parameter of operation '%.*s' has no name, or stands in none of path, query, "
               "header, body and formData.",
               HG_ARG(reader->operation->id));
        return false;
    }
    out->required |= out->place == CONNECTOR_IN_PATH;
    if (out->place == CONNECTOR_IN_BODY)
        out->schema = connector_ref_follow(reader->swagger, hg_json_get(source, "schema"));
    if (hg_str_eq(out->type, HG_STR("file")))
        refuse_requests(reader, HG_STR("it uploads a file as a form"));
    return true;
}

static bool same_parameter(const struct connector_parameter *a, const struct connector_parameter *b)
{
    return a->place == b->place && hg_str_eq(a->name, b->name);
}

/* A parameter of the operation takes the place of one that the whole path has. */
static void add_parameters(struct reader *reader, const struct hg_json *list)
{
    struct connector_operation *operation = reader->operation;
    for (size_t i = 0; i < hg_json_count(list) && !reader->failed; i++) {
        struct connector_parameter one;
        size_t at = 0;
        if (!read_parameter(reader, hg_json_item(list, i), &one))
            continue;
        while (at < operation->n_parameters && !same_parameter(&operation->parameters[at], &one))
            at++;
        operation->parameters[at] = one;
        operation->n_parameters += at == operation->n_parameters ? 1 : 0;
    }
}

static const struct connector_parameter *path_parameter(const struct connector_operation *operation,
                                                        hg_str name)
{
    for (size_t i = 0; i < operation->n_parameters; i++) {
        if (operation->parameters[i].place == CONNECTOR_IN_PATH &&
            hg_str_eq(operation->parameters[i].name, name))
            return &operation->parameters[i];
    }
    return NULL;
}

/* Each {name} of the path has its parameter. */
static void check_path(struct reader *reader)
{
    hg_str rest = reader->operation->path;
    hg_str before;
    hg_str name;
    while (hg_str_cut(rest, '{', &before, &rest)) {
        (void)hg_str_cut(rest, '}', &name, &rest);
        if (path_parameter(reader->operation, name) == NULL)
            REFUSE(reader, "InvalidPath", reader->path,
                   "The path of operation '%.*s' has '{%.*s}', for which there is no parameter.",
                   HG_ARG(reader->operation->id), HG_ARG(name));
    }
}

static void read_parameters(struct reader *reader, const struct hg_json *source)
{
    struct connector_operation *operation = reader->operation;
    const struct hg_json *own = hg_json_get(source, "parameters");
    size_t n = hg_json_count(reader->shared) + hg_json_count(own);
    if (n > 0) {
        operation->parameters = HG_NEW_ARRAY(reader->arena, struct connector_parameter, n);
        reader->failed |= operation->parameters == NULL;
        if (reader->failed)
            return;
        add_parameters(reader, reader->shared);
        add_parameters(reader, own);
    }
    check_path(reader);
}

/* --- operations --- */

static bool lists(const struct hg_json *list, const char *word)
{
    for (size_t i = 0; i < hg_json_count(list); i++) {
        hg_str one = hg_json_str_or(hg_json_item(list, i), HG_STR(""));
        if (hg_str_starts_nocase(one, hg_str_of(word)))
            return true;
    }
    return false;
}

static void read_consumes(struct reader *reader, const struct hg_json *source)
{
    const struct hg_json *list = hg_json_get(source, "consumes");
    if (hg_json_count(list) == 0)
        list = hg_json_get(reader->swagger, "consumes");
    bool json = hg_json_count(list) == 0 || lists(list, "application/json");
    if (!json && lists(list, "multipart/form-data"))
        refuse_requests(reader, HG_STR("it takes multipart/form-data"));
}

static enum connector_trigger trigger_of(const struct hg_json *source, const struct hg_json *item)
{
    hg_str word = text_of(source, "x-ms-trigger");
    if (hg_json_get(item, "x-ms-notification-content") != NULL && word.len > 0)
        return CONNECTOR_TRIGGER_WEBHOOK;
    if (hg_str_eq_nocase(word, HG_STR("batch")))
        return CONNECTOR_TRIGGER_BATCH;
    return word.len > 0 ? CONNECTOR_TRIGGER_SINGLE : CONNECTOR_TRIGGER_NONE;
}

static void check_id(struct reader *reader)
{
    const struct connector *out = reader->out;
    hg_str id = reader->operation->id;
    if (id.len == 0) {
        REFUSE(reader, "MissingOperationId", reader->path,
               "The operation %.*s %.*s has no "
               "operationId.",
               HG_ARG(reader->operation->method), HG_ARG(reader->operation->path));
        return;
    }
    for (size_t i = 0; i < out->n_operations; i++) {
        if (&out->operations[i] != reader->operation && hg_str_eq(out->operations[i].id, id))
            REFUSE(reader, "DuplicateOperationId", reader->path,
                   "The operationId '%.*s' is used more than once.", HG_ARG(id));
    }
}

static const char *const methods[] = {"GET", "PUT", "POST", "DELETE", "HEAD", "PATCH", "OPTIONS"};

static const char *method_of(hg_str word)
{
    for (size_t i = 0; i < HG_COUNT(methods); i++) {
        if (hg_str_eq_nocase(word, hg_str_of(methods[i])))
            return methods[i];
    }
    return NULL;
}

static void read_operation(struct reader *reader, hg_str path, const struct hg_json *item,
                           const struct hg_json_member *member)
{
    struct connector_operation *operation = &reader->out->operations[reader->out->n_operations++];
    const struct hg_json *source = &member->value;
    *operation = (struct connector_operation){
        .id = text_of(source, "operationId"),
        .method = hg_str_of(method_of(member->name)),
        .path = path,
        .summary = text_of(source, "summary"),
        .description = text_of(source, "description"),
        .visibility = text_of(source, "x-ms-visibility"),
        .deprecated = hg_json_bool_or(hg_json_get(source, "deprecated"), false),
        .trigger = trigger_of(source, item),
        .trigger_hint = text_of(source, "x-ms-trigger-hint"),
        .source = source,
    };
    reader->operation = operation;
    hg_str pointer = connector_pointer(reader->arena, "/paths", path);
    reader->path = hg_str_format(reader->arena, "%.*s/%.*s", HG_ARG(pointer), HG_ARG(member->name));
    reader->shared = hg_json_get(item, "parameters");
    check_id(reader);
    read_parameters(reader, source);
    read_consumes(reader, source);
    if (operation->refusal.len > 0)
        WARN(reader, "OperationNotSupported", reader->path,
             "The operation '%.*s' cannot be called by this server: %.*s.", HG_ARG(operation->id),
             HG_ARG(operation->refusal));
}

static size_t count_operations(const struct hg_json *paths)
{
    size_t n = 0;
    for (size_t i = 0; i < hg_json_count(paths); i++) {
        const struct hg_json *item = &paths->object.members[i].value;
        for (size_t j = 0; hg_json_is(item, HG_JSON_OBJECT) && j < hg_json_count(item); j++)
            n += method_of(item->object.members[j].name) != NULL ? 1 : 0;
    }
    return n;
}

static void read_path(struct reader *reader, const struct hg_json_member *path)
{
    const struct hg_json *item = &path->value;
    if (!hg_json_is(item, HG_JSON_OBJECT))
        return;
    if (path->name.len == 0 || path->name.ptr[0] != '/')
        REFUSE(reader, "InvalidPath", HG_STR("/paths"), "The path '%.*s' does not begin with '/'.",
               HG_ARG(path->name));
    for (size_t i = 0; i < hg_json_count(item) && !reader->failed; i++) {
        if (method_of(item->object.members[i].name) != NULL)
            read_operation(reader, path->name, item, &item->object.members[i]);
    }
}

static void read_paths(struct reader *reader)
{
    const struct hg_json *paths = hg_json_get(reader->swagger, "paths");
    size_t n = hg_json_is(paths, HG_JSON_OBJECT) ? count_operations(paths) : 0;
    if (n == 0) {
        REFUSE(reader, "NoOperations", HG_STR("/paths"), "The document describes no operation.");
        return;
    }
    if (n > HG_MAX_CONNECTOR_OPERATIONS) {
        REFUSE(reader, "TooManyOperations", HG_STR("/paths"),
               "The document describes more than %d operations.", HG_MAX_CONNECTOR_OPERATIONS);
        return;
    }
    reader->out->operations = HG_NEW_ARRAY(reader->arena, struct connector_operation, n);
    reader->failed |= reader->out->operations == NULL;
    for (size_t i = 0; i < hg_json_count(paths) && !reader->failed; i++)
        read_path(reader, &paths->object.members[i]);
}

/* --- the connector itself --- */

static void read_oauth(struct connector *out)
{
    const struct hg_json *settings =
        hg_json_path(out->properties, "connectionParameters.token.oAuthSettings");
    static const char *const resources[] = {"resource", "customParameters.resourceUri.value",
                                            "properties.AzureActiveDirectoryResourceId"};
    out->has_oauth = hg_json_is(settings, HG_JSON_OBJECT);
    if (!out->has_oauth)
        return;
    out->oauth = (struct connector_oauth){
        .identity_provider = text_of(settings, "identityProvider"),
        .client_id = text_of(settings, "clientId"),
        .redirect_url = text_of(settings, "redirectUrl"),
        .scopes = hg_json_get(settings, "scopes"),
        .source = settings,
    };
    for (size_t i = 0; i < HG_COUNT(resources) && out->oauth.resource.len == 0; i++)
        out->oauth.resource = hg_json_str_or(hg_json_path(settings, resources[i]), HG_STR(""));
}

static void read_head(struct reader *reader, const struct hg_json *properties)
{
    struct connector *out = reader->out;
    const struct hg_json *info = hg_json_get(reader->swagger, "info");
    const struct hg_json *schemes = hg_json_get(reader->swagger, "schemes");
    const struct hg_json *inner = hg_json_get(properties, "properties");
    out->swagger = reader->swagger;
    out->title = text_of(info, "title");
    out->description = text_of(info, "description");
    out->host = text_of(reader->swagger, "host");
    out->base_path = text_of(reader->swagger, "basePath");
    while (hg_str_ends(out->base_path, HG_STR("/")))
        out->base_path.len--;
    out->scheme = hg_json_str_or(hg_json_item(schemes, 0), HG_STR("https"));
    out->properties = inner != NULL ? inner : properties;
    read_oauth(out);
    hg_str version = text_of(reader->swagger, "swagger");
    if (!hg_str_eq(version, HG_STR("2.0")))
        REFUSE(reader, "InvalidDocument", HG_STR("/swagger"),
               "The document is not an OpenAPI 2.0 document: 'swagger' is '%.*s', not '2.0'.",
               HG_ARG(version));
}

enum hg_code connector_read(struct hg_arena *arena, const struct connector_document *document,
                            struct connector_faults *faults, const struct connector **out,
                            struct hg_err *err)
{
    struct reader reader = {.arena = arena,
                            .swagger = document->swagger,
                            .faults = faults,
                            .out = HG_NEW(arena, struct connector)};
    if (reader.out == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "a connector");
    reader.out->name = document->name;
    if (hg_json_is(document->swagger, HG_JSON_OBJECT)) {
        read_head(&reader, document->properties);
        read_paths(&reader);
    } else {
        REFUSE(&reader, "InvalidDocument", HG_STR(""), "The document is not an object.");
    }
    if (reader.failed || hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "a connector");
    *out = faults->n_errors == 0 ? reader.out : NULL;
    return HG_OK;
}
