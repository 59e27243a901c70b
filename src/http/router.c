#include "base/base.h"
#include "http/http.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* How literal a segment is; more is better. */
enum { REST = 0, WHOLE = 1, PARTLY = 2, LITERAL = 3 };

/* One pattern against one path, both cut segment by segment. */
struct walk {
    hg_str pattern, path; /* what is left of each, behind a '/' */
    struct http_params params;
    uint64_t rank; /* two bits a segment, the first on top */
    unsigned n_segments;
};

static void note(struct walk *walk, unsigned kind)
{
    walk->rank |= (uint64_t)kind << (62 - 2 * walk->n_segments);
    walk->n_segments++;
}

static bool bind(struct walk *walk, hg_str name, hg_str value)
{
    if (walk->params.n == HTTP_MAX_PARAMS)
        return false;
    walk->params.items[walk->params.n].name = name.ptr;
    walk->params.items[walk->params.n].name_len = name.len;
    walk->params.items[walk->params.n].value = value;
    walk->params.n++;
    return true;
}

/* "users('{id}')" against "users('42')". */
static bool match_segment(struct walk *walk, hg_str pattern, hg_str segment)
{
    size_t open = hg_str_find_byte(pattern, '{');
    if (open == HG_NPOS) {
        note(walk, LITERAL);
        return hg_str_eq_nocase(pattern, segment);
    }
    size_t close = hg_str_find_byte(pattern, '}');
    hg_str name = hg_str_sub(pattern, open + 1, close - open - 1);
    hg_str before = hg_str_sub(pattern, 0, open);
    hg_str after = hg_str_from(pattern, close + 1);
    if (segment.len <= before.len + after.len || !hg_str_starts_nocase(segment, before))
        return false;
    size_t middle = segment.len - before.len - after.len;
    if (!hg_str_eq_nocase(hg_str_from(segment, before.len + middle), after))
        return false;
    note(walk, before.len + after.len == 0 ? WHOLE : PARTLY);
    return bind(walk, name, hg_str_sub(segment, before.len, middle));
}

static bool is_rest(hg_str pattern)
{
    return hg_str_starts(pattern, HG_STR("{")) && hg_str_ends(pattern, HG_STR("*}"));
}

static bool match(struct walk *walk)
{
    for (;;) {
        hg_str wanted;
        hg_str segment;
        if (is_rest(walk->pattern)) {
            note(walk, REST);
            return bind(walk, hg_str_sub(walk->pattern, 1, walk->pattern.len - 3), walk->path);
        }
        bool more_pattern = hg_str_cut(walk->pattern, '/', &wanted, &walk->pattern);
        bool more_path = hg_str_cut(walk->path, '/', &segment, &walk->path);
        if (walk->n_segments == HTTP_MAX_SEGMENTS || !match_segment(walk, wanted, segment))
            return false;
        if (!more_pattern) {
            walk->rank |= 1;                          /* before a rest that happens to be empty */
            return !more_path || walk->path.len == 0; /* one '/' at the end is nothing */
        }
        if (!more_path && !is_rest(walk->pattern))
            return false;
    }
}

static bool lists(const char *methods, hg_str method)
{
    hg_str rest = hg_str_of(methods);
    hg_str one;
    while (hg_str_field(&rest, ',', &one))
        if (hg_str_eq(one, method))
            return true;
    return false;
}

static bool answers(const char *methods, hg_str method)
{
    return lists(methods, method) ||
           (hg_str_eq(method, HG_STR("HEAD")) && lists(methods, HG_STR("GET")));
}

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* False when a literal byte of the pattern already tells that it does not match: that is
 * so for nearly every row of a table, and costs a few comparisons instead of a walk. */
static bool may_match(const char *pattern, hg_str path)
{
    size_t at = 0;
    for (const char *p = pattern; *p != '\0'; p++) {
        if (*p == '{') {
            while (*p != '}')
                p++;
            if (p[-1] == '*' || (p[1] != '/' && p[1] != '\0'))
                return true; /* the walk knows */
            while (at < path.len && path.ptr[at] != '/')
                at++;
        } else if (at == path.len) {
            return *p == '/'; /* a rest may be empty */
        } else if (lower(path.ptr[at++]) != lower(*p)) {
            return false;
        }
    }
    return true;
}

static bool match_route(const struct http_route *route, hg_str path, struct walk *walk)
{
    if (!may_match(route->pattern, path))
        return false;
    /* Member by member: clearing `params` for each row of the table costs more than matching. */
    walk->pattern = hg_str_of(route->pattern + 1);
    walk->path = hg_str_from(path, 1);
    walk->rank = 0;
    walk->n_segments = 0;
    walk->params.n = 0;
    return match(walk);
}

/* Names that a comma separates, each once; HEAD where GET is. */
static void allow_methods(struct hg_buf *buf, const char *methods)
{
    hg_str rest = hg_str_of(methods);
    hg_str one;
    while (hg_str_field(&rest, ',', &one)) {
        if (hg_str_find(hg_buf_view(buf), one) != HG_NPOS)
            continue;
        hg_buf_z(buf, buf->len == 0 ? "" : ", ");
        hg_buf_str(buf, one);
        if (hg_str_eq(one, HG_STR("GET")))
            hg_buf_z(buf, ", HEAD");
    }
}

static hg_str allowed(struct hg_arena *arena, const struct http_routes *routes, hg_str path)
{
    struct hg_buf buf = hg_buf_new(arena, HG_MAX_HEAD);
    struct walk walk;
    for (size_t i = 0; i < routes->n; i++)
        if (match_route(&routes->items[i], path, &walk))
            allow_methods(&buf, routes->items[i].methods);
    return hg_buf_view(&buf);
}

enum http_match http_route_find(struct hg_arena *arena, const struct http_routes *routes,
                                hg_str method, hg_str path, struct http_found *out)
{
    struct walk walk;
    uint64_t best = 0;
    enum http_match match = HTTP_NO_PATH;
    for (size_t i = 0; hg_str_starts(path, HG_STR("/")) && i < routes->n; i++) {
        if (!match_route(&routes->items[i], path, &walk))
            continue;
        if (match == HTTP_NO_PATH) {
            match = HTTP_NO_METHOD;
            out->index = i;
        }
        if (!answers(routes->items[i].methods, method) ||
            (match == HTTP_MATCHED && walk.rank <= best))
            continue;
        match = HTTP_MATCHED;
        best = walk.rank;
        out->index = i;
        out->params = walk.params;
    }
    if (match == HTTP_NO_METHOD)
        out->allow = allowed(arena, routes, path);
    return match;
}

hg_str http_param(const struct http_params *params, const char *name)
{
    hg_str wanted = hg_str_of(name);
    for (size_t i = 0; i < params->n; i++)
        if (hg_str_eq((hg_str){params->items[i].name, params->items[i].name_len}, wanted))
            return params->items[i].value;
    return (hg_str){.ptr = "", .len = 0};
}
