/* Reads one world a line (JSON) and writes the module's answer a line. The naive
 * evaluator beside it answers the same worlds; lifetime.py compares. Instants are
 * seconds from an origin, as integers; spans likewise. */

#include "base/base.h"
#include "lifetime/lifetime.h"
#include "model/model.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

static const hg_time origin = {.us = INT64_C(1700000000) * 1000000};

static int64_t number(const struct hg_json *world, const char *path, int64_t otherwise)
{
    int64_t n = otherwise;
    (void)hg_json_as_int(hg_json_path(world, path), &n);
    return n;
}

static bool is_there(const struct hg_json *world, const char *path)
{
    return !hg_json_is_null(hg_json_path(world, path));
}

static bool truth(const struct hg_json *world, const char *path)
{
    return hg_json_bool_or(hg_json_path(world, path), false);
}

static hg_time instant(const struct hg_json *world, const char *path)
{
    return hg_time_add(origin, HG_SECONDS(number(world, path, 0)));
}

static struct model_when when(const struct hg_json *world, const char *path)
{
    return (struct model_when){.is_set = is_there(world, path), .at = instant(world, path)};
}

/* Whole seconds that have begun: a limit at t + 1 µs reads t + 1. */
static struct hg_json seconds(hg_time t)
{
    int64_t us = t.us - origin.us;
    return hg_json_int(us >= 0 ? (us + 999999) / 1000000 : us / 1000000);
}

static struct lifetime_settings settings_of(struct hg_arena *arena, const struct hg_json *world)
{
    enum model_behaviour behaviour =
        hg_str_eq(hg_json_str_or(hg_json_get(world, "behaviour"), HG_STR("seed")), HG_STR("entra"))
            ? MODEL_BEHAVIOUR_ENTRA
            : MODEL_BEHAVIOUR_SEED;
    struct lifetime_settings policy = lifetime_defaults(behaviour);
    struct lifetime_fault fault;
    hg_str definition;
    if (hg_json_as_str(hg_json_get(world, "definition"), &definition) &&
        lifetime_definition_parse(arena, definition, behaviour, &policy, &fault, NULL) != HG_OK) {
        (void)fprintf(stderr, "definition: %.*s\n", HG_ARG(fault.message));
        exit(2);
    }
    const struct lifetime_policies policies = {
        .organization = &policy,
        .remember_mfa = is_there(world, "rememberDays"),
        .remember_mfa_days = (unsigned)number(world, "rememberDays", 0),
    };
    return lifetime_effective(behaviour, &policies);
}

static struct model_grant grant_of(const struct hg_json *world)
{
    return (struct model_grant){
        .issued = instant(world, "grant.issued"),
        .last_used = instant(world, "grant.lastUsed"),
        .auth_at = instant(world, "grant.authAt"),
        .mfa_at = when(world, "grant.mfaAt"),
        .is_spa = truth(world, "grant.isSpa"),
        .is_confidential = truth(world, "grant.isConfidential"),
        .revoked = is_there(world, "grant.revokedAt") ? MODEL_REVOKED_SESSIONS : MODEL_REVOKED_NOT,
        .revoked_at = instant(world, "grant.revokedAt"),
    };
}

static void put_verdict(struct hg_arena *arena, struct hg_json *answer, const char *name,
                        const struct lifetime_verdict *verdict)
{
    struct hg_json value = hg_json_object();
    hg_json_put(arena, &value, "rule", hg_json_z(lifetime_rule_name(verdict->rule)));
    if (verdict->rule != LIFETIME_ALIVE) {
        hg_json_put(arena, &value, "aadsts", hg_json_int(verdict->aadsts));
        hg_json_put_str(arena, &value, "error", verdict->error);
        hg_json_put_str(arena, &value, "suberror", verdict->suberror);
        if (verdict->rule != LIFETIME_REVOKED)
            hg_json_put(arena, &value, "since", seconds(verdict->since));
    }
    hg_json_put(arena, answer, name, value);
}

static void put_limits(struct hg_arena *arena, struct hg_json *answer,
                       const struct lifetime_limits *limits)
{
    struct hg_json list = hg_json_array();
    for (size_t i = 0; i < limits->n; i++) {
        struct hg_json pair = hg_json_array();
        hg_json_push(arena, &pair, hg_json_z(lifetime_rule_name(limits->items[i].rule)));
        hg_json_push(arena, &pair, seconds(limits->items[i].at));
        hg_json_push(arena, &list, pair);
    }
    hg_json_put(arena, answer, "limits", list);
}

static struct hg_json session_answer(const struct hg_json *world,
                                     const struct lifetime_settings *settings)
{
    struct lifetime_session session = {
        .auth_at = instant(world, "grant.authAt"),
        .mfa_at = when(world, "grant.mfaAt"),
        .last_used = instant(world, "grant.lastUsed"),
        .is_persistent = truth(world, "isPersistent"),
        .user_valid_from = when(world, "validFrom"),
    };
    return hg_json_bool(lifetime_session_alive(&session, settings, instant(world, "now")));
}

static struct hg_json answer_of(struct hg_arena *arena, const struct hg_json *world)
{
    struct lifetime_settings settings = settings_of(arena, world);
    struct model_grant grant = grant_of(world);
    struct model_when valid_from = when(world, "validFrom");
    hg_time now = instant(world, "now");
    struct lifetime_frequency frequency = {
        .is_set = is_there(world, "frequency"),
        .every_time = number(world, "frequency", 1) == 0,
        .span = HG_SECONDS(number(world, "frequency", 0)),
    };
    struct lifetime_verdict verdict = lifetime_judge(&grant, &settings, valid_from, now);
    struct lifetime_verdict frequent = lifetime_frequency_judge(&frequency, &grant, now);
    struct lifetime_limits limits = lifetime_limits(&grant, &settings);

    struct hg_json answer = hg_json_object();
    put_verdict(arena, &answer, "judge", &verdict);
    put_verdict(arena, &answer, "frequency", &frequent);
    put_limits(arena, &answer, &limits);
    hg_json_put(arena, &answer, "session", session_answer(world, &settings));
    hg_json_put(arena, &answer, "remembered",
                hg_json_bool(lifetime_remembered(grant.mfa_at, &settings, valid_from, now)));
    hg_json_put(arena, &answer, "stale",
                hg_json_bool(lifetime_mfa_is_stale(grant.mfa_at, &settings, now)));
    return answer;
}

static int answer_line(struct hg_arena *arena, hg_str line)
{
    struct hg_err err = {0};
    struct hg_json world;
    hg_str text;
    if (hg_json_parse(arena, line, HG_JSON_STRICT, &hg_json_api, &world, &err) != HG_OK) {
        (void)fprintf(stderr, "world: %s\n", err.detail);
        return 2;
    }
    struct hg_json answer = answer_of(arena, &world);
    if (hg_json_render(arena, &answer, &text, &err) != HG_OK)
        return 2;
    (void)printf("%.*s\n", HG_ARG(text));
    return 0;
}

int main(void)
{
    struct hg_arena *arena = hg_arena_new("world", (size_t)1 << 20);
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    int status = 0;
    while (status == 0 && arena != NULL && (len = getline(&line, &room, stdin)) > 0) {
        status = answer_line(arena, (hg_str){.ptr = line, .len = (size_t)len});
        hg_arena_reset(arena);
    }
    free(line);
    hg_arena_free(arena);
    return status;
}
