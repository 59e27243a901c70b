#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/json_private.h"
#include "base/str.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

enum { FEW_NAMES = 16 }; /* compared each with each */

/* The place of a member that a later one replaces; no text is so long. */
static const uint32_t gone = UINT32_MAX;

/* By name, then by place. Sorting keeps a hostile object from costing the
 * square of its size, and needs no keyed hash. */
static int by_name(const void *a, const void *b)
{
    const struct hg_json_member *x = *(const struct hg_json_member *const *)a;
    const struct hg_json_member *y = *(const struct hg_json_member *const *)b;
    int diff = hg_str_cmp(x->name, y->name);
    return diff != 0 ? diff : (x > y) - (x < y);
}

static size_t first_repeated(const struct hg_json_member *members, size_t n)
{
    for (size_t i = 1; i < n; i++)
        for (size_t j = 0; j < i; j++)
            if (hg_str_eq(members[i].name, members[j].name))
                return i;
    return HG_NPOS;
}

static void drop_gone(struct hg_json *object)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < object->object.n; i++)
        if (object->object.members[i].value.at != gone)
            object->object.members[kept++] = object->object.members[i];
    object->object.n = kept;
}

static enum hg_code refuse(const struct hg_json_parser *p, const struct hg_json_member *member)
{
    return hg_json_fail_at(p, member->value.at, HG_MALFORMED, "the member '%.*s' is there twice",
                           HG_ARG(hg_str_sub(member->name, 0, 64)));
}

enum hg_code hg_json_check_names(const struct hg_json_parser *p, struct hg_json *object)
{
    struct hg_json_member *members = object->object.members;
    size_t n = object->object.n;
    if (n <= FEW_NAMES && first_repeated(members, n) == HG_NPOS)
        return HG_OK;

    HG_SCRATCH(p->arena);
    struct hg_json_member **sorted = HG_NEW_ARRAY(p->arena, struct hg_json_member *, n);
    if (sorted == NULL)
        return HG_FAIL(p->err, HG_NO_MEMORY, "an object of %zu members", n);
    for (size_t i = 0; i < n; i++)
        sorted[i] = &members[i];
    qsort((void *)sorted, n, sizeof(struct hg_json_member *), by_name);
    for (size_t i = 1; i < n; i++) {
        if (!hg_str_eq(sorted[i - 1]->name, sorted[i]->name))
            continue;
        if ((p->options & HG_JSON_LAST_WINS) == 0)
            return refuse(p, sorted[i]);
        sorted[i - 1]->value.at = gone;
    }
    drop_gone(object);
    return HG_OK;
}
