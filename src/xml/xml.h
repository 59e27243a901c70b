#pragma once

#include "base/base.h"

/* XML as a tree in an arena, and XPath 1.0 over it. Text comes from outside: a document
 * type declaration is refused (no entities, nothing to fetch), depth, size and the work
 * of a path are bounded. Nodes of nothing but white space are dropped, as .NET's
 * XmlDocument does. The parser underneath is libxml2; nothing of it shows here.
 *
 * xml_start() must have run once before a second thread uses the module. */
void xml_start(void);

enum xml_kind {
    XML_ELEMENT,
    XML_ATTRIBUTE, /* only as a result of a path */
    XML_TEXT,
    XML_CDATA,
    XML_COMMENT,
    XML_INSTRUCTION, /* name is its target */
};

/* Declarations of name spaces count as attributes ("xmlns", "xmlns:p"). */
struct xml_attribute {
    hg_str name, value;
    struct xml_attribute *next;
};

struct xml_node {
    enum xml_kind kind;
    hg_str name;  /* with its prefix */
    hg_str value; /* of what is no element */
    struct xml_attribute *attributes;
    struct xml_node *first, *next;
};

struct xml_document {
    bool has_declaration;
    hg_str version, encoding; /* of the declaration; encoding may be empty */
    struct xml_node *first;   /* comments and instructions around the one element, too */
};

/* HG_MALFORMED: err->detail says where ("line 1: …"). HG_TOO_BIG past HG_MAX_XML. */
HG_MUST_USE enum hg_code xml_parse(struct hg_arena *arena, hg_str text, struct xml_document *out,
                                   struct hg_err *err);

/* Without any layout, "<a />" for an empty element. */
void xml_document_write(struct hg_buf *buf, const struct xml_document *document);
void xml_node_write(struct hg_buf *buf, const struct xml_node *node);

/* Text with & < > replaced; `quotes`: and " and '. */
void xml_escape(struct hg_buf *buf, hg_str text, bool quotes);

enum xml_answer_kind { XML_ANSWER_NODES, XML_ANSWER_STRING, XML_ANSWER_NUMBER, XML_ANSWER_BOOL };

struct xml_answer {
    enum xml_answer_kind kind;
    struct xml_node *nodes; /* in document order, linked by next; elements with their inside */
    hg_str string;
    double number;
    bool boolean;
};

/* Prefixes mean nothing in the path: local-name() and name() do. HG_MALFORMED: the text
 * is no XML or the path is none; HG_TOO_BIG: the path asks for too much work. */
HG_MUST_USE enum hg_code xml_path(struct hg_arena *arena, hg_str text, hg_str path,
                                  struct xml_answer *out, struct hg_err *err);
