// Applications that act as themselves: service principals, app roles, client credentials, and the
// policies for workload identities (conditional-access.md 1.3, 3.3, 3.8; T71, T72, T94; A31).
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Browser } from "../actors/browser.mjs";
import { Client, claimsOf } from "../actors/client.mjs";
import { Server } from "../actors/server.mjs";
import { ids, people, seed, web } from "../actors/world.mjs";

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
