#pragma once

#include "app/app.h"     // IWYU pragma: export
#include "http/http.h"   // IWYU pragma: export
#include "store/store.h" // IWYU pragma: export
#include "unit/test.h"   // IWYU pragma: export

/* A whole shell without a world: memory store, seeded randomness, a clock that stands
 * still until a test moves it, and an HTTP client that answers what the test says. */

enum { FIXTURE_MAX_CALLS = 64 };

struct fixture {
    struct hg_arena *arena; /* what requests answered lives until the end */
    struct app app;
    struct crypto_keyring *keyring;
    uint64_t random;
    hg_time now;

    /* The world's answers. */
    enum hg_code answer_code;
    unsigned answer_status;
    const char *answer_body;
    hg_dur takes;                            /* how long a call takes */
    void (*during)(struct fixture *fixture); /* while a call is under way; may be NULL */
    size_t n_calls;
    hg_str urls[FIXTURE_MAX_CALLS];

    uint64_t last_reply;
    size_t n_replies;
    struct http_response reply; /* the last one that was completed */
    size_t n_wakes;

    size_t n_mails;
    hg_str mail; /* the last one, as sent */
};

/* A tenant with maker@contoso.test and user@contoso.test, and the maker's connection
 * "makers-mail", signed in with a password now. */
void fixture_open(struct fixture *fixture);
/* From now on calls are the world's no more: they come back to this very shell. */
void fixture_loop_back(struct fixture *fixture);
void fixture_close(struct fixture *fixture);

/* As the host operator, over the admin socket. `body` NULL: none. */
struct http_response fixture_request(struct fixture *fixture, const char *method,
                                     const char *target, const char *body);
/* As anyone, over the network, without a token. */
struct http_response fixture_call(struct fixture *fixture, const char *method, hg_str target,
                                  const char *body);
/* Works until nothing is due at the fixture's time; returns how often. */
size_t fixture_work(struct fixture *fixture);
/* A body that must be JSON. */
struct hg_json fixture_json(struct fixture *fixture, const struct http_response *response);
/* The text at a dotted path of a JSON body, "" when there is none. */
hg_str fixture_text(const struct hg_json *json, const char *path);

#define FIXTURE_TENANT "5f3c1e0a-7d2b-4c6e-9a41-0b8d2f6e7c10"
#define FIXTURE_MAKER "2b7e8c14-94c5-4f0d-b0b6-27a1f3d5ce02"
