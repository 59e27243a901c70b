#include "base/base.h"
#include "flow/arithmetic_private.h"
#include "flow/sort_private.h"
#include "flow/value_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An item and what it is sorted by. */
struct entry {
    const struct hg_json *item, *by;
};

static const struct hg_json *sorted_by(const struct hg_json *item, const hg_str *key)
{
    if (key == NULL)
        return item;
    if (item->kind != HG_JSON_OBJECT)
        return NULL;
    const struct hg_json_member *member = flow_member_find(item, *key);
    return member == NULL ? NULL : &member->value;
}

static enum flow_sort fill(const struct hg_json *array, const hg_str *key, struct entry *entries)
{
    for (uint32_t i = 0; i < array->array.n; i++) {
        const struct hg_json *by = sorted_by(&array->array.items[i], key);
        if (by == NULL)
            return FLOW_SORT_NO_KEY;
        entries[i] = (struct entry){.item = &array->array.items[i], .by = by};
        bool fits = flow_is_number(entries[0].by)
                        ? flow_is_number(by)
                        : flow_is(by, FLOW_KIND_STRING) && flow_is(entries[0].by, FLOW_KIND_STRING);
        if (!fits)
            return FLOW_SORT_MIXED;
    }
    return FLOW_SORT_DONE;
}

static bool is_before(const struct entry *a, const struct entry *b)
{
    if (flow_is(a->by, FLOW_KIND_STRING))
        return hg_str_cmp(a->by->string, b->by->string) < 0;
    return flow_numbers_compare(a->by, b->by, 0) < 0;
}

/* Merges the sorted runs [from, middle) and [middle, end). */
static void merge(const struct entry *in, struct entry *out, size_t from, size_t middle, size_t end)
{
    size_t left = from;
    size_t right = middle;
    for (size_t i = from; i < end; i++) {
        bool take_right = left >= middle || (right < end && is_before(&in[right], &in[left]));
        out[i] = take_right ? in[right++] : in[left++];
    }
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

enum flow_sort flow_array_sort(struct hg_arena *arena, const struct hg_json *array,
                               const hg_str *key, struct hg_json *out)
{
    size_t n = array->array.n;
    struct hg_json sorted = flow_array_of(arena, array->array.n);
    struct entry *entries = HG_NEW_ARRAY(arena, struct entry, n + 1);
    struct entry *other = HG_NEW_ARRAY(arena, struct entry, n + 1);
    if (entries == NULL || other == NULL)
        return FLOW_SORT_NO_MEMORY;
    enum flow_sort filled = fill(array, key, entries);
    if (filled != FLOW_SORT_DONE)
        return filled;
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t from = 0; from < n; from += width * 2)
            merge(entries, other, from, least(from + width, n), least(from + width * 2, n));
        struct entry *swap = entries;
        entries = other;
        other = swap;
    }
    for (size_t i = 0; i < n; i++)
        hg_json_push(arena, &sorted, *entries[i].item);
    *out = sorted;
    return FLOW_SORT_DONE;
}
