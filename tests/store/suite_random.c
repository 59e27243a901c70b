#include "base/base.h"
#include "store/store.h"
#include "store/suite.h"
#include "unit/test.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* The same seeded stream of commits and queries goes to the store in memory and
 * to the one under test: codes, rows and their order must agree. The world is
 * small, so that keys, codes and prefixes meet all the time. */

enum { MAX_OPS = 5 };

struct stream {
    uint64_t random;
    struct thing things[MAX_OPS];
    struct store_value links[MAX_OPS][LINK_N_COLUMNS];
    struct store_change changes[MAX_OPS][3];
    struct store_condition conditions[MAX_OPS][2];
    struct store_value prefix[MAX_OPS][STORE_MAX_ORDER];
};

static uint64_t draw(struct stream *stream, uint64_t n)
{
    return n == 0 ? 0 : suite_random(&stream->random) % n;
}

static hg_str draw_text(struct stream *stream)
{
    static const hg_str texts[] = {HG_LIT(""),  HG_LIT("a"), HG_LIT("A"),   HG_LIT("ab"),
                                   HG_LIT("b"), HG_LIT("é"), HG_LIT("z z"), HG_LIT("\x7f")};
    return texts[draw(stream, HG_COUNT(texts))];
}

static struct store_value draw_value(struct stream *stream, const struct store_column *column)
{
    static const hg_str blobs[] = {HG_LIT(""), HG_LIT("\0"), HG_LIT("\xff"), HG_LIT("a\0b"),
                                   HG_LIT("a")};
    if (column->is_nullable && draw(stream, 3) == 0)
        return store_null(column->type);
    if (column->type == STORE_INT)
        return store_int((int64_t)draw(stream, 6) - 2);
    if (column->type == STORE_TEXT)
        return store_text(draw_text(stream));
    return store_blob(blobs[draw(stream, HG_COUNT(blobs))]);
}

static struct store_value draw_given(struct stream *stream, struct store_column column)
{
    column.is_nullable = false;
    return draw_value(stream, &column);
}

static struct store_condition draw_condition(struct stream *stream, const struct store_table *table)
{
    uint8_t column = (uint8_t)draw(stream, table->n_columns);
    return (struct store_condition){.column = column,
                                    .test = (enum store_test)draw(stream, STORE_NOT_NULL + 1),
                                    .value = draw_given(stream, table->columns[column])};
}

/* A prefix of any length of any index. */
static uint8_t draw_prefix(struct stream *stream, const struct store_table *table, int8_t index,
                           struct store_value out[STORE_MAX_ORDER])
{
    uint8_t order[STORE_MAX_ORDER];
    size_t n = draw(stream, store_order(table, index, order) + 1);
    for (size_t i = 0; i < n; i++)
        out[i] = draw_given(stream, table->columns[order[i]]);
    return (uint8_t)n;
}

static int8_t draw_index(struct stream *stream, const struct store_table *table)
{
    return (int8_t)((int)draw(stream, table->n_indexes + 1U) - 1);
}

static void draw_changes(struct stream *stream, size_t at, struct store_op *op)
{
    const struct store_table *table = op->table;
    uint8_t n_free = table->n_columns - table->n_key;
    uint8_t first = (uint8_t)draw(stream, n_free);
    uint8_t n = (uint8_t)(1 + draw(stream, n_free < 3 ? n_free : 3));
    for (uint8_t i = 0; i < n; i++) {
        uint8_t column = table->n_key + (uint8_t)((first + i) % n_free);
        stream->changes[at][i] = (struct store_change){
            .column = column, .value = draw_value(stream, &table->columns[column])};
    }
    op->changes = stream->changes[at];
    op->n_changes = n;
}

static struct store_op draw_op(struct stream *stream, size_t at)
{
    /* Writes more often than tests, or most commits would fail at once. */
    static const enum store_op_kind kinds[] = {
        STORE_INSERT, STORE_INSERT, STORE_PUT,          STORE_PUT,     STORE_PUT,   STORE_UPDATE,
        STORE_UPDATE, STORE_DELETE, STORE_DELETE_WHERE, STORE_REQUIRE, STORE_ABSENT};
    const struct store_table *table = suite_tables[draw(stream, 4) == 0];
    struct store_value *row =
        table == &suite_things ? stream->things[at].values : stream->links[at];
    for (size_t c = 0; c < table->n_columns; c++)
        row[c] = draw_value(stream, &table->columns[c]);
    struct store_op op = {.kind = kinds[draw(stream, HG_COUNT(kinds))], .table = table};
    if (op.kind == STORE_INSERT || op.kind == STORE_PUT) {
        op.values = row;
        return op;
    }
    op.key = row;
    op.n_key = table->n_key;
    if (op.kind == STORE_DELETE_WHERE) {
        op.index = draw_index(stream, table);
        op.n_key = draw_prefix(stream, table, op.index, stream->prefix[at]);
        op.key = stream->prefix[at];
    }
    if (op.kind == STORE_UPDATE)
        draw_changes(stream, at, &op);
    op.n_conditions = op.kind == STORE_ABSENT ? 0 : (uint8_t)(draw(stream, 4) / 2);
    for (size_t i = 0; i < op.n_conditions; i++)
        stream->conditions[at][i] = draw_condition(stream, table);
    op.conditions = stream->conditions[at];
    return op;
}

static void draw_bounds(struct stream *stream, struct store_query *query, const uint8_t *order,
                        size_t n_order)
{
    if (query->n_prefix == n_order)
        return;
    struct store_column column = query->table->columns[order[query->n_prefix]];
    query->has_from = draw(stream, 3) == 0;
    query->has_to = draw(stream, 3) == 0;
    query->from_exclusive = draw(stream, 2) == 0;
    query->to_exclusive = draw(stream, 2) == 0;
    query->from = draw_given(stream, column);
    query->to = draw_given(stream, column);
}

static void rows_eq(uint64_t seed, const struct store_table *table, struct store_rows a,
                    struct store_rows b)
{
    if (a.n != b.n)
        fail_msg("seed %llu, %s: %zu rows in memory, %zu here", (unsigned long long)seed,
                 table->name, a.n, b.n);
    for (size_t i = 0; i < a.n; i++)
        for (size_t c = 0; c < table->n_columns; c++)
            if (!suite_value_eq(&a.rows[i].values[c], &b.rows[i].values[c]))
                fail_msg("seed %llu, %s: row %zu differs in %s", (unsigned long long)seed,
                         table->name, i, table->columns[c].name);
}

static void find_in_both(uint64_t seed, const struct suite *suite, struct store *memory,
                         const struct store_query *query)
{
    struct store_rows want = {0}, got = {0};
    assert_int_equal(store_find(memory, suite->arena, query, &want, NULL), HG_OK);
    assert_int_equal(store_find(suite->store, suite->arena, query, &got, NULL), HG_OK);
    rows_eq(seed, query->table, want, got);
}

static void query_both(uint64_t seed, struct stream *stream, const struct suite *suite,
                       struct store *memory)
{
    const struct store_table *table = suite_tables[draw(stream, 4) == 0];
    struct store_query query = {.table = table, .index = draw_index(stream, table)};
    query.n_prefix = draw_prefix(stream, table, query.index, stream->prefix[0]);
    query.prefix = stream->prefix[0];
    query.descending = draw(stream, 2) == 0;
    query.limit = (uint32_t)draw(stream, 4);
    uint8_t order[STORE_MAX_ORDER];
    size_t n_order = store_order(table, query.index, order);
    draw_bounds(stream, &query, order, n_order);
    struct store_value after[STORE_MAX_COLUMNS];
    for (size_t c = 0; c < table->n_columns; c++)
        after[c] = draw_given(stream, table->columns[c]);
    if (draw(stream, 3) == 0)
        query.after = after;
    find_in_both(seed, suite, memory, &query);
}

static void commit_to_both(uint64_t seed, struct stream *stream, const struct suite *suite,
                           struct store *memory)
{
    struct store_op ops[MAX_OPS];
    size_t n = 1 + draw(stream, MAX_OPS);
    for (size_t i = 0; i < n; i++)
        ops[i] = draw_op(stream, i);
    struct hg_err want_err = {0}, err = {0};
    enum hg_code want = store_commit(memory, ops, n, &want_err);
    enum hg_code got = store_commit(suite->store, ops, n, &err);
    if (want != got || !hg_str_eq(hg_str_of(want_err.detail), hg_str_of(err.detail)))
        fail_msg("seed %llu: memory says \"%s\", here \"%s\"", (unsigned long long)seed,
                 want == HG_OK ? "done" : want_err.detail, got == HG_OK ? "done" : err.detail);
}

/* A long run (make soak) begins elsewhere and goes further. */
static uint64_t number_of(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    uint64_t number = otherwise;
    if (text != NULL && !hg_str_u64(hg_str_of(text), UINT32_MAX, &number))
        fail_msg("%s is no number: %s", name, text);
    return number;
}

static void a_random_stream_does_what_it_does_in_memory(void **state)
{
    const struct suite *suite = *state;
    struct store *memory = NULL;
    uint64_t first = number_of("HEADGATE_SEED", 1);
    uint64_t last = first + number_of("HEADGATE_STEPS", 1500);
    assert_int_equal(store_memory_open(&memory, NULL), HG_OK);
    struct stream stream = {0};
    for (uint64_t seed = first; seed < last; seed++) {
        stream.random = seed * UINT64_C(0x9e3779b97f4a7c15);
        commit_to_both(seed, &stream, suite, memory);
        for (int i = 0; i < 3; i++)
            query_both(seed, &stream, suite, memory);
        if (seed % 50 == 0) {
            find_in_both(seed, suite, memory,
                         &(struct store_query){.table = &suite_things, .index = -1});
            find_in_both(seed, suite, memory,
                         &(struct store_query){.table = &suite_links, .index = -1});
        }
        hg_arena_reset(suite->arena);
    }
    store_close(memory);
}

const struct CMUnitTest suite_random_tests[] = {
    SUITE_TEST(a_random_stream_does_what_it_does_in_memory),
};
const size_t suite_n_random_tests = HG_COUNT(suite_random_tests);
