#include "base/base.h"
#include "lifetime/lifetime.h"
#include "lifetime/lifetime_private.h"
#include "model/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One definition being read. */
struct reader {
    struct hg_arena *arena;
    hg_str text;
    struct lifetime_settings settings;
    bool has_version;
    struct lifetime_fault *fault;
    struct hg_err *err;
};

static enum hg_code refuse(struct reader *r, const struct hg_json *at, const char *what, hg_str of)
{
    struct hg_json_place place = hg_json_place_of(r->text, at->at);
    hg_str message = hg_str_format(r->arena, "line %u, column %u: '%.*s' %s", place.line,
                                   place.column, HG_ARG(hg_str_sub(of, 0, 60)), what);
    *r->fault =
        (struct lifetime_fault){.message = message, .line = place.line, .column = place.column};
    return HG_FAIL(r->err, HG_MALFORMED, "%.*s", HG_ARG(message));
}

/* The place that base/json put in front of its message. */
static void place_of_message(struct lifetime_fault *fault)
{
    struct hg_scan scan = hg_scan_of(fault->message);
    uint64_t line;
    uint64_t column;
    if (hg_scan_lit(&scan, "line ") && hg_scan_u64(&scan, UINT32_MAX, &line) &&
        hg_scan_lit(&scan, ", column ") && hg_scan_u64(&scan, UINT32_MAX, &column)) {
        fault->line = (uint32_t)line;
        fault->column = (uint32_t)column;
    }
}

static enum hg_code parse_json(struct reader *r, struct hg_json *out)
{
    if (r->text.len > HG_MAX_DEFINITION) {
        *r->fault = (struct lifetime_fault){
            .message = hg_str_format(r->arena, "a definition has at most %d bytes",
                                     (int)HG_MAX_DEFINITION)};
        return HG_FAIL(r->err, HG_TOO_BIG, "definition of %zu bytes", r->text.len);
    }
    struct hg_err why = {0};
    enum hg_code code = hg_json_parse(r->arena, r->text, HG_JSON_STRICT, &hg_json_api, out, &why);
    if (code == HG_OK)
        return HG_OK;
    struct lifetime_fault fault = {.message = hg_str_dup(r->arena, hg_str_of(why.detail))};
    place_of_message(&fault);
    *r->fault = fault;
    return HG_FAIL(r->err, code, "%s", why.detail);
}

static bool find_property(hg_str name, enum lifetime_property *out)
{
    for (unsigned i = 0; i < LIFETIME_PROPERTY_COUNT; i++) {
        if (hg_str_eq_nocase(name, hg_str_of(lifetime_property_rows[i].name))) {
            *out = (enum lifetime_property)i;
            return true;
        }
    }
    return false;
}

static enum hg_code read_version(struct reader *r, const struct hg_json_member *member)
{
    int64_t version;
    if (r->has_version)
        return refuse(r, &member->value, "is given twice", member->name);
    if (!hg_json_as_int(&member->value, &version) || version != 1)
        return refuse(r, &member->value, "must be 1", member->name);
    r->has_version = true;
    return HG_OK;
}

static enum hg_code read_value(struct reader *r, const struct hg_json_member *member,
                               const struct lifetime_property_row *row,
                               struct lifetime_limit_value *out)
{
    hg_str text;
    if (!hg_json_as_str(&member->value, &text))
        return refuse(r, &member->value, "must be a string like \"90.00:00:00\"", member->name);
    if (hg_str_eq_nocase(text, HG_STR("until-revoked"))) {
        if (!row->may_be_until_revoked)
            return refuse(r, &member->value, "cannot be until-revoked", member->name);
        *out = (struct lifetime_limit_value){.until_revoked = true};
        return HG_OK;
    }
    hg_dur span;
    if (hg_timespan_parse(text, &span, NULL) != HG_OK)
        return refuse(r, &member->value, "is not a time span like 90.00:00:00", text);
    if (span.us < row->min.us || span.us > row->max.us) {
        hg_str what = hg_str_format(r->arena, "must be between %.*s and %.*s",
                                    HG_ARG(hg_timespan_text(r->arena, row->min)),
                                    HG_ARG(hg_timespan_text(r->arena, row->max)));
        return refuse(r, &member->value, hg_str_z(r->arena, what), member->name);
    }
    *out = (struct lifetime_limit_value){.span = span};
    return HG_OK;
}

static enum hg_code read_member(struct reader *r, const struct hg_json_member *member)
{
    enum lifetime_property property;
    if (hg_str_eq_nocase(member->name, HG_STR("Version")))
        return read_version(r, member);
    if (!find_property(member->name, &property))
        return refuse(r, &member->value, "is not a setting of a token lifetime policy",
                      member->name);
    if (r->settings.given & (1u << property))
        return refuse(r, &member->value, "is given twice", member->name);
    const struct lifetime_property_row *row = &lifetime_property_rows[property];
    struct lifetime_limit_value value = {.until_revoked = false};
    HG_TRY(read_value(r, member, row, &value));
    row->store(&r->settings, value);
    r->settings.given |= 1u << property;
    return HG_OK;
}

/* 6.2: an idle time that reaches a maximum age could never be met. Only what the
 * definition itself names is held against it. */
static enum hg_code check_idle_below_ages(struct reader *r, const struct hg_json *policy)
{
    const struct lifetime_settings *s = &r->settings;
    const struct {
        enum lifetime_property property;
        struct lifetime_limit_value value;
    } ages[] = {{LIFETIME_MAX_AGE_SINGLE, s->single_factor},
                {LIFETIME_MAX_AGE_MULTI, s->multi_factor}};
    if (!(s->given & (1u << LIFETIME_MAX_INACTIVE)))
        return HG_OK;
    for (size_t i = 0; i < HG_COUNT(ages); i++) {
        hg_str name = hg_str_of(lifetime_property_rows[ages[i].property].name);
        if ((s->given & (1u << ages[i].property)) && !ages[i].value.until_revoked &&
            s->max_inactive.us >= ages[i].value.span.us)
            return refuse(r, hg_json_get_nocase(policy, HG_STR("MaxInactiveTime")),
                          "must be longer than MaxInactiveTime", name);
    }
    return HG_OK;
}

static enum hg_code read_document(struct reader *r, const struct hg_json *document)
{
    if (!hg_json_is(document, HG_JSON_OBJECT))
        return refuse(r, document, "must be an object", HG_STR("the definition"));
    const struct hg_json *policy = hg_json_get_nocase(document, HG_STR("TokenLifetimePolicy"));
    if (!hg_json_is(policy, HG_JSON_OBJECT))
        return refuse(r, document, "is missing or not an object", HG_STR("TokenLifetimePolicy"));
    if (hg_json_count(document) != 1)
        return refuse(r, document, "must be the only member", HG_STR("TokenLifetimePolicy"));
    for (uint32_t i = 0; i < policy->object.n; i++)
        HG_TRY(read_member(r, &policy->object.members[i]));
    if (!r->has_version)
        return refuse(r, policy, "is missing; it must be 1", HG_STR("Version"));
    return check_idle_below_ages(r, policy);
}

enum hg_code lifetime_definition_parse(struct hg_arena *arena, hg_str definition,
                                       enum model_behaviour behaviour,
                                       struct lifetime_settings *out, struct lifetime_fault *fault,
                                       struct hg_err *err)
{
    struct reader r = {.arena = arena,
                       .text = definition,
                       .settings = lifetime_defaults(behaviour),
                       .fault = fault,
                       .err = err};
    struct hg_json document = hg_json_null();
    HG_TRY(parse_json(&r, &document));
    HG_TRY(read_document(&r, &document));
    *out = r.settings;
    return HG_OK;
}

enum hg_code lifetime_definition_render(struct hg_arena *arena,
                                        const struct lifetime_settings *settings, hg_str *out,
                                        struct hg_err *err)
{
    struct hg_json policy = hg_json_object();
    hg_json_put(arena, &policy, "Version", hg_json_int(1));
    for (unsigned i = 0; i < LIFETIME_PROPERTY_COUNT; i++) {
        const struct lifetime_property_row *row = &lifetime_property_rows[i];
        if (settings->given & (1u << i))
            hg_json_put_str(arena, &policy, row->name, row->configured(arena, settings));
    }
    struct hg_json document = hg_json_object();
    hg_json_put(arena, &document, "TokenLifetimePolicy", policy);
    return hg_json_render(arena, &document, out, err);
}

struct lifetime_settings lifetime_definition_merge(const struct lifetime_settings *base,
                                                   const struct lifetime_settings *change)
{
    const struct lifetime_limit_value values[LIFETIME_PROPERTY_COUNT] = {
        [LIFETIME_ACCESS_TOKEN] = {.span = change->access_token},
        [LIFETIME_MAX_INACTIVE] = {.span = change->max_inactive},
        [LIFETIME_MAX_AGE_SINGLE] = change->single_factor,
        [LIFETIME_MAX_AGE_MULTI] = change->multi_factor,
        [LIFETIME_SESSION_SINGLE] = change->session_single_factor,
        [LIFETIME_SESSION_MULTI] = change->session_multi_factor,
    };
    struct lifetime_settings merged = *base;
    for (unsigned i = 0; i < LIFETIME_PROPERTY_COUNT; i++)
        if (change->given & (1u << i))
            lifetime_property_rows[i].store(&merged, values[i]);
    merged.given |= change->given;
    return merged;
}
