#pragma once

#include "xml/xml.h"

/* libxml2's own; its headers are included where these are looked into. */
struct _xmlDoc;
struct _xmlNode;

void xml_doc_free(struct _xmlDoc **doc); /* for HG_CLEANUP */

/* The document without blank nodes. The caller frees it. */
HG_MUST_USE enum hg_code xml_doc_read(hg_str text, struct _xmlDoc **out, struct hg_err *err);

/* A node of libxml2's, and all inside, into the arena; NULL: nothing that has a kind
 * here, or the arena ended. */
struct xml_node *xml_node_copy(struct hg_arena *arena, struct _xmlNode *node);
