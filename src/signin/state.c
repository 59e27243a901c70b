#include "base/base.h"
#include "model/model.h"
#include "signin/signin.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum kind { TEXT, FLAG, NUMBER, INSTANT, MAYBE_INSTANT };

static const struct {
    const char *name;
    enum kind kind;
    size_t at;
    int64_t max; /* NUMBER */
} fields[] = {
#define FIELD(name, kind, max) {#name, kind, offsetof(struct signin_state, name), max}
    FIELD(started, INSTANT, 0),    FIELD(username, TEXT, 0),
    FIELD(user, TEXT, 0),          FIELD(session, TEXT, 0),
    FIELD(is_proved, FLAG, 0),     FIELD(is_fresh, FLAG, 0),
    FIELD(mfa_is_fresh, FLAG, 0),  FIELD(is_registered, FLAG, 0),
    FIELD(asks_remember, FLAG, 0), FIELD(is_consented, FLAG, 0),
    FIELD(is_persistent, FLAG, 0), FIELD(methods, NUMBER, UINT32_MAX),
    FIELD(auth_at, INSTANT, 0),    FIELD(mfa_at, MAYBE_INSTANT, 0),
    FIELD(secret, TEXT, 0),        FIELD(aadsts, NUMBER, UINT32_MAX),
    FIELD(claims, TEXT, 0),        FIELD(terms, TEXT, 0),
    FIELD(terms_viewed, FLAG, 0),  FIELD(password_is_changed, FLAG, 0),
#undef FIELD
};
enum { N_FIELDS = (int)HG_COUNT(fields) + 2 }; /* and the two enums */

static struct hg_json value_of(const void *field, enum kind kind)
{
    const struct model_when *when = field;
    switch (kind) {
    case TEXT:
        return hg_json_str(*(const hg_str *)field);
    case FLAG:
        return hg_json_bool(*(const bool *)field);
    case NUMBER:
        return hg_json_int(*(const uint32_t *)field);
    case INSTANT:
        return hg_json_int(((const hg_time *)field)->us);
    case MAYBE_INSTANT:
        return when->is_set ? hg_json_int(when->at.us) : hg_json_null();
    }
    return hg_json_null();
}

enum hg_code signin_state_render(struct hg_arena *arena, const struct signin_state *state,
                                 hg_str *out, struct hg_err *err)
{
    struct hg_json object = hg_json_object();
    hg_json_put(arena, &object, "stage", hg_json_int(state->stage));
    hg_json_put(arena, &object, "persist", hg_json_int(state->persist));
    for (size_t i = 0; i < HG_COUNT(fields); i++)
        hg_json_put(arena, &object, fields[i].name,
                    value_of((const char *)state + fields[i].at, fields[i].kind));
    hg_str text;
    HG_TRY(hg_json_render(arena, &object, &text, err));
    if (text.len > HG_MAX_SIGNIN_STATE)
        return HG_FAIL(err, HG_TOO_BIG, "sign-in state of %zu bytes", text.len);
    *out = text;
    return HG_OK;
}

static bool read_number(const struct hg_json *value, int64_t max, int64_t *out)
{
    return hg_json_as_int(value, out) && *out >= 0 && *out <= max;
}

static bool read_field(const struct hg_json *value, enum kind kind, int64_t max, void *field)
{
    int64_t n;
    struct model_when *when = field;
    switch (kind) {
    case TEXT:
        return hg_json_as_str(value, field);
    case FLAG:
        return hg_json_as_bool(value, field);
    case NUMBER:
        if (!read_number(value, max, &n))
            return false;
        *(uint32_t *)field = (uint32_t)n;
        return true;
    case INSTANT:
        return hg_json_as_int(value, &((hg_time *)field)->us);
    case MAYBE_INSTANT:
        if (value == NULL)
            return false;
        when->is_set = !hg_json_is(value, HG_JSON_NULL);
        return !when->is_set || hg_json_as_int(value, &when->at.us);
    }
    return false;
}

static bool read_state(const struct hg_json *object, struct signin_state *state)
{
    int64_t stage;
    int64_t persist;
    if (!hg_json_is(object, HG_JSON_OBJECT) || hg_json_count(object) != N_FIELDS ||
        !read_number(hg_json_get(object, "stage"), SIGNIN_STAGE_COUNT - 1, &stage) ||
        !read_number(hg_json_get(object, "persist"), SIGNIN_PERSIST_NEVER, &persist))
        return false;
    state->stage = (enum signin_stage)stage;
    state->persist = (enum signin_persist)persist;
    for (size_t i = 0; i < HG_COUNT(fields); i++)
        if (!read_field(hg_json_get(object, fields[i].name), fields[i].kind, fields[i].max,
                        (char *)state + fields[i].at))
            return false;
    return true;
}

/* Past the password somebody has been proved; no stored state says otherwise. */
static bool is_consistent(const struct signin_state *state)
{
    bool is_late = state->stage >= SIGNIN_STAGE_POLICY && state->stage <= SIGNIN_STAGE_DONE;
    if (state->stage == SIGNIN_STAGE_TERMS && state->terms.len == 0)
        return false;
    return !is_late || (state->is_proved && state->user.len > 0);
}

enum hg_code signin_state_parse(struct hg_arena *arena, hg_str text, struct signin_state *out,
                                struct hg_err *err)
{
    struct signin_state state = {.stage = SIGNIN_STAGE_START};
    struct hg_json object;
    if (text.len > HG_MAX_SIGNIN_STATE)
        return HG_FAIL(err, HG_TOO_BIG, "sign-in state of %zu bytes", text.len);
    HG_TRY(hg_json_parse(arena, text, HG_JSON_STRICT, &hg_json_api, &object, err));
    if (!read_state(&object, &state) || !is_consistent(&state))
        return HG_FAIL(err, HG_MALFORMED, "sign-in state");
    *out = state;
    return HG_OK;
}
