#include "base/base.h"
#include "policy/policy_private.h"
#include "policy/reading_private.h"

#include <stddef.h>
#include <stdint.h>

const struct hg_json *policy_member(const struct hg_json *object, const char *name)
{
    const struct hg_json *value = hg_json_get_nocase(object, hg_str_of(name));
    return hg_json_is_null(value) ? NULL : value;
}

static uint32_t word_bit(struct policy_words words, hg_str text)
{
    for (size_t i = 0; i < words.n; i++)
        if (hg_str_eq_nocase(hg_str_of(words.items[i].word), text))
            return words.items[i].bit;
    return 0;
}

uint32_t policy_read_words(const struct hg_json *array, struct policy_words words)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < hg_json_count(array); i++)
        bits |= word_bit(words, hg_json_str_or(hg_json_item(array, i), HG_STR("")));
    return bits;
}

uint32_t policy_read_flags(const struct hg_json *value, struct policy_words words)
{
    uint32_t bits = 0;
    hg_str rest = hg_json_str_or(value, HG_STR(""));
    hg_str flag;
    while (hg_str_field(&rest, ',', &flag))
        bits |= word_bit(words, hg_str_trim(flag));
    return bits;
}

struct policy_ids policy_read_ids(struct hg_arena *arena, const struct hg_json *array,
                                  struct policy_words words, uint32_t *keywords)
{
    size_t n = hg_json_is(array, HG_JSON_ARRAY) ? hg_json_count(array) : 0;
    hg_str *items = HG_NEW_ARRAY(arena, hg_str, n);
    struct policy_ids ids = {.items = items};
    if (items == NULL) /* the arena says so when the parse ends */
        return ids;
    for (size_t i = 0; i < n; i++) {
        hg_str text;
        if (!hg_json_as_str(hg_json_item(array, i), &text))
            continue;
        uint32_t bit = word_bit(words, text);
        *keywords |= bit;
        if (bit == 0)
            items[ids.n++] = text;
    }
    return ids;
}
