#include "base/base.h"
#include "policy/filter_private.h"
#include "policy/policy_private.h"
#include "policy/reading_private.h"
#include "policy/schema_private.h"

#include <stdbool.h>
#include <stddef.h>

static hg_str problem_of(struct hg_arena *arena, hg_str mode,
                         const struct policy_filter_language *language,
                         struct policy_rule_filter *out)
{
    struct hg_err why;
    if (mode.len == 0)
        return HG_STR("mode must be include or exclude");
    if (hg_utf16_length(out->text) > HG_MAX_DEVICE_RULE)
        return HG_STR("the rule has more than 3072 characters");
    if (policy_filter_parse(arena, out->text, language, &out->parsed, &why) != HG_OK)
        return hg_str_dup(arena, hg_str_of(why.detail));
    return HG_STR("");
}

bool policy_read_filter(struct policy_findings *findings, const struct hg_json *json, hg_str path,
                        const struct policy_filter_language *language, const char *reason,
                        struct policy_rule_filter *out)
{
    if (!hg_json_is(json, HG_JSON_OBJECT) || hg_json_count(json) == 0)
        return false;
    hg_str mode = hg_json_str_or(policy_member(json, "mode"), HG_STR(""));
    out->excludes = hg_str_eq_nocase(mode, HG_STR("exclude"));
    out->text = hg_json_str_or(policy_member(json, "rule"), HG_STR(""));
    hg_str problem = problem_of(findings->arena, mode, language, out);
    if (problem.len > 0)
        policy_find_broken(findings, path,
                           hg_str_format(findings->arena,
                                         "Policy validation failed due to %s: %.*s.", reason,
                                         HG_ARG(problem)));
    return true;
}
