// The guard against locking oneself out, and break-glass accounts.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { Browser } from "../actors/browser.mjs";
import { headgate } from "../actors/cli.mjs";
import { Client } from "../actors/client.mjs";
import { tokensOf, worldSeed } from "../actors/routes.mjs";
import { Server } from "../actors/server.mjs";
import { ids, people, policies, policy, web } from "../actors/world.mjs";

const locations = "/v1.0/identity/conditionalAccess/namedLocations";
const carol = { id: "0c1d6a52-3f0e-4a55-8a52-6c1b7f3f1ac0", user: "carol@contoso.test", password: "Correct-Horse-7" };
const glass = { id: "0c1d6a52-3f0e-4a55-8a52-6c1b7f3f1ad0", user: "glass@contoso.test", password: "Correct-Horse-8" };
let server;
let token; // ann's, a Global Administrator

before(async () => {
  const world = worldSeed();
  world.users = [
    ...world.users,
    { id: carol.id, userPrincipalName: carol.user, displayName: "Carol", password: carol.password, roles: ["Conditional Access Administrator"] },
    { id: glass.id, userPrincipalName: glass.user, displayName: "Glass", password: glass.password, roles: ["Global Administrator"] },
  ];
  server = await Server.start({ seed: world });
  token = (await tokensOf(server, people.ann)).graph.all;
});
after(() => server.stop());
beforeEach(async () => {
  for (const one of (await server.do("GET", policies)).value) await server.do("DELETE", `${policies}/${one.id}`);
  for (const one of (await server.do("GET", "/api/breakGlass")).value) await server.do("DELETE", `/api/breakGlass/${one.id}`);
});

const as = (method, path, body, headers = {}) =>
  server.send(path, { method, headers: { authorization: `Bearer ${token}`, ...(body ? { "content-type": "application/json" } : {}), ...headers }, body: body && JSON.stringify(body) });
const confirmed = { "headgate-confirm": "lockout" };
const everybody = policy("Block everybody", { controls: ["block"] });
function refused(answer, whom) {
  assert.equal(answer.status, 400, answer.text);
  assert.equal(answer.json.error.code, "LockoutPrevented");
  assert.match(answer.json.error.message, whom);
}
const signIn = (person) => new Client(server, web).signIn(new Browser(server), person);

test("A16 a policy that blocks every administrator is refused, and says which and how to go on", async () => {
  const answer = await as("POST", policies, everybody);
  refused(answer, /'Block everybody' would lock out every administrator.*report-only/);
  refused(await as("POST", policies, everybody, confirmed), /every administrator/);
  assert.deepEqual((await server.do("GET", policies)).value, []);
  assert.equal((await as("POST", policies, policy("Report", { controls: ["block"], state: "enabledForReportingButNotEnforced" }))).status, 201);
  assert.equal((await as("POST", policies, policy("Mail only", { controls: ["block"], applications: [ids.mail] }))).status, 201, "mail is no way to policies");
  assert.equal((await as("POST", policies, policy("MFA", {}))).status, 201, "what can be proved locks nobody out");
});

test("enabling, rolling back, restoring and changing are guarded like creating", async () => {
  const made = (await as("POST", policies, { ...everybody, state: "disabled" })).json;
  const url = `${policies}/${made.id}`;
  refused(await as("PATCH", url, { state: "enabled" }), /every administrator/);
  await server.do("PATCH", url, { state: "enabled" }); // the host's operator may
  await server.do("PATCH", url, { state: "disabled" });
  refused(await as("POST", `/api/policies/${made.id}/rollback`, { version: 2 }), /every administrator/);
  await server.do("PATCH", url, { state: "enabled" });
  await server.do("DELETE", url);
  refused(await as("POST", `/v1.0/identity/conditionalAccess/deletedItems/policies/${made.id}/restore`), /every administrator/);
  await server.do("POST", `/v1.0/identity/conditionalAccess/deletedItems/policies/${made.id}/restore`);
  assert.equal((await as("PATCH", url, { description: "as bad as before, and no worse" })).status, 204, "mending what is shut is not refused");
  assert.equal((await as("PATCH", url, { state: "disabled" })).status, 204);
});

test("whoever saves it, here and now, is not locked out unless that is said", async () => {
  const mine = policy("Not ann", { controls: ["block"], users: [ids.ann] });
  refused(await as("POST", policies, mine), /lock out you, here and now/);
  assert.equal((await as("POST", policies, mine, confirmed)).status, 201);
});

test("a place is judged: only from elsewhere, and a location that moves away", async () => {
  const range = (cidrAddress) => [{ "@odata.type": "#microsoft.graph.iPv4CidrRange", cidrAddress }];
  const office = (await as("POST", locations, { "@odata.type": "#microsoft.graph.ipNamedLocation", displayName: "Here", ipRanges: range("127.0.0.0/8") })).json;
  const inside = policy("Only here", { controls: ["block"], locations: { includeLocations: ["All"], excludeLocations: [office.id] } });
  assert.equal((await as("POST", policies, inside)).status, 201);
  const url = `${locations}/${office.id}`;
  refused(await as("PATCH", url, { "@odata.type": office["@odata.type"], ipRanges: range("198.51.100.0/24") }), /'Only here' would lock out you/);
  assert.equal((await as("GET", url)).json.ipRanges[0].cidrAddress, "127.0.0.0/8");
});

test("with a tested break-glass account that it leaves alone, blocking all administrators can be confirmed", async () => {
  await server.do("POST", "/api/breakGlass", { user: glass.user });
  const all = policy("All but glass", { controls: ["block"], excludeUsers: [glass.id] });
  assert.equal((await as("POST", policies, policy("All", { controls: ["block"] }), confirmed)).status, 400, "the last break-glass account stays");
  refused(await as("POST", policies, everybody), /the last break-glass account/);
  // The break-glass account is a Global Administrator itself, so not every one is shut out: only ann is asked about.
  refused(await as("POST", policies, all), /you, here and now/);
  const tested = await as("POST", `/api/breakGlass/${glass.id}/test`);
  assert.equal(tested.json.passes, true, tested.text);
  assert.match(tested.json.lastTestedDateTime, /^\d{4}-/);
  assert.equal((await as("POST", policies, all, confirmed)).status, 201);
});

test("A17 the use of a break-glass account is told and marked, whatever policies say", async () => {
  await server.do("POST", "/api/breakGlass", { user: glass.user });
  assert.equal((await signIn(glass)).status, 200);
  const log = async (user) => (await server.do("GET", `/v1.0/auditLogs/signIns?$filter=${encodeURIComponent(`userPrincipalName eq '${user}'`)}&$top=1`)).value[0];
  assert.equal((await log(glass.user)).flaggedForReview, true);
  assert.match(server.log, /break_glass\.used/);
  const told = server.log.split("break_glass.used").length;
  await signIn(carol);
  assert.notEqual((await log(carol.user)).flaggedForReview, true);
  assert.equal(server.log.split("break_glass.used").length, told, "others are not");
});

test("the list on the host: add, test, remove, and switching policies off", async () => {
  const run = async (...args) => {
    const done = await headgate(server, args);
    assert.equal(done.code, 0, `${args.join(" ")}: ${done.err}`);
    return done.out === "" ? undefined : done.json;
  };
  await run("break-glass", "add", glass.user);
  assert.deepEqual((await run("break-glass", "list")).map((one) => [one.userPrincipalName, one.hasSecondFactor]), [[glass.user, false]]);
  assert.equal((await run("break-glass", "test", glass.user)).passes, true);
  await server.do("POST", policies, everybody);
  const shut = await run("break-glass", "test", glass.user);
  assert.deepEqual([shut.passes, shut.blockedBy], [false, "Block everybody"]);
  await server.do("POST", policies, policy("MFA", {}));
  const off = await run("break-glass", "disable-policies", "--yes", "--reason", "nobody gets in");
  assert.deepEqual(off.map((one) => one.displayName).sort(), ["Block everybody", "MFA"]);
  for (const one of (await server.do("GET", policies)).value) {
    assert.equal(one.state, "disabled");
    assert.equal((await server.do("GET", `/api/policies/${one.id}/history`)).value[0].reason, "nobody gets in");
  }
  assert.match(server.log, /break_glass\.used/);
  assert.equal((await as("POST", "/api/breakGlass/disablePolicies", {})).status, 403, "not over the network");
  await run("break-glass", "remove", glass.user, "--yes");
  assert.deepEqual(await run("break-glass", "list"), []);
});
