#include "base/base.h"
#include "xml/xml.h"
#include "xml/xml_private.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlstring.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void xml_start(void)
{
    xmlInitParser();
}

void xml_source_free(struct xml_source *source)
{
    if (source->doc != NULL)
        xmlFreeDoc(source->doc);
}

static void free_parser(xmlParserCtxtPtr *parser)
{
    if (*parser != NULL)
        xmlFreeParserCtxt(*parser);
}

static bool is_blank(const xmlNode *node)
{
    return node->type == XML_TEXT_NODE && xmlIsBlankNode(node) == 1;
}

/* The node that follows in a walk over all, children first; NULL at the end. */
static xmlNodePtr following(xmlNodePtr node)
{
    if (node->type == XML_ELEMENT_NODE && node->children != NULL)
        return node->children;
    while (node != NULL && node->next == NULL) {
        node = node->parent;
        if (node == NULL || node->type == XML_DOCUMENT_NODE)
            return NULL;
    }
    return node == NULL ? NULL : node->next;
}

static void drop_blanks(xmlDocPtr doc)
{
    xmlNodePtr node = doc->children;
    while (node != NULL) {
        xmlNodePtr next = following(node);
        if (is_blank(node)) {
            xmlUnlinkNode(node);
            xmlFreeNode(node);
        }
        node = next;
    }
}

enum hg_code xml_source_read(hg_str text, struct xml_source *out, struct hg_err *err)
{
    enum { OPTIONS = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING };
    if (text.len > HG_MAX_XML)
        return HG_FAIL(err, HG_TOO_BIG, "XML of %zu bytes", text.len);
    if (hg_str_find(text, HG_STR("<!DOCTYPE")) != HG_NPOS)
        return HG_FAIL(err, HG_MALFORMED, "a document type declaration is not accepted");
    HG_CLEANUP(free_parser) xmlParserCtxtPtr parser = xmlNewParserCtxt();
    if (parser == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "XML parser");
    xmlDocPtr doc = xmlCtxtReadMemory(parser, text.ptr, (int)text.len, NULL, "UTF-8", OPTIONS);
    if (doc == NULL) {
        const xmlError *error = xmlCtxtGetLastError(parser);
        hg_str why = hg_str_trim(hg_str_of(error == NULL ? "no document" : error->message));
        return HG_FAIL(err, HG_MALFORMED, "line %d: %.*s", error == NULL ? 1 : error->line,
                       HG_ARG(why));
    }
    drop_blanks(doc);
    out->doc = doc;
    return HG_OK;
}

static hg_str text_of(const xmlChar *text)
{
    return hg_str_of((const char *)text);
}

static hg_str qualified(struct hg_arena *arena, const xmlNs *ns, const xmlChar *name)
{
    if (ns == NULL || ns->prefix == NULL)
        return hg_str_dup(arena, text_of(name));
    return hg_str_format(arena, "%s:%s", (const char *)ns->prefix, (const char *)name);
}

static struct xml_attribute **append(struct hg_arena *arena, struct xml_attribute **end,
                                     hg_str name, hg_str value)
{
    struct xml_attribute *attribute = HG_NEW(arena, struct xml_attribute);
    if (attribute == NULL)
        return end;
    *attribute = (struct xml_attribute){.name = name, .value = value};
    *end = attribute;
    return &attribute->next;
}

/* The value of an attribute is a list of text nodes. */
static hg_str attribute_value(struct hg_arena *arena, const xmlAttr *attribute)
{
    struct hg_buf buf = hg_buf_new(arena, HG_MAX_XML);
    for (const xmlNode *part = attribute->children; part != NULL; part = part->next)
        hg_buf_str(&buf, text_of(part->content));
    return hg_buf_view(&buf);
}

static struct xml_attribute *copy_attributes(struct hg_arena *arena, const xmlNode *element)
{
    struct xml_attribute *first = NULL;
    struct xml_attribute **end = &first;
    for (const xmlNs *ns = element->nsDef; ns != NULL; ns = ns->next) {
        hg_str name = ns->prefix == NULL
                          ? HG_STR("xmlns")
                          : hg_str_format(arena, "xmlns:%s", (const char *)ns->prefix);
        end = append(arena, end, name, hg_str_dup(arena, text_of(ns->href)));
    }
    for (const xmlAttr *a = element->properties; a != NULL; a = a->next)
        end = append(arena, end, qualified(arena, a->ns, a->name), attribute_value(arena, a));
    return first;
}

static bool kind_of(const xmlNode *node, enum xml_kind *out)
{
    static const struct {
        xmlElementType type;
        enum xml_kind kind;
    } kinds[] = {
        {XML_ELEMENT_NODE, XML_ELEMENT}, {XML_ATTRIBUTE_NODE, XML_ATTRIBUTE},
        {XML_TEXT_NODE, XML_TEXT},       {XML_CDATA_SECTION_NODE, XML_CDATA},
        {XML_COMMENT_NODE, XML_COMMENT}, {XML_PI_NODE, XML_INSTRUCTION},
    };
    for (size_t i = 0; i < HG_COUNT(kinds); i++) {
        if (kinds[i].type == node->type) {
            *out = kinds[i].kind;
            return true;
        }
    }
    return false;
}

static struct xml_node *copy_list(struct hg_arena *arena, xmlNodePtr list)
{
    struct xml_node *first = NULL;
    struct xml_node **end = &first;
    for (xmlNodePtr node = list; node != NULL; node = node->next) {
        struct xml_node *copy = xml_node_copy(arena, node);
        if (copy == NULL)
            continue;
        *end = copy;
        end = &copy->next;
    }
    return first;
}

/* Recursion is as deep as the document, which libxml2 bounds to 256. */
struct xml_node *xml_node_copy(struct hg_arena *arena, void *libxml_node)
{
    xmlNodePtr node = libxml_node;
    enum xml_kind kind;
    struct xml_node *copy = kind_of(node, &kind) ? HG_NEW(arena, struct xml_node) : NULL;
    if (copy == NULL)
        return NULL;
    copy->kind = kind;
    if (kind == XML_ATTRIBUTE) {
        copy->name = qualified(arena, node->ns, node->name);
        copy->value = attribute_value(arena, (const xmlAttr *)node);
    } else if (kind == XML_ELEMENT) {
        copy->name = qualified(arena, node->ns, node->name);
        copy->attributes = copy_attributes(arena, node);
        copy->first = copy_list(arena, node->children);
    } else {
        if (kind == XML_INSTRUCTION)
            copy->name = hg_str_dup(arena, text_of(node->name));
        copy->value = hg_str_dup(arena, text_of(node->content));
    }
    return copy;
}

/* What the declaration says: the parser is told that the text is UTF-8, whatever it
 * was when somebody wrote the declaration. */
static hg_str declared_encoding(hg_str text)
{
    size_t end = hg_str_find(text, HG_STR("?>"));
    hg_str declaration = hg_str_sub(text, 0, end == HG_NPOS ? 0 : end);
    size_t at = hg_str_find(declaration, HG_STR("encoding"));
    if (at == HG_NPOS)
        return (hg_str){0};
    struct hg_scan scan = hg_scan_of(hg_str_from(declaration, at + 8));
    hg_scan_blanks(&scan);
    (void)hg_scan_byte(&scan, '=');
    hg_scan_blanks(&scan);
    char quote = hg_scan_peek(&scan);
    hg_str rest = hg_str_from(hg_scan_rest(&scan), 1);
    size_t length = hg_str_find_byte(rest, quote);
    return length == HG_NPOS ? (hg_str){0} : hg_str_sub(rest, 0, length);
}

enum hg_code xml_parse(struct hg_arena *arena, hg_str text, struct xml_document *out,
                       struct hg_err *err)
{
    HG_CLEANUP(xml_source_free) struct xml_source source = {0};
    hg_str trimmed = hg_str_trim(text);
    HG_TRY(xml_source_read(trimmed, &source, err));
    const xmlDoc *doc = source.doc;
    HG_ASSERT(doc != NULL);
    bool has_declaration = hg_str_starts(trimmed, HG_STR("<?xml "));
    struct xml_document document = {
        .has_declaration = has_declaration,
        .version = hg_str_dup(arena, text_of(doc->version)),
        .encoding = has_declaration ? hg_str_dup(arena, declared_encoding(trimmed)) : (hg_str){0},
        .first = copy_list(arena, doc->children),
    };
    if (hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "XML");
    *out = document;
    return HG_OK;
}
