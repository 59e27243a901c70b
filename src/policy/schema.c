#include "base/base.h"
#include "policy/policy.h"
#include "policy/schema_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

const char *schema_word(const char *const *words, hg_str text)
{
    for (; words != NULL && *words != NULL; words++) {
        hg_str name;
        hg_str canonical;
        bool is_alias = hg_str_cut(hg_str_of(*words), '=', &name, &canonical);
        if (hg_str_eq_nocase(name, text))
            return is_alias ? canonical.ptr : *words;
    }
    return NULL;
}

static hg_str word_list(struct hg_arena *arena, const char *const *words)
{
    struct hg_buf buf = hg_buf_new(arena, 1024);
    for (; *words != NULL; words++) {
        if (hg_str_find_byte(hg_str_of(*words), '=') != HG_NPOS)
            continue;
        if (buf.len > 0)
            hg_buf_z(&buf, ", ");
        hg_buf_z(&buf, *words);
    }
    return hg_buf_view(&buf);
}

static void find_type(struct policy_findings *findings, hg_str path, const char *want,
                      const struct hg_json *got)
{
    policy_find(findings, "1007", path,
                hg_str_format(findings->arena,
                              "The body does not match the policy schema: %.*s must be %s, not %s.",
                              HG_ARG(path), want, hg_json_kind_name(got->kind)));
}

/* --- Checking ---------------------------------------------------------------- */

static void check_word(struct policy_findings *findings, const struct schema_member *member,
                       hg_str text, hg_str path)
{
    if (schema_word(member->words, text) != NULL)
        return;
    hg_str known = word_list(findings->arena, member->words);
    policy_find_value(
        findings, path,
        hg_str_format(findings->arena,
                      "The body does not match the policy schema: '%.*s' is not a value of %.*s "
                      "(known: %.*s).",
                      HG_ARG(policy_clip(text)), HG_ARG(path), HG_ARG(known)));
}

static void check_texts(struct policy_findings *findings, const struct schema_member *member,
                        const struct hg_json *value, hg_str path)
{
    if (!hg_json_is(value, HG_JSON_ARRAY)) {
        find_type(findings, path, "an array of strings", value);
        return;
    }
    for (size_t i = 0; i < hg_json_count(value); i++) {
        const struct hg_json *item = hg_json_item(value, i);
        hg_str text;
        if (!hg_json_as_str(item, &text))
            find_type(findings, path, "an array of strings", item);
        else if (member->kind == SCHEMA_WORDS)
            check_word(findings, member, text, path);
    }
}

static void check_flags(struct policy_findings *findings, const struct schema_member *member,
                        const struct hg_json *value, hg_str path)
{
    hg_str rest;
    hg_str flag;
    if (!hg_json_as_str(value, &rest)) {
        find_type(findings, path, "a string of values joined by commas", value);
        return;
    }
    while (hg_str_field(&rest, ',', &flag))
        check_word(findings, member, hg_str_trim(flag), path);
}

static void check_objects(struct policy_findings *findings, const struct schema_member *member,
                          const struct hg_json *value, hg_str path)
{
    if (!hg_json_is(value, HG_JSON_ARRAY)) {
        find_type(findings, path, "an array of objects", value);
        return;
    }
    for (size_t i = 0; i < hg_json_count(value); i++)
        schema_check(findings, member->object, hg_json_item(value, i),
                     hg_str_format(findings->arena, "%.*s[%zu]", HG_ARG(path), i));
}

static void check_scalar(struct policy_findings *findings, const struct schema_member *member,
                         const struct hg_json *value, hg_str path)
{
    static const struct {
        enum hg_json_kind kind;
        const char *want;
    } wants[] = {[SCHEMA_STRING] = {HG_JSON_STRING, "a string"},
                 [SCHEMA_BOOL] = {HG_JSON_BOOL, "true or false"},
                 [SCHEMA_INT] = {HG_JSON_INT, "a whole number"},
                 [SCHEMA_WORD] = {HG_JSON_STRING, "a string"}};
    if (value->kind != wants[member->kind].kind)
        find_type(findings, path, wants[member->kind].want, value);
    else if (member->kind == SCHEMA_WORD)
        check_word(findings, member, value->string, path);
}

static void check_value(struct policy_findings *findings, const struct schema_member *member,
                        const struct hg_json *value, hg_str path)
{
    if ((member->traits & SCHEMA_UNJUDGED) != 0 && policy_says_something(value)) {
        policy_find_unjudged(findings, path);
        return;
    }
    switch (member->kind) {
    case SCHEMA_STRING:
    case SCHEMA_BOOL:
    case SCHEMA_INT:
    case SCHEMA_WORD:
        check_scalar(findings, member, value, path);
        return;
    case SCHEMA_WORDS:
    case SCHEMA_TEXTS:
        check_texts(findings, member, value, path);
        return;
    case SCHEMA_FLAGS:
        check_flags(findings, member, value, path);
        return;
    case SCHEMA_OBJECT:
        if (policy_says_something(value)) /* exports write [] for an absent object */
            schema_check(findings, member->object, value, path);
        return;
    case SCHEMA_OBJECTS:
        check_objects(findings, member, value, path);
        return;
    case SCHEMA_OPAQUE:
        return;
    }
}

static const struct schema_member *find_member(const struct schema *schema, hg_str name)
{
    for (size_t i = 0; i < schema->n_members; i++)
        if (hg_str_eq_nocase(hg_str_of(schema->members[i].name), name))
            return &schema->members[i];
    return NULL;
}

/* "@odata.type", "conditions@odata.context", "#microsoft.graph.restore". */
static bool is_annotation(hg_str name)
{
    return hg_str_find_byte(name, '@') != HG_NPOS || hg_str_starts(name, HG_STR("#"));
}

void schema_check(struct policy_findings *findings, const struct schema *schema,
                  const struct hg_json *json, hg_str path)
{
    if (!hg_json_is(json, HG_JSON_OBJECT)) {
        find_type(findings, path.len == 0 ? HG_STR("the body") : path, "an object", json);
        return;
    }
    for (uint32_t i = 0; i < json->object.n; i++) {
        const struct hg_json_member *given = &json->object.members[i];
        const struct schema_member *member = find_member(schema, given->name);
        if (is_annotation(given->name))
            continue;
        if (member == NULL) {
            if (policy_says_something(&given->value))
                policy_find_unknown(findings, given->name, path);
        } else if (!hg_json_is_null(&given->value)) {
            check_value(findings, member, &given->value,
                        policy_path(findings->arena, path, member->name));
        }
    }
}

/* --- Rendering --------------------------------------------------------------- */

static struct hg_json render_word(const char *const *words, const struct hg_json *value)
{
    const char *word = schema_word(words, hg_json_str_or(value, HG_STR("")));
    return word == NULL ? *value : hg_json_z(word);
}

static struct hg_json render_texts(struct hg_arena *arena, const struct schema_member *member,
                                   const struct hg_json *value)
{
    struct hg_json array = hg_json_array();
    for (size_t i = 0; i < hg_json_count(value); i++)
        hg_json_push(arena, &array, render_word(member->words, hg_json_item(value, i)));
    if (hg_json_count(value) == 0 && (member->traits & SCHEMA_ALL_WORD) != 0)
        hg_json_push(arena, &array, hg_json_z("all"));
    return array;
}

static struct hg_json render_flags(struct hg_arena *arena, const struct schema_member *member,
                                   const struct hg_json *value)
{
    struct hg_buf buf = hg_buf_new(arena, 1024);
    hg_str rest = hg_json_str_or(value, HG_STR(""));
    hg_str flag;
    while (hg_str_field(&rest, ',', &flag)) {
        const char *word = schema_word(member->words, hg_str_trim(flag));
        if (buf.len > 0)
            hg_buf_byte(&buf, ',');
        hg_buf_str(&buf, word == NULL ? flag : hg_str_of(word));
    }
    return hg_json_str(hg_buf_view(&buf));
}

static struct hg_json render_objects(struct hg_arena *arena, const struct schema *schema,
                                     const struct hg_json *value, enum policy_shape shape)
{
    struct hg_json array = hg_json_array();
    for (size_t i = 0; i < hg_json_count(value); i++)
        hg_json_push(arena, &array, schema_render(arena, schema, hg_json_item(value, i), shape));
    return array;
}

static struct hg_json render_value(struct hg_arena *arena, const struct schema_member *member,
                                   const struct hg_json *value, enum policy_shape shape)
{
    if (member->kind == SCHEMA_WORDS || member->kind == SCHEMA_TEXTS)
        return render_texts(arena, member, value);
    if (member->kind == SCHEMA_OBJECTS)
        return render_objects(arena, member->object, value, shape);
    if (hg_json_is_null(value))
        return hg_json_null();
    if (member->kind == SCHEMA_WORD)
        return render_word(member->words, value);
    if (member->kind == SCHEMA_FLAGS)
        return render_flags(arena, member, value);
    if (member->kind != SCHEMA_OBJECT)
        return *value;
    return policy_says_something(value) ? schema_render(arena, member->object, value, shape)
                                        : hg_json_null();
}

static bool is_hidden(const struct schema_member *member, enum policy_shape shape)
{
    return (member->traits & SCHEMA_SILENT) != 0 ||
           ((member->traits & SCHEMA_BETA) != 0 && shape == POLICY_SHAPE_V1);
}

/* What narrows a policy and would be hidden, or is not even known, is shown in every shape: a form
 * that left it out would lose it when it is stored or sent back. */
static void render_rest(struct hg_arena *arena, const struct schema *schema,
                        const struct hg_json *json, enum policy_shape shape, struct hg_json *object)
{
    for (uint32_t i = 0; hg_json_is(json, HG_JSON_OBJECT) && i < json->object.n; i++) {
        const struct hg_json_member *given = &json->object.members[i];
        const struct schema_member *member = find_member(schema, given->name);
        bool lost = member == NULL || (is_hidden(member, shape) &&
                                       (member->traits & (SCHEMA_UNJUDGED | SCHEMA_NARROWS)) != 0);
        if (!lost || is_annotation(given->name) || !policy_says_something(&given->value))
            continue;
        hg_json_set(arena, object, member == NULL ? given->name : hg_str_of(member->name),
                    member == NULL ? given->value
                                   : render_value(arena, member, &given->value, shape));
    }
}

struct hg_json schema_render(struct hg_arena *arena, const struct schema *schema,
                             const struct hg_json *json, enum policy_shape shape)
{
    if (schema->render != NULL)
        return schema->render(arena, json, shape);
    struct hg_json object = hg_json_object();
    for (size_t i = 0; i < schema->n_members; i++) {
        const struct schema_member *member = &schema->members[i];
        if (is_hidden(member, shape))
            continue;
        const struct hg_json *value = hg_json_get_nocase(json, hg_str_of(member->name));
        hg_json_put(arena, &object, member->name, render_value(arena, member, value, shape));
    }
    render_rest(arena, schema, json, shape, &object);
    return object;
}
