#include "policy/what_if.h"

#include "base/base.h"
#include "model/model.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/reading_private.h"
#include "policy/schema_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static const struct policy_word_bit action_words[] = {{"registerSecurityInformation", 1},
                                                      {"registerOrJoinDevices", 2}};
static const struct policy_word_bit external_words[] = {
    {"internalGuest", MODEL_EXTERNAL_INTERNAL_GUEST},
    {"b2bCollaborationGuest", MODEL_EXTERNAL_B2B_GUEST},
    {"b2bCollaborationMember", MODEL_EXTERNAL_B2B_MEMBER},
    {"b2bDirectConnectUser", MODEL_EXTERNAL_DIRECT_CONNECT},
    {"otherExternalUser", MODEL_EXTERNAL_OTHER},
    {"serviceProvider", MODEL_EXTERNAL_SERVICE_PROVIDER},
};
/* `all` and `none` say nothing about the sign-in. */
static const struct policy_word_bit platform_words[] = {
    {"android", MODEL_PLATFORM_ANDROID}, {"iOS", MODEL_PLATFORM_IOS},
    {"windows", MODEL_PLATFORM_WINDOWS}, {"windowsPhone", MODEL_PLATFORM_WINDOWS_PHONE},
    {"macOS", MODEL_PLATFORM_MACOS},     {"linux", MODEL_PLATFORM_LINUX},
};
static const struct policy_word_bit client_words[] = {
    {"browser", MODEL_CLIENT_BROWSER},
    {"mobileAppsAndDesktopClients", MODEL_CLIENT_MOBILE_DESKTOP},
    {"exchangeActiveSync", MODEL_CLIENT_EXCHANGE_ACTIVE_SYNC},
    {"easSupported", MODEL_CLIENT_EAS_SUPPORTED},
    {"other", MODEL_CLIENT_OTHER},
};
static const struct policy_word_bit risk_words[] = {{"low", POLICY_RISK_LOW},
                                                    {"medium", POLICY_RISK_MEDIUM},
                                                    {"high", POLICY_RISK_HIGH},
                                                    {"hidden", POLICY_RISK_UNKNOWN}};
static const struct policy_word_bit insider_words[] = {{"minor", POLICY_INSIDER_MINOR},
                                                       {"moderate", POLICY_INSIDER_MODERATE},
                                                       {"elevated", POLICY_INSIDER_ELEVATED}};
static const struct policy_word_bit flow_words[] = {
    {"deviceCodeFlow", MODEL_ORIGIN_DEVICE_CODE},
    {"authenticationTransfer", MODEL_ORIGIN_AUTH_TRANSFER}};

#define WORDS(array) ((struct policy_words){(array), HG_COUNT(array)})

/* The attributes of deviceInfo that are text, by their names in it. */
static const struct {
    const char *name;
    size_t offset;
} device_texts[] = {
    {"deviceId", offsetof(struct model_device, id)},
    {"displayName", offsetof(struct model_device, display_name)},
    {"enrollmentProfileName", offsetof(struct model_device, enrollment_profile)},
    {"manufacturer", offsetof(struct model_device, manufacturer)},
    {"mdmAppId", offsetof(struct model_device, mdm_app_id)},
    {"model", offsetof(struct model_device, model)},
    {"operatingSystem", offsetof(struct model_device, operating_system)},
    {"operatingSystemVersion", offsetof(struct model_device, operating_system_version)},
    {"ownership", offsetof(struct model_device, ownership)},
    {"profileType", offsetof(struct model_device, profile_type)},
    {"trustType", offsetof(struct model_device, trust_type)},
};

static hg_str text_of(const struct hg_json *object, const char *member)
{
    return hg_json_str_or(policy_member(object, member), HG_STR(""));
}

/* --- Who and what ------------------------------------------------------------------- */

static void find(struct policy_findings *findings, const char *path, const char *text)
{
    policy_find(findings, "1007", hg_str_of(path),
                hg_str_format(findings->arena, "%s: %s.", path, text));
}

static void read_identity(struct policy_findings *findings, const struct hg_json *json,
                          struct policy_what_if *out)
{
    const struct hg_json *identity = policy_member(json, "signInIdentity");
    out->user = text_of(identity, "userId");
    out->service_principal = text_of(identity, "servicePrincipalId");
    out->external_tenant = text_of(identity, "externalTenantId");
    uint32_t external =
        policy_read_flags(policy_member(identity, "externalUserType"), WORDS(external_words));
    out->external = (enum model_external)external;
    if ((out->user.len > 0) == (out->service_principal.len > 0))
        find(findings, "signInIdentity",
             "name who signs in, by the userId of a userSignIn or the servicePrincipalId of a "
             "servicePrincipalSignIn");
    if ((external & (external - 1)) != 0)
        find(findings, "signInIdentity.externalUserType",
             "a user is of one kind; name one of them");
}

static void read_context(struct policy_findings *findings, const struct hg_json *json,
                         struct policy_what_if *out)
{
    static const hg_str actions[] = {HG_LIT(""), HG_LIT(POLICY_ACTION_SECURITY_INFO),
                                     HG_LIT(POLICY_ACTION_DEVICE)};
    const struct hg_json *context = policy_member(json, "signInContext");
    struct policy_facts *facts = &out->facts;
    uint32_t none = 0;
    struct policy_ids apps =
        policy_read_ids(findings->arena, policy_member(context, "includeApplications"),
                        (struct policy_words){NULL, 0}, &none);
    facts->resources = apps.items;
    facts->n_resources = apps.n;
    /* Both words at once are refused by the schema. */
    facts->user_action =
        actions[policy_read_flags(policy_member(context, "userAction"), WORDS(action_words)) % 3];
    hg_str *reference = HG_NEW(findings->arena, hg_str);
    hg_str value = text_of(context, "authenticationContextValue");
    if (reference != NULL && value.len > 0) {
        *reference = value;
        facts->auth_contexts = reference;
        facts->n_auth_contexts = 1;
    }
    if (context == NULL)
        find(findings, "signInContext",
             "say what is signed in to: an applicationContext, a userActionContext or an "
             "authContext");
}

/* --- Conditions --------------------------------------------------------------------- */

/* 0 when the member is absent, or a word that says nothing. */
static uint32_t word_of(const struct hg_json *conditions, const char *member,
                        struct policy_words words)
{
    return policy_read_flags(policy_member(conditions, member), words);
}

static void state(struct policy_facts *facts, const struct hg_json *value, uint32_t bit)
{
    facts->stated |= value != NULL ? bit : 0;
}

static enum policy_risk read_risk(struct policy_facts *facts, const struct hg_json *conditions,
                                  const char *member, uint32_t bit)
{
    const struct hg_json *value = policy_member(conditions, member);
    state(facts, value, bit);
    return (enum policy_risk)policy_read_flags(value, WORDS(risk_words)); /* none: 0 */
}

static bool is_country(hg_str text)
{
    bool letters = true;
    for (size_t i = 0; i < text.len; i++)
        letters &= (text.ptr[i] | 0x20) >= 'a' && (text.ptr[i] | 0x20) <= 'z';
    return text.len == 2 && letters;
}

static void read_network(const struct hg_json *conditions, struct policy_facts *facts)
{
    hg_str ip = text_of(conditions, "ipAddress");
    hg_str country = text_of(conditions, "country");
    facts->network.has_ip = ip.len > 0 && hg_ip_parse(ip, &facts->network.ip, NULL) == HG_OK;
    facts->network.country = country;
    bool wrong =
        (ip.len > 0 && !facts->network.has_ip) || (country.len > 0 && !is_country(country));
    facts->stated |= ip.len > 0 || country.len > 0 ? POLICY_STATED_PLACE : 0;
    facts->invalid |= wrong ? POLICY_STATED_PLACE : 0;
}

static void read_device(struct policy_findings *findings, const struct hg_json *json,
                        struct model_device *device)
{
    struct hg_arena *arena = findings->arena;
    uint32_t none = 0;
    device->is_present = true;
    for (size_t i = 0; i < HG_COUNT(device_texts); i++) {
        hg_str text = text_of(json, device_texts[i].name);
        memcpy((char *)device + device_texts[i].offset, &text, sizeof(text));
    }
    for (unsigned i = 0; i < MODEL_EXTENSION_ATTRIBUTES; i++)
        device->extension[i] =
            text_of(json, hg_str_z(arena, hg_str_format(arena, "extensionAttribute%u", i + 1)));
    device->is_compliant = hg_json_bool_or(policy_member(json, "isCompliant"), false);
    struct policy_ids ids = policy_read_ids(arena, policy_member(json, "physicalIds"),
                                            (struct policy_words){NULL, 0}, &none);
    struct policy_ids labels = policy_read_ids(arena, policy_member(json, "systemLabels"),
                                               (struct policy_words){NULL, 0}, &none);
    device->physical_ids = ids.items;
    device->n_physical_ids = ids.n;
    device->system_labels = labels.items;
    device->n_system_labels = labels.n;
}

static void read_conditions(struct policy_findings *findings, const struct hg_json *json,
                            struct policy_what_if *out)
{
    const struct hg_json *conditions = policy_member(json, "signInConditions");
    struct policy_facts *facts = &out->facts;
    const struct hg_json *device = policy_member(conditions, "deviceInfo");
    const struct hg_json *flow = policy_member(conditions, "authenticationFlow");
    if (conditions == NULL)
        find(findings, "signInConditions", "say under which conditions; {} states none");
    facts->platform =
        (enum model_platform)word_of(conditions, "devicePlatform", WORDS(platform_words));
    facts->client_app_type =
        (enum model_client_app)word_of(conditions, "clientAppType", WORDS(client_words));
    facts->stated |= (facts->platform != 0 ? POLICY_STATED_PLATFORM : 0u) |
                     (facts->client_app_type != 0 ? POLICY_STATED_CLIENT_APP_TYPE : 0u);
    facts->signin_risk = read_risk(facts, conditions, "signInRiskLevel", POLICY_STATED_SIGNIN_RISK);
    facts->user_risk = read_risk(facts, conditions, "userRiskLevel", POLICY_STATED_USER_RISK);
    out->workload_risk =
        read_risk(facts, conditions, "servicePrincipalRiskLevel", POLICY_STATED_WORKLOAD_RISK);
    facts->insider_risk =
        (enum policy_insider_risk)word_of(conditions, "insiderRiskLevel", WORDS(insider_words));
    state(facts, policy_member(conditions, "insiderRiskLevel"), POLICY_STATED_INSIDER_RISK);
    facts->flow_origin = (enum model_flow_origin)word_of(flow, "transferMethod", WORDS(flow_words));
    state(facts, policy_member(flow, "transferMethod"), POLICY_STATED_FLOW);
    read_network(conditions, facts);
    state(facts, device, POLICY_STATED_DEVICE);
    if (device != NULL)
        read_device(findings, device, &out->device);
}

enum hg_code policy_what_if_parse(struct hg_arena *arena, const struct hg_json *json,
                                  const struct policy_what_if **out, struct policy_faults *faults,
                                  struct hg_err *err)
{
    struct policy_findings findings = {.arena = arena, .state = POLICY_ENABLED};
    struct policy_what_if *what_if = HG_NEW(arena, struct policy_what_if);
    if (what_if == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "a sign-in to imagine");
    what_if->facts.is_what_if = true;
    what_if->facts.is_interactive = true;
    what_if->facts.device = &what_if->device;
    schema_check(&findings, &schema_what_if, json, HG_STR(""));
    if (hg_json_is(json, HG_JSON_OBJECT)) {
        read_identity(&findings, json, what_if);
        read_context(&findings, json, what_if);
        read_conditions(&findings, json, what_if);
        what_if->applied_only = hg_json_bool_or(policy_member(json, "appliedPoliciesOnly"), false);
    }
    HG_TRY(policy_findings_close(&findings, faults, err));
    *out = what_if;
    return HG_OK;
}

struct hg_json policy_what_if_json(struct hg_arena *arena, const struct policy_set *set,
                                   const struct policy_resolved *facts,
                                   const struct hg_json *policies, enum policy_shape shape,
                                   bool applied_only)
{
    struct hg_json rows = hg_json_array();
    for (size_t i = 0; i < policy_set_count(set); i++) {
        hg_str reason = hg_str_of(policy_analysis_reason(set, facts, i));
        bool applies = hg_str_eq(reason, HG_STR("notSet"));
        if (applied_only && !applies)
            continue;
        struct hg_json row = policy_rule_canonical(arena, &policies[i], shape);
        hg_json_put(arena, &row, "policyApplies", hg_json_bool(applies));
        hg_json_put_str(arena, &row, "analysisReasons", reason);
        hg_json_push(arena, &rows, row);
    }
    return rows;
}
