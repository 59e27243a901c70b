// Applications that act as themselves: service principals, app roles, client credentials, and the
// policies for workload identities (conditional-access.md 1.3, 3.3, 3.8; T71, T72, T94; A31).
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Browser } from "../actors/browser.mjs";
import { Client, claimsOf } from "../actors/client.mjs";
import { Server } from "../actors/server.mjs";
import { ids, people, policies, publicClient, seed, web } from "../actors/world.mjs";

const robot = { id: "9a8b7c6d-0000-4000-8000-0000000b0700", secret: "robot-secret", principal: "9a8b7c6d-1111-4000-8000-0000000b0700" };
const orders = { id: "9a8b7c6d-0000-4000-8000-00000000de50", principal: "9a8b7c6d-1111-4000-8000-00000000de50", uri: "api://orders", readId: "9a8b7c6d-2222-4000-8000-00000000de50" };
const attributesOf = (value) => ({ Engineering: { "@odata.type": "#Microsoft.DirectoryServices.CustomSecurityAttributeValue", Project: value } });

const world = seed({
  users: [
    { ...seed().users[0], roles: ["Global Administrator", "Attribute Assignment Administrator"] },
    { ...seed().users[1], roles: ["Application Administrator"] },
  ],
  applications: [
    ...seed().applications.map((app) =>
      app.appId === ids.web
        ? { ...app, grants: [...app.grants, { resource: ids.graph, scopes: "Application.Read.All Application.ReadWrite.All AppRoleAssignment.ReadWrite.All CustomSecAttributeAssignment.ReadWrite.All Policy.Read.All User.Read.All".split(" ") }] }
        : app,
    ),
    {
      appId: orders.id, displayName: "Orders", identifierUris: [orders.uri], servicePrincipal: { id: orders.principal },
      appRoles: [
        { id: orders.readId, value: "Orders.Read", displayName: "Read", isEnabled: true, allowedMemberTypes: ["Application"] },
        { id: "9a8b7c6d-3333-4000-8000-00000000de50", value: "Orders.Approve", displayName: "Approve", isEnabled: true, allowedMemberTypes: ["User"] },
      ],
    },
    {
      appId: robot.id, displayName: "Robot", secrets: [robot.secret], servicePrincipal: { id: robot.principal, tags: ["night"] },
      grants: [{ resource: ids.graph, roles: ["User.Read.All"] }, { resource: orders.id, roles: ["Orders.Read"] }],
    },
  ],
});

const principals = "/v1.0/servicePrincipals";
let server;
let reader; // of Graph, without the permission for attributes
let writer;
const graphToken = async (person, scopes) => {
  const { tokens } = await new Client(server, web).signIn(new Browser(server), person, { scope: scopes.split(" ").map((one) => `https://graph.microsoft.com/${one}`).join(" ") });
  return tokens.access_token;
};
const as = (token, method, path, body) =>
  server.send(path, { method, headers: { authorization: `Bearer ${token}`, ...(body ? { "content-type": "application/json" } : {}) }, body: body && JSON.stringify(body) });
before(async () => {
  server = await Server.start({ seed: world });
  reader = await graphToken(people.ann, "Application.Read.All Application.ReadWrite.All AppRoleAssignment.ReadWrite.All");
  writer = await graphToken(people.ann, "Application.Read.All CustomSecAttributeAssignment.ReadWrite.All");
});
after(() => server.stop());

test("an application has a service principal from its creation until one of them goes", async () => {
  const made = await server.do("POST", "/v1.0/applications", { displayName: "Short-lived" });
  const principal = await server.do("GET", `${principals}(appId='${made.appId}')`);
  assert.equal(principal.displayName, "Short-lived");
  assert.equal(principal.servicePrincipalType, "Application");
  assert.equal(principal.accountEnabled, true);
  assert.equal(principal.appOwnerOrganizationId, ids.tenant);
  assert.notEqual(principal.id, made.id);
  assert.deepEqual(await server.do("GET", `${principals}/${principal.id}`), principal);
  assert.equal((await server.admin("POST", principals, { appId: made.appId })).status, 409);
  assert.equal((await server.admin("POST", principals, { appId: "00000000-0000-4000-8000-000000000009" })).status, 400);

  await server.do("DELETE", `${principals}/${principal.id}`);
  assert.equal((await server.admin("GET", `${principals}/${principal.id}`)).status, 404);
  const again = await server.do("POST", principals, { appId: made.appId, tags: ["again"] });
  assert.notEqual(again.id, principal.id);
  assert.deepEqual(again.tags, ["again"]);
  await server.do("DELETE", `/v1.0/applications/${made.id}`);
  assert.equal((await server.admin("GET", `${principals}/${again.id}`)).status, 404);
});

test("the list has those of applications and of the server's own services; a filter finds one", async () => {
  const all = (await server.do("GET", principals)).value;
  for (const name of ["Robot", "Orders", "Web app", "Microsoft Graph", "Microsoft Azure CLI"]) assert.ok(all.some((one) => one.displayName === name), name);
  const { value } = await server.do("GET", `${principals}?$filter=${encodeURIComponent(`appId eq '${ids.graph}'`)}`);
  assert.equal(value.length, 1);
  assert.ok(value[0].appRoles.some((role) => role.value === "User.Read.All" && role.allowedMemberTypes[0] === "Application"));
  assert.ok(!value[0].appRoles.some((role) => role.value === "Directory.AccessAsUser.All"));
});

test("one of the server's own takes tags, and is neither switched off nor deleted", async () => {
  const path = `${principals}(appId='${ids.mail}')`;
  await server.do("PATCH", path, { tags: ["mail"] });
  await server.do("PATCH", path, { notes: "kept" });
  const { tags, notes, displayName } = await server.do("GET", path);
  assert.deepEqual({ tags, notes, displayName }, { tags: ["mail"], notes: "kept", displayName: "Office 365 Exchange Online" });
  assert.equal((await server.do("GET", principals)).value.filter((one) => one.appId === ids.mail).length, 1);
  assert.equal((await server.admin("PATCH", path, { accountEnabled: false })).status, 400);
  assert.equal((await server.admin("DELETE", path)).status, 400);
});

test("custom security attributes are shown on request, to who may read them, and merge", async () => {
  const path = `${principals}/${orders.principal}`;
  assert.equal((await as(reader, "PATCH", path, { customSecurityAttributes: attributesOf("Baker") })).status, 403);
  assert.equal((await as(writer, "PATCH", path, { notes: "x" })).status, 403);
  assert.equal((await as(writer, "PATCH", path, { customSecurityAttributes: attributesOf("Baker"), notes: "x" })).status, 403);
  assert.equal((await as(writer, "PATCH", path, { customSecurityAttributes: attributesOf("Baker") })).status, 204);
  assert.equal((await as(writer, "PATCH", path, { customSecurityAttributes: { Marketing: { Tags: ["a", "b"], Level: 3 } } })).status, 204);

  const wanted = `${path}?$select=id,customSecurityAttributes`;
  assert.equal((await as(reader, "GET", wanted)).status, 403);
  assert.equal((await as(reader, "GET", `${principals}?$select=customSecurityAttributes`)).status, 403);
  assert.deepEqual((await as(writer, "GET", wanted)).json.customSecurityAttributes, { ...attributesOf("Baker"), Marketing: { Tags: ["a", "b"], Level: 3 } });
  assert.equal("customSecurityAttributes" in (await as(writer, "GET", path)).json, false);

  await server.do("PATCH", path, { customSecurityAttributes: { Marketing: { Tags: [], Level: null } } });
  assert.deepEqual((await as(writer, "GET", wanted)).json.customSecurityAttributes, attributesOf("Baker"));
  for (const wrong of [{ Set_1: { A: "x" } }, { Set: { "a b": "x" } }, { Set: { A: { b: 1 } } }, { Set: { A: "x".repeat(65) } }, { Set: "x" }, { ["S".repeat(33)]: { A: "x" } }, { Set: { A: [true] } }])
    assert.equal((await server.admin("PATCH", path, { customSecurityAttributes: wrong })).status, 400, JSON.stringify(wrong));
  await server.do("PATCH", path, { customSecurityAttributes: null });
});

test("app roles are assigned to a service principal, once, and taken away", async () => {
  const path = `${principals}/${robot.principal}/appRoleAssignments`;
  const held = (await server.do("GET", path)).value;
  assert.deepEqual(held.map((one) => [one.resourceDisplayName, one.appRoleId]), [["Microsoft Graph", "User.Read.All"], ["Orders", orders.readId]]);
  assert.equal(held[0].principalType, "ServicePrincipal");
  assert.equal(held[0].principalDisplayName, "Robot");

  const body = { principalId: robot.principal, resourceId: ids.graph, appRoleId: "Group.Read.All" };
  const made = await server.do("POST", path, body);
  assert.equal((await server.admin("POST", path, body)).status, 400);
  assert.ok((await server.do("GET", `${principals}/${ids.graph}/appRoleAssignedTo`)).value.some((one) => one.id === made.id));
  for (const wrong of [{ appRoleId: "9a8b7c6d-3333-4000-8000-00000000de50", resourceId: orders.principal }, { appRoleId: "Nothing" }, { resourceId: orders.readId }, { principalId: orders.principal }])
    assert.equal((await server.admin("POST", path, { ...body, ...wrong })).status, 400, JSON.stringify(wrong));
  await server.do("DELETE", `${path}/${made.id}`);
  assert.equal((await server.admin("DELETE", `${path}/${made.id}`)).status, 404);
});

test("who administers applications does not hand out the directory's own app roles", async () => {
  const bob = await graphToken(people.bob, "AppRoleAssignment.ReadWrite.All");
  const path = `${principals}/${robot.principal}/appRoleAssignments`;
  assert.equal((await as(bob, "POST", path, { principalId: robot.principal, resourceId: ids.graph, appRoleId: "Directory.ReadWrite.All" })).status, 403);
  const { status } = await as(bob, "POST", path, { principalId: robot.principal, resourceId: orders.principal, appRoleId: "00000000-0000-0000-0000-000000000000" });
  assert.equal(status, 201);
});

test("an application whose service principal is switched off, or gone, signs nobody in", async () => {
  const { appId } = await server.do("POST", "/v1.0/applications", { displayName: "Switched", web: { redirectUris: ["http://localhost/switched"] } });
  const client = new Client(server, { id: appId, redirect: "http://localhost/switched" });
  const page = async () => (await new Browser(server).open(client.authorizeUrl())).text;
  assert.doesNotMatch(await page(), /AADSTS7000112/);
  await server.do("PATCH", `${principals}(appId='${appId}')`, { accountEnabled: false });
  assert.match(await page(), /AADSTS7000112/);
  await server.do("DELETE", `${principals}(appId='${appId}')`);
  assert.match(await page(), /AADSTS7000112/);
});

// --- Client credentials -----------------------------------------------------------------------

const own = (fields, { id = robot.id, secret = robot.secret, ip = "127.0.0.1", tenant } = {}) =>
  new Client(server, { id, secret, ip, ...(tenant ? { tenant } : {}) }).token({ grant_type: "client_credentials", ...fields });
const graphScope = "https://graph.microsoft.com/.default";
const refusedWith = (answer, number, error, status = 400) => {
  assert.deepEqual([answer.status, answer.json.error_codes?.[0], answer.json.error], [status, number, error], answer.text);
};

test("PC033: a secret gives an app-only token and nothing beside it", async () => {
  const { status, json } = await own({ scope: graphScope, client_info: "1" });
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(json).sort(), ["access_token", "expires_in", "ext_expires_in", "token_type"]);
  const claims = claimsOf(json.access_token);
  assert.deepEqual(
    { oid: claims.oid, sub: claims.sub, idtyp: claims.idtyp, azp: claims.azp, azpacr: claims.azpacr, aud: claims.aud, roles: claims.roles, tid: claims.tid },
    { oid: robot.principal, sub: robot.principal, idtyp: "app", azp: robot.id, azpacr: "1", aud: ids.graph, roles: ["User.Read.All"], tid: ids.tenant },
  );
  for (const name of ["scp", "name", "preferred_username", "sid", "amr", "acr", "auth_time", "upn"]) assert.equal(name in claims, false, name);
  assert.ok(json.expires_in >= 3600);
});

test("the resource is named by URI, api:// or appId, and Basic authenticates as well", async () => {
  for (const scope of [`${orders.uri}/.default`, `api://${orders.id}/.default`, `${orders.id}/.default`, "https://graph.microsoft.com//.default"]) {
    const { json } = await own({ scope });
    assert.deepEqual(claimsOf(json.access_token).roles, scope.includes("graph") ? ["User.Read.All"] : ["Orders.Read"], scope);
  }
  const answer = await server.send(`/${ids.tenant}/oauth2/v2.0/token`, {
    method: "POST", body: new URLSearchParams({ grant_type: "client_credentials", scope: graphScope }).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded", authorization: `Basic ${Buffer.from(`${robot.id}:${robot.secret}`).toString("base64")}` },
  });
  assert.equal(answer.status, 200);
});

test("PC039: what cannot be asked for is refused by its number", async () => {
  refusedWith(await own({}), 900144, "invalid_request");
  refusedWith(await own({ scope: "https://graph.microsoft.com/User.Read.All" }), 1002012, "invalid_scope");
  refusedWith(await own({ scope: `openid ${graphScope}` }), 70011, "invalid_scope");
  refusedWith(await own({ scope: "openid" }), 70011, "invalid_scope");
  refusedWith(await own({ scope: `${graphScope} https://graph.microsoft.com/User.Read.All` }), 1002012, "invalid_scope");
  refusedWith(await own({ scope: `${graphScope} ${orders.uri}/.default` }), 700022, "invalid_scope");
  refusedWith(await own({ scope: "api://nobody/.default" }), 500011, "invalid_resource");
  refusedWith(await own({ scope: graphScope }, { secret: "wrong" }), 7000215, "invalid_client", 401);
  refusedWith(await own({ scope: graphScope }, { secret: "" }), 7000218, "invalid_client", 401);
  refusedWith(await own({ scope: graphScope }, { id: "9a8b7c6d-0000-4000-8000-000000000bad" }), 700016, "unauthorized_client");
  refusedWith(await own({ scope: graphScope }, { id: publicClient.id, secret: "" }), 7000218, "invalid_client", 401);
  refusedWith(await own({ scope: graphScope }, { id: publicClient.id, secret: "x" }), 700025, "invalid_client", 401);
  refusedWith(await own({ scope: graphScope }, { tenant: "common" }), 9001023, "invalid_request");
  refusedWith(await own({ scope: graphScope }, { tenant: "organizations" }), 9001023, "invalid_request");
  refusedWith(await own({ scope: graphScope }, { tenant: "consumers" }), 9002346, "invalid_request");
});

test("discovery names the grant type", async () => {
  const { json } = await server.send(`/${ids.tenant}/v2.0/.well-known/openid-configuration`);
  assert.ok(json.grant_types_supported.includes("client_credentials"));
});

test("a resource that wants assignment is closed to who holds none of its roles", async () => {
  const scope = `${orders.uri}/.default`;
  await server.do("PATCH", `${principals}/${orders.principal}`, { appRoleAssignmentRequired: true });
  assert.equal((await own({ scope })).status, 200);
  const { appId } = await server.do("POST", "/v1.0/applications", { displayName: "Unassigned" });
  const { value } = await server.do("GET", `/v1.0/applications?$filter=${encodeURIComponent(`appId eq '${appId}'`)}`);
  const { secretText } = await server.do("POST", `/v1.0/applications/${value[0].id}/addPassword`, {});
  const other = { id: appId, secret: secretText };
  refusedWith(await own({ scope }, other), 501051, "invalid_grant");
  const principal = await server.do("GET", `${principals}(appId='${appId}')`);
  await server.do("POST", `${principals}/${principal.id}/appRoleAssignments`, { principalId: principal.id, resourceId: orders.principal, appRoleId: "00000000-0000-0000-0000-000000000000" });
  const { json } = await own({ scope }, other);
  assert.equal("roles" in claimsOf(json.access_token), false);
  await server.do("PATCH", `${principals}/${orders.principal}`, { appRoleAssignmentRequired: false });
});

test("an app-only token opens what its roles say, nothing that is a person's, and nothing once it is switched off", async () => {
  const token = (await own({ scope: graphScope })).json.access_token;
  assert.equal((await as(token, "GET", "/v1.0/users")).status, 200);
  for (const [method, path, body] of [["GET", "/v1.0/groups"], ["POST", "/v1.0/users", {}], ["GET", "/v1.0/me"], ["POST", `/v1.0/users/${ids.bob}/revokeSignInSessions`], ["GET", "/oidc/userinfo"], ["GET", policies]])
    assert.ok([400, 401, 403].includes((await as(token, method, path, body)).status), `${method} ${path}`);
  const flows = (await own({ scope: "https://service.flow.microsoft.com/.default" })).json.access_token;
  assert.equal((await as(flows, "GET", "/providers/Microsoft.ProcessSimple/environments")).status, 403);
  await server.do("PATCH", `${principals}/${robot.principal}`, { accountEnabled: false });
  assert.equal((await as(token, "GET", "/v1.0/users")).status, 401);
  refusedWith(await own({ scope: graphScope }), 7000112, "unauthorized_client");
  await server.do("PATCH", `${principals}/${robot.principal}`, { accountEnabled: true });
  assert.equal((await as(token, "GET", "/v1.0/users")).status, 200);
});

test("the log keeps them apart from people: listed when asked for by their type", async () => {
  const type = (name) => `/beta/auditLogs/signIns?$filter=${encodeURIComponent(`signInEventTypes/any(t: t eq '${name}')`)}`;
  const { value } = await server.do("GET", type("servicePrincipal"));
  const good = value.find((one) => one.status.errorCode === 0 && one.resourceId === ids.graph);
  assert.deepEqual(
    { id: good.servicePrincipalId, name: good.servicePrincipalName, type: good.clientCredentialType, user: good.userId, app: good.appId, interactive: good.isInteractive, types: good.signInEventTypes, ip: good.ipAddress },
    { id: robot.principal, name: "Robot", type: "clientSecret", user: "", app: robot.id, interactive: false, types: ["servicePrincipal"], ip: "127.0.0.1" },
  );
  assert.ok(value.some((one) => one.status.errorCode === 501051));
  assert.deepEqual(await server.do("GET", `/beta/auditLogs/signIns/${good.id}`).then(({ id }) => id), good.id);
  for (const path of ["/v1.0/auditLogs/signIns", type("interactiveUser"), type("nonInteractiveUser")])
    assert.ok((await server.do("GET", path)).value.every((one) => one.servicePrincipalId === ""), path);
});

// --- Conditional access for workload identities -----------------------------------------------------

const workloadPolicy = (clientApplications, more = {}) => ({
  displayName: "Robots", state: "enabled", grantControls: { operator: "OR", builtInControls: ["block"] },
  conditions: {
    clientAppTypes: ["all"], applications: { includeApplications: ["All"] }, users: { includeUsers: ["None"] },
    clientApplications, ...more,
  },
});
const mine = { includeServicePrincipals: ["ServicePrincipalsInMyTenant"] };
async function under(policy, what) {
  const { id } = await server.do("POST", policies, policy);
  try {
    await what(id);
  } finally {
    await server.do("DELETE", `${policies}/${id}`);
  }
}

test("T71: outside the trusted places an application of this tenant is blocked, live, and the log says by what", async () => {
  const office = await server.do("POST", "/v1.0/identity/conditionalAccess/namedLocations", {
    "@odata.type": "#microsoft.graph.ipNamedLocation", displayName: "Office", isTrusted: true, ipRanges: [{ "@odata.type": "#microsoft.graph.iPv4CidrRange", cidrAddress: "192.0.2.0/24" }],
  });
  await under(workloadPolicy(mine, { locations: { includeLocations: ["All"], excludeLocations: ["AllTrusted"] } }), async (id) => {
    refusedWith(await own({ scope: graphScope }, { ip: "203.0.113.9" }), 53003, "invalid_grant");
    assert.equal((await own({ scope: graphScope }, { ip: "192.0.2.7" })).status, 200);
    const { value } = await server.do("GET", `/beta/auditLogs/signIns?$filter=${encodeURIComponent("signInEventTypes/any(t: t eq 'servicePrincipal') and status/errorCode eq 53003")}`);
    assert.equal(value[0].conditionalAccessStatus, "failure");
    assert.equal(value[0].ipAddress, "203.0.113.9");
    assert.equal(value[0].appliedConditionalAccessPolicies.find((one) => one.id === id).result, "failure");
    // The policy is not about people.
    assert.equal((await new Client(server, web).signIn(new Browser(server), people.bob)).status, 200);
  });
  await server.do("PATCH", `/v1.0/identity/conditionalAccess/namedLocations/${office.id}`, { "@odata.type": "#microsoft.graph.ipNamedLocation", isTrusted: false });
});

test("the risk of a service principal is what somebody says of it last", async () => {
  const risky = "/v1.0/identityProtection/riskyServicePrincipals";
  const say = (verb) => server.do("POST", `${risky}/${verb}`, { servicePrincipalIds: [robot.principal] });
  await under(workloadPolicy(mine, { servicePrincipalRiskLevels: ["high"] }), async () => {
    assert.equal((await own({ scope: graphScope })).status, 200); // nobody assessed it
    await say("confirmCompromised");
    refusedWith(await own({ scope: graphScope }), 53003, "invalid_grant");
    const { displayName, riskLevel } = await server.do("GET", `${risky}/${robot.principal}`);
    assert.deepEqual({ displayName, riskLevel }, { displayName: "Robot", riskLevel: "high" });
    await say("dismiss");
    assert.equal((await own({ scope: graphScope })).status, 200);
  });
});

test("T72: an application of many tenants is not in the scope of the tenant's policies", async () => {
  const made = await server.do("POST", "/v1.0/applications", { displayName: "SaaS", signInAudience: "AzureADMultipleOrgs" });
  const { secretText } = await server.do("POST", `/v1.0/applications/${made.id}/addPassword`, {});
  await under(workloadPolicy(mine), async () => {
    refusedWith(await own({ scope: graphScope }), 53003, "invalid_grant");
    assert.equal((await own({ scope: graphScope }, { id: made.appId, secret: secretText })).status, 200);
  });
});

test("a policy names service principals by object id, and an appId in its place is refused", async () => {
  const answer = await server.admin("POST", policies, workloadPolicy({ includeServicePrincipals: [robot.id] }));
  assert.equal(answer.status, 400);
  assert.match(answer.json.error.message, /^1011: .*includeServicePrincipals is no service principal's object id/);
  await under(workloadPolicy({ includeServicePrincipals: [orders.principal] }), async () => assert.equal((await own({ scope: graphScope })).status, 200));
  await under(workloadPolicy({ includeServicePrincipals: [robot.principal] }), async () => refusedWith(await own({ scope: graphScope }), 53003, "invalid_grant"));
  await under(workloadPolicy({ ...mine, excludeServicePrincipals: [robot.principal] }), async () => assert.equal((await own({ scope: graphScope })).status, 200));
});

test("a policy on one resource holds for that resource alone", async () => {
  const on = (app) => ({ ...workloadPolicy(mine), conditions: { ...workloadPolicy(mine).conditions, applications: { includeApplications: [app] } } });
  await under(on(orders.id), async () => {
    assert.equal((await own({ scope: graphScope })).status, 200);
    refusedWith(await own({ scope: `${orders.uri}/.default` }), 53003, "invalid_grant");
  });
});

test("A31: policies for people, even for everyone and everything, do not touch a workload; report-only blocks nothing", async () => {
  const everyone = {
    displayName: "Nobody", state: "enabled", grantControls: { operator: "OR", builtInControls: ["block"] },
    conditions: { clientAppTypes: ["all"], applications: { includeApplications: ["All"] }, users: { includeUsers: ["All"], excludeUsers: [ids.ann] } },
  };
  await under(everyone, async () => assert.equal((await own({ scope: graphScope })).status, 200));
  await under({ ...workloadPolicy(mine), state: "enabledForReportingButNotEnforced" }, async (id) => {
    assert.equal((await own({ scope: graphScope })).status, 200);
    const { json } = await server.admin("GET", `/beta/auditLogs/signIns?$filter=${encodeURIComponent("signInEventTypes/any(t: t eq 'servicePrincipal')")}&$top=1`, undefined, { prefer: "include-unknown-enum-members" });
    assert.equal(json.value[0].appliedConditionalAccessPolicies.find((one) => one.id === id).result, "reportOnlyFailure");
    assert.equal(json.value[0].conditionalAccessStatus, "notApplied");
  });
});

// --- Filters over custom security attributes -----------------------------------------------------

const rule = 'CustomSecurityAttribute.Engineering_Project -eq "Baker"';
const tag = (principal, value) => server.do("PATCH", `${principals}/${principal}`, { customSecurityAttributes: { Engineering: { Project: value } } });

test("T94: an attribute of the resource that changes after the policy was saved counts at the next token", async () => {
  const scope = `${orders.uri}/.default`;
  const filtered = workloadPolicy(mine);
  filtered.conditions.applications.applicationFilter = { mode: "exclude", rule };
  await under(filtered, async () => {
    refusedWith(await own({ scope }), 53003, "invalid_grant");
    await tag(orders.principal, "Baker");
    assert.equal((await own({ scope })).status, 200);
    refusedWith(await own({ scope: graphScope }), 53003, "invalid_grant");
    await tag(orders.principal, "Cook");
    refusedWith(await own({ scope }), 53003, "invalid_grant");
    await tag(orders.principal, null);
  });
});

test("T94: the same for people, also at a refresh", async () => {
  const client = new Client(server, web);
  const { tokens } = await client.signIn(new Browser(server), people.bob, { scope: "offline_access https://outlook.office365.com/Mail.Send" });
  const refresh = () => client.refresh(tokens.refresh_token);
  const filtered = {
    displayName: "Secret projects", state: "enabled", grantControls: { operator: "OR", builtInControls: ["block"] },
    conditions: { clientAppTypes: ["all"], users: { includeUsers: ["All"], excludeUsers: [ids.ann] }, applications: { includeApplications: [], applicationFilter: { mode: "include", rule } } },
  };
  await under(filtered, async () => {
    assert.equal((await refresh()).status, 200);
    await tag(ids.mail, "Baker");
    refusedWith(await refresh(), 53003, "invalid_grant");
    await tag(ids.mail, null);
    assert.equal((await refresh()).status, 200);
  });
});

test("a filter of service principals looks at the attributes of who signs in", async () => {
  await under(workloadPolicy({ includeServicePrincipals: [], servicePrincipalFilter: { mode: "include", rule } }), async () => {
    assert.equal((await own({ scope: graphScope })).status, 200);
    await tag(robot.principal, "Baker");
    refusedWith(await own({ scope: graphScope }), 53003, "invalid_grant");
    await tag(robot.principal, null);
  });
  await under(workloadPolicy({ ...mine, servicePrincipalFilter: { mode: "exclude", rule } }), async () => {
    refusedWith(await own({ scope: graphScope }), 53003, "invalid_grant");
    await tag(robot.principal, "Baker");
    assert.equal((await own({ scope: graphScope })).status, 200);
    await tag(robot.principal, null);
  });
});
