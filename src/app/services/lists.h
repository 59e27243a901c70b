#pragma once

#include "app/commit.h"
#include "base/base.h"
#include "store/store.h"

/* Lists of sites and their items, as the list service keeps them. A site is its address,
 * in lower case and without a '/' at its end; a list is found by its id or its name. An
 * item's number is one more than the last one's and is never given out again. */
struct app_list {
    hg_str id;
    hg_str site;
    hg_str name;
    hg_str creator; /* user id; "" the host operator */
    hg_time created;
    int64_t last_item;
    int64_t version;
};
struct app_lists {
    const struct app_list *items;
    size_t n;
};

struct app_list_item {
    int64_t number;
    hg_str author, editor; /* JSON of a person, as it was then */
    hg_time created, modified;
    int64_t version;
    struct hg_json columns; /* object */
};
struct app_list_items {
    const struct app_list_item *items;
    size_t n;
};

/* Where to read, and what for. */
struct app_list_source {
    struct store *store;
    struct hg_arena *arena;
    hg_str tenant;
};

hg_str app_list_site(struct hg_arena *arena, hg_str address);

/* By id or, within `site`, by name (case ignored). HG_NOT_FOUND, also for a list of another
 * site. */
HG_MUST_USE enum hg_code app_list_load(const struct app_list_source *from, hg_str site,
                                       hg_str id_or_name, struct app_list *out, struct hg_err *err);
HG_MUST_USE enum hg_code app_lists_of(const struct app_list_source *from, hg_str site,
                                      struct app_lists *out, struct hg_err *err);
/* Append. A name that the site has fails the commit with HG_EXISTS. */
void app_list_insert(struct app_commit *commit, hg_str tenant, const struct app_list *list);
void app_list_delete(struct app_commit *commit, hg_str tenant, hg_str id);

HG_MUST_USE enum hg_code app_list_item_load(const struct app_list_source *from, hg_str list,
                                            int64_t number, struct app_list_item *out,
                                            struct hg_err *err);
/* Those after number `after`, in their order, at most `limit`. */
HG_MUST_USE enum hg_code app_list_items_after(const struct app_list_source *from, hg_str list,
                                              int64_t after, uint32_t limit,
                                              struct app_list_items *out, struct hg_err *err);
/* Append; of two that add the next item, or change one, at the same time one fails with
 * HG_CONFLICT. */
HG_MUST_USE enum hg_code app_list_item_insert(struct app_commit *commit, hg_str tenant,
                                              const struct app_list *list,
                                              const struct app_list_item *item, struct hg_err *err);
HG_MUST_USE enum hg_code app_list_item_update(struct app_commit *commit, hg_str tenant, hg_str list,
                                              const struct app_list_item *item, struct hg_err *err);
void app_list_item_delete(struct app_commit *commit, hg_str tenant, hg_str list, int64_t number);

extern const struct store_table app_lists_table;
extern const struct store_table app_list_items_table;
