#include "base/base.h"
#include "odata/odata.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAX_NAMES = 200, MAX_TOP = 999 };

typedef enum hg_code option_fn(struct hg_arena *arena, hg_str value, struct odata_query *out,
                               struct hg_err *err);

/* "a,b($select=c),d": names, with what stands in parentheses taken off. */
static enum hg_code read_names(struct hg_arena *arena, hg_str text, const hg_str **out,
                               size_t *out_n, struct hg_err *err)
{
    hg_str *names = HG_NEW_ARRAY(arena, hg_str, MAX_NAMES);
    if (names == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "names");
    size_t n = 0;
    int depth = 0;
    size_t start = 0;
    for (size_t i = 0; i <= text.len; i++) {
        char c = i < text.len ? text.ptr[i] : ',';
        depth += (c == '(') - (c == ')');
        if (c != ',' || depth > 0)
            continue;
        if (n == MAX_NAMES)
            return HG_FAIL(err, HG_MALFORMED, "more than %d names", MAX_NAMES);
        hg_str name;
        hg_str options;
        (void)hg_str_cut(hg_str_trim(hg_str_sub(text, start, i - start)), '(', &name, &options);
        if (name.len > 0)
            names[n++] = name;
        start = i + 1;
    }
    *out = names;
    *out_n = n;
    return HG_OK;
}

static enum hg_code read_filter(struct hg_arena *arena, hg_str value, struct odata_query *out,
                                struct hg_err *err)
{
    return odata_filter_parse(arena, value, &out->filter, err);
}

static enum hg_code read_select(struct hg_arena *arena, hg_str value, struct odata_query *out,
                                struct hg_err *err)
{
    return read_names(arena, value, &out->select, &out->n_select, err);
}

static enum hg_code read_expand(struct hg_arena *arena, hg_str value, struct odata_query *out,
                                struct hg_err *err)
{
    return read_names(arena, value, &out->expand, &out->n_expand, err);
}

static enum hg_code read_top(struct hg_arena *arena, hg_str value, struct odata_query *out,
                             struct hg_err *err)
{
    (void)arena;
    uint64_t top;
    if (!hg_str_u64(value, UINT32_MAX, &top) || top == 0)
        return HG_FAIL(err, HG_MALFORMED, "'%.*s' is no number from 1 up", HG_ARG(value));
    out->top = top > MAX_TOP ? MAX_TOP : (uint32_t)top;
    return HG_OK;
}

static enum hg_code read_skip(struct hg_arena *arena, hg_str value, struct odata_query *out,
                              struct hg_err *err)
{
    (void)arena;
    uint64_t skip;
    if (!hg_str_u64(value, UINT32_MAX, &skip))
        return HG_FAIL(err, HG_MALFORMED, "'%.*s' is no number from 0 up", HG_ARG(value));
    out->skip = (uint32_t)skip;
    return HG_OK;
}

static enum hg_code read_count(struct hg_arena *arena, hg_str value, struct odata_query *out,
                               struct hg_err *err)
{
    (void)arena;
    out->count = hg_str_eq_nocase(value, HG_STR("true"));
    if (!out->count && !hg_str_eq_nocase(value, HG_STR("false")))
        return HG_FAIL(err, HG_MALFORMED, "'%.*s' is neither true nor false", HG_ARG(value));
    return HG_OK;
}

static enum hg_code read_orderby(struct hg_arena *arena, hg_str value, struct odata_query *out,
                                 struct hg_err *err)
{
    (void)arena;
    hg_str direction;
    (void)hg_str_cut(hg_str_trim(value), ' ', &out->orderby, &direction);
    direction = hg_str_trim(direction);
    out->descending = hg_str_eq_nocase(direction, HG_STR("desc"));
    if (direction.len > 0 && !out->descending && !hg_str_eq_nocase(direction, HG_STR("asc")))
        return HG_FAIL(err, HG_MALFORMED, "one property, and asc or desc, are possible");
    return HG_OK;
}

static enum hg_code read_skiptoken(struct hg_arena *arena, hg_str value, struct odata_query *out,
                                   struct hg_err *err)
{
    (void)arena;
    (void)err;
    out->skiptoken = value;
    return HG_OK;
}

static const struct {
    const char *name;
    option_fn *read;
} options_known[] = {
    {"filter", read_filter},       {"select", read_select},
    {"expand", read_expand},       {"top", read_top},
    {"count", read_count},         {"orderby", read_orderby},
    {"skiptoken", read_skiptoken}, {"skip", read_skip},
};

enum hg_code odata_query_parse(struct hg_arena *arena, const struct odata_option *options, size_t n,
                               struct odata_query *out, struct hg_err *err)
{
    struct odata_query query = {0};
    for (size_t i = 0; i < n; i++) {
        bool has_dollar = hg_str_starts(options[i].name, HG_STR("$"));
        hg_str name = hg_str_from(options[i].name, has_dollar);
        bool known = false;
        for (size_t k = 0; k < HG_COUNT(options_known); k++) {
            if (!hg_str_eq_nocase(name, hg_str_of(options_known[k].name)))
                continue;
            known = true;
            struct hg_err inner = {0};
            enum hg_code code = options_known[k].read(arena, options[i].value, &query, &inner);
            if (code != HG_OK)
                return HG_FAIL(err, code, "$%s: %s", options_known[k].name, inner.detail);
        }
        if (has_dollar && !known)
            return HG_FAIL(err, HG_MALFORMED, "the query option %.*s is not supported",
                           HG_ARG(options[i].name));
    }
    *out = query;
    return HG_OK;
}

static bool has_name(const hg_str *names, size_t n, hg_str name)
{
    for (size_t i = 0; i < n; i++)
        if (hg_str_eq_nocase(names[i], name))
            return true;
    return false;
}

struct hg_json odata_select(struct hg_arena *arena, const struct odata_query *query,
                            const struct hg_json *object)
{
    if (query->n_select == 0 || !hg_json_is(object, HG_JSON_OBJECT))
        return *object;
    struct hg_json out = hg_json_object();
    for (uint32_t i = 0; i < object->object.n; i++) {
        const struct hg_json_member *member = &object->object.members[i];
        if (has_name(query->select, query->n_select, member->name) ||
            hg_str_eq(member->name, HG_STR("id")) || hg_str_starts(member->name, HG_STR("@odata")))
            hg_json_set(arena, &out, member->name, member->value);
    }
    return out;
}

bool odata_expands(const struct odata_query *query, const char *property)
{
    return has_name(query->expand, query->n_expand, hg_str_of(property));
}
