#include "unit/app/fixture.h"

#include "crypto/crypto.h"
#include "event/event.h"

#include <stdint.h>
#include <string.h>

static const char seed[] =
    "{\"tenant\":{\"id\":\"" FIXTURE_TENANT "\",\"domain\":\"contoso.test\","
    "\"displayName\":\"Contoso\"},\"users\":["
    "{\"id\":\"" FIXTURE_MAKER "\",\"userPrincipalName\":\"maker@contoso.test\","
    "\"displayName\":\"Maja Maker\",\"password\":\"Correct-Horse-2\"},"
    "{\"id\":\"9e2f4d70-6a1b-4d3c-8f25-51c7be90aa03\",\"userPrincipalName\":"
    "\"user@contoso.test\",\"displayName\":\"Uri User\",\"password\":\"Correct-Horse-3\"}],"
    "\"connections\":[{\"id\":\"makers-mail\",\"owner\":\"maker@contoso.test\",\"connector\":"
    "\"shared_office365\",\"signedIn\":{\"methods\":[\"password\"]}}]}";

static const hg_time noon = {.us = 1764072000000000}; /* 2025-11-25T12:00:00Z */

/* splitmix64 */
static void fill(void *self, void *out, size_t n)
{
    uint64_t *state = self;
    unsigned char *bytes = out;
    for (size_t i = 0; i < n; i++) {
        uint64_t z = *state += 0x9e3779b97f4a7c15u;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        bytes[i] = (unsigned char)(z >> 56);
    }
}

static hg_time read_clock(void *self)
{
    return ((struct fixture *)self)->now;
}

static enum hg_code send(void *self, struct hg_arena *arena, const struct http_call *call,
                         struct http_answer *out, struct hg_err *err)
{
    static const struct http_field json = {HG_LIT("Content-Type"), HG_LIT("application/json")};
    struct fixture *fixture = self;
    assert_true(fixture->n_calls < FIXTURE_MAX_CALLS);
    fixture->urls[fixture->n_calls++] = hg_str_dup(fixture->arena, call->url);
    fixture->now = hg_time_add(fixture->now, fixture->takes);
    if (fixture->during != NULL)
        fixture->during(fixture);
    if (fixture->answer_code != HG_OK)
        return HG_FAIL(err, fixture->answer_code, "could not resolve host of the test");
    *out = (struct http_answer){
        .status = fixture->answer_status,
        .headers = {&json, 1},
        .body = hg_str_dup(arena, hg_str_of(fixture->answer_body)),
    };
    return HG_OK;
}

static enum hg_code loop_back(void *self, struct hg_arena *arena, const struct http_call *call,
                              struct http_answer *out, struct hg_err *err)
{
    struct fixture *fixture = self;
    (void)err;
    assert_true(fixture->n_calls < FIXTURE_MAX_CALLS);
    fixture->urls[fixture->n_calls++] = hg_str_dup(fixture->arena, call->url);
    assert_true(hg_str_starts(call->url, fixture->app.config.base_url));
    struct http_request request = {
        .method = call->method,
        .target = hg_str_from(call->url, fixture->app.config.base_url.len),
        .headers = call->headers,
        .body = call->body,
        .scheme = HG_STR("https"),
        .host = HG_STR("localhost:8443"),
    };
    struct http_response *response = HG_NEW(arena, struct http_response);
    assert_non_null(response);
    assert_int_equal(http_target_parse(arena, request.target, &request.path, &request.query, NULL),
                     HG_OK);
    app_handle(&fixture->app, fixture->now, arena, &request, response);
    *out = (struct http_answer){.status = response->status,
                                .headers = {response->fields, response->n_fields},
                                .body = response->body};
    return HG_OK;
}

void fixture_loop_back(struct fixture *fixture)
{
    fixture->app.client = (struct http_client){loop_back, fixture};
}

static enum hg_code take_mail(void *self, hg_str from, const hg_str *to, size_t n_to,
                              hg_str message, struct hg_err *err)
{
    struct fixture *fixture = self;
    (void)from, (void)to, (void)n_to, (void)err;
    fixture->n_mails++;
    fixture->mail = hg_str_dup(fixture->arena, message);
    return HG_OK;
}

static void record(void *self, const struct event *event)
{
    (void)self, (void)event;
}

static uint64_t defer(void *self)
{
    return ++((struct fixture *)self)->last_reply;
}

static void complete(void *self, uint64_t id, const struct http_response *response)
{
    struct fixture *fixture = self;
    if (id != fixture->last_reply || fixture->n_replies > 0)
        return;
    fixture->n_replies++;
    fixture->reply = *response;
    fixture->reply.body = hg_str_dup(fixture->arena, response->body);
}

static void wake(void *self)
{
    ((struct fixture *)self)->n_wakes++;
}

static void open_app(struct fixture *fixture)
{
    unsigned char bytes[CRYPTO_KEYRING_RANDOM];
    hg_str file;
    fill(&fixture->random, bytes, sizeof(bytes));
    assert_int_equal(crypto_keyring_file_new(fixture->arena, bytes, &file, NULL), HG_OK);
    assert_int_equal(crypto_keyring_parse(file, &fixture->keyring, NULL), HG_OK);
    fixture->app = (struct app){
        .client = {send, fixture},
        .replies = {defer, complete, fixture},
        .mailer = {take_mail, fixture},
        .clock = {.now = read_clock, .self = fixture},
        .random = {fill, &fixture->random},
        .events = {record, fixture},
        .keyring = fixture->keyring,
        .config = {.base_url = HG_STR("https://localhost:8443"),
                   .mail_from = HG_STR("headgate@contoso.test"),
                   .argon2_memory_kib = 19456,
                   .argon2_passes = 2,
                   .argon2_concurrent = 1,
                   .max_policies = 195,
                   .max_locations = 195,
                   .max_ranges = 2000},
        .wake_worker = wake,
        .wake_self = fixture,
    };
    assert_int_equal(store_memory_open(&fixture->app.store, NULL), HG_OK);
    assert_int_equal(app_open(&fixture->app, NULL), HG_OK);
}

void fixture_open(struct fixture *fixture)
{
    struct hg_json json;
    struct hg_err err = {0};
    *fixture = (struct fixture){
        .arena = test_arena(), .random = 7, .now = noon, .answer_status = 200, .answer_body = "{}"};
    open_app(fixture);
    assert_int_equal(
        hg_json_parse(fixture->arena, hg_str_of(seed), HG_JSON_STRICT, &hg_json_api, &json, NULL),
        HG_OK);
    if (app_seed(&fixture->app, fixture->now, fixture->arena, &json, &err) != HG_OK)
        fail_msg("the seed: %s", err.detail);
}

void fixture_close(struct fixture *fixture)
{
    app_close(&fixture->app);
    store_close(fixture->app.store);
    crypto_keyring_free(fixture->keyring);
    hg_arena_free(fixture->arena);
}

static struct http_response handle(struct fixture *fixture, const char *method, hg_str target,
                                   const char *body, bool is_local)
{
    static const struct http_field json = {HG_LIT("Content-Type"), HG_LIT("application/json")};
    struct http_request request = {
        .method = hg_str_of(method),
        .target = target,
        .headers = {&json, body == NULL ? 0 : 1},
        .body = hg_str_of(body),
        .is_local_socket = is_local,
        .scheme = HG_STR("https"),
        .host = HG_STR("localhost:8443"),
    };
    struct http_response response = {0};
    assert_int_equal(http_target_parse(fixture->arena, target, &request.path, &request.query, NULL),
                     HG_OK);
    app_handle(&fixture->app, fixture->now, fixture->arena, &request, &response);
    return response;
}

struct http_response fixture_request(struct fixture *fixture, const char *method,
                                     const char *target, const char *body)
{
    return handle(fixture, method, hg_str_of(target), body, true);
}

struct http_response fixture_call(struct fixture *fixture, const char *method, hg_str target,
                                  const char *body)
{
    hg_str base = fixture->app.config.base_url;
    if (hg_str_starts(target, base))
        target = hg_str_from(target, base.len);
    return handle(fixture, method, target, body, false);
}

size_t fixture_work(struct fixture *fixture)
{
    for (size_t n = 0; n < 1000; n++) {
        struct hg_arena *arena = test_arena();
        struct hg_err err = {0};
        bool did;
        hg_time due;
        enum hg_code code = app_work(&fixture->app, fixture->now, arena, &did, &due, &err);
        hg_arena_free(arena);
        if (code != HG_OK)
            fail_msg("app_work: %s", err.detail);
        if (!did)
            return n;
    }
    fail_msg("there is always something due");
    return 0;
}

struct hg_json fixture_json(struct fixture *fixture, const struct http_response *response)
{
    struct hg_json json;
    if (hg_json_parse(fixture->arena, response->body, HG_JSON_STRICT, &hg_json_file, &json, NULL) !=
        HG_OK)
        fail_msg("status %u, no JSON: %.*s", response->status, HG_ARG(response->body));
    return json;
}

hg_str fixture_text(const struct hg_json *json, const char *path)
{
    return hg_json_str_or(hg_json_path(json, path), HG_STR(""));
}
