#include "base/base.h"
#include "model/model.h"
#include "policy/filter_private.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/reading_private.h"
#include "policy/schema_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The narrowing conditions: platforms, devices, clients, locations, risks, flows. */

#define LIST(array) ((struct policy_words){(array), HG_COUNT(array)})

enum {
    CLIENT_APPS_ALL = MODEL_CLIENT_BROWSER | MODEL_CLIENT_MOBILE_DESKTOP |
                      MODEL_CLIENT_EXCHANGE_ACTIVE_SYNC | MODEL_CLIENT_EAS_SUPPORTED |
                      MODEL_CLIENT_OTHER,
    /* Unknown is in "all" but can never be excluded (3.3). */
    KNOWN_PLATFORMS = POLICY_PLATFORMS_ALL & ~POLICY_PLATFORM_UNKNOWN_BIT,
    WORD_ALL = 1u << 0,
    WORD_TRUSTED = 1u << 1,
};

static const struct policy_word_bit client_bits[] = {
    {"all", CLIENT_APPS_ALL},
    {"browser", MODEL_CLIENT_BROWSER},
    {"mobileAppsAndDesktopClients", MODEL_CLIENT_MOBILE_DESKTOP},
    {"modern", MODEL_CLIENT_MOBILE_DESKTOP},
    {"exchangeActiveSync", MODEL_CLIENT_EXCHANGE_ACTIVE_SYNC},
    {"easUnsupported", MODEL_CLIENT_EXCHANGE_ACTIVE_SYNC},
    {"easSupported", MODEL_CLIENT_EAS_SUPPORTED},
    {"other", MODEL_CLIENT_OTHER},
};
static const struct policy_word_bit platform_bits[] = {
    {"all", POLICY_PLATFORMS_ALL},
    {"android", MODEL_PLATFORM_ANDROID << 1},
    {"iOS", MODEL_PLATFORM_IOS << 1},
    {"windows", MODEL_PLATFORM_WINDOWS << 1},
    {"windowsPhone", MODEL_PLATFORM_WINDOWS_PHONE << 1},
    {"macOS", MODEL_PLATFORM_MACOS << 1},
    {"linux", MODEL_PLATFORM_LINUX << 1},
};
/* `hidden` is a level that no sign-in here ever has. */
static const struct policy_word_bit risk_bits[] = {
    {"none", 1u << POLICY_RISK_NONE},
    {"low", 1u << POLICY_RISK_LOW},
    {"medium", 1u << POLICY_RISK_MEDIUM},
    {"high", 1u << POLICY_RISK_HIGH},
    {"hidden", 1u << 30},
};
static const struct policy_word_bit insider_bits[] = {{"minor", POLICY_INSIDER_MINOR},
                                                      {"moderate", POLICY_INSIDER_MODERATE},
                                                      {"elevated", POLICY_INSIDER_ELEVATED}};
static const struct policy_word_bit flow_bits[] = {
    {"deviceCodeFlow", MODEL_ORIGIN_DEVICE_CODE},
    {"authenticationTransfer", MODEL_ORIGIN_AUTH_TRANSFER}};
static const struct policy_word_bit device_words[] = {
    {"All", POLICY_DEVICE_ALL},
    {"Compliant", POLICY_DEVICE_COMPLIANT},
    {"DomainJoined", POLICY_DEVICE_DOMAIN_JOINED}};
static const struct policy_word_bit place_words[] = {{"All", WORD_ALL},
                                                     {"AllTrusted", WORD_TRUSTED}};

static void configure(struct policy_rule *rule, enum policy_condition condition, bool is)
{
    if (is)
        rule->configured |= 1u << condition;
}

static void find_never_applies(struct policy_findings *findings, const char *member)
{
    hg_str path = policy_path(findings->arena, HG_STR("conditions"), member);
    policy_find_broken(
        findings, path,
        hg_str_format(findings->arena,
                      "Policy validation failed due to NothingIncluded: %.*s excludes "
                      "without including, so the policy could never apply.",
                      HG_ARG(path)));
}

static void read_clients(struct policy_findings *findings, const struct hg_json *conditions,
                         struct policy_rule *rule)
{
    const struct hg_json *list = policy_member(conditions, "clientAppTypes");
    bool is_empty = hg_json_is(list, HG_JSON_ARRAY) && hg_json_count(list) == 0;
    if (is_empty && findings->lenient)
        policy_warn(findings, "1064", HG_STR("conditions.clientAppTypes"),
                    HG_STR("clientAppTypes is an empty array, as old exports have it: it is read "
                           "as 'all'."));
    else if (is_empty)
        policy_find(findings, "1064", HG_STR("conditions.clientAppTypes"),
                    HG_STR("clientAppTypes is an empty array: use 'all', or list the kinds of "
                           "client."));
    rule->client_apps =
        list == NULL || is_empty ? CLIENT_APPS_ALL : policy_read_words(list, LIST(client_bits));
    configure(rule, POLICY_CONDITION_CLIENT_APP_TYPES, rule->client_apps < CLIENT_APPS_ALL);
}

static void read_platforms(struct policy_findings *findings, const struct hg_json *conditions,
                           struct policy_rule *rule)
{
    const struct hg_json *json = policy_member(conditions, "platforms");
    rule->include_platforms =
        policy_read_words(policy_member(json, "includePlatforms"), LIST(platform_bits));
    rule->exclude_platforms =
        policy_read_words(policy_member(json, "excludePlatforms"), LIST(platform_bits)) &
        KNOWN_PLATFORMS;
    configure(rule, POLICY_CONDITION_PLATFORMS, rule->include_platforms != 0);
    if (rule->include_platforms == 0 && rule->exclude_platforms != 0)
        find_never_applies(findings, "platforms");
}

static struct policy_places read_places(struct policy_findings *findings,
                                        const struct hg_json *json, const char *member)
{
    uint32_t keywords = 0;
    struct policy_places places = {0};
    places.ids =
        policy_read_ids(findings->arena, policy_member(json, member), LIST(place_words), &keywords);
    places.all = (keywords & WORD_ALL) != 0;
    places.all_trusted = (keywords & WORD_TRUSTED) != 0;
    return places;
}

static bool names_a_place(const struct policy_places *places)
{
    return places->all || places->all_trusted || places->ids.n > 0;
}

static void read_locations(struct policy_findings *findings, const struct hg_json *conditions,
                           struct policy_rule *rule)
{
    const struct hg_json *json = policy_member(conditions, "locations");
    rule->include_places = read_places(findings, json, "includeLocations");
    rule->exclude_places = read_places(findings, json, "excludeLocations");
    bool includes = names_a_place(&rule->include_places);
    configure(rule, POLICY_CONDITION_LOCATIONS, includes);
    if (!includes && names_a_place(&rule->exclude_places))
        find_never_applies(findings, "locations");
}

static void read_devices(struct policy_findings *findings, const struct hg_json *conditions,
                         struct policy_rule *rule)
{
    const struct hg_json *filter =
        policy_member(policy_member(conditions, "devices"), "deviceFilter");
    const struct hg_json *states = policy_member(conditions, "deviceStates");
    bool is_filtered =
        policy_read_filter(findings, filter, HG_STR("conditions.devices.deviceFilter"),
                           &policy_filter_devices, "InvalidDeviceFilter", &rule->device_filter);
    rule->include_device_states =
        policy_read_words(policy_member(states, "includeStates"), LIST(device_words));
    rule->exclude_device_states =
        policy_read_words(policy_member(states, "excludeStates"), LIST(device_words));
    configure(rule, POLICY_CONDITION_DEVICES, is_filtered || rule->include_device_states != 0);
    if (rule->include_device_states == 0 && rule->exclude_device_states != 0)
        find_never_applies(findings, "deviceStates");
}

static uint32_t read_risks(const struct hg_json *conditions, const char *member)
{
    return policy_read_words(policy_member(conditions, member), LIST(risk_bits));
}

void policy_read_conditions(struct policy_findings *findings, const struct hg_json *conditions,
                            struct policy_rule *rule)
{
    read_platforms(findings, conditions, rule);
    read_devices(findings, conditions, rule);
    read_clients(findings, conditions, rule);
    read_locations(findings, conditions, rule);

    rule->signin_risks = read_risks(conditions, "signInRiskLevels");
    rule->workload_risks = read_risks(conditions, "servicePrincipalRiskLevels");
    rule->user_risks = read_risks(conditions, "userRiskLevels");
    rule->insider_risks =
        policy_read_flags(policy_member(conditions, "insiderRiskLevels"), LIST(insider_bits));
    const struct hg_json *flows = policy_member(conditions, "authenticationFlows");
    rule->transfer_methods =
        policy_read_flags(policy_member(flows, "transferMethods"), LIST(flow_bits));

    configure(rule, POLICY_CONDITION_SIGNIN_RISK, (rule->signin_risks | rule->workload_risks) != 0);
    configure(rule, POLICY_CONDITION_USER_RISK, rule->user_risks != 0);
    configure(rule, POLICY_CONDITION_INSIDER_RISK, rule->insider_risks != 0);
    configure(rule, POLICY_CONDITION_AUTH_FLOWS, rule->transfer_methods != 0);
}
