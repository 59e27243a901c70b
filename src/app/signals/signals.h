#pragma once

#include "app/app_private.h"
#include "app/commit.h"
#include "app/sweep.h"
#include "base/base.h"
#include "model/model.h"
#include "policy/policy.h"
#include "store/store.h"

/* What others know of a user or an application and state here: risks by whoever assesses
 * them (a SIEM, an administrator), networks and places by agents that see them. Each is one
 * row, its latest former values beside it; nothing is judged here. What nobody stated is
 * unknown, and what has expired was never stated. */
enum app_signal_kind { /* stored: add at the end */
                       APP_SIGNAL_USER_RISK,
                       APP_SIGNAL_SIGNIN_RISK, /* scope: the address */
                       APP_SIGNAL_INSIDER_RISK,
                       APP_SIGNAL_COMPLIANT_NETWORK, /* scope: the address; value "true" */
                       APP_SIGNAL_GPS,               /* value: a country */
                       APP_SIGNAL_WORKLOAD_RISK,     /* subject: a service principal */
                       APP_SIGNAL_APP_PROTECTION, /* scope: the appId of the client; value "true" */
                       APP_SIGNAL_KIND_COUNT
};

struct app_signal {
    hg_str subject; /* user or service principal id */
    enum app_signal_kind kind;
    hg_str scope;
    int64_t version; /* 0: no row yet */
    hg_time at;
    struct model_when expires;
    hg_str value;
    hg_str state,
        detail;        /* of risks, in Graph's words: "atRisk", "adminConfirmedUserCompromised" */
    hg_str by, source; /* who stated it; what it says it is based on */
    struct hg_json history; /* array: former ones, latest first, at most APP_SIGNAL_HISTORY */
};
enum { APP_SIGNAL_HISTORY = 50 };

struct app_signals {
    const struct app_signal *items;
    size_t n;
};

/* Everything stated of the subject, expired rows too. */
HG_MUST_USE enum hg_code app_signals_of(struct app_call *call, hg_str subject,
                                        struct app_signals *out, struct hg_err *err);
/* Of every subject. */
HG_MUST_USE enum hg_code app_signals_list(struct app_call *call, enum app_signal_kind kind,
                                          struct app_signals *out, struct hg_err *err);
/* HG_NOT_FOUND: nobody stated it. */
HG_MUST_USE enum hg_code app_signal_get(struct app_call *call, hg_str subject,
                                        enum app_signal_kind kind, hg_str scope,
                                        struct app_signal *out, struct hg_err *err);
/* Appends: `signal` holds from now on, and what was is history. It has the version and
 * history of the row that was read; when that moved since, the commit fails with
 * HG_CONFLICT or HG_EXISTS. Instant and author are filled in. */
HG_MUST_USE enum hg_code app_signal_put(struct app_call *call, struct app_commit *commit,
                                        const struct app_signal *signal, struct hg_err *err);
/* For the deletion of a user or an application. */
void app_signals_forget(struct app_commit *commit, hg_str tenant, hg_str subject);
/* One as JSON: {"level","state","detail","at","expires","by","source"}. */
struct hg_json app_signal_json(struct hg_arena *arena, const struct app_signal *signal);

/* What policies see of them, for one access. */
struct app_standing {
    enum policy_risk signin_risk, user_risk, workload_risk;
    enum policy_insider_risk insider_risk;
    hg_str gps_country;
    bool is_compliant_network;
    bool is_protected_app;
};
struct app_standing_query {
    hg_str subject; /* a user or a service principal; "" is nobody: all unknown */
    struct model_network network;
    hg_str client; /* appId */
};
HG_MUST_USE enum hg_code app_standing_load(struct app_call *call,
                                           const struct app_standing_query *query,
                                           struct app_standing *out, struct hg_err *err);
/* "none", "low" …; "" for unknown. */
const char *app_risk_name(enum policy_risk risk);

extern const struct store_table app_signals_table;
extern const struct app_retention app_signals_retention;
