#include "base/base.h"
#include "xml/xml.h"
#include "xml/xml_private.h"

#include <libxml/tree.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlstring.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <stdbool.h>
#include <stddef.h>

enum { MAX_STEPS = 5000000, MAX_PATH = 8192 }; /* steps of an evaluation; characters */

static void free_context(xmlXPathContextPtr *context)
{
    if (*context != NULL)
        xmlXPathFreeContext(*context);
}

static void free_object(xmlXPathObjectPtr *object)
{
    if (*object != NULL)
        xmlXPathFreeObject(*object);
}

/* libxml2 would write to stderr otherwise. */
static void keep_quiet(void *self, xmlErrorPtr error)
{
    (void)self;
    (void)error;
}

static void copy_nodes(struct hg_arena *arena, xmlNodeSetPtr set, struct xml_answer *out)
{
    struct xml_node **end = &out->nodes;
    xmlXPathNodeSetSort(set);
    for (int i = 0; set != NULL && i < set->nodeNr; i++) {
        xmlNodePtr node = set->nodeTab[i];
        if (node->type == XML_DOCUMENT_NODE) /* the path "/" */
            node = xmlDocGetRootElement((xmlDocPtr)node);
        struct xml_node *copy =
            node == NULL || node->type == XML_NAMESPACE_DECL ? NULL : xml_node_copy(arena, node);
        if (copy == NULL)
            continue;
        *end = copy;
        end = &copy->next;
    }
}

/* False: a kind of XPath 2 or XPointer, which no path of 1.0 gives. */
static bool take_answer(struct hg_arena *arena, xmlXPathObjectPtr object, struct xml_answer *out)
{
    if (object->type == XPATH_NODESET) {
        out->kind = XML_ANSWER_NODES;
        copy_nodes(arena, object->nodesetval, out);
    } else if (object->type == XPATH_STRING) {
        out->kind = XML_ANSWER_STRING;
        out->string = hg_str_dup(arena, hg_str_of((const char *)object->stringval));
    } else if (object->type == XPATH_NUMBER) {
        out->kind = XML_ANSWER_NUMBER;
        out->number = object->floatval;
    } else if (object->type == XPATH_BOOLEAN) {
        out->kind = XML_ANSWER_BOOL;
        out->boolean = object->boolval != 0;
    } else {
        return false;
    }
    return true;
}

static enum hg_code refuse(const xmlXPathContext *context, struct hg_err *err)
{
    int code = context->lastError.code;
    if (code == XML_XPATH_EXPRESSION_OK + XPATH_OP_LIMIT_EXCEEDED ||
        code == XML_XPATH_EXPRESSION_OK + XPATH_RECURSION_LIMIT_EXCEEDED)
        return HG_FAIL(err, HG_TOO_BIG, "the path asks for too much work");
    return HG_FAIL(err, HG_MALFORMED, "the path is not valid XPath");
}

enum hg_code xml_path(struct hg_arena *arena, hg_str text, hg_str path, struct xml_answer *out,
                      struct hg_err *err)
{
    HG_CLEANUP(xml_source_free) struct xml_source source = {0};
    HG_CLEANUP(free_context) xmlXPathContextPtr context = NULL;
    HG_CLEANUP(free_object) xmlXPathObjectPtr object = NULL;
    struct xml_answer answer = {0};
    if (path.len > MAX_PATH)
        return HG_FAIL(err, HG_TOO_BIG, "a path of %zu bytes", path.len);
    HG_TRY(xml_source_read(hg_str_trim(text), &source, err));
    context = xmlXPathNewContext(source.doc);
    const char *z = hg_str_z(arena, path);
    if (context == NULL || hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "XPath");
    context->error = keep_quiet;
    context->opLimit = MAX_STEPS;
    (void)xmlXPathOrderDocElems(source.doc); /* so that sorting need not walk */
    object = xmlXPathEvalExpression((const xmlChar *)z, context);
    if (object == NULL || !take_answer(arena, object, &answer))
        return refuse(context, err);
    if (hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "XPath");
    *out = answer;
    return HG_OK;
}
