#include "base/base.h"
#include "flow/definition.h"
#include "flow/run.h"
#include "flow/run_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* What is outside: sent, answered, tried again, polled, given up. */

enum {
    POLL_SECONDS = 20, /* between polls of a 202 without Retry-After */
    MAX_RETRY_AFTER = 86400,
};

/* --- commands --- */

struct flow_command *flow_command_add(struct flow_run *run, enum flow_command_kind kind,
                                      const struct flow_node *node)
{
    if (run->n_commands == run->command_room) {
        size_t room = run->command_room == 0 ? 4 : run->command_room * 2;
        struct flow_command *bigger = HG_NEW_ARRAY(run->arena, struct flow_command, room);
        if (bigger == NULL) {
            run->failure = HG_NO_MEMORY;
            return NULL;
        }
        if (run->n_commands > 0)
            memcpy(bigger, run->commands, run->n_commands * sizeof(*bigger));
        run->commands = bigger;
        run->command_room = room;
    }
    struct flow_command *command = &run->commands[run->n_commands++];
    *command = (struct flow_command){.kind = kind, .action = FLOW_NONE};
    if (node == NULL || node->effort == NULL || node->effort->command == 0)
        command->id = run->next_command++;
    if (node == NULL)
        return command;
    command->action = node->action;
    command->action_name = flow_node_action(run, node)->name;
    command->tracking_id = node->tracking_id;
    return command;
}

static const struct hg_json *given(const struct hg_json *request, const char *member)
{
    const struct hg_json *value = hg_json_get(request, member);
    return hg_json_is_null(value) ? NULL : value;
}

static void fill_payload(struct flow_run *run, struct flow_command *out)
{
    hg_str type;
    struct hg_json *headers = HG_NEW(run->arena, struct hg_json);
    if (headers == NULL) {
        run->failure = HG_NO_MEMORY;
        return;
    }
    *headers = out->headers == NULL ? hg_json_object() : hg_json_copy(run->arena, out->headers);
    out->has_payload = flow_payload_of(run->arena, out->body, &out->payload, &type);
    if (out->has_payload && hg_json_get_nocase(headers, HG_STR("Content-Type")) == NULL)
        hg_json_put_str(run->arena, headers, "Content-Type", type);
    out->headers = headers;
}

void flow_command_fill(struct flow_run *run, const struct flow_node *node, struct flow_command *out)
{
    const struct flow_action *action = flow_node_action(run, node);
    const struct hg_json *request = &node->effort->request;
    out->id = node->effort->command;
    out->attempt = node->effort->attempt;
    out->has_deadline = node->effort->has_deadline;
    out->deadline = node->effort->deadline;
    out->method = hg_json_str_or(hg_json_get(request, "method"), HG_STR(""));
    out->headers = given(request, "headers");
    out->body = given(request, "body");
    if (action->type == FLOW_ACTION_HTTP) {
        out->uri = hg_json_str_or(hg_json_get(request, "uri"), HG_STR(""));
        out->authentication = given(request, "authentication");
        fill_payload(run, out);
        return;
    }
    out->uri = hg_json_str_or(hg_json_get(request, "path"), HG_STR(""));
    out->queries = given(request, "queries");
    out->arguments = given(request, "parameters");
    out->api = action->host.api;
    out->reference = action->host.reference;
    out->operation = action->host.operation;
}

/* --- the list of efforts --- */

void flow_effort_resume(struct flow_run *run, struct flow_node *node)
{
    struct flow_node **end = &run->efforts;
    while (*end != NULL && *end != node)
        end = &(*end)->effort->next;
    if (*end == NULL)
        *end = node;
}

void flow_effort_drop(struct flow_run *run, struct flow_node *node)
{
    if (node->effort == NULL)
        return;
    for (struct flow_node **at = &run->efforts; *at != NULL; at = &(*at)->effort->next) {
        if (*at != node)
            continue;
        *at = node->effort->next;
        break;
    }
    node->effort->next = NULL;
    node->effort->command = 0;
    node->effort->has_due = node->effort->has_deadline = false;
    node->effort->request = hg_json_null();
    flow_node_dirty(run, node, FLOW_DIRTY_REQUEST);
}

static void send(struct flow_run *run, struct flow_node *node)
{
    struct flow_effort *effort = node->effort;
    bool is_http = flow_node_action(run, node)->type == FLOW_ACTION_HTTP;
    effort->command = 0;
    struct flow_command *command =
        flow_command_add(run, is_http ? FLOW_COMMAND_HTTP : FLOW_COMMAND_CONNECTOR, node);
    if (command == NULL)
        return;
    effort->command = command->id;
    effort->attempt++;
    effort->tried = run->now;
    effort->has_due = false;
    node->status = FLOW_STATUS_RUNNING;
    flow_command_fill(run, node, command);
    flow_node_dirty(run, node, FLOW_DIRTY_HEAD);
}

void flow_node_send(struct flow_run *run, struct flow_node *node, struct hg_json request)
{
    const struct flow_action *action = flow_node_action(run, node);
    node->effort = HG_NEW(run->arena, struct flow_effort);
    if (node->effort == NULL) {
        run->failure = HG_NO_MEMORY;
        return;
    }
    node->effort->request = request;
    node->effort->has_deadline = action->has_timeout;
    node->effort->deadline = hg_time_add(run->now, action->timeout);
    flow_effort_resume(run, node);
    flow_node_dirty(run, node, FLOW_DIRTY_REQUEST);
    send(run, node);
}

/* --- answers --- */

static hg_str header_of(const struct flow_event *event, const char *name)
{
    return hg_json_str_or(hg_json_get_nocase(event->headers, hg_str_of(name)), HG_STR(""));
}

static bool retry_after(const struct flow_event *event, hg_dur *out)
{
    uint64_t seconds;
    if (!hg_str_u64(hg_str_trim(header_of(event, "Retry-After")), MAX_RETRY_AFTER, &seconds))
        return false;
    *out = HG_SECONDS(seconds);
    return true;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* i · 2^n, no further than a day. */
static int64_t doubled(int64_t interval, unsigned n)
{
    for (unsigned i = 0; i < n && interval < HG_DAYS(1).us; i++)
        interval *= 2;
    return smaller(interval, HG_DAYS(1).us);
}

/* Retry n waits a time drawn from [max(min, i·2^(n-2)), min(max, i·2^(n-1))], the
 * first from 0 up (flow-platform 3.9). */
static hg_dur draw_wait(struct flow_run *run, const struct flow_retry *retry, unsigned n)
{
    uint64_t random;
    if (retry->type == FLOW_RETRY_FIXED)
        return retry->interval;
    int64_t low = n == 1 ? 0 : doubled(retry->interval.us, n - 2);
    int64_t high = smaller(retry->maximum.us, doubled(retry->interval.us, n - 1));
    low = smaller(larger(retry->minimum.us, low), retry->maximum.us);
    high = larger(high, low);
    hg_random_fill(run->random, &random, sizeof(random));
    return (hg_dur){.us = low + (int64_t)(random % (uint64_t)(high - low + 1))};
}

static void note_try(struct flow_run *run, struct flow_node *node, const struct flow_try *one)
{
    struct flow_effort *effort = node->effort;
    if (effort->n_tries == effort->room) {
        uint32_t room = effort->room == 0 ? 4 : effort->room * 2;
        struct flow_try *bigger = HG_NEW_ARRAY(run->arena, struct flow_try, room);
        if (bigger == NULL) {
            run->failure = HG_NO_MEMORY;
            return;
        }
        if (effort->n_tries > 0)
            memcpy(bigger, effort->tries, effort->n_tries * sizeof(*bigger));
        effort->tries = bigger;
        effort->room = room;
    }
    effort->tries[effort->n_tries++] = *one;
}

/* Waits for the next try; false: there is none left. */
static bool try_again(struct flow_run *run, struct flow_node *node, const struct flow_event *event,
                      const char *code)
{
    const struct flow_retry *retry = &flow_node_action(run, node)->retry;
    struct flow_effort *effort = node->effort;
    hg_dur asked;
    if (retry->type == FLOW_RETRY_NONE || effort->attempt > retry->count)
        return false;
    bool failed = event->kind == FLOW_EVENT_FAILED;
    struct flow_try one = {.start = effort->tried,
                           .end = run->now,
                           .code = hg_str_dup(run->arena, hg_str_of(code)),
                           .error_code = failed ? hg_str_dup(run->arena, event->code) : HG_STR(""),
                           .error_message =
                               failed ? hg_str_dup(run->arena, event->message) : HG_STR("")};
    note_try(run, node, &one);
    hg_dur wait = draw_wait(run, retry, effort->attempt);
    if (retry_after(event, &asked) && asked.us > wait.us)
        wait = asked;
    effort->command = 0;
    effort->has_due = true;
    effort->due = hg_time_add(run->now, wait);
    node->status = FLOW_STATUS_WAITING;
    flow_node_dirty(run, node, FLOW_DIRTY_HEAD);
    return true;
}

static struct hg_json outputs_of(struct flow_run *run, const struct flow_event *event)
{
    struct hg_json outputs = hg_json_object();
    hg_json_put(run->arena, &outputs, "statusCode", hg_json_int(event->status));
    if (event->headers != NULL)
        hg_json_put(run->arena, &outputs, "headers", hg_json_copy(run->arena, event->headers));
    if (event->body != NULL)
        hg_json_put(run->arena, &outputs, "body", hg_json_copy(run->arena, event->body));
    return outputs;
}

/* Where a 202 says to ask next: an absolute address, or a path at the same host. */
static hg_str next_address(struct flow_run *run, const struct flow_node *node, hg_str location)
{
    hg_str uri = hg_json_str_or(hg_json_get(&node->effort->request, "uri"), HG_STR(""));
    hg_str origin = flow_http_origin(uri);
    if (hg_str_starts(location, HG_STR("/")) && !hg_str_starts(location, HG_STR("//")))
        location = hg_str_format(run->arena, "%.*s%.*s", HG_ARG(origin), HG_ARG(location));
    return flow_http_uri_valid(location) ? hg_str_dup(run->arena, location) : HG_STR("");
}

/* The asynchronous pattern (flow-platform 3.10). Credentials go to the host they
 * were meant for and to no other. */
static bool poll_later(struct flow_run *run, struct flow_node *node, const struct flow_event *event)
{
    const struct flow_action *action = flow_node_action(run, node);
    struct flow_effort *effort = node->effort;
    hg_str location = header_of(event, "Location");
    if (event->status != 202 || action->type != FLOW_ACTION_HTTP || action->no_async_pattern ||
        location.len == 0)
        return false;
    hg_str next = next_address(run, node, location);
    if (next.len == 0)
        return false;
    hg_str uri = hg_json_str_or(hg_json_get(&effort->request, "uri"), HG_STR(""));
    bool same = hg_str_eq_nocase(flow_http_origin(uri), flow_http_origin(next));
    struct hg_json request = hg_json_object();
    hg_json_put(run->arena, &request, "method", hg_json_z("GET"));
    hg_json_put_str(run->arena, &request, "uri", next);
    const struct hg_json *headers = same ? hg_json_get(&effort->request, "headers") : NULL;
    const struct hg_json *authentication = hg_json_get(&effort->request, "authentication");
    if (headers != NULL)
        hg_json_put(run->arena, &request, "headers", *headers);
    if (same && authentication != NULL)
        hg_json_put(run->arena, &request, "authentication", *authentication);
    hg_dur wait = HG_SECONDS(POLL_SECONDS);
    (void)retry_after(event, &wait);
    effort->request = request;
    effort->is_polling = true;
    effort->command = 0;
    effort->attempt = 0;
    effort->has_due = true;
    effort->due = hg_time_add(run->now, wait);
    node->status = FLOW_STATUS_WAITING;
    flow_node_dirty(run, node, FLOW_DIRTY_HEAD | FLOW_DIRTY_REQUEST);
    return true;
}

static void take_answer(struct flow_run *run, struct flow_node *node,
                        const struct flow_event *event)
{
    const char *code = flow_http_code(run->arena, event->status);
    bool may_retry = event->status == 408 || event->status == 429 || event->status >= 500;
    if ((may_retry && try_again(run, node, event, code)) || poll_later(run, node, event))
        return;
    flow_node_outputs(run, node, outputs_of(run, event));
    if (event->status >= 400)
        flow_node_fail(run, node, code, HG_STR(""), HG_STR(""));
    else
        flow_node_succeed(run, node, code);
}

static void take_failure(struct flow_run *run, struct flow_node *node,
                         const struct flow_event *event)
{
    const char *code = hg_str_z(run->arena, event->code);
    if (event->may_retry && try_again(run, node, event, code))
        return;
    if (event->status != 0)
        flow_node_outputs(run, node, outputs_of(run, event));
    flow_node_fail(run, node, code, hg_str_dup(run->arena, event->code),
                   hg_str_dup(run->arena, event->message));
}

static bool is_late(const struct flow_run *run, const struct flow_effort *effort)
{
    return effort->has_deadline && effort->deadline.us <= run->now.us;
}

static void time_out(struct flow_run *run, struct flow_node *node)
{
    struct flow_outcome outcome = {
        .status = FLOW_STATUS_TIMED_OUT,
        .code = "ActionTimedOut",
        .error_code = HG_STR("ActionTimedOut"),
        .error_message =
            hg_str_format(run->arena, "The action '%.*s' was not done within its timeout.",
                          HG_ARG(flow_node_action(run, node)->name))};
    flow_node_end(run, node, &outcome);
}

bool flow_run_answer(struct flow_run *run, const struct flow_event *event)
{
    for (struct flow_node *node = run->efforts; node != NULL; node = node->effort->next) {
        if (node->effort->command != event->command || event->command == 0)
            continue;
        if (event->is_late || is_late(run, node->effort))
            time_out(run, node);
        else if (event->kind == FLOW_EVENT_ANSWERED)
            take_answer(run, node, event);
        else
            take_failure(run, node, event);
        return true;
    }
    return false;
}

/* --- time --- */

bool flow_run_timer(struct flow_run *run)
{
    bool any = false;
    struct flow_node *next;
    for (struct flow_node *node = run->efforts; node != NULL; node = next) {
        struct flow_effort *effort = node->effort;
        next = effort->next;
        bool late = is_late(run, effort);
        bool due = effort->has_due && effort->due.us <= run->now.us;
        if (late)
            time_out(run, node);
        else if (due)
            send(run, node);
        any |= late || due;
    }
    return any;
}

bool flow_run_wake(const struct flow_run *run, hg_time *out)
{
    bool any = false;
    hg_time first = {.us = INT64_MAX};
    for (const struct flow_node *node = run->efforts; node != NULL; node = node->effort->next) {
        const struct flow_effort *effort = node->effort;
        if (effort->has_due)
            first = hg_time_min(first, effort->due);
        if (effort->has_deadline)
            first = hg_time_min(first, effort->deadline);
        any |= effort->has_due || effort->has_deadline;
    }
    if (any)
        *out = first;
    return any;
}
