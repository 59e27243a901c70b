#pragma once

#include "app/app_private.h"
#include "base/base.h"

/* One operation of a connector, carried out with a connection: the connection's refresh
 * token is redeemed, the request goes out through the HTTP client with the access token
 * just given, and reaches a route that checks it like anybody's. */
struct app_connector_request {
    hg_str connection;
    hg_str api;       /* "" : the connection's */
    hg_str operation; /* operation id; "" : the older spelling, by method and path */
    hg_str method;
    const struct hg_json *path;   /* older spelling: a string */
    const struct hg_json *inputs; /* flattened parameters; NULL: none */
    hg_str tracking_id;
    hg_str owner;   /* user id; whose connection it must be */
    hg_dur timeout; /* 0: what a call has at most */
};

struct app_connector_answer {
    bool failed; /* no answer of the service: code and message say why */
    bool timed_out;
    hg_str code, message;
    unsigned status;
    struct hg_json headers; /* object of strings */
    struct hg_json body;
};

/* HG_OK with the outcome. A dead connection is an outcome: failed, code Unauthorized. */
HG_MUST_USE enum hg_code app_connector_call(struct app_call *call,
                                            const struct app_connector_request *request,
                                            struct app_connector_answer *out, struct hg_err *err);
