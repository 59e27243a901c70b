/* Xml: what is read and written is read again and written as the same. */

#include "base/base.h"
#include "xml/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static hg_str written(struct hg_arena *arena, const struct xml_document *document)
{
    struct hg_buf buf = hg_buf_new(arena, 32 << 20);
    xml_document_write(&buf, document);
    return hg_buf_view(&buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 64 << 20);
    struct xml_document document;
    struct xml_document again;
    struct xml_answer answer;
    hg_str text = {(const char *)data, size};
    if (arena == NULL || xml_parse(arena, text, &document, NULL) != HG_OK)
        return 0;
    hg_str first = written(arena, &document);
    enum hg_code code = xml_parse(arena, first, &again, NULL);
    HG_ASSERT(code == HG_OK || code == HG_NO_MEMORY);
    if (code == HG_OK && !hg_arena_exhausted(arena))
        HG_ASSERT(hg_str_eq(first, written(arena, &again)));
    code = xml_path(arena, text, HG_STR("//*[@*]|//text()"), &answer, NULL);
    HG_ASSERT(code == HG_OK || code == HG_NO_MEMORY || code == HG_TOO_BIG);
    return 0;
}
