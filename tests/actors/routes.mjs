// The server's route table, as `headgate help routes` prints it, and a world in which each of its
// rows can be called: what stands for {…}, a valid body, a token. A route that is added later
// needs a row here, or the scenarios that walk the table fail and say what is missing.
import { execFileSync } from "node:child_process";

import { Browser } from "./browser.mjs";
import { Client } from "./client.mjs";
import { binary } from "./server.mjs";
import { ids, people, policies, policy, seed, web } from "./world.mjs";

export const routes = () =>
  JSON.parse(execFileSync(binary, ["help", "routes", "--json"], { encoding: "utf8" })).map((row) => ({
    ...row,
    methods: row.methods.split(","),
    // Whose token it takes: Headgate's own routes also take those for Graph.
    kind: row.surface === "own" && /\b(IdentityRisk|Device\.|Policy\.)/.test(row.scopes) ? "graph" : row.surface,
    names: [...row.pattern.matchAll(/\{(\w+)\*?\}/g)].map((found) => found[1]),
  }));

const group = "b4a7f9c8-2d0e-4e3b-a6f1-8c5d7e1b0f04";
const flow = "f10a0000-0000-4000-8000-000000000001";
const lifetime = "3a5e1b70-1111-4222-8333-444455556666";
const location = "3a5e1b70-1111-4222-8333-444455557777";
const rule = "3a5e1b70-1111-4222-8333-444455558888";
const application = "c8d9e0f1-1a2b-4c3d-8e4f-5a6b7c8d9e05";
const principal = "c8d9e0f1-1a2b-4c3d-8e4f-5a6b7c8d9eff"; // the application's service principal
const dataset = encodeURIComponent(encodeURIComponent("https://contoso.test/sites/ops"));
const lists = `/apim/sharepointonline/datasets/${dataset}/tables`;
const named = { "@odata.type": "#microsoft.graph.ipNamedLocation", displayName: "Office", isTrusted: true, ipRanges: [{ "@odata.type": "#microsoft.graph.iPv4CidrRange", cidrAddress: "192.0.2.0/24" }] };
const definition = {
  $schema: "https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#",
  contentVersion: "1.0.0.0",
  triggers: { manual: { type: "Request", kind: "Http", inputs: { schema: { type: "object", properties: {} } } } },
  actions: { Note: { type: "Compose", runAfter: {}, inputs: "noted" } },
};
const terms = { fileName: "terms.txt", language: "en", isDefault: true, fileData: { data: Buffer.from("Be kind.").toString("base64") } };
const twoHours = '{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"02:00:00"}}';

// What a route takes. `json`: a valid body. `strict`: members that nobody knows are refused, as
// Graph does and as Headgate's own routes do; else they are taken, as the platform's clients
// need. `none`: the route reads no body. `any`: a flow's own input. `form`: the protocol's.
const takes = [
  [/^POST .*\/users$/, { strict: true, json: { displayName: "N", userPrincipalName: "n@contoso.test", passwordProfile: { password: "Correct-Horse-9" } } }],
  [/^(PATCH) .*\/users\/\{id\}$/, { strict: true, json: { jobTitle: "x" } }],
  [/^POST .*\/groups$/, { strict: true, json: { displayName: "N" } }],
  [/^PATCH .*\/groups\/\{id\}$/, { strict: true, json: { description: "x" } }],
  [/^POST .*\/members\/\$ref$/, { strict: true, json: { "@odata.id": `https://localhost/v1.0/users/${ids.ann}` } }],
  [/^POST .*\/applications$/, { strict: true, json: { displayName: "N" } }],
  [/^PATCH .*\/applications\/\{id\}$/, { strict: true, json: { notes: "x" } }],
  [/^POST .*\/servicePrincipals$/, { strict: true, json: { appId: ids.web }, status: 409 }],
  [/^PATCH .*\/servicePrincipals(\/\{id\}|\(.*\))$/, { strict: true, json: { notes: "x" } }],
  [/^POST .*\/appRoleAssignments$/, { strict: true, json: { principalId: principal, resourceId: ids.graph, appRoleId: "Group.Read.All" } }],
  [/^POST .*\/addPassword$/, { strict: true, json: { passwordCredential: { displayName: "x" } } }],
  [/^POST .*\/removePassword$/, { strict: true, json: { keyId: "11111111-2222-4333-8444-555566667777" }, status: 400 }],
  [/^POST .*\/conditionalAccess\/policies$/, { strict: true, json: policy("N", { state: "disabled" }) }],
  [/^PATCH .*\/conditionalAccess\/policies\/\{id\}$/, { strict: true, json: { displayName: "x" } }],
  [/^POST .*\/(authenticationStrength\/policies|authenticationStrengthPolicies)$/, { strict: true, json: { displayName: "N", allowedCombinations: ["fido2"] } }],
  [/^PATCH .*\/(authenticationStrength\/policies|authenticationStrengthPolicies)\/\{id\}$/, { strict: true, json: { displayName: "x" } }],
  [/^POST .*\/updateAllowedCombinations$/, { strict: true, json: { allowedCombinations: ["fido2"] } }],
  [/^POST .*\/authenticationContextClassReferences$/, { strict: true, json: { id: "c9", displayName: "N" } }],
  [/^PATCH .*\/authenticationContextClassReferences\/\{id\}$/, { strict: true, json: { displayName: "x" } }],
  [/^PATCH .*\/identitySecurityDefaultsEnforcementPolicy$/, { strict: true, json: { isEnabled: false } }],
  [/^POST .*\/conditionalAccess\/evaluate$/, { strict: true, json: { signInIdentity: { userId: ids.bob }, signInContext: { includeApplications: [ids.mail] }, signInConditions: {} } }],
  [/^POST .*\/breakGlass$/, { strict: true, json: { user: ids.bob } }],
  [/^POST .*\/breakGlass\/disablePolicies$/, { strict: true, json: {}, optional: true }],
  [/^POST .*\/breakGlass\/\{id\}\/test$/, { none: true }],
  [/^POST .*\/rollback$/, { strict: true, json: { version: 1 } }],
  [/^POST .*\/namedLocations$/, { strict: true, json: named }],
  [/^PATCH .*\/namedLocations\/\{id\}$/, { strict: true, json: { "@odata.type": named["@odata.type"], displayName: "x" } }],
  [/^PATCH .*\/authentication\/requirements$/, { strict: true, json: { perUserMfaState: "disabled" } }],
  [/^POST .*\/agreements$/, { strict: true, json: { displayName: "N", files: [terms] } }],
  [/^PATCH .*\/agreements\/\{id\}$/, { strict: true, json: { displayName: "x" } }],
  [/^POST .*\/tokenLifetimePolicies$/, { strict: true, json: { displayName: "N", definition: [twoHours] } }],
  [/^PATCH .*\/tokenLifetimePolicies\/\{id\}$/, { strict: true, json: { displayName: "x" } }],
  [/^POST .*\/(restore|revokeSignInSessions|mfaReset|start|stop|resubmit|resubmitFailed|cancel)$/, { none: true }],
  [/^POST .*\/listCallbackUrl$/, { none: true }],
  [/^POST .*\/flows$/, { json: { properties: { displayName: "N", owner: people.ann.user, state: "Started", definition } } }],
  [/^PATCH .*\/flows\/\{flow\}$/, { json: { properties: { displayName: "x" } } }],
  [/^POST .*\/checkFlow(Errors|Warnings)$/, { json: { properties: { definition } } }],
  [/^POST .*\/triggers\/\{trigger\}\/run$/, { any: true }],
  [/paths\/invoke$/, { any: true }],
  [/^PUT .*\/connections\/\{connection\}$/, { json: { properties: { displayName: "x" } } }],
  [/^POST .*\/(getConsentLink|repair)$/, { json: { prompt: "none" }, optional: true }],
  [/^POST .*\/confirmConsentCode$/, { json: { code: "x" }, status: 400 }],
  [/^POST \/apim\/office365\/v2\/Mail$/, { json: { To: "carol@example.org", Subject: "x", Body: "x" } }],
  [/^POST .*\/tables$/, { strict: true, json: { displayName: "Another list" } }],
  [/^POST .*\/items$/, { json: { Title: "x" } }],
  [/^PATCH .*\/items\/\{id\}$/, { json: { Title: "x" } }],
  [/^POST .*\/riskyServicePrincipals\/\w+$/, { strict: true, json: { servicePrincipalIds: [principal] } }],
  [/^POST .*\/risky\w+\/(confirmCompromised|confirmSafe|dismiss)$/, { strict: true, json: { userIds: [ids.bob] } }],
  [/^POST \/api\/signals\/\{signal\}$/, { strict: true, json: { user: people.bob.user, level: "none" } }],
  [/^POST .*\/devices$/, { strict: true, json: { displayName: "N", operatingSystem: "Windows", operatingSystemVersion: "10" } }],
  [/^PATCH .*\/devices\/\{id\}$/, { strict: true, json: { isCompliant: true } }],
  [/^POST \/api\/devices\/register$/, { strict: true, json: { certificateRequest: "x", displayName: "N", operatingSystem: "Windows", operatingSystemVersion: "10" }, status: [400, 403] }],
  [/^POST \/api\/devices\/renew$/, { strict: true, json: { certificateRequest: "x" }, status: 400 }],
  [/^PATCH \/api\/mfaSettings$/, { strict: true, json: { trustedIps: ["198.51.100.0/24"] } }],
  [/^POST \/api\/clock$/, { strict: true, json: { advance: "PT0S" } }],
  [/^POST .*\/(authorize|login|token|logout|userinfo)$/, { form: true }],
];

export function bodyOf(method, pattern) {
  const row = takes.find(([key]) => key.test(`${method} ${pattern}`));
  if (!row) throw new Error(`${method} ${pattern}: say what body it takes, in tests/actors/routes.mjs`);
  return row[1];
}

// Resources by the surface whose tokens they are; `none` is a scope that no route asks for.
const graph = { resource: "https://graph.microsoft.com", all: "User.ReadWrite.All Directory.ReadWrite.All Policy.ReadWrite.ConditionalAccess Policy.ReadWrite.ApplicationConfiguration AuditLog.Read.All AppRoleAssignment.ReadWrite.All IdentityRiskyUser.ReadWrite.All IdentityRiskyServicePrincipal.ReadWrite.All Device.ReadWrite.All Agreement.ReadWrite.All AgreementAcceptance.Read.All UserAuthenticationMethod.ReadWrite.All", none: "People.Read" };
const flowApi = { resource: "https://service.flow.microsoft.com/", all: "Flows.Manage.All", none: "Activity.Read.All" };
export const resources = {
  graph,
  flow: flowApi,
  own: flowApi,
  devices: { resource: "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9", all: "adrs_access", none: "self_service_device_delete" },
  powerapps: { resource: "https://service.powerapps.com/", all: "User", none: "user_impersonation" },
  mail: { resource: "https://outlook.office365.com", all: "Mail.Send", none: "Mail.Read" },
  sites: { resource: "https://sharepoint.com", all: "AllSites.Manage", none: "Sites.Search.All" },
};

// What only administrators may agree to is agreed to for everybody, so that bob's tokens have it too.
const agreed = (app) => (app.appId === ids.web ? { ...app, servicePrincipal: { id: principal }, grants: [...app.grants, { resource: ids.graph, scopes: graph.all.split(" "), roles: ["User.Read.All"] }] } : app);

export const worldSeed = () =>
  seed({
    applications: seed().applications.map(agreed),
    groups: [{ id: group, displayName: "Makers", members: [people.bob.user] }],
    namedLocations: [{ id: location, ...named }],
    conditionalAccessPolicies: [{ id: rule, ...policy("Standing", { state: "disabled" }) }],
    tokenLifetimePolicies: [{ id: lifetime, displayName: "Two hours", definition: [twoHours] }],
    connections: [{ id: "outlook", owner: people.ann.user, connector: "shared_office365", signedIn: { methods: ["password", "softwareOath"] } }],
    flows: [{ id: flow, owner: people.ann.user, properties: { displayName: "Note it", definition } }],
  });

// What stands for {name} in a pattern.
export async function valuesOf(server) {
  const table = (await server.do("POST", lists, { displayName: "Requests" })).Name;
  await server.do("POST", `${lists}/${table}/items`, { Title: "first" });
  const flows = `/providers/Microsoft.ProcessSimple/environments/~default/flows/${flow}`;
  await server.do("POST", `${flows}/triggers/manual/run`, {});
  let runs = [];
  for (let i = 0; i < 2000 && runs[0]?.properties.status !== "Succeeded"; i++) runs = (await server.do("GET", `${flows}/runs`)).value;
  const { value: url } = await server.do("POST", `${flows}/triggers/manual/listCallbackUrl`);
  const [held] = (await server.do("GET", `/v1.0/servicePrincipals/${principal}/appRoleAssignments`)).value;
  const [signin] = (await server.do("GET", "/v1.0/auditLogs/signIns")).value;
  const termsOfUse = "/v1.0/identityGovernance/termsOfUse/agreements";
  const agreement = (await server.do("POST", termsOfUse, { displayName: "Terms", files: [terms] })).id;
  const document = (await server.do("GET", `${termsOfUse}/${agreement}/files`)).value[0].id;
  const deleted = {};
  for (const [name, body] of [["policies", policy("Gone", { state: "disabled" })], ["namedLocations", { ...named, isTrusted: false }]]) {
    deleted[name] = (await server.do("POST", `/v1.0/identity/conditionalAccess/${name}`, body)).id;
    await server.do("DELETE", `/v1.0/identity/conditionalAccess/${name}/${deleted[name]}`);
  }
  await server.do("POST", "/api/signals/userRisk", { user: ids.bob, level: "none" });
  await server.do("POST", "/v1.0/identityProtection/riskyServicePrincipals/dismiss", { servicePrincipalIds: [principal] });
  const strength = (await server.do("POST", "/v1.0/policies/authenticationStrengthPolicies", { displayName: "Keys", allowedCombinations: ["fido2"] })).id;
  await server.do("PATCH", "/v1.0/identity/conditionalAccess/authenticationContextClassReferences/c1", { displayName: "Payments" });
  const device = (await server.do("POST", "/v1.0/devices", { displayName: "D", operatingSystem: "Windows", operatingSystemVersion: "10" })).id;
  await server.do("POST", "/api/breakGlass", { user: ids.ann });
  const byPlace = [
    [/\/devices\//, device],
    [/\/breakGlass\//, ids.ann],
    [/authenticationStrength/, strength], [/authenticationContextClassReferences/, "c1"],
    [/\/riskyUsers/, ids.bob], [/\/riskyServicePrincipals/, principal],
    [/deletedItems\/policies/, deleted.policies], [/deletedItems\/namedLocations/, deleted.namedLocations],
    [/\/users\//, ids.bob], [/\/groups\//, group], [/\/applications\//, application],
    [/\/servicePrincipals\//, principal], [/\/servicePrincipals\(/, ids.web], [/\/conditionalAccess\/policies\//, rule],
    [/\/api\/policies\//, rule], [/\/namedLocations\//, location], [/\/tokenLifetimePolicies\//, lifetime], [/\/signIns\//, signin.id], [/\/agreements\//, agreement], [/\/items\//, "1"],
  ];
  const values = {
    version: "v1.0", tenant: server.tenant, environment: "~default", flow, trigger: "manual", run: runs[0].name, action: "Note",
    workflow: url.match(/workflows\/([^/]+)/)[1], content: "ActionOutputs", repetition: "000000",
    api: "shared_office365", connection: "outlook", dataset, table, member: ids.bob, assignment: held.id,
    signal: "userRisk", user: ids.bob, agreement, document,
  };
  return { invoke: url, id: (pattern) => byPlace.find(([key]) => key.test(pattern))?.[1], get: (name) => values[name] };
}

export function fill(pattern, values, other = {}) {
  return pattern.replace(/\{(\w+)\*?\}/g, (whole, name) => {
    const value = other[name] ?? (name === "id" ? values.id(pattern) : values.get(name));
    if (value === undefined) throw new Error(`${pattern}: say what stands for ${whole}, in tests/actors/routes.mjs`);
    return value;
  });
}

// Access tokens of a person: {graph: {all, none}, …}. One sign-in each, since a token is for one resource.
export async function tokensOf(server, person) {
  const browser = new Browser(server);
  const tokens = {};
  for (const [surface, { resource, all, none }] of Object.entries(resources)) {
    tokens[surface] = {};
    for (const [kind, scopes] of Object.entries({ all, none })) {
      const scope = scopes.split(" ").map((one) => `${resource}/${one}`).join(" ");
      const { tokens: made, page, error } = await new Client(server, web).signIn(browser, person, { scope });
      if (!made?.access_token) throw new Error(`${surface} ${kind}: ${page?.text ?? JSON.stringify(error ?? made)}`);
      tokens[surface][kind] = made.access_token;
    }
  }
  return tokens;
}
