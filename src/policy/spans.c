#include "base/base.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/set_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* All ranges of all locations are cut at each other's ends. Between two cuts every
 * address lies in the same locations, so one binary search finds them all; equal
 * sets of locations share one group. */

/* A location begins (+1) or has ended (-1) at an address. */
struct edge {
    struct policy_address at;
    uint32_t location;
    int32_t step;
};

struct builder {
    struct hg_arena *arena;
    struct edge *edges;
    size_t n_edges;
    uint32_t *open;    /* per location: ranges that cover the current address */
    uint64_t *current; /* bit per location with open ranges */
    uint32_t *table;   /* groups by hash of their locations; 0 is free, else index + 1 */
    size_t n_table;
};

struct policy_address policy_address_of(struct hg_ip ip)
{
    uint64_t words[2] = {0, 0};
    for (size_t i = 0; i < (ip.is_v6 ? 16u : 4u); i++) {
        size_t at = ip.is_v6 ? i : i + 12;
        words[at / 8] = words[at / 8] << 8 | ip.bytes[i];
    }
    if (!ip.is_v6)
        words[1] |= UINT64_C(0xffff00000000);
    return (struct policy_address){.high = words[0], .low = words[1]};
}

static int address_cmp(struct policy_address a, struct policy_address b)
{
    if (a.high != b.high)
        return a.high < b.high ? -1 : 1;
    return (a.low > b.low) - (a.low < b.low);
}

static int edge_cmp(const void *a, const void *b)
{
    const struct edge *left = a;
    const struct edge *right = b;
    return address_cmp(left->at, right->at);
}

/* False behind the last address of all. */
static bool after(struct policy_address *at)
{
    at->low++;
    if (at->low == 0)
        at->high++;
    return at->low != 0 || at->high != 0;
}

static void add_range(struct builder *builder, const struct policy_range *range, size_t location)
{
    struct policy_address end = policy_address_of(range->last);
    builder->edges[builder->n_edges++] =
        (struct edge){policy_address_of(range->first), (uint32_t)location, 1};
    if (after(&end))
        builder->edges[builder->n_edges++] = (struct edge){end, (uint32_t)location, -1};
}

static void add_cidr(struct builder *builder, const struct hg_cidr *cidr, size_t location)
{
    struct policy_range range = {.first = cidr->first, .last = cidr->first};
    unsigned bits = cidr->first.is_v6 ? 128 : 32;
    for (unsigned i = cidr->prefix; i < bits; i++)
        range.last.bytes[i / 8] |= (unsigned char)(0x80u >> (i % 8));
    add_range(builder, &range, location);
}

static size_t count_ranges(const struct policy_source *source)
{
    size_t total = source->settings.n_trusted_ips;
    for (size_t i = 0; i < source->n_locations; i++)
        total += source->locations[i]->n_ranges;
    return total;
}

static void add_all(struct builder *builder, const struct policy_source *source)
{
    for (size_t i = 0; i < source->n_locations; i++)
        for (size_t k = 0; k < source->locations[i]->n_ranges; k++)
            add_range(builder, &source->locations[i]->ranges[k], i);
    for (size_t k = 0; k < source->settings.n_trusted_ips; k++)
        add_cidr(builder, &source->settings.trusted_ips[k], source->n_locations);
    qsort(builder->edges, builder->n_edges, sizeof(*builder->edges), edge_cmp);
}

static void step(struct builder *builder, const struct edge *edge)
{
    uint32_t *open = &builder->open[edge->location];
    *open = (uint32_t)((int32_t)*open + edge->step);
    uint64_t bit = UINT64_C(1) << (edge->location % 64);
    if (*open > 0)
        builder->current[edge->location / 64] |= bit;
    else
        builder->current[edge->location / 64] &= ~bit;
}

static size_t hash_words(const uint64_t *words, size_t n)
{
    uint64_t hash = 1;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15) ^ (hash >> 31);
    return (size_t)(hash ^ hash >> 32);
}

/* The group of the current set of locations; made when new. */
static bool current_group(struct builder *builder, struct policy_spans *spans, uint32_t *out)
{
    size_t n = spans->n_location_words;
    size_t at = hash_words(builder->current, n) & (builder->n_table - 1);
    for (; builder->table[at] != 0; at = (at + 1) & (builder->n_table - 1)) {
        uint32_t group = builder->table[at] - 1;
        if (memcmp(spans->list[group].locations, builder->current, n * sizeof(uint64_t)) == 0) {
            *out = group;
            return true;
        }
    }
    uint64_t *locations = HG_NEW_ARRAY(builder->arena, uint64_t, n);
    if (locations == NULL)
        return false;
    memcpy(locations, builder->current, n * sizeof(*locations));
    *out = (uint32_t)spans->n_groups;
    spans->list[spans->n_groups++].locations = locations;
    builder->table[at] = *out + 1;
    return true;
}

static bool sweep(struct builder *builder, struct policy_spans *spans)
{
    for (size_t i = 0; i < builder->n_edges;) {
        struct policy_address at = builder->edges[i].at;
        while (i < builder->n_edges && address_cmp(builder->edges[i].at, at) == 0)
            step(builder, &builder->edges[i++]);
        spans->starts[spans->n] = at;
        if (!current_group(builder, spans, &spans->groups[spans->n]))
            return false;
        spans->n++;
    }
    return true;
}

static bool allocate(struct builder *builder, struct policy_spans *spans, size_t n_locations,
                     size_t n_edges)
{
    builder->n_table = 8;
    while (builder->n_table < n_edges * 2)
        builder->n_table *= 2;
    builder->edges = HG_NEW_ARRAY(builder->arena, struct edge, n_edges);
    builder->open = HG_NEW_ARRAY(builder->arena, uint32_t, n_locations + 1);
    builder->current = HG_NEW_ARRAY(builder->arena, uint64_t, spans->n_location_words);
    builder->table = HG_NEW_ARRAY(builder->arena, uint32_t, builder->n_table);
    spans->starts = HG_NEW_ARRAY(builder->arena, struct policy_address, n_edges);
    spans->groups = HG_NEW_ARRAY(builder->arena, uint32_t, n_edges);
    spans->list = HG_NEW_ARRAY(builder->arena, struct policy_place_group, n_edges);
    return !hg_arena_exhausted(builder->arena);
}

enum hg_code policy_spans_build(struct hg_arena *arena, const struct policy_source *source,
                                struct policy_spans *out, struct hg_err *err)
{
    struct builder builder = {.arena = arena};
    struct policy_spans spans = {.n_location_words = (source->n_locations + 1 + 63) / 64};
    size_t n_edges = 2 * count_ranges(source);
    if (!allocate(&builder, &spans, source->n_locations, n_edges))
        return HG_FAIL(err, HG_NO_MEMORY, "%zu edges of address ranges", n_edges);
    add_all(&builder, source);
    if (!sweep(&builder, &spans))
        return HG_FAIL(err, HG_NO_MEMORY, "%zu edges of address ranges", n_edges);
    *out = spans;
    return HG_OK;
}

const struct policy_place_group *policy_spans_find(const struct policy_spans *spans,
                                                   struct hg_ip ip)
{
    struct policy_address at = policy_address_of(ip);
    size_t low = 0;
    size_t n = spans->n;
    while (n > 0) { /* the last start that is not behind the address */
        size_t half = n / 2;
        if (address_cmp(spans->starts[low + half], at) <= 0) {
            low += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return low == 0 ? NULL : &spans->list[spans->groups[low - 1]];
}
