#include "oidc/error.h"

#include "base/base.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAX_TEXT = 4096, MAX_ARGUMENT = 300 };

static const struct oidc_error_row rows[OIDC_ERROR_COUNT] = {
    [OIDC_ERROR_NONE] = {.status = 200, .error = "", .suberror = "", .redirect = "", .text = ""},
#define OIDC_ERROR(id, number, http, word, sub, by_redirect, english) \
    [OIDC_ERROR_##id] = {.aadsts = (number),                          \
                         .status = (http),                            \
                         .error = (word),                             \
                         .suberror = (sub),                           \
                         .redirect = (by_redirect),                   \
                         .text = (english)},
#include "oidc/errors.def"
};

const struct oidc_error_row *oidc_error_row(enum oidc_error_id id)
{
    HG_ASSERT(id < OIDC_ERROR_COUNT);
    return &rows[id];
}

enum oidc_error_id oidc_error_of_number(uint32_t aadsts)
{
    for (unsigned i = OIDC_ERROR_NONE + 1; i < OIDC_ERROR_COUNT; i++)
        if (rows[i].aadsts == aadsts)
            return (enum oidc_error_id)i;
    return OIDC_ERROR_NONE;
}

struct oidc_error oidc_error_make(enum oidc_error_id id)
{
    return (struct oidc_error){.id = id};
}

void oidc_error_put(struct oidc_error *error, const char *name, hg_str value)
{
    HG_ASSERT(error->n_args < OIDC_ERROR_ARGS);
    error->args[error->n_args].name = name;
    error->args[error->n_args].value = value;
    error->n_args++;
}

/* At most MAX_ARGUMENT bytes, cut between characters: what was sent may be long. */
static hg_str clipped(hg_str value)
{
    if (value.len <= MAX_ARGUMENT)
        return value;
    size_t len = MAX_ARGUMENT;
    while (len > 0 && ((unsigned char)value.ptr[len] & 0xc0) == 0x80)
        len--;
    return hg_str_sub(value, 0, len);
}

static hg_str argument(const struct oidc_error *error, hg_str name)
{
    for (size_t i = 0; i < error->n_args; i++)
        if (hg_str_eq(hg_str_of(error->args[i].name), name))
            return clipped(error->args[i].value);
    return HG_STR("");
}

static void put_text(struct hg_buf *buf, const struct oidc_error *error)
{
    hg_buf_format(buf, "AADSTS%u: ", (unsigned)rows[error->id].aadsts);
    hg_str rest = hg_str_of(rows[error->id].text);
    hg_str plain;
    hg_str name;
    while (hg_str_cut(rest, '{', &plain, &rest)) {
        hg_buf_str(buf, plain);
        (void)hg_str_cut(rest, '}', &name, &rest);
        hg_buf_str(buf, argument(error, name));
    }
    hg_buf_str(buf, plain);
}

enum hg_code oidc_error_text(struct hg_arena *arena, const struct oidc_error *error, hg_str *out,
                             struct hg_err *err)
{
    struct hg_buf buf = hg_buf_new(arena, MAX_TEXT);
    put_text(&buf, error);
    return hg_buf_finish(&buf, out, err);
}

/* RFC 6749 §4.1.2.1; conformance suites refuse quotes, backslashes and line ends. */
static hg_str restricted(struct hg_arena *arena, hg_str text)
{
    struct hg_buf buf = hg_buf_new(arena, MAX_TEXT);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '"')
            c = '\'';
        else if (c == '\\')
            c = '/';
        else if (c < 0x20 || c > 0x7e)
            c = c == '\r' || c == '\n' || c == '\t' ? ' ' : '?';
        hg_buf_byte(&buf, c);
    }
    return hg_buf_view(&buf);
}

enum hg_code oidc_error_description(struct hg_arena *arena, const struct oidc_error *error,
                                    const struct oidc_error_context *context, bool for_redirect,
                                    hg_str *out, struct hg_err *err)
{
    struct hg_buf buf = hg_buf_new(arena, MAX_TEXT);
    put_text(&buf, error);
    hg_buf_format(&buf, " Trace ID: %.*s Correlation ID: %.*s Timestamp: %.*s",
                  HG_ARG(context->trace_id), HG_ARG(context->correlation_id),
                  HG_ARG(hg_time_aadsts(arena, context->now)));
    hg_str text;
    HG_TRY(hg_buf_finish(&buf, &text, err));
    *out = for_redirect ? restricted(arena, text) : text;
    return HG_OK;
}

static hg_str help_uri(struct hg_arena *arena, const struct oidc_error *error,
                       const struct oidc_error_context *context)
{
    return hg_str_format(arena, "%.*s/error?code=%u", HG_ARG(context->base),
                         (unsigned)rows[error->id].aadsts);
}

enum hg_code oidc_error_body(struct hg_arena *arena, const struct oidc_error *error,
                             const struct oidc_error_context *context, hg_str *out,
                             struct hg_err *err)
{
    const struct oidc_error_row *row = oidc_error_row(error->id);
    hg_str description;
    HG_TRY(oidc_error_description(arena, error, context, false, &description, err));
    struct hg_json codes = hg_json_array();
    hg_json_push(arena, &codes, hg_json_int(row->aadsts));

    struct hg_json body = hg_json_object();
    hg_json_put(arena, &body, "error", hg_json_z(row->error[0] ? row->error : row->redirect));
    hg_json_put_str(arena, &body, "error_description", description);
    hg_json_put(arena, &body, "error_codes", codes);
    hg_json_put_str(arena, &body, "timestamp", hg_time_aadsts(arena, context->now));
    hg_json_put_str(arena, &body, "trace_id", context->trace_id);
    hg_json_put_str(arena, &body, "correlation_id", context->correlation_id);
    hg_json_put_str(arena, &body, "error_uri", help_uri(arena, error, context));
    if (row->suberror[0] != '\0')
        hg_json_put(arena, &body, "suberror", hg_json_z(row->suberror));
    if (error->claims.len > 0)
        hg_json_put_str(arena, &body, "claims", error->claims);
    return hg_json_render(arena, &body, out, err);
}

enum hg_code oidc_error_page(struct hg_arena *arena, const struct oidc_error *error,
                             const struct oidc_error_context *context, struct oidc_error_page *out,
                             struct hg_err *err)
{
    struct oidc_error_page page = {
        .status = rows[error->id].status,
        .aadsts = rows[error->id].aadsts,
        .trace_id = context->trace_id,
        .correlation_id = context->correlation_id,
        .timestamp = hg_time_aadsts(arena, context->now),
        .help_uri = help_uri(arena, error, context),
    };
    HG_TRY(oidc_error_text(arena, error, &page.message, err));
    *out = page;
    return HG_OK;
}

bool oidc_error_lookup(hg_str number, struct oidc_error_rows *out)
{
    static const hg_str prefix = HG_LIT("AADSTS");
    if (hg_str_starts_nocase(number, prefix))
        number = hg_str_from(number, prefix.len);
    uint64_t aadsts;
    struct oidc_error_rows found = {.n = 0};
    if (!hg_str_u64(number, UINT32_MAX, &aadsts))
        return false;
    for (unsigned i = OIDC_ERROR_NONE + 1; i < OIDC_ERROR_COUNT; i++)
        if (rows[i].aadsts == aadsts && found.n < OIDC_ERROR_LOOKUP_ROWS)
            found.items[found.n++] = &rows[i];
    if (found.n == 0)
        return false;
    *out = found;
    return true;
}

const char *oidc_error_next(uint32_t aadsts)
{
    static const struct {
        uint32_t aadsts;
        const char *text;
    } steps[] = {
#define OIDC_NEXT(number, english) {(number), (english)},
#include "oidc/errors.def"
    };
    for (size_t i = 0; i < HG_COUNT(steps); i++)
        if (steps[i].aadsts == aadsts)
            return steps[i].text;
    return "";
}
