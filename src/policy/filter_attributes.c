#include "base/base.h"
#include "policy/filter_private.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <stddef.h>

/* Rules about the custom security attributes of applications and service principals:
 * CustomSecurityAttribute.<set>_<attribute>. Which sets there are is not known here. */

static bool find_attribute(hg_str name, struct policy_filter_property *out)
{
    size_t cut = hg_str_find_byte(name, '_');
    if (cut == HG_NPOS || cut == 0 || cut + 1 == name.len)
        return false;
    *out = (struct policy_filter_property){.name = name, .ops = FILTER_OPS_TEXT};
    return true;
}

const struct policy_filter_language policy_filter_attributes = {
    .prefix = HG_LIT("CustomSecurityAttribute."),
    .example = "CustomSecurityAttribute.Set_Attribute",
    .unknown = "an attribute is named <set>_<attribute>",
    .find = find_attribute,
};

static struct policy_filter_value read_attribute(const void *of,
                                                 const struct policy_filter_property *property)
{
    const struct policy_attributes *attributes = of;
    for (size_t i = 0; i < attributes->n; i++) {
        const struct policy_attribute *one = &attributes->items[i];
        if (!hg_str_eq_nocase(one->name, property->name))
            continue;
        if (!one->is_list)
            return (struct policy_filter_value){.text = one->n_values > 0 ? one->values[0]
                                                                          : HG_STR("")};
        return (struct policy_filter_value){
            .is_list = true, .items = one->values, .n_items = one->n_values};
    }
    return (struct policy_filter_value){0};
}

bool policy_filter_holds_for_attributes(const struct policy_filter *filter,
                                        const struct policy_attributes *attributes)
{
    const struct policy_filter_subject subject = {read_attribute, attributes};
    return policy_filter_holds(filter, &subject);
}
