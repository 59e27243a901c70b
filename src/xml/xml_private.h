#pragma once

#include "xml/xml.h"

/* A document as libxml2 holds it. Its types stay in the files that include its headers. */
struct xml_source {
    void *doc; /* xmlDocPtr */
};

void xml_source_free(struct xml_source *source); /* for HG_CLEANUP */

/* The document without blank nodes. The caller frees it. */
HG_MUST_USE enum hg_code xml_source_read(hg_str text, struct xml_source *out, struct hg_err *err);

/* A node of libxml2's (xmlNodePtr), and all inside, into the arena; NULL: nothing that has a kind
 * here, or the arena ended. */
struct xml_node *xml_node_copy(struct hg_arena *arena, void *libxml_node);
