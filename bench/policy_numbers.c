#include "base/base.h"
#include "policy_world.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* --- Drawing ---------------------------------------------------------------------- */

enum { USERS = 1000, GROUPS = 100, APPS = 100, PLACES = 30, ROOM = 4 << 20, TEXT_ROOM = 32 << 20 };

struct draw {
    uint64_t state;
    uint32_t *items;
    size_t n;
    uint32_t networks[PLACES * 2]; /* a first range of each location, to draw addresses near */
};

static uint32_t below(struct draw *draw, uint32_t n)
{
    draw->state ^= draw->state << 13;
    draw->state ^= draw->state >> 7;
    draw->state ^= draw->state << 17;
    return (uint32_t)((draw->state >> 16) % n);
}

static bool chance(struct draw *draw, uint32_t percent)
{
    return below(draw, 100) < percent;
}

static void put(struct draw *draw, uint32_t value)
{
    if (draw->n < ROOM)
        draw->items[draw->n++] = value;
}

/* n different members below max, as a list. */
static void put_some(struct draw *draw, uint32_t n, uint32_t max)
{
    put(draw, n);
    size_t first = draw->n;
    while (draw->n < first + n) {
        uint32_t value = below(draw, max);
        if (!bench_has((struct bench_list){draw->items + first, draw->n - first}, value))
            put(draw, value);
    }
}

static void put_places(struct draw *draw)
{
    static const uint32_t lengths[] = {16, 20, 24, 24, 28};
    for (uint32_t i = 0; i < PLACES; i++) {
        uint32_t n = 1 + below(draw, 20);
        put(draw, i < 8);
        put(draw, n);
        for (uint32_t k = 0; k < n; k++) {
            uint32_t length = lengths[below(draw, 5)];
            uint32_t network = below(draw, UINT32_MAX) & (UINT32_MAX << (32 - length));
            put(draw, network);
            put(draw, length);
            draw->networks[2 * i] = network;
            draw->networks[2 * i + 1] = length;
        }
    }
}

static void put_who_and_what(struct draw *draw)
{
    bool all = chance(draw, 20);
    put(draw, all);
    put_some(draw, all ? 0 : below(draw, 20), USERS);
    put_some(draw, all ? 0 : 1 + below(draw, 5), GROUPS);
    put_some(draw, below(draw, 5), USERS);
    put_some(draw, below(draw, 3), GROUPS);
    all = chance(draw, 30);
    put(draw, all);
    put_some(draw, all ? 0 : 1 + below(draw, 10), APPS);
    put_some(draw, below(draw, 4), APPS);
}

static void put_narrowing(struct draw *draw)
{
    uint32_t kind = below(draw, 10); /* of locations: 4 all, 3 some, 3 none */
    put(draw, kind < 7);
    if (kind < 7) {
        put(draw, kind < 4);
        put_some(draw, kind < 4 ? 0 : 1 + below(draw, 4), PLACES);
        put_some(draw, kind < 4 ? below(draw, 4) : 0, PLACES);
        put(draw, kind < 4 && chance(draw, 40));
    }
    bool platforms = chance(draw, 40);
    put(draw, platforms);
    if (platforms) {
        bool all = chance(draw, 50);
        put(draw, all);
        put_some(draw, all ? 0 : 1 + below(draw, 3), BENCH_PLATFORMS);
        put_some(draw, below(draw, 2), BENCH_PLATFORMS);
    }
    bool clients = chance(draw, 40);
    put(draw, clients);
    if (clients)
        put_some(draw, 1 + below(draw, 3), BENCH_CLIENTS);
    bool risks = chance(draw, 20);
    put(draw, risks);
    if (risks) {
        put(draw, 2);
        put(draw, 2);
        put(draw, 3);
    }
}

static void put_policy(struct draw *draw)
{
    put(draw, chance(draw, 70)   ? BENCH_ENABLED
              : chance(draw, 67) ? BENCH_REPORT_ONLY
                                 : BENCH_DISABLED);
    put_who_and_what(draw);
    put_narrowing(draw);
    bool blocks = chance(draw, 25);
    put(draw, blocks);
    put(draw, !blocks && chance(draw, 30));
    put_some(draw, blocks ? 0 : 1 + below(draw, 2), BENCH_CONTROLS);
}

static void put_signin(struct draw *draw)
{
    uint32_t place = below(draw, PLACES);
    uint32_t host = below(draw, UINT32_MAX) & ~(UINT32_MAX << (32 - draw->networks[2 * place + 1]));
    put(draw, below(draw, USERS));
    put(draw, below(draw, APPS));
    put(draw, chance(draw, 70) ? draw->networks[2 * place] | host : below(draw, UINT32_MAX));
    put(draw, below(draw, BENCH_PLATFORMS));
    put(draw, chance(draw, 70) ? below(draw, 2) : below(draw, BENCH_CLIENTS));
    put(draw, chance(draw, 90) ? 0 : 1 + below(draw, 3));
    put(draw, below(draw, 1u << BENCH_CONTROLS));
}

struct bench_numbers bench_numbers_draw(struct hg_arena *arena, size_t n_policies, size_t n_signins)
{
    struct draw draw = {.state = UINT64_C(0x9e3779b97f4a7c15) + n_policies};
    draw.items = HG_NEW_ARRAY(arena, uint32_t, ROOM);
    if (draw.items == NULL)
        return (struct bench_numbers){0};
    const uint32_t counts[] = {
        USERS, GROUPS, APPS, PLACES, (uint32_t)n_policies, (uint32_t)n_signins};
    for (size_t i = 0; i < HG_COUNT(counts); i++)
        put(&draw, counts[i]);
    for (size_t i = 0; i < USERS; i++)
        put_some(&draw, 5 + below(&draw, 16), GROUPS);
    put_places(&draw);
    for (size_t i = 0; i < n_policies; i++)
        put_policy(&draw);
    for (size_t i = 0; i < n_signins; i++)
        put_signin(&draw);
    return (struct bench_numbers){draw.items, draw.n};
}

struct bench_numbers bench_numbers_read(struct hg_arena *arena, const char *dir, size_t n_policies)
{
    hg_str path = hg_str_format(arena, "%s/data-%zu.txt", dir, n_policies);
    char *text = hg_arena_alloc(arena, TEXT_ROOM, 1);
    uint32_t *items = HG_NEW_ARRAY(arena, uint32_t, ROOM);
    FILE *file = fopen(hg_str_z(arena, path), "rb");
    if (file == NULL)
        return (struct bench_numbers){0};
    size_t len = text == NULL ? 0 : fread(text, 1, TEXT_ROOM, file);
    (void)fclose(file);
    if (items == NULL || len == 0 || len == TEXT_ROOM)
        return (struct bench_numbers){0};

    struct hg_scan scan = hg_scan_of((hg_str){text, len});
    uint64_t value;
    size_t n = 0;
    for (; n < ROOM && hg_scan_u64(&scan, UINT32_MAX, &value); n++) {
        items[n] = (uint32_t)value;
        hg_scan_blanks(&scan);
    }
    return (struct bench_numbers){items, n};
}

/* --- Reading ---------------------------------------------------------------------- */

struct cursor {
    const struct bench_numbers *numbers;
    size_t at;
    bool failed;
};

static uint32_t take(struct cursor *cursor)
{
    cursor->failed |= cursor->at >= cursor->numbers->n;
    return cursor->failed ? 0 : cursor->numbers->items[cursor->at++];
}

static struct bench_list take_n(struct cursor *cursor, size_t n)
{
    cursor->failed |= n > cursor->numbers->n - cursor->at;
    if (cursor->failed)
        return (struct bench_list){0};
    struct bench_list list = {cursor->numbers->items + cursor->at, n};
    cursor->at += n;
    return list;
}

static struct bench_list take_list(struct cursor *cursor)
{
    size_t n = take(cursor);
    return take_n(cursor, n);
}

static void take_policy(struct cursor *cursor, struct bench_policy *out)
{
    out->state = take(cursor);
    out->all_users = take(cursor);
    out->in_users = take_list(cursor);
    out->in_groups = take_list(cursor);
    out->ex_users = take_list(cursor);
    out->ex_groups = take_list(cursor);
    out->all_apps = take(cursor);
    out->in_apps = take_list(cursor);
    out->ex_apps = take_list(cursor);
    out->has_places = take(cursor);
    if (out->has_places) {
        out->all_places = take(cursor);
        out->in_places = take_list(cursor);
        out->ex_places = take_list(cursor);
        out->ex_trusted = take(cursor);
    }
    out->has_platforms = take(cursor);
    if (out->has_platforms) {
        out->all_platforms = take(cursor);
        out->in_platforms = take_list(cursor);
        out->ex_platforms = take_list(cursor);
    }
    out->has_clients = take(cursor);
    if (out->has_clients)
        out->clients = take_list(cursor);
    out->has_risks = take(cursor);
    if (out->has_risks)
        out->risks = take_list(cursor);
    out->blocks = take(cursor);
    out->needs_all = take(cursor);
    out->controls = take_list(cursor);
}

static bool allocate(struct hg_arena *arena, struct bench_plain *plain)
{
    plain->users = HG_NEW_ARRAY(arena, struct bench_list, plain->n_users);
    plain->places = HG_NEW_ARRAY(arena, struct bench_place, plain->n_places);
    plain->policies = HG_NEW_ARRAY(arena, struct bench_policy, plain->n_policies);
    plain->signins = HG_NEW_ARRAY(arena, struct bench_signin, plain->n_signins);
    return !hg_arena_exhausted(arena);
}

bool bench_plain_read(struct hg_arena *arena, const struct bench_numbers *numbers,
                      struct bench_plain *out)
{
    struct cursor cursor = {.numbers = numbers};
    out->n_users = take(&cursor);
    out->n_groups = take(&cursor);
    out->n_apps = take(&cursor);
    out->n_places = take(&cursor);
    out->n_policies = take(&cursor);
    out->n_signins = take(&cursor);
    if (!allocate(arena, out))
        return false;
    for (size_t i = 0; i < out->n_users; i++)
        out->users[i] = take_list(&cursor);
    for (size_t i = 0; i < out->n_places; i++) {
        out->places[i].is_trusted = take(&cursor);
        size_t n = take(&cursor);
        out->places[i].ranges = take_n(&cursor, n * 2);
    }
    for (size_t i = 0; i < out->n_policies; i++)
        take_policy(&cursor, &out->policies[i]);
    for (size_t i = 0; i < out->n_signins; i++) {
        struct bench_signin *signin = &out->signins[i];
        uint32_t *const fields[] = {&signin->user,     &signin->app,    &signin->address,
                                    &signin->platform, &signin->client, &signin->risk,
                                    &signin->controls};
        for (size_t k = 0; k < HG_COUNT(fields); k++)
            *fields[k] = take(&cursor);
    }
    return !cursor.failed;
}
