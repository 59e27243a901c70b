#include "base/base.h"
#include "xml/xml.h"

#include <stdbool.h>
#include <stddef.h>

static const char *entity(char c, bool quotes)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return quotes ? "&quot;" : NULL;
    case '\'':
        return quotes ? "&apos;" : NULL;
    default:
        return NULL;
    }
}

void xml_escape(struct hg_buf *buf, hg_str text, bool quotes)
{
    size_t start = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *replaced = entity(text.ptr[i], quotes);
        if (replaced == NULL)
            continue;
        hg_buf_str(buf, hg_str_sub(text, start, i - start));
        hg_buf_z(buf, replaced);
        start = i + 1;
    }
    hg_buf_str(buf, hg_str_from(text, start));
}

/* Between double quotes: line ends and tabs would be read as blanks. */
static void write_attribute_value(struct hg_buf *buf, hg_str value)
{
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        if (c == '"')
            hg_buf_z(buf, "&quot;");
        else if (c == '\n' || c == '\r' || c == '\t')
            hg_buf_format(buf, "&#x%X;", (unsigned)c);
        else
            xml_escape(buf, hg_str_sub(value, i, 1), false);
    }
}

/* A carriage return as such would be read as a line end. */
static void write_text(struct hg_buf *buf, hg_str text)
{
    for (size_t end = hg_str_find_byte(text, '\r'); end != HG_NPOS;
         end = hg_str_find_byte(text, '\r')) {
        xml_escape(buf, hg_str_sub(text, 0, end), false);
        hg_buf_z(buf, "&#xD;");
        text = hg_str_from(text, end + 1);
    }
    xml_escape(buf, text, false);
}

static void write_element(struct hg_buf *buf, const struct xml_node *element)
{
    hg_buf_byte(buf, '<');
    hg_buf_str(buf, element->name);
    for (const struct xml_attribute *a = element->attributes; a != NULL; a = a->next) {
        hg_buf_byte(buf, ' ');
        hg_buf_str(buf, a->name);
        hg_buf_z(buf, "=\"");
        write_attribute_value(buf, a->value);
        hg_buf_byte(buf, '"');
    }
    if (element->first == NULL) {
        hg_buf_z(buf, " />");
        return;
    }
    hg_buf_byte(buf, '>');
    for (const struct xml_node *node = element->first; node != NULL; node = node->next)
        xml_node_write(buf, node);
    hg_buf_z(buf, "</");
    hg_buf_str(buf, element->name);
    hg_buf_byte(buf, '>');
}

static void write_between(struct hg_buf *buf, const char *before, hg_str text, const char *after)
{
    hg_buf_z(buf, before);
    hg_buf_str(buf, text);
    hg_buf_z(buf, after);
}

void xml_node_write(struct hg_buf *buf, const struct xml_node *node)
{
    switch (node->kind) {
    case XML_ELEMENT:
        write_element(buf, node);
        return;
    case XML_ATTRIBUTE:
        hg_buf_str(buf, node->value);
        return;
    case XML_TEXT:
        write_text(buf, node->value);
        return;
    case XML_CDATA:
        write_between(buf, "<![CDATA[", node->value, "]]>");
        return;
    case XML_COMMENT:
        write_between(buf, "<!--", node->value, "-->");
        return;
    case XML_INSTRUCTION:
        write_between(buf, "<?", node->name, node->value.len > 0 ? " " : "");
        write_between(buf, "", node->value, "?>");
        return;
    }
}

void xml_document_write(struct hg_buf *buf, const struct xml_document *document)
{
    if (document->has_declaration) {
        write_between(buf, "<?xml version=\"", document->version, "\"");
        if (document->encoding.len > 0)
            write_between(buf, " encoding=\"", document->encoding, "\"");
        hg_buf_z(buf, "?>");
    }
    for (const struct xml_node *node = document->first; node != NULL; node = node->next)
        xml_node_write(buf, node);
}
