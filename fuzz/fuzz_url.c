/* URLs: the parts, put together again, are the text. */

#include "base/base.h"
#include "http/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_inside(hg_str part, hg_str whole)
{
    return part.len == 0 || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hg_str text = {(const char *)data, size};
    struct http_url url;
    if (http_url_parse(text, &url, NULL) != HG_OK)
        return 0;
    HG_ASSERT(is_inside(url.scheme, text) && is_inside(url.host, text) &&
              is_inside(url.path, text));
    HG_ASSERT(is_inside(url.query, text) && is_inside(url.fragment, text));
    HG_ASSERT(hg_str_find_byte(url.host, '@') == HG_NPOS &&
              hg_str_find_byte(url.host, '/') == HG_NPOS);
    size_t tail = url.path.len + (url.has_query ? 1 + url.query.len : 0) +
                  (url.has_fragment ? 1 + url.fragment.len : 0);
    HG_ASSERT(hg_str_starts(text, url.scheme) && tail < text.len);
    HG_ASSERT(hg_str_starts(hg_str_from(text, text.len - tail), url.path));
    return 0;
}
