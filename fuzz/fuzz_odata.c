/* A query of a Graph collection, as it stands in the URL, applied to an object. A filter that
 * says which value a property must have does not hold for another. */

#include "base/base.h"
#include "http/http.h"
#include "odata/odata.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char object_text[] =
    "{\"id\":\"2b7e8c14-94c5-4f0d-b0b6-27a1f3d5ce02\",\"displayName\":\"Bob\",\"n\":3,\"f\":1.5,"
    "\"accountEnabled\":true,\"nothing\":null,\"createdDateTime\":\"2026-11-24T16:14:11Z\","
    "\"status\":{\"errorCode\":50076},\"types\":[\"a\",\"b\"],\"list\":[{\"x\":1},{\"x\":2}]}";

static void check_equals(struct hg_arena *arena, const struct odata_filter *filter,
                         struct hg_json *object)
{
    hg_str value;
    if (!odata_filter_equals(filter, "id", &value))
        return;
    hg_json_put_str(arena, object, "id", hg_str_format(arena, "%.*sx", HG_ARG(value)));
    HG_ASSERT(!odata_filter_holds(filter, object));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 64 << 20);
    struct http_form form;
    struct odata_option options[HG_MAX_FORM_FIELDS];
    struct odata_query query;
    struct hg_json object;
    if (arena == NULL ||
        http_form_parse(arena, (hg_str){(const char *)data, size}, &form, NULL) != HG_OK)
        return 0;
    for (size_t i = 0; i < form.n; i++)
        options[i] = (struct odata_option){form.items[i].name, form.items[i].value};
    if (odata_query_parse(arena, options, form.n, &query, NULL) != HG_OK)
        return 0;
    HG_ASSERT(hg_json_parse(arena, hg_str_of(object_text), HG_JSON_STRICT, &hg_json_api, &object,
                            NULL) == HG_OK);
    struct hg_json selected = odata_select(arena, &query, &object);
    HG_ASSERT(hg_json_get(&selected, "id") != NULL);
    HG_ASSERT(hg_json_count(&selected) <= hg_json_count(&object));
    if (query.filter != NULL) {
        (void)odata_filter_holds(query.filter, &object);
        check_equals(arena, query.filter, &object);
    }
    return 0;
}
