#include "base/near.h"

#include "base/str.h"

#include <stddef.h>
#include <string.h>

enum { LONGEST = 64 }; /* longer names are cut: they differ or agree before that */

static char fold(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Rows of the table of optimal string alignment: the one being filled and two above. */
struct rows {
    size_t two[LONGEST + 1], above[LONGEST + 1], now[LONGEST + 1];
};

static void fill_row(struct rows *rows, hg_str a, hg_str b, size_t i)
{
    rows->now[0] = i;
    for (size_t k = 1; k <= b.len; k++) {
        size_t replace = fold(a.ptr[i - 1]) != fold(b.ptr[k - 1]);
        size_t edits = least(rows->above[k] + 1, rows->now[k - 1] + 1);
        edits = least(edits, rows->above[k - 1] + replace);
        if (i > 1 && k > 1 && fold(a.ptr[i - 1]) == fold(b.ptr[k - 2]) &&
            fold(a.ptr[i - 2]) == fold(b.ptr[k - 1]))
            edits = least(edits, rows->two[k - 2] + 1);
        rows->now[k] = edits;
    }
}

static size_t edits_between(hg_str a, hg_str b)
{
    struct rows rows;
    for (size_t k = 0; k <= b.len; k++)
        rows.now[k] = rows.above[k] = k;
    for (size_t i = 1; i <= a.len; i++) {
        fill_row(&rows, a, b, i);
        memcpy(rows.two, rows.above, sizeof(rows.two));
        memcpy(rows.above, rows.now, sizeof(rows.above));
    }
    return rows.now[b.len];
}

struct hg_near hg_near_to(hg_str given)
{
    given = hg_str_sub(given, 0, LONGEST);
    /* More than a third of the letters wrong is another word. */
    return (struct hg_near){
        .given = given, .best = {.ptr = "", .len = 0}, .edits = given.len / 3 + 2};
}

void hg_near_offer(struct hg_near *near, hg_str known)
{
    size_t edits = edits_between(near->given, hg_str_sub(known, 0, LONGEST));
    if (edits >= near->edits || edits >= known.len)
        return;
    near->best = known;
    near->edits = edits;
}
