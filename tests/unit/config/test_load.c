#include "config/config.h"
#include "unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A file with that text, which goes away with the test. */
struct temporary {
    char path[32];
};

static struct temporary file_with(hg_str text)
{
    struct temporary file = {.path = "/tmp/headgate-test-XXXXXX"};
    int fd = mkstemp(file.path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text.ptr == NULL ? "" : text.ptr, text.len), (ssize_t)text.len);
    assert_int_equal(close(fd), 0);
    return file;
}

static void remove_file(struct temporary *file)
{
    (void)unlink(file->path);
}

static enum hg_code load(struct hg_arena *arena, hg_str text, const char *const *environment,
                         struct config *out, struct hg_err *err)
{
    HG_CLEANUP(remove_file) struct temporary file = file_with(text);
    struct config_sources sources = {.file = hg_str_of(file.path), .environment = environment};
    return config_load(arena, &sources, out, err);
}

static void every_setting_has_a_good_default(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct config config;
    struct hg_err err = {0};
    if (load(arena, HG_STR(""), NULL, &config, &err) != HG_OK)
        fail_msg("%s", err.detail);
    test_str_eq("host", config.server_listen.host, HG_STR("127.0.0.1"));
    assert_int_equal(config.server_listen.port, 8443);
    assert_false(config.server_plain_listen.is_set);
    assert_int_equal(config.server_drain.us, HG_SECONDS(10).us);
    assert_int_equal(config.limits_body, 1 << 20);
    assert_int_equal(config.argon2_memory, 19456);
    assert_int_equal(config.sqlite_synchronous, CONFIG_SYNCHRONOUS_FULL);
    assert_int_equal(config.server_trusted_proxies.n, 0);
}

static void a_file_sets_values_of_every_kind(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct config config;
    struct hg_err err = {0};
    if (load(arena,
             HG_STR("# comment\n; comment\n[server]\nlisten = [::1]:0 ; inline\n"
                    "plain_listen = localhost:8080\nbase_url=https://id.example.org\n"
                    "store = postgresql://u:p@db/headgate\ntrusted_proxies = 10.0.0.0/8,\n"
                    "    ::1, 192.0.2.7\ndrain = 2m\n[limits]\nbody = 64 KiB\n"
                    "[sqlite]\nsynchronous = NORMAL\n[argon2]\nmemory = 65536\npasses = 1\n"),
             NULL, &config, &err) != HG_OK)
        fail_msg("%s", err.detail);
    test_str_eq("host", config.server_listen.host, HG_STR("::1"));
    assert_int_equal(config.server_listen.port, 0);
    assert_true(config.server_plain_listen.is_set);
    test_str_eq("url", config.server_base_url, HG_STR("https://id.example.org"));
    test_str_eq("store", config.server_store, HG_STR("postgresql://u:p@db/headgate"));
    assert_int_equal(config.server_trusted_proxies.n, 3);
    assert_int_equal(config.server_trusted_proxies.items[0].prefix, 8);
    assert_true(config.server_trusted_proxies.items[1].first.is_v6);
    assert_int_equal(config.server_drain.us, HG_MINUTES(2).us);
    assert_int_equal(config.limits_body, 65536);
    assert_int_equal(config.sqlite_synchronous, CONFIG_SYNCHRONOUS_NORMAL);
}

static const struct {
    const char *name;
    const char *text;
    const char *want; /* behind the file's name */
} refusals[] = {
    {"a number out of range", "\n\n[argon2]\nmemory = 8",
     ":4: argon2.memory = 8: 19456 to 4194304 KiB"},
    {"an unknown key", "[server]\nlistne = 1",
     ":2: unknown setting server.listne; did you mean "
     "server.listen?"},
    {"an unknown section", "[serer]\nlisten = 1",
     ":2: unknown setting serer.listen; did you mean "
     "server.listen?"},
    {"nothing like it", "[x]\nabracadabra = 1", ":2: unknown setting x.abracadabra"},
    {"a key before a section", "listen = 1", ":1: unknown setting .listen"},
    {"a setting twice", "[log]\nformat = json\nformat = text", ":3: log.format is set already at "},
    {"a bad choice", "[log]\nformat = xml", ":2: log.format = xml: text or json"},
    {"a bad range", "[server]\ntrusted_proxies = 10.0.0.0/40",
     ":2: server.trusted_proxies = 10.0.0.0/40: addresses and ranges like 10.0.0.0/8, separated "
     "by commas"},
    {"an address without port", "[server]\nlisten = localhost",
     ":2: server.listen = localhost: HOST:PORT or [IPv6]:PORT"},
    {"an IPv6 address without brackets", "[server]\nlisten = ::1:80",
     ":2: server.listen = ::1:80: HOST:PORT or [IPv6]:PORT"},
    {"a length of time without unit", "[server]\ndrain = 5",
     ":2: server.drain = 5: 0s to 600s, or with m, h, d"},
    {"a length of time too long", "[server]\ndrain = 1h",
     ":2: server.drain = 1h: 0s to 600s, or with m, h, d"},
    {"a size out of range", "[limits]\nbody = 1 GiB", ":2: limits.body = 1 GiB: 1 KiB to 100 MiB"},
    {"a URL with a path", "[server]\nbase_url = https://a/b",
     ":2: server.base_url = https://a/b: https://HOST or https://HOST:PORT in small letters, "
     "without a path"},
    {"a store, without showing it", "[server]\nstore = mysql://u:secret@h/d",
     ":2: server.store = ...: sqlite:PATH or postgresql://..."},
    {"an empty path", "[server]\ndata =", ":2: server.data = : directory"},
    {"a line that is neither", "[server]\nlisten", ":2: neither [section] nor key = value"},
};

static void a_bad_file_is_refused_with_line_setting_and_what_is_allowed(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(refusals); i++) {
        struct config config;
        struct hg_err err = {0};
        enum hg_code code = load(arena, hg_str_of(refusals[i].text), NULL, &config, &err);
        hg_str detail = hg_str_from(hg_str_of(err.detail), strlen("/tmp/headgate-test-XXXXXX"));
        if (code != HG_MALFORMED || !hg_str_starts(detail, hg_str_of(refusals[i].want)))
            fail_msg("%s: %s", refusals[i].name, err.detail);
    }
}

static void a_line_too_long_for_the_reader_is_refused(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_buf buf = hg_buf_new(arena, 4096);
    hg_buf_z(&buf, "[server]\ndata = /");
    for (int i = 0; i < 300; i++)
        hg_buf_byte(&buf, 'x');
    struct config config;
    struct hg_err err = {0};
    assert_int_equal(load(arena, hg_buf_view(&buf), NULL, &config, &err), HG_MALFORMED);
    assert_true(hg_str_find(hg_str_of(err.detail), HG_STR(":2: a line of more than")) != HG_NPOS);
}

static const struct {
    const char *name;
    const char *text;
    const char *want;
} whole[] = {
    {"plain HTTP beyond loopback", "[server]\nplain_listen = 0.0.0.0:80",
     "server.plain_listen = 0.0.0.0: only loopback may be served without TLS"},
    {"a certificate without key", "[tls]\ncertificate = /x",
     "tls.certificate and tls.key: set both or neither"},
    {"one pass over little memory", "[argon2]\npasses = 1",
     "argon2.passes = 1: at least 2 with less than 47104 KiB of argon2.memory"},
    {"a sender without '@'", "[smtp]\nserver = mail:25\nfrom = root",
     "smtp.from = root: an address with '@'"},
};

static void settings_must_fit_together(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(whole); i++) {
        struct config config;
        struct hg_err err = {0};
        assert_int_equal(load(arena, hg_str_of(whole[i].text), NULL, &config, &err), HG_MALFORMED);
        test_str_eq(whole[i].name, hg_str_of(err.detail), hg_str_of(whole[i].want));
    }
}

static void the_command_line_weighs_more_than_environment_and_file(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    HG_CLEANUP(remove_file)
    struct temporary file = file_with(HG_STR("[server]\ndata = /file\nthreads = 3\n[log]\n"
                                             "format = json\n"));
    const char *const environment[] = {"PATH=/bin", "HEADGATE_CORPUS=/x",
                                       "HEADGATE_SERVER_DATA=/environment",
                                       "HEADGATE_SERVER_THREADS=4", NULL};
    const struct config_pair overrides[] = {
        {HG_LIT("server.data"), HG_LIT("/line"), HG_LIT("--data")}};
    struct config_sources sources = {.file = hg_str_of(file.path),
                                     .environment = environment,
                                     .overrides = overrides,
                                     .n_overrides = 1};
    struct config config;
    struct hg_err err = {0};
    if (config_load(arena, &sources, &config, &err) != HG_OK)
        fail_msg("%s", err.detail);
    test_str_eq("command line", config.server_data, HG_STR("/line"));
    assert_int_equal(config.server_threads, 4);
    assert_int_equal(config.log_format, CONFIG_LOG_JSON);
}

static void a_secret_comes_from_a_file(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    HG_CLEANUP(remove_file)
    struct temporary secret = file_with(HG_STR("postgresql://u:p@db/h\n"));
    const char *const environment[] = {
        hg_str_z(arena, hg_str_format(arena, "HEADGATE_SERVER_STORE_FILE=%s", secret.path)), NULL};
    struct config config;
    struct hg_err err = {0};
    if (load(arena, HG_STR(""), environment, &config, &err) != HG_OK)
        fail_msg("%s", err.detail);
    test_str_eq("without the line end", config.server_store, HG_STR("postgresql://u:p@db/h"));
}

static const struct {
    const char *name;
    const char *variables[3];
    enum hg_code code;
    const char *want;
} variables[] = {
    {"an unknown variable of a known section",
     {"HEADGATE_SERVER_LISTEM=x"},
     HG_MALFORMED,
     "HEADGATE_SERVER_LISTEM: unknown setting; did you mean HEADGATE_SERVER_LISTEN?"},
    {"a bad value",
     {"HEADGATE_LOG_FORMAT=xml"},
     HG_MALFORMED,
     "HEADGATE_LOG_FORMAT: log.format = xml: text or json"},
    {"a file that is not there",
     {"HEADGATE_SERVER_STORE_FILE=/nowhere/x"},
     HG_IO,
     "HEADGATE_SERVER_STORE_FILE: there is no file /nowhere/x"},
    {"a path in a file",
     {"HEADGATE_TLS_KEY_FILE=/x"},
     HG_MALFORMED,
     "HEADGATE_TLS_KEY_FILE: tls.key is the path of a file already; use the name without _FILE"},
    {"a value given twice",
     {"HEADGATE_SERVER_STORE=sqlite:x", "HEADGATE_SERVER_STORE_FILE=/x"},
     HG_MALFORMED,
     "HEADGATE_SERVER_STORE_FILE: server.store is set by HEADGATE_SERVER_STORE, too"},
};

static void bad_variables_are_refused(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(variables); i++) {
        struct config config;
        struct hg_err err = {0};
        if (load(arena, HG_STR(""), variables[i].variables, &config, &err) != variables[i].code)
            fail_msg("%s: %s", variables[i].name, err.detail);
        test_str_eq(variables[i].name, hg_str_of(err.detail), hg_str_of(variables[i].want));
    }
}

static void a_file_that_was_named_must_be_there(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct config config;
    struct hg_err err = {0};
    struct config_sources sources = {.file = HG_STR("/nowhere/headgate.conf")};
    assert_int_equal(config_load(arena, &sources, &config, &err), HG_IO);
    test_str_eq("detail", hg_str_of(err.detail),
                HG_STR("/nowhere/headgate.conf: there is no such file"));
}

static const struct {
    const char *option, *value;
    const char *name, *want; /* NULL: refused */
} options[] = {
    {"listen", "127.0.0.1:0", "server.listen", "127.0.0.1:0"},
    {"listen", "http://127.0.0.1:0", "server.plain_listen", "127.0.0.1:0"},
    {"listen", "https://[::1]:1", "server.listen", "[::1]:1"},
    {"data", "/x", "server.data", "/x"},
    {"store", "sqlite:/x", "server.store", "sqlite:/x"},
    {"set", "argon2.memory=65536", "argon2.memory", "65536"},
    {"set", "argon2.memory", NULL, NULL},
    {"dev", "", NULL, NULL},
};

static void options_name_settings(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(options); i++) {
        struct config_pair pair;
        enum hg_code code =
            config_option(hg_str_of(options[i].option), hg_str_of(options[i].value), &pair, NULL);
        assert_int_equal(code, options[i].name == NULL ? HG_MALFORMED : HG_OK);
        if (options[i].name == NULL)
            continue;
        test_str_eq(options[i].value, pair.name, hg_str_of(options[i].name));
        test_str_eq(options[i].value, pair.value, hg_str_of(options[i].want));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_setting_has_a_good_default),
        cmocka_unit_test(a_file_sets_values_of_every_kind),
        cmocka_unit_test(a_bad_file_is_refused_with_line_setting_and_what_is_allowed),
        cmocka_unit_test(a_line_too_long_for_the_reader_is_refused),
        cmocka_unit_test(settings_must_fit_together),
        cmocka_unit_test(the_command_line_weighs_more_than_environment_and_file),
        cmocka_unit_test(a_secret_comes_from_a_file),
        cmocka_unit_test(bad_variables_are_refused),
        cmocka_unit_test(a_file_that_was_named_must_be_there),
        cmocka_unit_test(options_name_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
