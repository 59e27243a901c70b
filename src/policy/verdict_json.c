#include "base/base.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static struct hg_json controls_json(struct hg_arena *arena, uint32_t controls)
{
    struct hg_json array = hg_json_array();
    for (uint32_t left = controls; left != 0; left &= left - 1)
        hg_json_push(arena, &array,
                     hg_json_z(policy_control_name((enum policy_control)(left & -left))));
    return array;
}

static void put_frequency(struct hg_arena *arena, struct hg_json *object, const char *name,
                          const struct policy_frequency *frequency)
{
    if (frequency->is_set) /* seconds; 0: every time */
        hg_json_put(arena, object, name, hg_json_int(frequency->window.us / 1000000));
}

static void put_if(struct hg_arena *arena, struct hg_json *object, const char *name, bool is)
{
    if (is)
        hg_json_put(arena, object, name, hg_json_bool(true));
}

static struct hg_json session_json(struct hg_arena *arena,
                                   const struct policy_session_controls *session)
{
    static const char *const cas[] = {NULL, "monitorOnly", "mcasConfigured", "blockDownloads"};
    static const char *const cae[] = {NULL, "disabled", "strictEnforcement", "strictLocation"};
    struct hg_json object = hg_json_object();
    put_frequency(arena, &object, "frequency", &session->frequency);
    put_frequency(arena, &object, "mfaFrequency", &session->mfa_frequency);
    if (session->has_persistent)
        hg_json_put(arena, &object, "persistentBrowser",
                    hg_json_z(session->persistent_always ? "always" : "never"));
    put_if(arena, &object, "applicationEnforcedRestrictions", session->app_enforced_restrictions);
    put_if(arena, &object, "secureSignInSession", session->secure_signin_session);
    put_if(arena, &object, "disableResilienceDefaults", session->disable_resilience_defaults);
    if (session->cloud_app_security != POLICY_CAS_NONE)
        hg_json_put(arena, &object, "cloudAppSecurity",
                    hg_json_z(cas[session->cloud_app_security]));
    if (session->continuous_access != POLICY_CAE_DEFAULT)
        hg_json_put(arena, &object, "continuousAccessEvaluation",
                    hg_json_z(cae[session->continuous_access]));
    return object;
}

static struct hg_json reasons_json(struct hg_arena *arena, const struct policy_result_row *row)
{
    struct hg_json array = hg_json_array();
    for (size_t i = 0; i < row->n_reasons; i++) {
        const struct policy_reason *reason = &row->reasons[i];
        struct hg_json object = hg_json_object();
        hg_json_put(arena, &object, "condition",
                    hg_json_z(policy_condition_name(reason->condition)));
        hg_json_put_str(arena, &object, "seen", reason->seen);
        hg_json_put_str(arena, &object, "wanted", reason->wanted);
        hg_json_put(arena, &object, "hit", hg_json_bool(reason->hit));
        hg_json_push(arena, &array, object);
    }
    return array;
}

static struct hg_json row_json(struct hg_arena *arena, const struct policy_result_row *row)
{
    struct hg_json object = hg_json_object();
    hg_json_put_str(arena, &object, "id", row->id);
    hg_json_put_str(arena, &object, "displayName", row->display_name);
    hg_json_put(arena, &object, "state", hg_json_z(policy_state_name(row->state)));
    hg_json_put(arena, &object, "result", hg_json_z(policy_result_name(row->result)));
    hg_json_put(arena, &object, "operator", hg_json_z(row->needs_all ? "AND" : "OR"));
    hg_json_put(arena, &object, "controls", controls_json(arena, row->controls));
    hg_json_put(arena, &object, "unmet", controls_json(arena, row->unmet));
    hg_json_put(arena, &object, "reasons", reasons_json(arena, row));
    return object;
}

static struct hg_json ids_json(struct hg_arena *arena, const hg_str *ids, size_t n)
{
    struct hg_json array = hg_json_array();
    for (size_t i = 0; i < n; i++)
        hg_json_push(arena, &array, hg_json_str(ids[i]));
    return array;
}

static struct hg_json sources_json(struct hg_arena *arena, uint32_t sources)
{
    struct hg_json array = hg_json_array();
    for (uint32_t left = sources; left != 0; left &= left - 1)
        hg_json_push(arena, &array,
                     hg_json_z(policy_mfa_source_name((enum policy_mfa_source)(left & -left))));
    return array;
}

struct hg_json policy_verdict_json(struct hg_arena *arena, const struct policy_verdict *verdict)
{
    struct hg_json object = hg_json_object();
    hg_json_put(arena, &object, "outcome", hg_json_z(policy_outcome_name(verdict->outcome)));
    hg_json_put(arena, &object, "conditionalAccessStatus",
                hg_json_z(policy_status_name(verdict->results)));
    hg_json_put(arena, &object, "needs", controls_json(arena, verdict->needs));
    hg_json_put(arena, &object, "aadsts", hg_json_int(verdict->aadsts));
    hg_json_put_str(arena, &object, "error", verdict->error);
    hg_json_put_str(arena, &object, "suberror", verdict->suberror);
    hg_json_put_str(arena, &object, "claims", verdict->claims);
    hg_json_put(arena, &object, "deciding",
                ids_json(arena, verdict->deciding, verdict->n_deciding));
    hg_json_put(arena, &object, "terms", ids_json(arena, verdict->terms, verdict->n_terms));
    hg_json_put(arena, &object, "factors", ids_json(arena, verdict->factors, verdict->n_factors));
    hg_json_put(arena, &object, "mfaRequiredBy", sources_json(arena, verdict->mfa_required_by));
    hg_json_put(arena, &object, "session", session_json(arena, &verdict->session));
    struct hg_json results = hg_json_array();
    for (size_t i = 0; i < verdict->results.len; i++)
        hg_json_push(arena, &results,
                     hg_json_z(policy_result_name((enum policy_result)verdict->results.ptr[i])));
    hg_json_put(arena, &object, "results", results);
    if (verdict->rows != NULL) {
        struct hg_json rows = hg_json_array();
        struct hg_json analysis = hg_json_array();
        for (size_t i = 0; i < verdict->results.len; i++) {
            hg_json_push(arena, &rows, row_json(arena, &verdict->rows[i]));
            hg_json_push(arena, &analysis, hg_json_z(verdict->rows[i].analysis_reason));
        }
        hg_json_put(arena, &object, "analysisReasons", analysis);
        hg_json_put(arena, &object, "policies", rows);
    }
    return object;
}
