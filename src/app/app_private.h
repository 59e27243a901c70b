#pragma once

#include "app/app.h"
#include "app/directory/tenants.h"
#include "base/base.h"
#include "http/http.h"
#include "model/model.h"

/* What every use case of the shell is given: one request (or timer event), one
 * now, one arena, one correlation id. Private to src/app. */

/* Which of the program's surfaces a route belongs to: the audience its tokens must
 * carry and the shape of its errors (surfaces[] in dispatch.c). */
enum app_surface {
    APP_OAUTH,     /* protocol endpoints: RFC 6749 error bodies */
    APP_PAGE,      /* HTML for people */
    APP_GRAPH,     /* Graph: {"error":{"code","message","innerError"}} */
    APP_FLOW,      /* Microsoft.ProcessSimple */
    APP_POWERAPPS, /* Microsoft.PowerApps */
    APP_RUNTIME,   /* /workflows/…: self-authorising, signed URLs */
    APP_MAIL,      /* the mail service behind shared_office365 */
    APP_SITES,     /* the list service behind shared_sharepointonline */
    APP_DEVICES,   /* /api/devices: what registers devices */
    APP_OWN,       /* /api, health, clock: Headgate's own */
    APP_SURFACE_COUNT
};

enum app_caller_kind {
    APP_NOBODY,        /* an open route */
    APP_HOST_OPERATOR, /* DATA/admin.sock, peer uid checked */
    APP_DELEGATED,     /* an access token with a user */
    APP_APPLICATION,   /* an app-only access token */
};

struct app_caller {
    enum app_caller_kind kind;
    struct model_user user; /* APP_DELEGATED: loaded live, so a disabled user is refused at once */
    hg_str client;          /* appId */
    hg_str grant;           /* id of what the token was issued for; "" none */
    hg_str scopes;          /* blank-separated scp */
    hg_str roles;           /* blank-separated roles of an app-only token */
    hg_str amr;             /* blank-separated, as the token has it */
    hg_time auth_at;
    struct model_when mfa_at;
};

struct app_call;

/* Fills call->response, whatever happened. A code other than HG_OK is an internal
 * failure: the dispatcher answers 500 (HG_BUSY, HG_UNAVAILABLE: 503) in the
 * surface's shape and records request.failed. */
typedef enum hg_code app_handler(struct app_call *call, struct hg_err *err);

struct app_route {
    enum app_surface surface;
    const char *methods;
    const char *pattern;
    app_handler *handler;
    const char *scopes; /* any of them is needed, delegated or as app role; "": any token;
                           NULL: an open route */
    const char *roles;  /* a delegated caller also needs one of these directory roles; "": none */
};

struct app_call {
    struct app *app;
    hg_time now;
    struct hg_arena *arena;
    const struct http_request *request;
    const struct http_params *params;
    const struct app_route *route;
    struct http_response *response;
    const struct app_snapshot *tenant; /* set before the handler of a tenant's route runs */
    struct app_caller caller;
    hg_str correlation_id; /* the caller's client-request-id, else made here */
    hg_str trace_id;       /* x-ms-request-id */
};

/* --- Answers ---------------------------------------------------------------- */

void app_answer_json(struct app_call *call, unsigned status, const struct hg_json *body);
void app_answer_empty(struct app_call *call, unsigned status);
/* A refusal in the shape of the route's surface; nothing was changed. */
void app_refuse(struct app_call *call, unsigned status, const char *code, const char *format, ...)
    HG_PRINTF(4, 5);

/* --- Input ------------------------------------------------------------------ */

/* The body as a JSON object. False: the call was refused (415, 413, 400). */
HG_MUST_USE bool app_body_object(struct app_call *call, struct hg_json *out);
/* The same where clients may also send nothing: then *out is an object without members. */
HG_MUST_USE bool app_body_object_or_none(struct app_call *call, struct hg_json *out);
/* Whether all members of `object` are of the blank-separated names. False: refused (400) with
 * the name of the first that is not. */
HG_MUST_USE bool app_body_knows(struct app_call *call, const struct hg_json *object,
                                const char *names);
/* The body as a form (application/x-www-form-urlencoded). False: refused. */
HG_MUST_USE bool app_body_form(struct app_call *call, struct http_form *out);
/* The query of the request. False: refused (400). */
HG_MUST_USE bool app_query(struct app_call *call, struct http_form *out);

hg_str app_param(const struct app_call *call, const char *name); /* of the route's pattern */
hg_str app_new_id(const struct app_call *call);                  /* a v4 UUID */

/* True when the caller holds one of the blank-separated directory role names
 * ("GlobalAdministrator PrivilegedRoleAdministrator"); host operators hold all. */
bool app_caller_has_role(const struct app_caller *caller, const char *roles);
/* True when the token has one of the blank-separated permissions; host operators have all. */
bool app_caller_has_scope(const struct app_caller *caller, const char *scopes);

#define ROUTE(surface, methods, pattern, handler, scopes, roles) app_handler handler;
#include "app/routes.def"
#undef ROUTE
