#include "unit/policy/random_world.h"

#include "base/base.h"
#include "policy/policy.h"
#include "unit/policy/world.h"
#include "unit/test.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define EXCHANGE "\"00000002-0000-0ff1-ce00-000000000000\""
#define DIRECTORY "\"00000002-0000-0000-c000-000000000000\""
#define PORTAL "\"c44b4083-3bb0-49c1-b47d-974e53cbdf3c\""
#define NETWORK "\"3d46dbda-8382-466a-856d-eb00cbc6b910\""

#define PICK(draw, array) (array)[below((draw), HG_COUNT(array))]

unsigned below(struct draw *draw, unsigned n)
{
    draw->state ^= draw->state << 13;
    draw->state ^= draw->state >> 7;
    draw->state ^= draw->state << 17;
    return (unsigned)(draw->state % n);
}

/* Longer than hg_str_format() makes them. */
HG_PRINTF(2, 3) static hg_str text(struct hg_arena *arena, const char *format, ...)
{
    enum { ROOM = 2048 };
    va_list args;
    char *out = hg_arena_alloc(arena, ROOM, 1);
    assert_non_null(out);
    va_start(args, format);
    int n = vsnprintf(out, ROOM, format, args);
    va_end(args);
    assert_in_range(n, 0, ROOM - 1);
    return (hg_str){.ptr = out, .len = (size_t)n};
}

static bool chance(struct draw *draw, unsigned percent)
{
    return below(draw, 100) < percent;
}

/* Every text here ends in a NUL. HG_ARG() would draw twice. */
#define Z(string) ((string).ptr)

/* A quoted id; the two ways of naming sort and hash in different orders. */
static hg_str id(const struct random_world *world, char kind, unsigned n)
{
    return world->names == 0 ? text(world->arena, "\"%c0000000-0000-4000-8000-%012u\"", kind, n)
                             : text(world->arena, "\"%07u%c-1111-4222-9333-abcdef%06u\"", 7 - n,
                                    kind, 91 * n + 5);
}

/* One or two ids out of `of`. */
static hg_str ids(struct random_world *world, char kind, unsigned of)
{
    hg_str first = id(world, kind, below(&world->draw, of));
    if (chance(&world->draw, 60))
        return first;
    hg_str second = id(world, kind, below(&world->draw, of));
    return text(world->arena, "%s,%s", Z(first), Z(second));
}

enum { USERS = 3, GROUPS = 3, ROLES = 2, TENANTS = 2, WORKLOADS = 2, APPS = 3 };

static const char *const kinds[] = {"internalGuest",          "b2bCollaborationGuest",
                                    "b2bCollaborationMember", "b2bDirectConnectUser",
                                    "otherExternalUser",      "serviceProvider"};
static const char *const rules[] = {
    "device.isCompliant -eq True", "device.trustType -ne \\\"ServerAD\\\"",
    "device.extensionAttribute1 -eq \\\"SAW\\\" -or device.model -contains \\\"face\\\"",
    "-not (device.systemLabels -contains \\\"a\\\") -and device.displayName -in [\\\"x\\\", "
    "\\\"y\\\"]"};
static const char *const attribute_rules[] = {
    "CustomSecurityAttribute.A_B -eq \\\"x\\\"", "CustomSecurityAttribute.A_B -ne \\\"x\\\"",
    "CustomSecurityAttribute.A_C -contains \\\"y\\\" -and CustomSecurityAttribute.A_B -ne null"};
static const char *const modes[] = {"include", "exclude"};

/* --- Policies ------------------------------------------------------------------------ */

static hg_str guests(struct random_world *world)
{
    struct draw *draw = &world->draw;
    const char *kind = PICK(draw, kinds);
    const char *more = PICK(draw, kinds);
    if (chance(draw, 50))
        return text(world->arena, "{\"guestOrExternalUserTypes\":\"%s,%s\"}", kind, more);
    return text(world->arena,
                "{\"guestOrExternalUserTypes\":\"%s,%s\",\"externalTenants\":{"
                "\"membershipKind\":\"enumerated\",\"members\":[%s]}}",
                kind, more, Z(ids(world, 'd', TENANTS)));
}

static hg_str people(struct random_world *world)
{
    struct hg_arena *arena = world->arena;
    switch (below(&world->draw, 7)) {
    case 0:
        return text(arena, "\"includeUsers\":[%s]", Z(ids(world, 'a', USERS)));
    case 1:
        return text(arena, "\"includeGroups\":[%s]", Z(ids(world, 'b', GROUPS)));
    case 2:
        return text(arena, "\"includeRoles\":[%s]", Z(ids(world, 'c', ROLES)));
    case 3:
        return text(arena, "\"includeGuestsOrExternalUsers\":%s", Z(guests(world)));
    default:
        return HG_STR("\"includeUsers\":[\"All\"]");
    }
}

static hg_str excluded_people(struct random_world *world)
{
    struct hg_arena *arena = world->arena;
    switch (below(&world->draw, 6)) {
    case 0:
        return text(arena, ",\"excludeGroups\":[%s]", Z(ids(world, 'b', GROUPS)));
    case 1:
        return text(arena, ",\"excludeRoles\":[%s]", Z(ids(world, 'c', ROLES)));
    case 2:
        return text(arena, ",\"excludeGuestsOrExternalUsers\":%s", Z(guests(world)));
    default:
        return HG_STR("");
    }
}

static hg_str filter(struct random_world *world, const char *name, const char *mode)
{
    return text(world->arena, "\"%s\":{\"mode\":\"%s\",\"rule\":\"%s\"}", name, mode,
                PICK(&world->draw, attribute_rules));
}

static hg_str targets(struct random_world *world)
{
    struct hg_arena *arena = world->arena;
    struct draw *draw = &world->draw;
    hg_str excluding = chance(draw, 12)
                           ? text(arena, ",%s", Z(filter(world, "applicationFilter", "exclude")))
                           : HG_STR("");
    static const char *const groups[] = {"\"Office365\"", "\"MicrosoftAdminPortals\"", EXCHANGE,
                                         DIRECTORY, "\"None\""};
    switch (below(draw, 8)) {
    case 0:
        return text(arena, "\"includeApplications\":[%s]%s", Z(ids(world, '8', APPS)),
                    Z(excluding));
    case 1:
        return text(arena, "\"includeApplications\":[%s]%s", PICK(draw, groups), Z(excluding));
    case 2:
        return HG_STR("\"includeUserActions\":[\"urn:user:registersecurityinfo\"]");
    case 3:
        return HG_STR("\"includeAuthenticationContextClassReferences\":[\"c1\",\"c2\"]");
    case 4:
        return filter(world, "applicationFilter", "include");
    default:
        return text(arena, "\"includeApplications\":[\"All\"]%s", Z(excluding));
    }
}

static hg_str places(struct random_world *world)
{
    static const char *const words[] = {"\"All\"", "\"All\"", "\"AllTrusted\"", NETWORK};
    return chance(&world->draw, 60) ? hg_str_of(PICK(&world->draw, words))
                                    : ids(world, 'f', WORLD_PLACES);
}

static hg_str narrow(struct random_world *world)
{
    static const char *const words[] = {
        ",\"clientAppTypes\":[\"browser\",\"other\"]",
        ",\"clientAppTypes\":[\"mobileAppsAndDesktopClients\"]",
        ",\"signInRiskLevels\":[\"high\",\"medium\"]",
        ",\"userRiskLevels\":[\"none\",\"low\"]",
        ",\"insiderRiskLevels\":\"minor,elevated\"",
        ",\"authenticationFlows\":{\"transferMethods\":\"deviceCodeFlow\"}",
        ",\"deviceStates\":{\"includeStates\":[\"All\"],\"excludeStates\":[\"Compliant\"]}"};
    struct draw *draw = &world->draw;
    if (chance(draw, 55))
        return HG_STR("");
    if (chance(draw, 25))
        return text(world->arena,
                    ",\"devices\":{\"deviceFilter\":{\"mode\":\"%s\",\"rule\":\"%s\"}}",
                    PICK(draw, modes), PICK(draw, rules));
    return hg_str_of(PICK(draw, words));
}

static hg_str controls(struct random_world *world)
{
    static const char *const grants[] = {
        "\"builtInControls\":[\"block\"]",
        "\"builtInControls\":[\"block\"]",
        "\"builtInControls\":[\"mfa\"]",
        "\"builtInControls\":[\"mfa\",\"compliantDevice\"]",
        "\"builtInControls\":[\"compliantDevice\",\"domainJoinedDevice\"]",
        "\"builtInControls\":[\"domainJoinedDevice\",\"approvedApplication\"]",
        "\"builtInControls\":[\"compliantApplication\"],\"termsOfUse\":[\"t1\"]",
        "\"builtInControls\":[],\"authenticationStrength\":{\"id\":"
        "\"00000000-0000-0000-0000-000000000004\"}",
        "\"builtInControls\":[\"mfa\"],\"termsOfUse\":[\"t1\",\"t2\"],"
        "\"customAuthenticationFactors\":[\"f1\"]"};
    static const char *const sessions[] = {
        "",
        "",
        "",
        ",\"sessionControls\":{\"signInFrequency\":{\"isEnabled\":true,\"value\":4,\"type\":"
        "\"hours\"}}",
        ",\"sessionControls\":{\"signInFrequency\":{\"isEnabled\":true,\"frequencyInterval\":"
        "\"everyTime\"},\"applicationEnforcedRestrictions\":{\"isEnabled\":true}}",
        ",\"sessionControls\":{\"secureSignInSession\":{\"isEnabled\":true}}"};
    struct draw *draw = &world->draw;
    const char *operator= chance(draw, 50) ? "AND" : "OR";
    const char *grant = PICK(draw, grants);
    return text(world->arena, ",\"grantControls\":{\"operator\":\"%s\",%s}%s", operator, grant,
                PICK(draw, sessions));
}

static hg_str own_workloads(struct random_world *world)
{
    if (chance(&world->draw, 50))
        return text(world->arena, "\"includeServicePrincipals\":[%s]",
                    Z(ids(world, 'e', WORKLOADS)));
    hg_str filtered =
        chance(&world->draw, 50)
            ? text(world->arena, ",%s",
                   Z(filter(world, "servicePrincipalFilter", PICK(&world->draw, modes))))
            : HG_STR("");
    return text(world->arena, "\"includeServicePrincipals\":[\"ServicePrincipalsInMyTenant\"]%s",
                Z(filtered));
}

static void draw_workload_policy(struct random_world *world, struct random_policy *out)
{
    out->users = HG_STR("\"includeUsers\":[\"None\"]");
    out->exclude_users = HG_STR("");
    out->workloads = own_workloads(world);
    out->controls =
        HG_STR(",\"grantControls\":{\"operator\":\"OR\",\"builtInControls\":[\"block\"]}");
    out->narrow = chance(&world->draw, 30)
                      ? HG_STR(",\"servicePrincipalRiskLevels\":[\"high\",\"none\"]")
                      : HG_STR("");
}

struct random_policy random_policy_draw(struct random_world *world)
{
    static const char *const platforms[] = {"\"all\"", "\"all\"", "\"windows\",\"iOS\"",
                                            "\"android\""};
    static const char *const without[] = {"", "\"iOS\"", "\"windows\",\"android\"", "\"linux\""};
    struct draw *draw = &world->draw;
    struct random_policy out = {0};
    hg_str who = people(world);
    hg_str not = excluded_people(world);
    out.users = text(world->arena, "%s%s", Z(who), Z(not));
    out.exclude_users = chance(draw, 20) ? ids(world, 'a', USERS) : HG_STR("");
    out.apps = targets(world);
    out.exclude_apps = chance(draw, 25)   ? ids(world, '8', APPS)
                       : chance(draw, 10) ? HG_STR("\"Office365\"")
                                          : HG_STR("");
    if (chance(draw, 30)) {
        out.places = places(world);
        out.exclude_places = chance(draw, 40) ? places(world) : HG_STR("");
    }
    if (chance(draw, 20)) {
        out.platforms = hg_str_of(PICK(draw, platforms));
        out.exclude_platforms = hg_str_of(PICK(draw, without));
    }
    out.narrow = narrow(world);
    out.controls = controls(world);
    if (chance(draw, 12))
        draw_workload_policy(world, &out);
    return out;
}

static void put_pair(struct hg_buf *buf, const char *name, const char *suffix, hg_str in, hg_str ex)
{
    if (in.len > 0)
        hg_buf_format(buf, ",\"%s\":{\"include%s\":[%.*s],\"exclude%s\":[%.*s]}", name, suffix,
                      HG_ARG(in), suffix, HG_ARG(ex));
}

static struct hg_json parse(struct hg_arena *arena, hg_str from)
{
    struct hg_json json;
    struct hg_err err;
    if (hg_json_parse(arena, from, HG_JSON_STRICT, &hg_json_api, &json, &err) != HG_OK)
        fail_msg("%.*s: %s", HG_ARG(from), err.detail);
    return json;
}

const struct policy_rule *random_policy_rule(struct random_world *world,
                                             const struct random_policy *policy, unsigned n,
                                             const char *state)
{
    struct hg_buf buf = hg_buf_new(world->arena, 16 << 10);
    hg_buf_format(&buf,
                  "{\"id\":%.*s,\"displayName\":\"P\",\"state\":\"%s\",\"conditions\":{\"users\":{"
                  "%.*s,\"excludeUsers\":[%.*s]},\"applications\":{%.*s,\"excludeApplications\":["
                  "%.*s]}%.*s",
                  HG_ARG(id(world, '9', n)), state, HG_ARG(policy->users),
                  HG_ARG(policy->exclude_users), HG_ARG(policy->apps), HG_ARG(policy->exclude_apps),
                  HG_ARG(policy->narrow));
    put_pair(&buf, "locations", "Locations", policy->places, policy->exclude_places);
    put_pair(&buf, "platforms", "Platforms", policy->platforms, policy->exclude_platforms);
    if (policy->workloads.len > 0)
        hg_buf_format(&buf, ",\"clientApplications\":{%.*s}", HG_ARG(policy->workloads));
    hg_buf_format(&buf, "}%.*s}", HG_ARG(policy->controls));

    struct hg_json json = parse(world->arena, hg_buf_view(&buf));
    const struct policy_rule *rule = NULL;
    struct policy_faults faults;
    struct hg_err err;
    if (policy_rule_parse(world->arena, &json, POLICY_PARSE_STRICT, &rule, &faults, &err) != HG_OK)
        fail_msg("%.*s: %s", HG_ARG(hg_buf_view(&buf)), err.detail);
    return rule;
}

/* --- Places and sign-ins -------------------------------------------------------------- */

static void draw_place(struct random_world *world, unsigned n)
{
    static const char *const bodies[] = {
        "\"ipRanges\":[{\"cidrAddress\":\"203.0.113.0/24\"}],\"isTrusted\":true",
        "\"ipRanges\":[{\"cidrAddress\":\"203.0.0.0/8\"},{\"cidrAddress\":\"2001:db8::/32\"}]",
        "\"countriesAndRegions\":[\"SI\",\"GR\"]",
        "\"countriesAndRegions\":[\"SI\"],\"includeUnknownCountriesAndRegions\":true",
        "\"countriesAndRegions\":[\"GR\"],\"countryLookupMethod\":\"authenticatorAppGps\"",
        "\"compliantNetworkType\":\"allTenantCompliantNetworks\",\"isTrusted\":true"};
    struct policy_faults faults;
    struct hg_json json =
        parse(world->arena, text(world->arena, "{\"id\":%s,\"displayName\":\"L\",%s}",
                                 Z(id(world, 'f', n)), PICK(&world->draw, bodies)));
    assert_int_equal(policy_location_parse(world->arena, &json, &world->places[n], &faults, NULL),
                     HG_OK);
}

static hg_str who(struct random_world *world)
{
    struct draw *draw = &world->draw;
    if (chance(draw, 12))
        return text(world->arena,
                    "\"workload\":{\"servicePrincipal\":%s,\"isOwn\":%s,\"risk\":\"%s\","
                    "\"attributes\":{\"A_B\":\"%s\"}}",
                    Z(id(world, 'e', below(draw, WORKLOADS))), chance(draw, 80) ? "true" : "false",
                    chance(draw, 50) ? "high" : "none", chance(draw, 50) ? "x" : "z");
    unsigned user = below(draw, USERS);
    hg_str groups = ids(world, 'b', GROUPS);
    hg_str roles = chance(draw, 40) ? ids(world, 'c', ROLES) : HG_STR("");
    hg_str outside = chance(draw, 20)
                         ? text(world->arena, ",\"external\":\"%s\",\"homeTenant\":%s",
                                PICK(draw, kinds), Z(id(world, 'd', below(draw, TENANTS))))
                         : HG_STR("");
    return text(world->arena,
                "\"user\":{\"id\":%s,\"groups\":[%s],\"roles\":[%s],\"hasMfaMethod\":"
                "%s%s}",
                Z(id(world, 'a', user)), Z(groups), Z(roles), chance(draw, 50) ? "true" : "false",
                Z(outside));
}

static hg_str what(struct random_world *world)
{
    struct draw *draw = &world->draw;
    switch (below(draw, 8)) {
    case 0:
        return HG_STR("\"userAction\":\"urn:user:registersecurityinfo\"");
    case 1:
        return HG_STR("\"resources\":[" EXCHANGE "],\"authContexts\":[\"c2\",\"c3\"]");
    case 2:
        return HG_STR("\"resources\":[" PORTAL "]");
    case 3:
        return HG_STR("\"request\":{\"resource\":\"\",\"scopes\":[\"openid\",\"User.Read\"]}");
    case 4:
        return HG_STR("\"isConfidential\":true,\"request\":{\"scopes\":[\"User.Read\",\"openid\"],"
                      "\"wantsIdToken\":true}");
    default:
        return text(world->arena, "\"resources\":[%s]", Z(ids(world, '8', APPS)));
    }
}

static hg_str signals(struct random_world *world)
{
    static const char *const clients[] = {"browser", "browser", "mobileAppsAndDesktopClients",
                                          "mobileAppsAndDesktopClients", "other"};
    static const char *const platforms[] = {"windows", "iOS", "android", "linux", "unknown"};
    static const char *const risks[] = {"none", "low", "medium", "high", "unknown"};
    static const char *const networks[] = {"",
                                           ",\"ip\":\"203.0.113.9\"",
                                           ",\"ip\":\"203.7.0.1\",\"country\":\"SI\"",
                                           ",\"ip\":\"2001:db8::1\",\"gpsCountry\":\"GR\"",
                                           ",\"ip\":\"198.51.100.1\",\"isCompliantNetwork\":true",
                                           ",\"country\":\"FR\",\"insideCorporateNetwork\":true"};
    static const char *const devices[] = {
        "", ",\"device\":{\"isCompliant\":true,\"model\":\"Surface\"}",
        ",\"device\":{\"trustType\":\"ServerAD\",\"extensionAttribute1\":\"SAW\"}",
        ",\"device\":{\"displayName\":\"x\",\"systemLabels\":[\"a\"]}"};
    static const char *const proofs[] = {"", ",\"mfa\":true,\"methods\":[\"password\",\"sms\"]",
                                         ",\"mfa\":true,\"methods\":[\"fido2\"]",
                                         ",\"isApprovedApp\":true,\"acceptedTerms\":[\"t1\"]"};
    static const char *const rest[] = {"", ",\"isInteractive\":true", ",\"isWhatIf\":true",
                                       ",\"flowOrigin\":\"deviceCodeFlow\"",
                                       ",\"insiderRisk\":\"elevated\",\"isTokenBound\":true"};
    struct draw *draw = &world->draw;
    const char *client = PICK(draw, clients);
    const char *platform = PICK(draw, platforms);
    const char *signin = PICK(draw, risks);
    const char *user = PICK(draw, risks);
    const char *network = PICK(draw, networks);
    const char *device = PICK(draw, devices);
    const char *proof = PICK(draw, proofs);
    return text(world->arena,
                "\"clientAppType\":\"%s\",\"platform\":\"%s\",\"signInRisk\":\"%s\","
                "\"userRisk\":\"%s\"%s%s%s%s",
                client, platform, signin, user, network, device, proof, PICK(draw, rest));
}

static void draw_facts(struct random_world *world)
{
    struct hg_arena *arena = world->arena;
    struct hg_err err;
    const struct policy_source nothing = {.settings = world->settings};
    const struct policy_set *set; /* a request asks it for groups and settings alone */
    hg_str person = who(world);
    hg_str target = what(world);
    hg_str said = signals(world);
    unsigned app = below(&world->draw, APPS);
    unsigned client = below(&world->draw, APPS);
    struct hg_json json =
        parse(arena, text(arena,
                          "{%s,%s,%s,\"client\":%s,\"attributes\":{%s:{\"A_B\":\"x\","
                          "\"A_C\":[\"y\",\"z\"]}}}",
                          Z(person), Z(target), Z(said), Z(id(world, '8', client)),
                          Z(id(world, '8', app))));
    assert_int_equal(policy_compile(arena, &nothing, &set, NULL), HG_OK);
    if (world_read_facts(arena, set, &json, &world->facts, &err) != HG_OK)
        fail_msg("%s", err.detail);
}

void random_world_draw(struct hg_arena *arena, uint64_t seed, unsigned names,
                       struct random_world *out)
{
    *out = (struct random_world){
        .arena = arena, .draw = {seed * UINT64_C(0x9e3779b97f4a7c15) | 1}, .names = names};
    for (unsigned i = 0; i < 4; i++) /* seeds that lie close draw alike at first */
        (void)below(&out->draw, 2);
    out->settings.baseline =
        chance(&out->draw, 30) ? POLICY_BASELINE_LEGACY : POLICY_BASELINE_ENFORCE;
    for (unsigned i = 0; i < WORLD_PLACES; i++)
        draw_place(out, i);
    for (unsigned i = 0; i < WORLD_POLICIES; i++)
        out->policies[i] = random_policy_draw(out);
    draw_facts(out);
}
