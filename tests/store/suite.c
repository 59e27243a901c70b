#include "store/suite.h"

#include "base/base.h"
#include "store/store.h"
#include "unit/test.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

const struct store_table suite_things = {
    .name = "things",
    .columns = {{"tenant", STORE_TEXT},
                {"id", STORE_TEXT},
                {"user", STORE_TEXT},
                {"size", STORE_INT},
                {"due", STORE_INT, .is_nullable = true},
                {"code", STORE_TEXT, .is_nullable = true},
                {"body", STORE_BLOB, .is_nullable = true}},
    .n_columns = THING_N_COLUMNS,
    .n_key = 2,
    .indexes = {{"things_by_user", {THING_TENANT, THING_USER, THING_SIZE}, 3, false},
                {"things_due", {THING_DUE}, 1, false},
                {"things_code", {THING_TENANT, THING_CODE}, 2, true}},
    .n_indexes = 3,
};

const struct store_table suite_links = {
    .name = "links",
    .columns = {{"tenant", STORE_TEXT},
                {"thing", STORE_TEXT},
                {"position", STORE_INT},
                {"mark", STORE_BLOB},
                {"n", STORE_INT}},
    .n_columns = LINK_N_COLUMNS,
    .n_key = 4,
    .indexes = {{"links_by_mark", {LINK_MARK, LINK_POSITION}, 2, false}},
    .n_indexes = 1,
};

const struct store_table *const suite_tables[2] = {&suite_things, &suite_links};

int suite_setup(void **state)
{
    static struct suite suite;
    struct hg_err err = {0};
    suite.arena = test_arena();
    suite.store = suite_backend->open_new();
    if (store_migrate(suite.store, &suite_migrations, &err) != HG_OK)
        fail_msg("migrate: %s", err.detail);
    *state = &suite;
    return 0;
}

int suite_teardown(void **state)
{
    struct suite *suite = *state;
    store_close(suite->store);
    hg_arena_free(suite->arena);
    return 0;
}

struct thing suite_thing(const char *tenant, const char *id, const char *user, int64_t size)
{
    return (struct thing){.values = {
                              store_text(hg_str_of(tenant)),
                              store_text(hg_str_of(id)),
                              store_text(hg_str_of(user)),
                              store_int(size),
                              store_null(STORE_INT),
                              store_null(STORE_TEXT),
                              store_null(STORE_BLOB),
                          }};
}

struct store_op suite_put(enum store_op_kind kind, const struct thing *thing)
{
    return (struct store_op){.kind = kind, .table = &suite_things, .values = thing->values};
}

struct store_op suite_by_key(enum store_op_kind kind, const struct thing *thing)
{
    return (struct store_op){
        .kind = kind, .table = &suite_things, .key = thing->values, .n_key = suite_things.n_key};
}

void suite_commit(const struct suite *suite, const struct store_op *ops, size_t n,
                  enum hg_code want)
{
    struct hg_err err = {0};
    enum hg_code code = store_commit(suite->store, ops, n, &err);
    if (code != want)
        fail_msg("got \"%s\" (%s), want \"%s\"", hg_code_text(code), err.detail,
                 hg_code_text(want));
}

void suite_insert(const struct suite *suite, const char *tenant, const char *id, const char *user,
                  int64_t size)
{
    struct thing thing = suite_thing(tenant, id, user, size);
    struct store_op op = suite_put(STORE_INSERT, &thing);
    suite_commit(suite, &op, 1, HG_OK);
}

const struct store_value *suite_row(const struct suite *suite, const char *tenant, const char *id)
{
    struct thing thing = suite_thing(tenant, id, "", 0);
    struct store_row row = {0};
    struct hg_err err = {0};
    enum hg_code code =
        store_get(suite->store, suite->arena, &suite_things, thing.values, &row, &err);
    if (code == HG_NOT_FOUND)
        return NULL;
    if (code != HG_OK)
        fail_msg("get: %s", err.detail);
    return row.values;
}

void suite_update_size(const struct suite *suite, const char *id, int64_t from, int64_t to,
                       enum hg_code want)
{
    struct thing key = suite_thing("t", id, "", 0);
    struct store_op op = suite_by_key(STORE_UPDATE, &key);
    struct store_change change = {.column = THING_SIZE, .value = store_int(to)};
    struct store_condition condition = {
        .column = THING_SIZE, .test = STORE_EQ, .value = store_int(from)};
    op.changes = &change;
    op.n_changes = 1;
    op.conditions = &condition;
    op.n_conditions = 1;
    suite_commit(suite, &op, 1, want);
}

hg_str suite_ids(const struct suite *suite, const struct store_query *query)
{
    struct store_rows rows = {0};
    struct hg_err err = {0};
    if (store_find(suite->store, suite->arena, query, &rows, &err) != HG_OK)
        fail_msg("find: %s", err.detail);
    struct hg_buf buf = hg_buf_new(suite->arena, 1 << 20);
    for (size_t i = 0; i < rows.n; i++) {
        if (i > 0)
            hg_buf_byte(&buf, ' ');
        hg_buf_str(&buf, rows.rows[i].values[THING_ID].bytes);
    }
    return hg_buf_view(&buf);
}

void suite_ids_eq(const struct suite *suite, const char *name, const struct store_query *query,
                  const char *want)
{
    test_str_eq(name, suite_ids(suite, query), hg_str_of(want));
}

bool suite_value_eq(const struct store_value *a, const struct store_value *b)
{
    if (a->type != b->type || a->is_null != b->is_null)
        return false;
    if (a->is_null)
        return true;
    return a->type == STORE_INT ? a->integer == b->integer : hg_str_eq(a->bytes, b->bytes);
}

uint64_t suite_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state * UINT64_C(0x2545f4914f6cdd1d) >> 8;
}
