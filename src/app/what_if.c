#include "app/what_if.h"

#include "base/base.h"
#include "policy/audience.h"
#include "policy/policy.h"
#include "policy/what_if.h"

#include <stdbool.h>
#include <stddef.h>

/* Graph's answer simulates no service dependencies (4.1); the verdict does, as a real
 * sign-in would. */
static enum hg_code add_dependencies(struct hg_arena *arena, const struct app_what_if *what_if,
                                     struct policy_facts *facts, struct hg_err *err)
{
    enum { MOST = 512 };
    size_t n = 0;
    hg_str *all = HG_NEW_ARRAY(arena, hg_str, MOST);
    if (all == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "audiences");
    for (size_t i = 0; i < facts->n_resources; i++) {
        const struct policy_request request = {
            .client = facts->client, .resource = facts->resources[i], .with_dependencies = true};
        struct policy_audiences found;
        HG_TRY(policy_audiences(arena, what_if->set, &request, &found, err));
        for (size_t k = 0; k < found.n && n < MOST; k++)
            if (!model_has_id(all, n, found.items[k]))
                all[n++] = found.items[k];
    }
    facts->resources = all;
    facts->n_resources = n;
    return HG_OK;
}

/* "locations: 203.0.113.9, wanted All except AllTrusted; platforms: …": all that does not hold. */
static hg_str why(struct hg_arena *arena, const struct policy_result_row *row)
{
    struct hg_buf buf = hg_buf_new(arena, 8192);
    for (size_t i = 0; i < row->n_reasons; i++) {
        const struct policy_reason *reason = &row->reasons[i];
        if (reason->hit)
            continue;
        hg_buf_z(&buf, buf.len == 0 ? "" : "; ");
        hg_buf_format(&buf, "%s: %.*s, wanted %.*s", policy_condition_name(reason->condition),
                      HG_ARG(reason->seen), HG_ARG(reason->wanted));
    }
    return hg_buf_view(&buf);
}

static struct hg_json verdict_json(struct hg_arena *arena, const struct policy_verdict *verdict)
{
    struct hg_json whole = policy_verdict_json(arena, verdict);
    struct hg_json json = hg_json_object();
    struct hg_json rows = hg_json_array();
    hg_json_put_str(arena, &json, "sentence", policy_verdict_sentence(arena, verdict));
    for (uint32_t i = 0; i < whole.object.n; i++)
        hg_json_set(arena, &json, whole.object.members[i].name, whole.object.members[i].value);
    const struct hg_json *policies = hg_json_get(&whole, "policies");
    for (size_t i = 0; i < hg_json_count(policies); i++) {
        struct hg_json row = *hg_json_item(policies, i);
        hg_json_put(arena, &row, "analysisReason", hg_json_z(verdict->rows[i].analysis_reason));
        hg_json_put_str(arena, &row, "why", why(arena, &verdict->rows[i]));
        hg_json_push(arena, &rows, row);
    }
    hg_json_put(arena, &json, "policies", rows);
    return json;
}

enum hg_code app_what_if_answer(struct hg_arena *arena, hg_str base,
                                const struct app_what_if *what_if, struct hg_json *out,
                                struct hg_err *err)
{
    const struct policy_resolved *resolved;
    HG_TRY(policy_resolve(arena, what_if->set, &what_if->facts, &resolved, err));
    struct hg_json body = hg_json_object();
    hg_json_put_str(arena, &body, "@odata.context",
                    hg_str_format(arena,
                                  "%.*s/$metadata#Collection(microsoft.graph.whatIfAnalysisResult)",
                                  HG_ARG(base)));
    hg_json_put(arena, &body, "value",
                policy_what_if_json(arena, what_if->set, resolved, what_if->bodies, what_if->shape,
                                    what_if->as->applied_only));
    struct policy_facts facts = what_if->facts;
    struct policy_verdict verdict;
    if (what_if->with_dependencies)
        HG_TRY(add_dependencies(arena, what_if, &facts, err));
    HG_TRY(policy_judge(arena, what_if->set, &facts, true, &verdict, err));
    hg_json_put(arena, &body, "verdict", verdict_json(arena, &verdict));
    *out = body;
    return HG_OK;
}
