#include "config/config.h"
#include "unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct config loaded(struct hg_arena *arena, const char *const *environment)
{
    char path[] = "/tmp/headgate-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
    struct config_sources sources = {.file = hg_str_of(path), .environment = environment};
    struct config config;
    struct hg_err err = {0};
    enum hg_code code = config_load(arena, &sources, &config, &err);
    (void)unlink(path);
    if (code != HG_OK)
        fail_msg("%s", err.detail);
    return config;
}

static bool contains(hg_str text, const char *part)
{
    return hg_str_find(text, hg_str_of(part)) != HG_NPOS;
}

static void what_is_printed_loads_again(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    const char *const environment[] = {
        "HEADGATE_SERVER_TRUSTED_PROXIES=10.0.0.0/8,10.1.0.0/16,10.2.0.0/16", NULL};
    struct config config = loaded(arena, environment);
    struct hg_buf first = hg_buf_new(arena, 1 << 16);
    config_print(&config, false, &first);

    char path[] = "/tmp/headgate-test-XXXXXX";
    int fd = mkstemp(path);
    hg_str text = hg_buf_view(&first);
    assert_int_equal(write(fd, text.ptr, text.len), (ssize_t)text.len);
    assert_int_equal(close(fd), 0);
    struct config_sources sources = {.file = hg_str_of(path)};
    struct config again;
    struct hg_err err = {0};
    enum hg_code code = config_load(arena, &sources, &again, &err);
    (void)unlink(path);
    if (code != HG_OK)
        fail_msg("%s", err.detail);
    struct hg_buf second = hg_buf_new(arena, 1 << 16);
    config_print(&again, false, &second);
    test_str_eq("the same", hg_buf_view(&second), text);
    assert_int_equal(again.server_trusted_proxies.n, 3);
}

static void origins_are_told_and_passwords_are_not(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    const char *const environment[] = {
        "HEADGATE_SERVER_STORE=postgresql://u:secret@db/h?password=secret&x=1", NULL};
    struct config config = loaded(arena, environment);
    struct hg_buf buf = hg_buf_new(arena, 1 << 16);
    config_print(&config, true, &buf);
    hg_str text = hg_buf_view(&buf);
    assert_true(contains(text, "; HEADGATE_SERVER_STORE\nstore = "
                               "postgresql://u:***@db/h?password=***&x=1\n"));
    assert_true(contains(text, "; default\nlisten = 127.0.0.1:8443\n"));
    assert_false(contains(text, "secret"));
}

static void changes_that_need_a_restart_are_named(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    const char *const environment[] = {"HEADGATE_SERVER_DATA=/x", "HEADGATE_LIMITS_CONNECTIONS=99",
                                       "HEADGATE_LOG_FORMAT=json", NULL};
    struct config running = loaded(arena, NULL);
    struct config wanted = loaded(arena, environment);
    test_str_eq("restart", config_restart_needed(arena, &running, &wanted),
                HG_STR("server.data, limits.connections"));
    test_str_eq("none", config_restart_needed(arena, &running, &running), HG_STR(""));
}

static void help_and_documents_come_from_the_table(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_buf help = hg_buf_new(arena, 1 << 16);
    config_help(&help);
    assert_true(contains(hg_buf_view(&help), "argon2.memory = 19456 to 4194304 KiB\n"
                                             "    Default: 19456. A change needs a restart.\n"));
    struct hg_buf markdown = hg_buf_new(arena, 1 << 16);
    config_markdown(&markdown);
    assert_true(contains(hg_buf_view(&markdown), "## [sqlite]\n"));
    assert_true(contains(hg_buf_view(&markdown), "| `synchronous` | `full` | full or normal | "
                                                 "restart | "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_printed_loads_again),
        cmocka_unit_test(origins_are_told_and_passwords_are_not),
        cmocka_unit_test(changes_that_need_a_restart_are_named),
        cmocka_unit_test(help_and_documents_come_from_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
