#include "base/base.h"
#include "flow/expression.h"
#include "flow/value_private.h"

#include <stdbool.h>
#include <stddef.h>

/* Where each kind of name stands in the document, and whether names stand inside. */
static const struct {
    const char *member;
    bool has_names;
} places[] = {
    [FLOW_NAME_PARAMETER] = {"parameters", true},
    [FLOW_NAME_VARIABLE] = {"variables", true},
    [FLOW_NAME_ACTION] = {"actions", true},
    [FLOW_NAME_TRIGGER] = {"trigger", false},
    [FLOW_NAME_LOOP] = {"items", true},
    [FLOW_NAME_ITEM] = {"item", false},
    [FLOW_NAME_ITERATION] = {"iterationIndexes", true},
    [FLOW_NAME_RESULT] = {"results", true},
    [FLOW_NAME_WORKFLOW] = {"workflow", false},
    [FLOW_NAME_SELF] = {"action", false},
    [FLOW_NAME_CALLBACK_URL] = {"callbackUrl", false},
    [FLOW_NAME_APP_SETTING] = {"appSettings", true},
};

static const struct hg_json *find(const void *self, enum flow_name what, hg_str name)
{
    const struct hg_json *context = self;
    const struct hg_json *place = hg_json_get(context, places[what].member);
    if (!places[what].has_names || place == NULL)
        return place;
    if (place->kind != HG_JSON_OBJECT)
        return NULL;
    const struct hg_json_member *member = flow_member_find(place, name);
    return member == NULL ? NULL : &member->value;
}

struct flow_scope flow_scope_of(const struct hg_json *context, hg_time now,
                                const struct hg_random *random)
{
    return (struct flow_scope){.now = now, .random = random, .find = find, .self = context};
}
