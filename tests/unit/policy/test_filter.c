#include "base/base.h"
#include "policy/policy.h"
#include "unit/policy/world.h"
#include "unit/test.h"

/* Rules of conditions.devices (conditional-access.md 1.3), asked through a policy that
 * blocks the devices it includes. Semantics are in tests/cases/policy and the oracle;
 * here is what the language accepts and where it says no. */

static hg_str policy_text(struct hg_arena *arena, hg_str rule)
{
    struct hg_buf buf = hg_buf_new(arena, 64 << 10);
    hg_buf_z(&buf, "{\"policies\":[{\"id\":\"p\",\"displayName\":\"P\",\"state\":\"enabled\","
                   "\"conditions\":{\"users\":{\"includeUsers\":[\"All\"]},\"applications\":{"
                   "\"includeApplications\":[\"All\"]},\"devices\":{\"deviceFilter\":{\"mode\":"
                   "\"include\",\"rule\":");
    hg_buf_json(&buf, rule);
    hg_buf_z(&buf, "}}},\"grantControls\":{\"operator\":\"OR\",\"builtInControls\":[\"block\"]}}],"
                   "\"facts\":{\"user\":{\"id\":\"u\"},\"resources\":[\"r\"],\"clientAppType\":"
                   "\"browser\",\"device\":{\"deviceId\":\"d1\",\"displayName\":\"Say \\\"hi\\\"\","
                   "\"model\":\"it's\",\"trustType\":\"ServerAD\",\"isCompliant\":true,"
                   "\"systemLabels\":[\"CloudPC\"],\"operatingSystemVersion\":\"10.0\","
                   "\"extensionAttribute15\":\"x\"}}}");
    return hg_buf_view(&buf);
}

/* HG_OK: *out says whether the device is included. */
static enum hg_code ask(struct hg_arena *arena, hg_str rule, bool *out, struct hg_err *err)
{
    struct hg_json json;
    struct world world;
    struct policy_verdict verdict;
    HG_TRY(
        hg_json_parse(arena, policy_text(arena, rule), HG_JSON_STRICT, &hg_json_api, &json, err));
    HG_TRY(world_read(arena, &json, &world, err));
    HG_TRY(policy_judge(arena, world.set, &world.facts, false, &verdict, err));
    *out = verdict.outcome == POLICY_BLOCK;
    return HG_OK;
}

static const struct {
    const char *name, *rule;
    bool want;
} truths[] = {
    {"a comparison", "device.trustType -eq \"ServerAD\"", true},
    {"property names in any letter case", "device.TRUSTTYPE -eq \"serverad\"", true},
    {"operators without a hyphen", "device.trustType eq \"ServerAD\" and device.model ne \"x\"",
     true},
    {"pasted dashes",
     "device.trustType \xe2\x80\x93"
     "eq \"ServerAD\" \xe2\x80\x94"
     "or device.model "
     "-eq \"x\"",
     true},
    {"a bare True", "device.isCompliant -eq True", true},
    {"a quoted True", "device.isCompliant -eq \"True\"", true},
    {"a number", "device.operatingSystemVersion -eq 10.0", true},
    {"a backtick before a quote", "device.displayName -eq \"Say `\"hi`\"\"", true},
    {"single quotes, doubled inside", "device.model -eq 'it''s'", true},
    {"brackets before -and",
     "(device.model -eq \"x\" -or device.trustType -eq \"ServerAD\") -and "
     "device.isCompliant -eq False",
     false},
    {"-not binds closer than -and",
     "-not device.isCompliant -eq False -and device.trustType -eq \"ServerAD\"", true},
    {"-not before brackets",
     "-not (device.isCompliant -eq True -and device.trustType -eq \"ServerAD\")", false},
    {"-in a list", "device.deviceId -in [\"d0\", \"D1\"]", true},
    {"-notIn a list", "device.deviceId -notIn [\"d0\",\"d1\"]", false},
    {"null is equal to null", "device.manufacturer -eq null", true},
    {"what is there is not null", "device.model -ne null", true},
    {"-ne on null holds", "device.manufacturer -ne \"x\"", true},
    {"-eq as element of a collection", "device.systemLabels -eq \"cloudpc\"", true},
    {"the last extension attribute", "device.extensionAttribute15 -eq \"x\"", true},
    {"endsWith is anchored", "device.trustType -eq \"x\" -or device.model -endsWith \"'s\"", true},
    {"startsWith is anchored", "device.model -startsWith \"t's\"", false},
    {"notStartsWith", "device.model -notStartsWith \"t's\"", true},
};

static void rules_hold_or_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(truths); i++) {
        HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
        bool got = false;
        struct hg_err err;
        if (ask(arena, hg_str_of(truths[i].rule), &got, &err) != HG_OK)
            fail_msg("%s: %s", truths[i].name, err.detail);
        if (got != truths[i].want)
            fail_msg("%s: %d", truths[i].name, got);
    }
}

static const struct {
    const char *name, *rule, *text;
} faults[] = {
    {"nothing", "", "column 1 of the rule: expected a property"},
    {"a property without its prefix", "trustType -eq \"x\"", "column 1 of the rule"},
    {"a property that does not exist", "device.colour -eq \"x\"", "no such property"},
    {"extensionAttribute16", "device.extensionAttribute16 -eq \"x\"", "no such property"},
    {"an operator that does not exist", "device.model -match \"x\"", "column 14"},
    {"an operator that the property does not take", "device.trustType -contains \"x\"",
     "does not take this operator"},
    {"no value", "device.model -eq", "expected a value"},
    {"a quote that is not closed", "device.model -eq \"x", "the quote is not closed"},
    {"a bracket that is not closed", "(device.model -eq \"x\"", "expected -and, -or or )"},
    {"a list that is not closed", "device.model -in [\"x\"", "expected , or ]"},
    {"-in without a list", "device.model -in \"x\"", "square brackets"},
    {"two comparisons side by side", "device.model -eq \"x\" device.model -eq \"y\"",
     "column 22 of the rule: expected -and, -or or the end"},
    {"null with -contains", "device.model -contains null", "by -eq and -ne alone"},
};

static void what_is_no_rule_is_refused_with_its_column(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(faults); i++) {
        HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
        bool got;
        struct hg_err err;
        if (ask(arena, hg_str_of(faults[i].rule), &got, &err) != HG_MALFORMED)
            fail_msg("%s: accepted", faults[i].name);
        if (hg_str_find(hg_str_of(err.detail), hg_str_of(faults[i].text)) == HG_NPOS)
            fail_msg("%s: %s", faults[i].name, err.detail);
    }
}

static hg_str long_rule(struct hg_arena *arena, size_t len)
{
    struct hg_buf buf = hg_buf_new(arena, len + 1);
    hg_buf_z(&buf, "device.model -eq \"");
    while (buf.len + 1 < len)
        hg_buf_byte(&buf, 'x');
    hg_buf_byte(&buf, '"');
    return hg_buf_view(&buf);
}

static void t26_a_rule_has_at_most_3072_characters(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    bool got;
    struct hg_err err;
    assert_int_equal(ask(arena, long_rule(arena, 3072), &got, &err), HG_OK);
    assert_int_equal(ask(arena, long_rule(arena, 3073), &got, &err), HG_MALFORMED);
}

static void brackets_nest_thirty_two_deep(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t depth = 32; depth <= 33; depth++) {
        struct hg_buf buf = hg_buf_new(arena, 256);
        for (size_t i = 0; i < depth; i++)
            hg_buf_byte(&buf, '(');
        hg_buf_z(&buf, "device.model -eq \"x\"");
        for (size_t i = 0; i < depth; i++)
            hg_buf_byte(&buf, ')');
        bool got;
        struct hg_err err;
        assert_int_equal(ask(arena, hg_buf_view(&buf), &got, &err),
                         depth == 32 ? HG_OK : HG_MALFORMED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_hold_or_not),
        cmocka_unit_test(what_is_no_rule_is_refused_with_its_column),
        cmocka_unit_test(t26_a_rule_has_at_most_3072_characters),
        cmocka_unit_test(brackets_nest_thirty_two_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
