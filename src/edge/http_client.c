#include "edge/http_client.h"

#include "base/base.h"
#include "edge/http_client_private.h"
#include "http/http.h"

#include <curl/curl.h>
#include <curl/multi.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

enum { MOST_RULES = 1 << 20, POLL_MS = 60000, MOST_CONNECTIONS = 256, KEPT_CONNECTIONS = 64 };

static void set_up_curl(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* With the lock held. */
static void finish(struct edge_call *call, CURLcode result)
{
    call->result = result;
    call->is_done = true;
    (void)pthread_cond_signal(&call->done);
}

static bool start_call(struct edge_http_client *client, struct edge_call *call)
{
    if (curl_multi_add_handle(client->multi, call->easy) != CURLM_OK)
        return false;
    call->next = client->running;
    client->running = call;
    return true;
}

/* Takes what waits into the multi handle. True: the client is ending. */
static bool take_waiting(struct edge_http_client *client)
{
    (void)pthread_mutex_lock(&client->lock);
    while (client->waiting != NULL) {
        struct edge_call *call = client->waiting;
        client->waiting = call->next;
        if (client->is_ending)
            finish(call, CURLE_ABORTED_BY_CALLBACK);
        else if (!start_call(client, call))
            finish(call, CURLE_OUT_OF_MEMORY);
    }
    bool is_ending = client->is_ending;
    (void)pthread_mutex_unlock(&client->lock);
    return is_ending;
}

static void give_back(struct edge_http_client *client, struct edge_call *call, CURLcode result)
{
    struct edge_call **at = &client->running;
    while (*at != call)
        at = &(*at)->next;
    *at = call->next;
    (void)curl_multi_remove_handle(client->multi, call->easy);
    (void)pthread_mutex_lock(&client->lock);
    finish(call, result);
    (void)pthread_mutex_unlock(&client->lock);
}

static void give_back_done(struct edge_http_client *client)
{
    int n_left;
    for (CURLMsg *message; (message = curl_multi_info_read(client->multi, &n_left)) != NULL;) {
        struct edge_call *call = NULL;
        CURLcode result = message->data.result; /* removing the handle frees the message */
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &call);
        if (call != NULL)
            give_back(client, call, result);
    }
}

static void *run(void *self)
{
    struct edge_http_client *client = self;
    int n_running = 0;
    while (!take_waiting(client)) {
        (void)curl_multi_perform(client->multi, &n_running);
        give_back_done(client);
        (void)curl_multi_poll(client->multi, NULL, 0, POLL_MS, NULL);
    }
    while (client->running != NULL)
        give_back(client, client->running, CURLE_ABORTED_BY_CALLBACK);
    return NULL;
}

static const char *copy_z(struct hg_arena *arena, const char *text)
{
    return text == NULL ? NULL : hg_str_z(arena, hg_str_of(text));
}

static enum hg_code start(struct edge_http_client *client, const struct edge_http_options *options,
                          struct hg_err *err)
{
    client->arena = hg_arena_new("http_client", MOST_RULES);
    client->multi = curl_multi_init();
    if (client->arena == NULL || client->multi == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "HTTP client");
    client->options.ca_file = copy_z(client->arena, options->ca_file);
    client->options.user_agent = copy_z(
        client->arena, options->user_agent == NULL ? "Headgate/" HG_VERSION : options->user_agent);
    long most = options->max_connections == 0 ? MOST_CONNECTIONS : (long)options->max_connections;
    (void)curl_multi_setopt(client->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, most);
    (void)curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS, (long)KEPT_CONNECTIONS);
    if (pthread_create(&client->thread, NULL, run, client) != 0)
        return HG_FAIL(err, HG_NO_MEMORY, "cannot start the HTTP client's thread");
    (void)pthread_setname_np(client->thread, "http_client");
    client->is_started = true;
    return HG_OK;
}

enum hg_code edge_http_client_open(const struct edge_http_options *options,
                                   struct edge_http_client **out, struct hg_err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, set_up_curl);
    struct edge_http_client *client = calloc(1, sizeof(*client));
    if (client == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "HTTP client");
    (void)pthread_mutex_init(&client->lock, NULL);
    (void)pthread_cond_init(&client->left, NULL);
    enum hg_code code = start(client, options, err);
    if (code != HG_OK) {
        edge_http_client_close(client);
        return code;
    }
    *out = client;
    return HG_OK;
}

void edge_http_client_close(struct edge_http_client *client)
{
    if (client == NULL)
        return;
    (void)pthread_mutex_lock(&client->lock);
    client->is_ending = true;
    (void)pthread_mutex_unlock(&client->lock);
    if (client->is_started) {
        (void)curl_multi_wakeup(client->multi);
        (void)pthread_join(client->thread, NULL);
    }
    (void)pthread_mutex_lock(&client->lock);
    while (client->n_callers > 0)
        (void)pthread_cond_wait(&client->left, &client->lock);
    (void)pthread_mutex_unlock(&client->lock);
    if (client->multi != NULL)
        (void)curl_multi_cleanup(client->multi);
    hg_arena_free(client->arena);
    (void)pthread_cond_destroy(&client->left);
    (void)pthread_mutex_destroy(&client->lock);
    free(client);
}

/* Hands the call over and waits for its end. */
static void perform(struct edge_http_client *client, struct edge_call *call)
{
    (void)pthread_cond_init(&call->done, NULL);
    (void)pthread_mutex_lock(&client->lock);
    client->n_callers++;
    if (client->is_ending) {
        call->result = CURLE_ABORTED_BY_CALLBACK;
        call->is_done = true;
    } else {
        call->next = client->waiting;
        client->waiting = call;
        (void)curl_multi_wakeup(client->multi);
    }
    while (!call->is_done)
        (void)pthread_cond_wait(&call->done, &client->lock);
    if (--client->n_callers == 0)
        (void)pthread_cond_signal(&client->left);
    (void)pthread_mutex_unlock(&client->lock);
    (void)pthread_cond_destroy(&call->done);
}

static enum hg_code send_call(void *self, struct hg_arena *arena, const struct http_call *call,
                              struct http_answer *out, struct hg_err *err)
{
    const struct edge_port *port = self;
    HG_CLEANUP(edge_call_fini) struct edge_call running = {.easy = NULL};
    HG_TRY(edge_call_prepare(arena, port, call, &running, err));
    perform(port->client, &running);
    return edge_call_answer(arena, &running, out, err);
}

enum hg_code edge_http_client_port(struct edge_http_client *client, const struct edge_egress *rules,
                                   struct http_client *out, struct hg_err *err)
{
    (void)pthread_mutex_lock(&client->lock);
    struct edge_port *port = HG_NEW(client->arena, struct edge_port);
    hg_str *hosts = HG_NEW_ARRAY(client->arena, hg_str, rules->n_hosts);
    if (port != NULL && hosts != NULL) {
        port->client = client;
        port->rules = *rules;
        port->rules.hosts = hosts;
        port->rules.unix_socket = copy_z(client->arena, rules->unix_socket);
        for (size_t i = 0; i < rules->n_hosts; i++)
            hosts[i] = hg_str_dup(client->arena, rules->hosts[i]);
    }
    bool fits = !hg_arena_exhausted(client->arena);
    (void)pthread_mutex_unlock(&client->lock);
    if (!fits)
        return HG_FAIL(err, HG_NO_MEMORY, "rules of the HTTP client");
    *out = (struct http_client){.send = send_call, .self = port};
    return HG_OK;
}
