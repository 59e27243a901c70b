#include "base/base.h"
#include "edge/row_cache_private.h"
#include "store/store.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    N_SETS = 1024, /* an entry has its place in one set, in any of its ways */
    N_WAYS = 4,
    MAX_TABLES = 64,
    MAX_ENTRY = 8 << 10,
    MAX_BYTES = 4 << 20, /* of all entries */
    ALIGN = 8,
};

/* Behind it: the key, padding, the values of all rows, their texts. The pointer of a text is
 * none here; `integer` has its offset. */
struct entry {
    uint64_t hash, version, last_used;
    const struct store_table *table;
    size_t size, n_key, n_rows;
    bool is_list, is_hidden;
    alignas(ALIGN) unsigned char bytes[];
};

struct table_state {
    const struct store_table *table;
    uint64_t seq;           /* goes up with each commit that writes to the table */
    uint64_t lists, keys;   /* versions of entries: what has an older one is not there */
    uint64_t gets, inserts; /* whether inserted rows are worth keeping */
    unsigned n_hiding;      /* commits under way that write to it */
};

struct row_cache {
    pthread_mutex_t lock;
    struct entry *sets[N_SETS][N_WAYS];
    struct table_state tables[MAX_TABLES];
    size_t n_tables;
    size_t n_bytes, hand;
    uint64_t uses;
};

struct row_cache *row_cache_new(void)
{
    struct row_cache *cache = calloc(1, sizeof(*cache));
    if (cache != NULL)
        (void)pthread_mutex_init(&cache->lock, NULL);
    return cache;
}

static void drop(struct row_cache *cache, struct entry **slot)
{
    if (*slot == NULL)
        return;
    cache->n_bytes -= (*slot)->size;
    free(*slot);
    *slot = NULL;
}

void row_cache_free(struct row_cache *cache)
{
    if (cache == NULL)
        return;
    for (size_t i = 0; i < N_SETS * N_WAYS; i++)
        drop(cache, &cache->sets[i / N_WAYS][i % N_WAYS]);
    (void)pthread_mutex_destroy(&cache->lock);
    free(cache);
}

/* --- Keys ------------------------------------------------------------------------ */

static void put_bytes(struct row_lookup *lookup, const void *bytes, size_t n)
{
    if (n > sizeof(lookup->bytes) - lookup->n)
        lookup->is_kept = false;
    if (n == 0 || !lookup->is_kept)
        return;
    memcpy(lookup->bytes + lookup->n, bytes, n);
    lookup->n += n;
}

static void put_values(struct row_lookup *lookup, const struct store_value *values, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (values[i].type == STORE_INT) {
            put_bytes(lookup, &values[i].integer, sizeof(values[i].integer));
        } else {
            put_bytes(lookup, &values[i].bytes.len, sizeof(values[i].bytes.len));
            put_bytes(lookup, values[i].bytes.ptr, values[i].bytes.len);
        }
        lookup->is_kept &= !values[i].is_null;
    }
}

static void end_key(struct row_lookup *lookup)
{
    uint64_t hash = (uint64_t)(uintptr_t)lookup->table + lookup->n;
    for (size_t at = 0; at < lookup->n; at += sizeof(hash)) {
        uint64_t word = 0;
        size_t n = lookup->n - at < sizeof(word) ? lookup->n - at : sizeof(word);
        memcpy(&word, lookup->bytes + at, n);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    lookup->hash = hash;
}

static void start_key(struct row_lookup *lookup, const struct store_table *table, bool is_list)
{
    lookup->table = table;
    lookup->is_list = is_list;
    lookup->is_kept = true;
    lookup->n = 0;
}

void row_lookup_get(struct row_lookup *lookup, const struct store_table *table,
                    const struct store_value *key)
{
    start_key(lookup, table, false);
    put_values(lookup, key, table->n_key);
    end_key(lookup);
}

/* Pages and ranges are read once and not kept. */
void row_lookup_find(struct row_lookup *lookup, const struct store_query *query)
{
    start_key(lookup, query->table, true);
    lookup->is_kept = !query->has_from && !query->has_to && query->after == NULL;
    put_bytes(lookup, &query->index, sizeof(query->index));
    put_bytes(lookup, &query->n_prefix, sizeof(query->n_prefix));
    put_bytes(lookup, &query->descending, sizeof(query->descending));
    put_bytes(lookup, &query->limit, sizeof(query->limit));
    put_values(lookup, query->prefix, query->n_prefix);
    end_key(lookup);
}

static struct table_state *state_of(struct row_cache *cache, const struct store_table *table)
{
    for (size_t i = 0; i < cache->n_tables; i++)
        if (cache->tables[i].table == table)
            return &cache->tables[i];
    HG_ASSERT(cache->n_tables < MAX_TABLES); /* a constant of the program */
    struct table_state *state = &cache->tables[cache->n_tables++];
    *state = (struct table_state){.table = table};
    return state;
}

/* --- Entries --------------------------------------------------------------------- */

static bool is_same(const struct entry *entry, const struct row_lookup *lookup)
{
    return entry != NULL && entry->hash == lookup->hash && entry->table == lookup->table &&
           entry->is_list == lookup->is_list && entry->n_key == lookup->n &&
           memcmp(entry->bytes, lookup->bytes, lookup->n) == 0;
}

static struct entry **find_slot(struct row_cache *cache, const struct row_lookup *lookup)
{
    struct entry **set = cache->sets[lookup->hash % N_SETS];
    for (size_t i = 0; i < N_WAYS; i++)
        if (is_same(set[i], lookup))
            return &set[i];
    return NULL;
}

static struct entry **free_slot(struct row_cache *cache, const struct row_lookup *lookup)
{
    struct entry **set = cache->sets[lookup->hash % N_SETS];
    struct entry **oldest = &set[0];
    for (size_t i = 0; i < N_WAYS; i++) {
        if (set[i] == NULL || is_same(set[i], lookup))
            return &set[i];
        if (set[i]->last_used < (*oldest)->last_used)
            oldest = &set[i];
    }
    return oldest;
}

static const struct store_value *values_of(const struct entry *entry)
{
    size_t at = (entry->n_key + ALIGN - 1) / ALIGN * ALIGN;
    const void *values = entry->bytes + at; /* as aligned as what calloc gave */
    return values;
}

static const char *texts_of(const struct entry *entry)
{
    return (const char *)(values_of(entry) + entry->n_rows * entry->table->n_columns);
}

static size_t text_size(const struct store_value *values, size_t n)
{
    size_t size = 0;
    for (size_t i = 0; i < n; i++)
        size += values[i].type == STORE_INT || values[i].is_null ? 0 : values[i].bytes.len;
    return size;
}

static char *put_row(struct store_value *to, const char *texts, char *at,
                     const struct store_value *values, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        to[i] = values[i];
        if (values[i].type == STORE_INT || values[i].is_null)
            continue;
        if (values[i].bytes.len > 0)
            memcpy(at, values[i].bytes.ptr, values[i].bytes.len);
        to[i].bytes.ptr = NULL;
        to[i].integer = at - texts;
        at += values[i].bytes.len;
    }
    return at;
}

/* NULL: too big to keep, or no memory. */
static struct entry *entry_new(const struct row_lookup *lookup, const struct store_rows *rows)
{
    size_t n_columns = lookup->table->n_columns;
    HG_ASSERT(n_columns > 0);
    size_t size = sizeof(struct entry) + (lookup->n + ALIGN - 1) / ALIGN * ALIGN;
    if (rows->n > MAX_ENTRY / (n_columns * sizeof(struct store_value)))
        return NULL;
    size += rows->n * n_columns * sizeof(struct store_value);
    for (size_t i = 0; i < rows->n && size <= MAX_ENTRY; i++)
        size += text_size(rows->rows[i].values, n_columns);
    struct entry *entry = size > MAX_ENTRY ? NULL : calloc(1, size);
    if (entry == NULL)
        return NULL;
    entry->hash = lookup->hash;
    entry->table = lookup->table;
    entry->is_list = lookup->is_list;
    entry->size = size;
    entry->n_key = lookup->n;
    entry->n_rows = rows->n;
    memcpy(entry->bytes, lookup->bytes, lookup->n);
    size_t at = (lookup->n + ALIGN - 1) / ALIGN * ALIGN;
    void *place = entry->bytes + at;
    struct store_value *values = place;
    char *texts = (char *)(values + rows->n * n_columns);
    char *text = texts;
    for (size_t i = 0; i < rows->n; i++)
        text = put_row(values + i * n_columns, texts, text, rows->rows[i].values, n_columns);
    return entry;
}

static void make_room(struct row_cache *cache, size_t size)
{
    while (cache->n_bytes + size > MAX_BYTES) {
        cache->hand = (cache->hand + 1) % (N_SETS * N_WAYS);
        drop(cache, &cache->sets[cache->hand / N_WAYS][cache->hand % N_WAYS]);
    }
}

static void place(struct row_cache *cache, const struct row_lookup *lookup,
                  const struct store_rows *rows)
{
    struct entry *entry = entry_new(lookup, rows);
    struct entry **slot = free_slot(cache, lookup);
    if (entry == NULL) {
        if (is_same(*slot, lookup))
            drop(cache, slot);
        return;
    }
    const struct table_state *state = state_of(cache, lookup->table);
    entry->version = lookup->is_list ? state->lists : state->keys;
    entry->last_used = ++cache->uses;
    drop(cache, slot);
    make_room(cache, entry->size);
    *slot = entry;
    cache->n_bytes += entry->size;
}

/* A value of an entry with its text where `texts` is. */
static struct store_value value_at(const struct store_value *value, const char *texts)
{
    struct store_value out = *value;
    if (out.type == STORE_INT || out.is_null)
        return out;
    out.bytes.ptr = texts + out.integer;
    out.integer = 0;
    return out;
}

static void copy_out(const struct entry *entry, struct hg_arena *arena, struct store_rows *out)
{
    size_t n_columns = entry->table->n_columns;
    size_t n = entry->n_rows * n_columns;
    size_t n_text = entry->size - (size_t)(texts_of(entry) - (const char *)entry);
    struct store_value *values = HG_NEW_ARRAY(arena, struct store_value, n);
    struct store_row *rows = HG_NEW_ARRAY(arena, struct store_row, entry->n_rows);
    char *texts = hg_arena_alloc(arena, n_text + 1, 1);
    *out = (struct store_rows){0};
    if (values == NULL || rows == NULL || texts == NULL)
        return;
    if (n_text > 0)
        memcpy(texts, texts_of(entry), n_text);
    for (size_t i = 0; i < n; i++)
        values[i] = value_at(&values_of(entry)[i], texts);
    for (size_t i = 0; i < entry->n_rows; i++)
        rows[i] = (struct store_row){.values = values + i * n_columns};
    *out = (struct store_rows){.rows = rows, .n = entry->n_rows};
}

/* --- Reads ----------------------------------------------------------------------- */

bool row_cache_read(struct row_cache *cache, struct row_lookup *lookup, struct hg_arena *arena,
                    struct store_rows *out)
{
    if (!lookup->is_kept)
        return false;
    (void)pthread_mutex_lock(&cache->lock);
    struct table_state *state = state_of(cache, lookup->table);
    struct entry **slot = find_slot(cache, lookup);
    uint64_t version = lookup->is_list ? state->lists : state->keys;
    bool found = slot != NULL && !(*slot)->is_hidden && (*slot)->version == version;
    if (found) {
        (*slot)->last_used = ++cache->uses;
        copy_out(*slot, arena, out);
    }
    state->gets += !lookup->is_list;
    lookup->seq = state->seq;
    lookup->is_kept = state->n_hiding == 0;
    (void)pthread_mutex_unlock(&cache->lock);
    return found;
}

void row_cache_keep(struct row_cache *cache, const struct row_lookup *lookup,
                    const struct store_rows *rows)
{
    if (!lookup->is_kept)
        return;
    (void)pthread_mutex_lock(&cache->lock);
    const struct table_state *state = state_of(cache, lookup->table);
    if (state->n_hiding == 0 && state->seq == lookup->seq)
        place(cache, lookup, rows);
    (void)pthread_mutex_unlock(&cache->lock);
}

/* --- Commits --------------------------------------------------------------------- */

static bool is_write(const struct store_op *op)
{
    return op->kind != STORE_REQUIRE && op->kind != STORE_ABSENT;
}

/* Inserts and puts name their row by its values, the others by `key`. */
static void lookup_of(struct row_lookup *lookup, const struct store_op *op)
{
    row_lookup_get(lookup, op->table, op->values != NULL ? op->values : op->key);
}

void row_cache_hide(struct row_cache *cache, const struct store_op *ops, size_t n)
{
    struct row_lookup lookup;
    (void)pthread_mutex_lock(&cache->lock);
    for (size_t i = 0; i < n; i++) {
        if (!is_write(&ops[i]))
            continue;
        struct table_state *state = state_of(cache, ops[i].table);
        state->n_hiding++;
        state->lists++;
        if (ops[i].kind == STORE_DELETE_WHERE) {
            state->keys++;
            continue;
        }
        lookup_of(&lookup, &ops[i]);
        struct entry **slot = lookup.is_kept ? find_slot(cache, &lookup) : NULL;
        if (slot != NULL)
            (*slot)->is_hidden = true;
    }
    (void)pthread_mutex_unlock(&cache->lock);
}

/* The row as the update left it, where it was there before. */
static void follow(struct row_cache *cache, const struct row_lookup *lookup, struct entry **slot,
                   const struct store_op *op)
{
    struct store_value values[STORE_MAX_COLUMNS];
    const struct entry *old = *slot;
    if (old->n_rows != 1 || old->version != state_of(cache, op->table)->keys) {
        drop(cache, slot);
        return;
    }
    for (size_t i = 0; i < op->table->n_columns; i++)
        values[i] = value_at(&values_of(old)[i], texts_of(old));
    for (size_t i = 0; i < op->n_changes; i++)
        values[op->changes[i].column] = op->changes[i].value;
    const struct store_row row = {.values = values};
    place(cache, lookup, &(struct store_rows){.rows = &row, .n = 1});
}

static void show_one(struct row_cache *cache, const struct store_op *op, bool is_committed)
{
    struct row_lookup lookup;
    lookup_of(&lookup, op);
    if (!lookup.is_kept)
        return;
    struct table_state *state = state_of(cache, op->table);
    struct entry **slot = find_slot(cache, &lookup);
    const struct store_row row = {.values = op->values};
    bool is_whole = op->kind == STORE_INSERT || op->kind == STORE_PUT;
    state->inserts += is_whole;
    if (is_committed && is_whole && 2 * state->gets >= state->inserts)
        place(cache, &lookup, &(struct store_rows){.rows = &row, .n = 1});
    else if (is_committed && op->kind == STORE_UPDATE && slot != NULL)
        follow(cache, &lookup, slot, op);
    else if (slot != NULL)
        drop(cache, slot);
}

void row_cache_show(struct row_cache *cache, const struct store_op *ops, size_t n,
                    bool is_committed)
{
    (void)pthread_mutex_lock(&cache->lock);
    for (size_t i = 0; i < n; i++) {
        if (!is_write(&ops[i]))
            continue;
        struct table_state *state = state_of(cache, ops[i].table);
        state->n_hiding--;
        state->seq++;
        if (ops[i].kind != STORE_DELETE_WHERE)
            show_one(cache, &ops[i], is_committed);
    }
    (void)pthread_mutex_unlock(&cache->lock);
}
