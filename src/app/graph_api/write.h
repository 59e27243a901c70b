#pragma once

#include "app/app.h"
#include "app/commit.h"
#include "app/directory/objects.h"
#include "base/base.h"
#include "graph/graph.h"
#include "policy/policy.h"

#include <stdbool.h>

/* Changes of the directory, as Graph's routes and the seed make them: an object's JSON is
 * checked and what must be written is appended to one commit. */
struct app_write {
    struct app *app;
    hg_time now;
    struct hg_arena *arena;
    hg_str tenant; /* id */
    hg_str domain; /* of user names */
    enum model_behaviour behaviour;
    enum graph_mode mode;
    hg_str author, reason; /* for the history: who, and why ("" not said) */
    struct app_commit *commit;
    /* Locations that the same commit creates: policies of a seed may name them. */
    const struct policy_location *const *new_locations;
    size_t n_new_locations;
    const struct policy_strength *const *new_strengths; /* the same of strengths */
    size_t n_new_strengths;
    bool makes_default; /* the same commit creates the organization's token lifetime policy */
    /* Applications of the same commit: no two have one identifier URI. A service principal of
     * the same commit brings what it was assigned (`assignments`, GRAPH_SEED). */
    struct hg_json new_applications; /* array */
    struct hg_json assignments;      /* array, or null: none */
    hg_str certificate;              /* of the device that is created, DER; "": it has none */
    struct graph_fault fault;        /* set when a function returns HG_MALFORMED */
};

/* Creates from `input`; *out is the object as stored. Ids are made unless the mode is
 * GRAPH_SEED and `input` has one. HG_MALFORMED: write->fault. A name that is taken fails
 * the commit with HG_EXISTS. */
typedef enum hg_code app_create_fn(struct app_write *write, const struct hg_json *input,
                                   struct app_object *out, struct hg_err *err);
/* Applies `input` to `stored`. */
typedef enum hg_code app_update_fn(struct app_write *write, const struct app_object *stored,
                                   const struct hg_json *input, struct app_object *out,
                                   struct hg_err *err);

/* May `stored` go? HG_MALFORMED: write->fault says what keeps it. */
typedef enum hg_code app_release_fn(struct app_write *write, const struct app_object *stored,
                                    struct hg_err *err);

bool app_auth_context_is(hg_str id); /* "c1" to "c99" */
app_create_fn app_strength_create, app_auth_context_create;
app_update_fn app_strength_update, app_auth_context_update;
app_release_fn app_strength_release, app_auth_context_release;
app_create_fn app_user_create, app_group_create, app_application_create,
    app_service_principal_create, app_policy_create, app_location_create,
    app_lifetime_policy_create, app_agreement_create, app_device_create;
app_update_fn app_user_update, app_group_update, app_application_update,
    app_service_principal_update, app_policy_update, app_location_update,
    app_lifetime_policy_update, app_agreement_update, app_device_update;
app_release_fn app_service_principal_release, app_location_release, app_agreement_release;

/* An application and its service principal, as Graph's route makes them. */
app_create_fn app_application_register;

/* A whole policy or named location in place of `stored`: the way back to an earlier version. */
app_update_fn app_policy_replace, app_location_replace;

/* What was deleted: `object` is kept under the kind `bin`, with the instant. */
HG_MUST_USE enum hg_code app_deleted_keep(struct app_write *write, enum app_kind bin,
                                          const struct app_object *object, struct hg_err *err);
/* `input`, a whole policy or named location as it was kept, is checked and comes (back) under
 * its id: as the next version of what is at `version`, or in place of nothing. */
typedef enum hg_code app_restore_fn(struct app_write *write, const struct app_object *kept,
                                    struct app_object *out, struct hg_err *err);
app_restore_fn app_policy_restore, app_location_restore;

enum { APP_MIN_PASSWORD = 8 }; /* characters of a password, at least */

/* A new password for a user: hashed, and everything that was proved with the old one ends
 * (conditional-access.md 6.7). Changes `user`'s body; the caller replaces it. */
HG_MUST_USE enum hg_code app_user_set_password(struct app_write *write, struct app_object *user,
                                               hg_str password, bool is_new_user,
                                               struct hg_err *err);
/* revokeSignInSessions: grants and sessions end. Changes `user`'s body. */
HG_MUST_USE enum hg_code app_user_revoke(struct app_write *write, struct app_object *user,
                                         enum model_revocation cause, struct hg_err *err);

/* --- Steps that the functions above share ------------------------------------------------ */

/* The id to create under: a seed's own, else a new one. */
hg_str app_write_id(struct app_write *write, const struct hg_json *input);
/* Appends the object, which has its name and body, under the id in its body, or as the next
 * version of `stored`; fills in the rest of it. */
HG_MUST_USE enum hg_code app_write_insert(struct app_write *write, enum app_kind kind,
                                          struct app_object *object, struct hg_err *err);
HG_MUST_USE enum hg_code app_write_replace(struct app_write *write, enum app_kind kind,
                                           const struct app_object *stored,
                                           struct app_object *object, struct hg_err *err);
/* Sets the fault and returns HG_MALFORMED. */
HG_MUST_USE enum hg_code app_write_refuse(struct app_write *write, struct hg_err *err,
                                          const char *format, ...) HG_PRINTF(3, 4);
/* Does a policy that is not disabled name that object? *title: of the first that does. */
HG_MUST_USE enum hg_code app_policy_naming(struct app_write *write, enum policy_reference_kind kind,
                                           hg_str id, bool *out, hg_str *title, struct hg_err *err);
