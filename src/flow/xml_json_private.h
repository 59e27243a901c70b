#pragma once

#include "base/base.h"
#include "xml/xml.h"

/* JSON and XML into each other as Newtonsoft's converter does: attributes are members
 * with '@', text beside them is '#text', elements of one name in a row are an array, an
 * empty element is null, the declaration is '?xml'. */
struct hg_json flow_json_of_document(struct hg_arena *arena, const struct xml_document *document);

/* False: the object has not exactly one root element. */
HG_MUST_USE bool flow_document_of_json(struct hg_arena *arena, const struct hg_json *object,
                                       struct xml_document *out);

/* A name with what XML does not allow written as _xHHHH_, and back. */
void flow_xml_name_encode(struct hg_buf *buf, hg_str name);
void flow_xml_name_decode(struct hg_buf *buf, hg_str name);
