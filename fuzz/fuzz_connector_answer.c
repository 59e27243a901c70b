/* What a service answers: the first line is the media type, the second Retry-After, the rest the
 * body. It always becomes a value that can be stored, and a wait is never negative. */

#include "base/base.h"
#include "connector/connector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned statuses[] = {200, 202, 304, 429, 503};
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 64 << 20);
    hg_str rest = {(const char *)data, size};
    hg_str wait;
    struct connector_answer answer = {.status = 200};
    struct hg_json body;
    struct hg_json headers = hg_json_object();
    hg_str text;
    if (arena == NULL)
        return 0;
    (void)hg_str_cut(rest, '\n', &answer.content_type, &rest);
    (void)hg_str_cut(rest, '\n', &wait, &answer.body);
    if (!hg_utf8_valid(answer.content_type)) /* the client's promise (http/http.h) */
        return 0;
    if (connector_body_read(arena, &answer, &body, NULL) == HG_OK) {
        HG_ASSERT(hg_json_render(arena, &body, &text, NULL) == HG_OK);
        HG_ASSERT(hg_utf8_valid(text));
    }
    hg_json_put_str(arena, &headers, "retry-after", wait);
    hg_json_put_str(arena, &headers, "LOCATION", wait);
    for (size_t i = 0; i < HG_COUNT(statuses); i++) {
        struct connector_poll poll = connector_poll_read(statuses[i], &headers);
        HG_ASSERT(!poll.has_wait || poll.wait.us >= 0);
        HG_ASSERT((poll.kind == CONNECTOR_POLL_FAILED) == (statuses[i] >= 400));
    }
    return 0;
}
