#include "base/base.h"
#include "flow/value_private.h"
#include "flow/xml_json_private.h"
#include "xml/xml.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- XML to JSON --- */

static struct hg_json json_of_element(struct hg_arena *arena, const struct xml_node *element);

static hg_str member_name(struct hg_arena *arena, const struct xml_node *node)
{
    switch (node->kind) {
    case XML_ELEMENT:
    case XML_ATTRIBUTE:
        return node->name;
    case XML_TEXT:
        return HG_STR("#text");
    case XML_CDATA:
        return HG_STR("#cdata-section");
    case XML_COMMENT:
        return HG_STR("#comment");
    case XML_INSTRUCTION:
        break;
    }
    return hg_str_format(arena, "?%.*s", HG_ARG(node->name));
}

/* One more of a name makes the value an array. */
static void add_member(struct hg_arena *arena, struct hg_json *object, hg_str name,
                       struct hg_json value)
{
    struct hg_json *there = NULL;
    for (uint32_t i = 0; i < object->object.n; i++)
        if (hg_str_eq(object->object.members[i].name, name))
            there = &object->object.members[i].value;
    if (there == NULL) {
        hg_json_set(arena, object, name, value);
        return;
    }
    if (there->kind != HG_JSON_ARRAY) {
        struct hg_json array = hg_json_array();
        hg_json_push(arena, &array, *there);
        *there = array;
    }
    hg_json_push(arena, there, value);
}

static void add_nodes(struct hg_arena *arena, struct hg_json *object, const struct xml_node *first)
{
    for (const struct xml_node *node = first; node != NULL; node = node->next) {
        struct hg_json value =
            node->kind == XML_ELEMENT ? json_of_element(arena, node) : hg_json_str(node->value);
        add_member(arena, object, member_name(arena, node), value);
    }
}

static struct hg_json json_of_element(struct hg_arena *arena, const struct xml_node *element)
{
    const struct xml_node *first = element->first;
    bool has_attributes = element->attributes != NULL;
    if (first == NULL && !has_attributes)
        return hg_json_null();
    if (first != NULL && first->kind == XML_TEXT && first->next == NULL && !has_attributes)
        return hg_json_str(first->value);
    struct hg_json object = hg_json_object();
    for (const struct xml_attribute *a = element->attributes; a != NULL; a = a->next)
        hg_json_set(arena, &object, hg_str_format(arena, "@%.*s", HG_ARG(a->name)),
                    hg_json_str(a->value));
    add_nodes(arena, &object, first);
    return object;
}

struct hg_json flow_json_of_document(struct hg_arena *arena, const struct xml_document *document)
{
    struct hg_json object = hg_json_object();
    if (document->has_declaration) {
        struct hg_json declaration = hg_json_object();
        hg_json_put_str(arena, &declaration, "@version", document->version);
        if (document->encoding.len > 0)
            hg_json_put_str(arena, &declaration, "@encoding", document->encoding);
        hg_json_put(arena, &object, "?xml", declaration);
    }
    add_nodes(arena, &object, document->first);
    return object;
}

/* --- JSON to XML --- */

static struct xml_node **append_node(struct hg_arena *arena, struct xml_node **end,
                                     enum xml_kind kind, hg_str name, hg_str value)
{
    struct xml_node *node = HG_NEW(arena, struct xml_node);
    if (node == NULL)
        return end;
    *node = (struct xml_node){.kind = kind, .name = name, .value = value};
    *end = node;
    return &node->next;
}

/* As XML Schema writes it: true and not True. */
static hg_str scalar_text(struct hg_arena *arena, const struct hg_json *value)
{
    struct hg_buf buf = hg_buf_new(arena, HG_MAX_XML);
    if (value->kind == HG_JSON_BOOL)
        hg_buf_z(&buf, value->boolean ? "true" : "false");
    else
        flow_text_write(&buf, value);
    return hg_buf_view(&buf);
}

static void add_attribute(struct hg_arena *arena, struct xml_node *element, hg_str name,
                          const struct hg_json *value)
{
    struct xml_attribute **end = &element->attributes;
    while (*end != NULL)
        end = &(*end)->next;
    struct xml_attribute *attribute = HG_NEW(arena, struct xml_attribute);
    if (attribute == NULL)
        return;
    *attribute = (struct xml_attribute){.name = name, .value = scalar_text(arena, value)};
    *end = attribute;
}

static struct xml_node **add_value(struct hg_arena *arena, struct xml_node **end, hg_str name,
                                   const struct hg_json *value);

static bool special_kind(hg_str name, enum xml_kind *out)
{
    static const struct {
        hg_str name;
        enum xml_kind kind;
    } specials[] = {
        {HG_LIT("#text"), XML_TEXT},
        {HG_LIT("#cdata-section"), XML_CDATA},
        {HG_LIT("#comment"), XML_COMMENT},
    };
    for (size_t i = 0; i < HG_COUNT(specials); i++) {
        if (hg_str_eq(specials[i].name, name)) {
            *out = specials[i].kind;
            return true;
        }
    }
    return false;
}

static void fill(struct hg_arena *arena, struct xml_node *element, const struct hg_json *value)
{
    struct xml_node **end = &element->first;
    if (value->kind == HG_JSON_NULL)
        return;
    if (value->kind != HG_JSON_OBJECT) {
        hg_str text = scalar_text(arena, value);
        if (text.len > 0)
            (void)append_node(arena, end, XML_TEXT, (hg_str){0}, text);
        return;
    }
    for (uint32_t i = 0; i < value->object.n; i++) {
        const struct hg_json_member *member = &value->object.members[i];
        if (hg_str_starts(member->name, HG_STR("@")))
            add_attribute(arena, element, hg_str_from(member->name, 1), &member->value);
        else
            end = add_value(arena, end, member->name, &member->value);
    }
}

/* One element for a value, one for each item of an array. */
static struct xml_node **add_value(struct hg_arena *arena, struct xml_node **end, hg_str name,
                                   const struct hg_json *value)
{
    enum xml_kind kind;
    if (value->kind == HG_JSON_ARRAY) {
        for (uint32_t i = 0; i < value->array.n; i++)
            end = add_value(arena, end, name, &value->array.items[i]);
        return end;
    }
    if (special_kind(name, &kind))
        return append_node(arena, end, kind, (hg_str){0}, scalar_text(arena, value));
    struct hg_buf encoded = hg_buf_new(arena, HG_MAX_XML);
    flow_xml_name_encode(&encoded, name);
    struct xml_node **next =
        append_node(arena, end, XML_ELEMENT, hg_buf_view(&encoded), (hg_str){0});
    if (*end != NULL)
        fill(arena, *end, value);
    return next;
}

static bool is_element(hg_str name)
{
    return name.len > 0 && name.ptr[0] != '@' && name.ptr[0] != '#' && name.ptr[0] != '?';
}

bool flow_document_of_json(struct hg_arena *arena, const struct hg_json *object,
                           struct xml_document *out)
{
    struct xml_document document = {.version = HG_STR("1.0")};
    struct xml_node **end = &document.first;
    int roots = 0;
    for (uint32_t i = 0; i < object->object.n; i++) {
        const struct hg_json_member *member = &object->object.members[i];
        if (hg_str_eq(member->name, HG_STR("?xml"))) {
            document.has_declaration = true;
            document.version =
                hg_json_str_or(hg_json_get(&member->value, "@version"), document.version);
            document.encoding =
                hg_json_str_or(hg_json_get(&member->value, "@encoding"), document.encoding);
        } else if (is_element(member->name) && member->value.kind != HG_JSON_ARRAY) {
            roots++;
            end = add_value(arena, end, member->name, &member->value);
        } else {
            return false;
        }
    }
    *out = document;
    return roots == 1;
}
