#include "base/base.h"
#include "edge/files.h"
#include "edge/log_sink.h"
#include "event/event.h"
#include "folder.h"
#include "unit/test.h"

#include <pthread.h>
#include <stddef.h>
#include <unistd.h>

static struct edge_log_sink *sink_of(const char *path)
{
    struct edge_log_sink *sink = NULL;
    struct hg_err err = {0};
    if (edge_log_sink_open(path, &sink, &err) != HG_OK)
        fail_msg("%s", err.detail);
    return sink;
}

enum { THREADS = 4, EACH = 200 };

static void *record_many(void *self)
{
    struct event_sink port = edge_log_sink_port(self);
    for (int i = 0; i < EACH; i++) {
        struct event event = event_new(EVENT_GRANT_REDEEMED, (hg_time){0});
        event_int(&event, "i", i);
        port.record(port.self, &event);
    }
    return NULL;
}

static void lines_of_many_threads_stay_whole(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct test_folder folder = test_folder_make();
    const char *path = test_folder_name(&folder, "log");
    struct edge_log_sink *sink = sink_of(path);
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, record_many, sink), 0);
    for (size_t i = 0; i < THREADS; i++)
        (void)pthread_join(threads[i], NULL);
    assert_int_equal(edge_log_sink_dropped(sink), 0);
    edge_log_sink_close(sink);

    hg_str text;
    assert_int_equal(edge_file_read(arena, path, HG_MAX_FILE, &text, NULL), HG_OK);
    hg_str line;
    size_t n = 0;
    while (hg_str_field(&text, '\n', &line)) {
        struct hg_json value;
        assert_int_equal(hg_json_parse(arena, line, HG_JSON_STRICT, &hg_json_api, &value, NULL),
                         HG_OK);
        n++;
    }
    assert_int_equal(n, THREADS * EACH);
    (void)unlink(path);
    (void)rmdir(folder.path);
}

static void what_cannot_be_written_is_counted(void **state)
{
    (void)state;
    struct edge_log_sink *sink = sink_of("/dev/full");
    struct event_sink port = edge_log_sink_port(sink);
    struct event event = event_new(EVENT_SERVER_STARTED, (hg_time){0});
    port.record(port.self, &event);
    assert_int_equal(edge_log_sink_dropped(sink), 1);
    edge_log_sink_close(sink);
    struct hg_err err = {0};
    assert_int_equal(edge_log_sink_open("/no/such/folder/log", &sink, &err), HG_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_many_threads_stay_whole),
        cmocka_unit_test(what_cannot_be_written_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
