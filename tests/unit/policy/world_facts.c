#include "base/base.h"
#include "model/model.h"
#include "policy/audience.h"
#include "policy/policy.h"
#include "unit/policy/world.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct word {
    const char *name;
    uint32_t value;
};

static const struct word clients[] = {{"browser", MODEL_CLIENT_BROWSER},
                                      {"mobileAppsAndDesktopClients", MODEL_CLIENT_MOBILE_DESKTOP},
                                      {"exchangeActiveSync", MODEL_CLIENT_EXCHANGE_ACTIVE_SYNC},
                                      {"easSupported", MODEL_CLIENT_EAS_SUPPORTED},
                                      {"other", MODEL_CLIENT_OTHER}};
static const struct word platforms[] = {
    {"unknown", MODEL_PLATFORM_UNKNOWN}, {"android", MODEL_PLATFORM_ANDROID},
    {"iOS", MODEL_PLATFORM_IOS},         {"windows", MODEL_PLATFORM_WINDOWS},
    {"macOS", MODEL_PLATFORM_MACOS},     {"windowsPhone", MODEL_PLATFORM_WINDOWS_PHONE},
    {"linux", MODEL_PLATFORM_LINUX}};
static const struct word risks[] = {{"none", POLICY_RISK_NONE},
                                    {"low", POLICY_RISK_LOW},
                                    {"medium", POLICY_RISK_MEDIUM},
                                    {"high", POLICY_RISK_HIGH},
                                    {"unknown", POLICY_RISK_UNKNOWN}};
static const struct word insider[] = {{"absent", POLICY_INSIDER_ABSENT},
                                      {"minor", POLICY_INSIDER_MINOR},
                                      {"moderate", POLICY_INSIDER_MODERATE},
                                      {"elevated", POLICY_INSIDER_ELEVATED}};
static const struct word origins[] = {{"none", MODEL_ORIGIN_NONE},
                                      {"deviceCodeFlow", MODEL_ORIGIN_DEVICE_CODE},
                                      {"authenticationTransfer", MODEL_ORIGIN_AUTH_TRANSFER}};
static const struct word externals[] = {{"internalGuest", MODEL_EXTERNAL_INTERNAL_GUEST},
                                        {"b2bCollaborationGuest", MODEL_EXTERNAL_B2B_GUEST},
                                        {"b2bCollaborationMember", MODEL_EXTERNAL_B2B_MEMBER},
                                        {"b2bDirectConnectUser", MODEL_EXTERNAL_DIRECT_CONNECT},
                                        {"otherExternalUser", MODEL_EXTERNAL_OTHER},
                                        {"serviceProvider", MODEL_EXTERNAL_SERVICE_PROVIDER}};
static const struct word methods[] = {
    {"password", MODEL_METHOD_PASSWORD},
    {"voice", MODEL_METHOD_VOICE},
    {"hardwareOath", MODEL_METHOD_HARDWARE_OATH},
    {"softwareOath", MODEL_METHOD_SOFTWARE_OATH},
    {"sms", MODEL_METHOD_SMS},
    {"fido2", MODEL_METHOD_FIDO2},
    {"windowsHelloForBusiness", MODEL_METHOD_WINDOWS_HELLO},
    {"microsoftAuthenticatorPush", MODEL_METHOD_AUTHENTICATOR_PUSH},
    {"deviceBasedPush", MODEL_METHOD_DEVICE_BASED_PUSH},
    {"temporaryAccessPassOneTime", MODEL_METHOD_TAP_ONE_TIME},
    {"temporaryAccessPassMultiUse", MODEL_METHOD_TAP_MULTI_USE},
    {"email", MODEL_METHOD_EMAIL},
    {"x509CertificateSingleFactor", MODEL_METHOD_X509_SINGLE_FACTOR},
    {"x509CertificateMultiFactor", MODEL_METHOD_X509_MULTI_FACTOR},
    {"federatedSingleFactor", MODEL_METHOD_FEDERATED_SINGLE_FACTOR},
    {"federatedMultiFactor", MODEL_METHOD_FEDERATED_MULTI_FACTOR},
    {"qrCodePin", MODEL_METHOD_QR_CODE_PIN}};
static const struct word user_mfa[] = {{"disabled", POLICY_USER_MFA_DISABLED},
                                       {"enabled", POLICY_USER_MFA_ENABLED},
                                       {"enforced", POLICY_USER_MFA_ENFORCED}};

/* Reading stops at the first word that is not known; `bad` remembers it. */
struct reader {
    struct hg_arena *arena;
    hg_str bad;
};

static uint32_t value_of(struct reader *reader, hg_str name, const struct word *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (hg_str_eq(hg_str_of(words[i].name), name))
            return words[i].value;
    reader->bad = name;
    return 0;
}

static uint32_t word(struct reader *reader, const struct hg_json *object, const char *member,
                     const struct word *words, size_t n)
{
    hg_str name;
    if (!hg_json_as_str(hg_json_get(object, member), &name))
        return 0;
    return value_of(reader, name, words, n);
}

static hg_str text(const struct hg_json *object, const char *member)
{
    return hg_json_str_or(hg_json_get(object, member), HG_STR(""));
}

static bool flag(const struct hg_json *object, const char *member)
{
    return hg_json_bool_or(hg_json_get(object, member), false);
}

static const hg_str *texts(struct reader *reader, const struct hg_json *object, const char *member,
                           size_t *out_n)
{
    const struct hg_json *list = hg_json_get(object, member);
    *out_n = hg_json_count(list);
    hg_str *items = HG_NEW_ARRAY(reader->arena, hg_str, *out_n);
    for (size_t i = 0; items != NULL && i < *out_n; i++)
        items[i] = hg_json_str_or(hg_json_item(list, i), HG_STR(""));
    if (items == NULL)
        *out_n = 0;
    return items;
}

/* A name that is misspelt would be a fact that is not there. */
static void check_members(struct reader *reader, const struct hg_json *object,
                          const char *const *names, size_t n)
{
    if (!hg_json_is(object, HG_JSON_OBJECT))
        return;
    for (size_t i = 0; i < hg_json_count(object); i++) {
        size_t k = 0;
        while (k < n && !hg_str_eq(hg_str_of(names[k]), object->object.members[i].name))
            k++;
        if (k == n)
            reader->bad = object->object.members[i].name;
    }
}

#define CHECK_MEMBERS(reader, object, ...)                                \
    check_members((reader), (object), (const char *const[]){__VA_ARGS__}, \
                  HG_COUNT(((const char *const[]){__VA_ARGS__})))

static const struct model_user *read_user(struct reader *reader, const struct hg_json *json)
{
    CHECK_MEMBERS(reader, json, "id", "userPrincipalName", "groups", "roles", "isGuest", "external",
                  "homeTenant", "hasMfaMethod", "perUserMfa", "mfaRegistrationIsDue");
    struct model_user *user = HG_NEW(reader->arena, struct model_user);
    if (user == NULL || !hg_json_is(json, HG_JSON_OBJECT))
        return NULL;
    user->id = text(json, "id");
    user->upn = text(json, "userPrincipalName");
    user->enabled = true;
    user->is_guest = flag(json, "isGuest");
    user->external =
        (enum model_external)word(reader, json, "external", externals, HG_COUNT(externals));
    user->home_tenant = text(json, "homeTenant");
    user->groups = texts(reader, json, "groups", &user->n_groups);
    user->roles = texts(reader, json, "roles", &user->n_roles);
    user->has_mfa_method = flag(json, "hasMfaMethod");
    return user;
}

static hg_str one_text(struct reader *reader, const struct hg_json *value)
{
    hg_str out = HG_STR("");
    if (!hg_json_as_str(value, &out))
        reader->bad = HG_STR("something other than text");
    return out;
}

static void read_attribute(struct reader *reader, const struct hg_json_member *member,
                           struct policy_attribute *out)
{
    const struct hg_json *value = &member->value;
    out->name = member->name;
    out->is_list = hg_json_is(value, HG_JSON_ARRAY);
    out->n_values = out->is_list ? hg_json_count(value) : 1;
    hg_str *values = HG_NEW_ARRAY(reader->arena, hg_str, out->n_values);
    for (size_t i = 0; values != NULL && i < out->n_values; i++)
        values[i] = one_text(reader, out->is_list ? hg_json_item(value, i) : value);
    out->values = values;
}

/* How many members; what is no object has none and is a fault. */
static size_t members_of(struct reader *reader, const struct hg_json *json)
{
    if (json == NULL || hg_json_is(json, HG_JSON_OBJECT))
        return hg_json_count(json);
    reader->bad = HG_STR("something other than an object");
    return 0;
}

static struct policy_attributes read_attributes(struct reader *reader, const struct hg_json *json)
{
    struct policy_attributes out = {.n = members_of(reader, json)};
    struct policy_attribute *items = HG_NEW_ARRAY(reader->arena, struct policy_attribute, out.n);
    for (size_t i = 0; items != NULL && i < out.n; i++)
        read_attribute(reader, &json->object.members[i], &items[i]);
    out.items = items;
    return out;
}

static void read_apps(struct reader *reader, const struct hg_json *json, struct policy_facts *out)
{
    size_t n = members_of(reader, json);
    struct policy_app_attributes *apps =
        HG_NEW_ARRAY(reader->arena, struct policy_app_attributes, n);
    for (size_t i = 0; apps != NULL && i < n; i++) {
        apps[i].app_id = json->object.members[i].name;
        apps[i].attributes = read_attributes(reader, &json->object.members[i].value);
    }
    out->apps = apps;
    out->n_apps = n;
}

static const struct policy_workload *read_workload(struct reader *reader,
                                                   const struct hg_json *json)
{
    CHECK_MEMBERS(reader, json, "servicePrincipal", "isOwn", "risk", "attributes");
    struct policy_workload *workload = HG_NEW(reader->arena, struct policy_workload);
    if (workload == NULL || !hg_json_is(json, HG_JSON_OBJECT))
        return NULL;
    workload->service_principal = text(json, "servicePrincipal");
    workload->is_own = flag(json, "isOwn");
    workload->attributes = read_attributes(reader, hg_json_get(json, "attributes"));
    workload->risk = hg_json_is_null(hg_json_get(json, "risk"))
                         ? POLICY_RISK_UNKNOWN
                         : (enum policy_risk)word(reader, json, "risk", risks, HG_COUNT(risks));
    return workload;
}

static bool is_extension(hg_str name)
{
    uint64_t n;
    hg_str prefix = HG_STR("extensionAttribute");
    return hg_str_starts(name, prefix) &&
           hg_str_u64(hg_str_from(name, prefix.len), MODEL_EXTENSION_ATTRIBUTES, &n) && n > 0;
}

/* The fifteen extension attributes apart. */
static void check_device(struct reader *reader, const struct hg_json *json)
{
    struct hg_json named = hg_json_object();
    for (size_t i = 0; i < hg_json_count(json); i++)
        if (!is_extension(json->object.members[i].name))
            hg_json_set(reader->arena, &named, json->object.members[i].name, hg_json_null());
    CHECK_MEMBERS(reader, &named, "deviceId", "displayName", "enrollmentProfileName", "isCompliant",
                  "manufacturer", "mdmAppId", "model", "operatingSystem", "operatingSystemVersion",
                  "ownership", "physicalIds", "profileType", "systemLabels", "trustType",
                  "isManaged");
}

static const struct model_device *read_device(struct reader *reader, const struct hg_json *json)
{
    struct model_device *device = HG_NEW(reader->arena, struct model_device);
    if (device == NULL || !hg_json_is(json, HG_JSON_OBJECT))
        return device;
    check_device(reader, json);
    device->is_present = true;
    device->id = text(json, "deviceId");
    device->display_name = text(json, "displayName");
    device->operating_system = text(json, "operatingSystem");
    device->operating_system_version = text(json, "operatingSystemVersion");
    device->ownership = text(json, "ownership");
    device->trust_type = text(json, "trustType");
    device->manufacturer = text(json, "manufacturer");
    device->model = text(json, "model");
    device->mdm_app_id = text(json, "mdmAppId");
    device->enrollment_profile = text(json, "enrollmentProfileName");
    device->profile_type = text(json, "profileType");
    device->is_compliant = flag(json, "isCompliant");
    device->is_managed = flag(json, "isManaged");
    device->physical_ids = texts(reader, json, "physicalIds", &device->n_physical_ids);
    device->system_labels = texts(reader, json, "systemLabels", &device->n_system_labels);
    for (unsigned i = 0; i < MODEL_EXTENSION_ATTRIBUTES; i++)
        device->extension[i] =
            text(json, hg_str_z(reader->arena,
                                hg_str_format(reader->arena, "extensionAttribute%u", i + 1)));
    return device;
}

static void read_network(struct reader *reader, const struct hg_json *json,
                         struct model_network *out)
{
    hg_str ip = text(json, "ip");
    out->country = text(json, "country");
    out->gps_country = text(json, "gpsCountry");
    out->is_compliant = flag(json, "isCompliantNetwork");
    out->is_inside = flag(json, "insideCorporateNetwork");
    out->has_ip = ip.len > 0;
    if (out->has_ip && hg_ip_parse(ip, &out->ip, NULL) != HG_OK)
        reader->bad = ip;
}

static uint32_t read_methods(struct reader *reader, const struct hg_json *list)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < hg_json_count(list); i++)
        bits |= value_of(reader, hg_json_str_or(hg_json_item(list, i), HG_STR("")), methods,
                         HG_COUNT(methods));
    return bits;
}

static void read_methods_used(struct reader *reader, const struct hg_json *json,
                              struct policy_facts *out)
{
    const struct hg_json *usable = hg_json_get(json, "usableMethods");
    out->methods = read_methods(reader, hg_json_get(json, "methods"));
    out->knows_usable_methods = usable != NULL;
    out->usable_methods = read_methods(reader, usable);
    out->fido2_aaguid = text(json, "fido2Aaguid");
    out->x509_issuer_ski = text(json, "x509IssuerSki");
    out->x509_policy_oids = texts(reader, json, "x509PolicyOids", &out->n_x509_policy_oids);
}

static void read_proofs(struct reader *reader, const struct hg_json *json, struct policy_facts *out)
{
    const struct hg_json *trust = hg_json_get(json, "inboundTrust");
    CHECK_MEMBERS(reader, trust, "isMfaAccepted", "isCompliantDeviceAccepted",
                  "isHybridAzureADJoinedDeviceAccepted");
    out->mfa_at.is_set = flag(json, "mfa");
    out->mfa_is_stale = flag(json, "mfaIsStale");
    out->mfa_is_foreign = flag(json, "mfaIsForeign");
    out->inbound_trust = (struct policy_inbound_trust){
        .mfa = flag(trust, "isMfaAccepted"),
        .compliant_device = flag(trust, "isCompliantDeviceAccepted"),
        .domain_joined_device = flag(trust, "isHybridAzureADJoinedDeviceAccepted")};
    out->accepted_terms = texts(reader, json, "acceptedTerms", &out->n_accepted_terms);
    out->passed_factors = texts(reader, json, "passedFactors", &out->n_passed_factors);
    out->password_is_changed = flag(json, "passwordIsChanged");
    out->risk_is_remediated = flag(json, "riskIsRemediated");
    out->is_approved_app = flag(json, "isApprovedApp");
    out->is_protected_app = flag(json, "isProtectedApp");
    out->is_token_bound = flag(json, "isTokenBound");
    out->is_interactive = flag(json, "isInteractive");
}

static void read_signals(struct reader *reader, const struct hg_json *json,
                         struct policy_facts *out)
{
    out->client_app_type =
        (enum model_client_app)word(reader, json, "clientAppType", clients, HG_COUNT(clients));
    out->platform =
        (enum model_platform)word(reader, json, "platform", platforms, HG_COUNT(platforms));
    out->flow_origin =
        (enum model_flow_origin)word(reader, json, "flowOrigin", origins, HG_COUNT(origins));
    out->signin_risk = (enum policy_risk)word(reader, json, "signInRisk", risks, HG_COUNT(risks));
    out->user_risk = (enum policy_risk)word(reader, json, "userRisk", risks, HG_COUNT(risks));
    out->insider_risk =
        (enum policy_insider_risk)word(reader, json, "insiderRisk", insider, HG_COUNT(insider));
}

static void read_user_mfa(struct reader *reader, const struct hg_json *user,
                          struct policy_facts *out)
{
    out->user_mfa =
        (enum policy_user_mfa)word(reader, user, "perUserMfa", user_mfa, HG_COUNT(user_mfa));
    out->mfa_registration_is_due = flag(user, "mfaRegistrationIsDue");
}

static bool is_there(const struct hg_json *object, const char *member)
{
    return !hg_json_is_null(hg_json_get(object, member));
}

static void read_stated(const struct hg_json *json, struct policy_facts *out)
{
    static const struct {
        const char *member;
        uint32_t bit;
    } rows[] = {
        {"platform", POLICY_STATED_PLATFORM},
        {"clientAppType", POLICY_STATED_CLIENT_APP_TYPE},
        {"signInRisk", POLICY_STATED_SIGNIN_RISK},
        {"userRisk", POLICY_STATED_USER_RISK},
        {"insiderRisk", POLICY_STATED_INSIDER_RISK},
        {"flowOrigin", POLICY_STATED_FLOW},
        {"device", POLICY_STATED_DEVICE},
        {"ip", POLICY_STATED_PLACE},
        {"country", POLICY_STATED_PLACE},
        {"gpsCountry", POLICY_STATED_PLACE},
        {"isCompliantNetwork", POLICY_STATED_PLACE},
    };
    out->is_what_if = flag(json, "isWhatIf");
    for (size_t i = 0; i < HG_COUNT(rows); i++)
        out->stated |= is_there(json, rows[i].member) ? rows[i].bit : 0;
    if (is_there(hg_json_get(json, "workload"), "risk"))
        out->stated |= POLICY_STATED_WORKLOAD_RISK;
}

/* `authContext` is one more of the list. */
static void read_contexts(struct reader *reader, const struct hg_json *json,
                          struct policy_facts *out)
{
    out->auth_contexts = texts(reader, json, "authContexts", &out->n_auth_contexts);
    hg_str one = text(json, "authContext");
    if (one.len == 0)
        return;
    hg_str *all = HG_NEW_ARRAY(reader->arena, hg_str, out->n_auth_contexts + 1);
    if (all == NULL)
        return;
    for (size_t i = 0; i < out->n_auth_contexts; i++)
        all[i] = out->auth_contexts[i];
    all[out->n_auth_contexts++] = one;
    out->auth_contexts = all;
}

static void check_facts(struct reader *reader, const struct hg_json *json)
{
    CHECK_MEMBERS(reader, json, "user", "workload", "client", "isConfidential", "resources",
                  "request", "userAction", "authContext", "authContexts", "clientAppType",
                  "platform", "ip", "country", "gpsCountry", "isCompliantNetwork",
                  "insideCorporateNetwork", "device", "attributes", "flowOrigin", "signInRisk",
                  "userRisk", "insiderRisk", "methods", "fido2Aaguid", "x509IssuerSki",
                  "x509PolicyOids", "usableMethods", "mfaIsForeign", "inboundTrust",
                  "acceptedTerms", "passedFactors", "passwordIsChanged", "riskIsRemediated", "mfa",
                  "mfaIsStale", "isApprovedApp", "isProtectedApp", "isTokenBound", "isInteractive",
                  "isWhatIf");
}

/* In place of `resources`: what the audiences are found from (3.4). */
static enum hg_code read_request(struct reader *reader, const struct policy_set *set,
                                 const struct hg_json *json, struct policy_facts *out,
                                 struct hg_err *err)
{
    if (json == NULL)
        return HG_OK;
    if (set == NULL || out->n_resources > 0)
        return HG_FAIL(err, HG_MALFORMED, "a request needs a set, and stands alone");
    struct policy_request request = {.client = out->client,
                                     .is_confidential = out->is_confidential,
                                     .wants_id_token = flag(json, "wantsIdToken"),
                                     .with_dependencies = flag(json, "withDependencies"),
                                     .resource = text(json, "resource")};
    struct policy_audiences found;
    CHECK_MEMBERS(reader, json, "resource", "scopes", "wantsIdToken", "withDependencies");
    request.scopes = texts(reader, json, "scopes", &request.n_scopes);
    HG_TRY(policy_audiences(reader->arena, set, &request, &found, err));
    out->resources = found.items;
    out->n_resources = found.n;
    out->low_privilege = found.low_privilege;
    return HG_OK;
}

enum hg_code world_read_facts(struct hg_arena *arena, const struct policy_set *set,
                              const struct hg_json *json, struct policy_facts *out,
                              struct hg_err *err)
{
    struct reader reader = {.arena = arena};
    struct policy_facts facts = {.client = text(json, "client"),
                                 .is_confidential = flag(json, "isConfidential"),
                                 .user_action = text(json, "userAction")};
    check_facts(&reader, json);
    facts.user = read_user(&reader, hg_json_get(json, "user"));
    facts.workload = read_workload(&reader, hg_json_get(json, "workload"));
    facts.device = read_device(&reader, hg_json_get(json, "device"));
    facts.resources = texts(&reader, json, "resources", &facts.n_resources);
    HG_TRY(read_request(&reader, set, hg_json_get(json, "request"), &facts, err));
    read_apps(&reader, hg_json_get(json, "attributes"), &facts);
    read_contexts(&reader, json, &facts);
    read_network(&reader, json, &facts.network);
    read_signals(&reader, json, &facts);
    read_methods_used(&reader, json, &facts);
    read_proofs(&reader, json, &facts);
    read_user_mfa(&reader, hg_json_get(json, "user"), &facts);
    read_stated(json, &facts);
    if (reader.bad.len > 0)
        return HG_FAIL(err, HG_MALFORMED, "a fact reads '%.*s'", HG_ARG(reader.bad));
    *out = facts;
    return HG_OK;
}
