/* policy: the data file of application groups, which an operator can replace: what is read
 * knows itself, and a world is judged by it. */

#include "base/base.h"
#include "policy/audience.h"
#include "policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 64 << 20);
    struct hg_json json;
    const struct policy_app_groups *groups;
    const struct policy_set *set;
    if (arena == NULL ||
        hg_json_parse(arena, (hg_str){(const char *)data, size}, HG_JSON_TOLERANT, &hg_json_api,
                      &json, NULL) != HG_OK ||
        policy_app_groups_parse(arena, &json, &groups, NULL) != HG_OK)
        return 0;
    HG_ASSERT(policy_app_groups_date(groups).len > 0);
    const struct policy_source source = {.app_groups = groups};
    HG_ASSERT(policy_compile(arena, &source, &set, NULL) == HG_OK);
    HG_ASSERT(policy_set_app_groups(set) == groups);
    static const hg_str scopes[] = {HG_LIT("openid"), HG_LIT("Mail.Read")};
    const struct policy_request request = {.client = HG_STR("c"),
                                           .is_confidential = true,
                                           .wants_id_token = true,
                                           .with_dependencies = true,
                                           .resource =
                                               HG_STR("7df0a125-d3be-4c96-aa54-591f83ff541c"),
                                           .scopes = scopes,
                                           .n_scopes = HG_COUNT(scopes)};
    struct policy_audiences found;
    enum hg_code code = policy_audiences(arena, set, &request, &found, NULL);
    HG_ASSERT(code == HG_OK || code == HG_TOO_BIG);
    return 0;
}
