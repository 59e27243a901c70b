#pragma once

#include "app/graph_api/write.h"
#include "base/base.h"

/* A seed under way (architecture part 6, "Seed file"): everything goes into one commit. */
struct app_seed_name {
    hg_str name, id;
};

struct app_seed {
    struct app_write write;
    const char *section; /* "users"; NULL: the tenant */
    size_t index;
    struct app_seed_name *users, *groups;
    size_t n_users, n_groups;
    struct app_seed_name *principals; /* service principals: appId, object id */
    size_t n_principals;
    const struct policy_location **locations;
    const struct policy_strength **strengths;
    struct hg_json policies; /* as the first version of the set */
};

/* HG_MALFORMED with "users[2]: message". */
HG_MUST_USE enum hg_code app_seed_refuse(struct app_seed *seed, hg_str message, struct hg_err *err);
/* The value is an object, and its members are of the blank-separated names. */
HG_MUST_USE enum hg_code app_seed_knows(struct app_seed *seed, const struct hg_json *object,
                                        const char *names, struct hg_err *err);
/* The id of a user of this seed, by UPN or id. */
bool app_seed_user(const struct app_seed *seed, hg_str name, hg_str *out_id);

/* Members of a seed object that are not Graph's. */
struct app_seed_extra {
    const char *name;
    enum hg_json_kind kind; /* of the value, or of its items */
    bool is_list;
    const char *must_be;
};
/* The object as Graph would take it: without those members, which must be of their kinds. */
HG_MUST_USE enum hg_code app_seed_without(struct app_seed *seed, const struct hg_json *object,
                                          const struct app_seed_extra *extras, size_t n,
                                          struct hg_json *out, struct hg_err *err);
/* Passes `code` on; a refusal of Graph's checks as one of the seed. */
HG_MUST_USE enum hg_code app_seed_created(struct app_seed *seed, enum hg_code code,
                                          struct hg_err *err);

/* Sections that stand in files of their own. */
HG_MUST_USE enum hg_code app_seed_application(struct app_seed *seed, const struct hg_json *item,
                                              struct hg_err *err);
HG_MUST_USE enum hg_code app_seed_connection(struct app_seed *seed, const struct hg_json *item,
                                             struct hg_err *err);
HG_MUST_USE enum hg_code app_seed_flow(struct app_seed *seed, const struct hg_json *item,
                                       struct hg_err *err);
