/* Accept-Language, and ui_locales: whatever they hold, one of the catalogues is chosen. */

#include "app/pages.h"
#include "base/base.h"
#include "http/http.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hg_str text = {(const char *)data, size};
    const struct http_field field = {HG_LIT("Accept-Language"), text};
    const struct http_request request = {.headers = {.items = &field, .n = 1}};
    const struct app_call call = {.request = &request};
    const char *by_header = app_language(&call, HG_STR(""));
    const char *by_parameter = app_language(&call, text);
    HG_ASSERT(app_text(by_header, "button.next").len > 0);
    HG_ASSERT(app_text(by_parameter, "button.next").len > 0);
    if (hg_str_starts(text, HG_STR("sl-SI")))
        HG_ASSERT(strcmp(by_header, "sl") == 0);
    return 0;
}
