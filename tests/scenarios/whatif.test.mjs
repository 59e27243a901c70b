// What If: a sign-in that is only imagined, as Graph's evaluate answers it and with a verdict.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";

import { Browser } from "../actors/browser.mjs";
import { headgate } from "../actors/cli.mjs";
import { Client } from "../actors/client.mjs";
import { tokensOf, worldSeed } from "../actors/routes.mjs";
import { Server } from "../actors/server.mjs";
import { ids, people, policies, policy, web } from "../actors/world.mjs";

const evaluate = "/v1.0/identity/conditionalAccess/evaluate";
const locations = "/v1.0/identity/conditionalAccess/namedLocations";
const group = "b4a7f9c8-2d0e-4e3b-a6f1-8c5d7e1b0f04"; // bob is in it
let server;

before(async () => {
  server = await Server.start({ seed: worldSeed() });
});
after(() => server.stop());
beforeEach(async () => {
  for (const one of (await server.do("GET", policies)).value) await server.do("DELETE", `${policies}/${one.id}`);
});

const request = (conditions = {}, { user = ids.bob, app = ids.mail, ...more } = {}) => ({
  signInIdentity: { "@odata.type": "#microsoft.graph.userSignIn", userId: user },
  signInContext: { "@odata.type": "#microsoft.graph.applicationContext", includeApplications: [app] },
  signInConditions: conditions, ...more,
});
const ask = async (body) => server.do("POST", evaluate, body);
const reasons = (answer) => Object.fromEntries(answer.value.map((row) => [row.displayName, row.analysisReasons]));
const add = async (name, options = {}, conditions = {}) => {
  const body = policy(name, options);
  Object.assign(body.conditions, conditions);
  return server.do("POST", policies, body);
};

test("T79 a condition that is configured and not stated does not hold", async () => {
  await add("Risky", { users: [ids.bob] }, { signInRiskLevels: ["high"] });
  assert.deepEqual(reasons(await ask(request())), { Risky: "signInRisk" });
  assert.deepEqual(reasons(await ask(request({ signInRiskLevel: "low" }))), { Risky: "signInRisk" });
  const answer = await ask(request({ signInRiskLevel: "high" }));
  assert.deepEqual(reasons(answer), { Risky: "notSet" });
  assert.equal(answer.value[0].policyApplies, true);
  assert.match(answer["@odata.context"], /\$metadata#Collection\(microsoft\.graph\.whatIfAnalysisResult\)$/);
});

test("T80 a member of Office 365 meets its policies, the group's name does not", async () => {
  await add("Office", { applications: ["Office365"], users: [ids.bob] });
  assert.deepEqual(reasons(await ask(request())), { Office: "notSet" });
  assert.deepEqual(reasons(await ask(request({}, { app: "Office365" }))), { Office: "application" });
});

test("T81 registering security information meets policies on all resources and on the action", async () => {
  await add("All", { users: [ids.bob] });
  await server.do("POST", policies, { ...policy("Action", { users: [ids.bob], state: "enabledForReportingButNotEnforced" }), conditions: { clientAppTypes: ["all"], users: { includeUsers: [ids.bob] }, applications: { includeUserActions: ["urn:user:registersecurityinfo"] } } });
  await add("Mail", { users: [ids.bob], applications: [ids.mail] });
  const answer = await ask({ ...request(), signInContext: { "@odata.type": "#microsoft.graph.userActionContext", userAction: "registerSecurityInformation" } });
  assert.deepEqual(reasons(answer), { All: "notSet", Action: "notSet", Mail: "application" });
});

test("T82 appliedPoliciesOnly leaves out what does not apply", async () => {
  await add("Bob", { users: [ids.bob] });
  await add("Ann", { users: [ids.ann], controls: ["block"] });
  await add("Off", { state: "disabled" });
  assert.deepEqual(reasons(await ask(request())), { Bob: "notSet", Ann: "users", Off: "policyNotEnabled" });
  assert.deepEqual(reasons(await ask(request({}, { appliedPoliciesOnly: true }))), { Bob: "notSet" });
});

test("groups and roles are the directory's; a user is known by name too", async () => {
  const body = policy("Makers", { controls: ["block"] });
  body.conditions.users = { includeUsers: [], includeGroups: [group] };
  await server.do("POST", policies, body);
  assert.deepEqual(reasons(await ask(request({}, { user: people.bob.user }))), { Makers: "notSet" });
  assert.deepEqual(reasons(await ask(request({}, { user: ids.ann, app: "Office 365 Exchange Online" }))), { Makers: "users" });
  for (const user of ["nobody@contoso.test", "11111111-2222-4333-8444-555566667777"]) assert.equal((await server.admin("POST", evaluate, request({}, { user }))).status, 404);
});

test("the verdict says in one sentence what comes of it, and every condition that is not met", async () => {
  const place = await server.do("POST", locations, { "@odata.type": "#microsoft.graph.ipNamedLocation", displayName: "HQ", ipRanges: [{ "@odata.type": "#microsoft.graph.iPv4CidrRange", cidrAddress: "198.51.100.0/24" }] });
  await add("MFA for mail", { users: [ids.bob], applications: [ids.mail] });
  await add("Block abroad", { users: [ids.bob], controls: ["block"], locations: { includeLocations: ["All"], excludeLocations: [place.id] } }, { platforms: { includePlatforms: ["android"] } });
  const outside = await ask(request({ ipAddress: "203.0.113.9", devicePlatform: "android", clientAppType: "browser" }));
  assert.equal(outside.verdict.outcome, "block");
  assert.match(outside.verdict.sentence, /^Blocked by 'Block abroad'.*53003/);
  const inside = await ask(request({ ipAddress: "198.51.100.9", devicePlatform: "iOS", clientAppType: "browser" }));
  assert.equal(inside.verdict.outcome, "challenge");
  assert.deepEqual(inside.verdict.needs, ["Mfa"]);
  const row = inside.verdict.policies.find((one) => one.displayName === "Block abroad");
  assert.deepEqual(row.reasons.filter((one) => !one.hit).map((one) => one.condition).sort(), ["locations", "platforms"]);
  assert.match(row.why, /198\.51\.100\.9/);
  for (const one of (await server.do("GET", policies)).value) await server.do("DELETE", `${policies}/${one.id}`);
  await server.do("DELETE", `${locations}/${place.id}`);
});

test("a draft is judged with the others and not saved", async () => {
  await add("MFA", { users: [ids.bob] });
  const answer = await ask({ ...request(), headgate: { policy: policy("Draft", { controls: ["block"] }) } });
  assert.deepEqual(reasons(answer), { MFA: "notSet", Draft: "notSet" });
  assert.equal(answer.verdict.outcome, "block");
  assert.equal((await server.do("GET", policies)).value.length, 1);
  assert.equal((await server.admin("POST", evaluate, { ...request(), headgate: { policy: { displayName: "x" } } })).status, 400);
});

test("as a sign-in was: its user, place, platform and client are filled in, and what is said goes over it", async () => {
  const ip = "203.0.113.77";
  const signed = await new Client(server, web).signIn(new Browser(server, { ip }), people.bob, { scope: `openid ${ids.mail}/Mail.Send` });
  assert.equal(signed.status, 200);
  const [row] = (await server.do("GET", `/v1.0/auditLogs/signIns?$filter=${encodeURIComponent(`userId eq '${ids.bob}'`)}&$top=1`)).value;
  await add("Browsers", { users: [ids.bob], controls: ["block"] }, { clientAppTypes: ["browser"] });
  const answer = await ask({ headgate: { asSignIn: row.id } });
  const asked = answer["headgate.request"];
  assert.equal(asked.signInIdentity.userId, ids.bob);
  assert.deepEqual(asked.signInContext.includeApplications, [row.resourceId]);
  assert.equal(asked.signInConditions.ipAddress, ip);
  assert.equal(asked.signInConditions.clientAppType, "browser");
  assert.equal(answer.verdict.outcome, "block");
  const other = await ask({ headgate: { asSignIn: row.id }, signInConditions: { clientAppType: "other" } });
  assert.deepEqual(reasons(other), { Browsers: "clientApps" });
  assert.equal((await server.admin("POST", evaluate, { headgate: { asSignIn: ids.web } })).status, 404);
});

test("as a flow's run was: what its connection brings, and nobody to ask", async () => {
  const flow = "f10a0000-0000-4000-8000-0000000000aa";
  const made = await server.do("POST", "/providers/Microsoft.ProcessSimple/environments/~default/flows", {
    properties: {
      displayName: "Mailer", owner: people.ann.user, state: "Started",
      connectionReferences: { mail: { connectionName: "outlook", id: "/providers/Microsoft.PowerApps/apis/shared_office365" } },
      definition: {
        $schema: "https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#", contentVersion: "1.0.0.0",
        triggers: { manual: { type: "Request", kind: "Http", inputs: { schema: { type: "object", properties: {} } } } },
        actions: { Note: { type: "Compose", runAfter: {}, inputs: "noted" } },
      },
    },
  });
  const flows = `/providers/Microsoft.ProcessSimple/environments/~default/flows/${made.name ?? flow}`;
  await server.do("POST", `${flows}/triggers/manual/run`, {});
  const [run] = (await server.do("GET", `${flows}/runs`)).value;
  await add("Compliant", { users: [ids.ann], applications: [ids.mail], controls: ["compliantDevice"] });
  const answer = await ask({ headgate: { asRun: `${made.name}/${run.name}` } });
  assert.equal(answer["headgate.request"].signInIdentity.userId, ids.ann);
  assert.deepEqual(answer["headgate.request"].signInContext.includeApplications, [ids.mail]);
  assert.notEqual(answer.verdict.outcome, "allow");
  assert.deepEqual(answer.verdict.policies.filter((one) => one.unmet.length > 0).map((one) => one.displayName), ["Compliant"]);
  assert.equal((await server.admin("POST", evaluate, { headgate: { asRun: `${made.name}/none` } })).status, 404);
});

test("A32 What If tells nothing to who may not read policies", async () => {
  const graph = (await tokensOf(server, people.bob)).graph;
  for (const token of [graph.all, graph.none]) {
    const answer = await server.send(evaluate, { method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body: JSON.stringify(request({}, { user: ids.ann })) });
    assert.equal(answer.status, 403);
  }
});

test("the command line asks the server, and a bundle without one", async () => {
  await add("MFA for mail", { users: [ids.bob], applications: [ids.mail] });
  const online = await headgate(server, ["whatif", "--user", people.bob.user, "--app", "Office 365 Exchange Online", "--platform", "windows", "--client", "browser", "--ip", "203.0.113.9"]);
  assert.equal(online.code, 0, online.err);
  assert.equal(online.json.verdict.outcome, "challenge", online.out.slice(0, 3000));
  const table = await headgate(server, ["whatif", "--user", people.bob.user, "--app", ids.mail, "-o", "table"]);
  assert.match(table.out, /MFA/);
  assert.match(table.out, /MFA for mail +failure|MFA for mail/);

  const dir = mkdtempSync(join(tmpdir(), "headgate-bundle-"));
  try {
    mkdirSync(join(dir, "policies"));
    const makers = policy("Makers", { controls: ["block"] });
    makers.conditions.users = { includeUsers: [], includeGroups: [group] };
    writeFileSync(join(dir, "policies", "one.json"), JSON.stringify({ id: ids.web, ...makers }));
    writeFileSync(join(dir, "users.json"), JSON.stringify({ value: [{ id: ids.bob, userPrincipalName: people.bob.user }] }));
    writeFileSync(join(dir, "groups.json"), JSON.stringify([{ Id: group, DisplayName: "Makers", Members: ["inner"] }, { id: "inner", groupTypes: [], members: [people.bob.user] }]));
    writeFileSync(join(dir, "request.json"), JSON.stringify(request()));
    writeFileSync(join(dir, "broken.json"), "{");
    const offline = await headgate(server, ["whatif", "--bundle", dir, "--request", join(dir, "request.json"), "-o", "json"]);
    assert.equal(offline.code, 0, offline.err);
    assert.deepEqual(reasons(offline.json), { Makers: "notSet" });
    assert.equal(offline.json.verdict.outcome, "block");
    assert.deepEqual(offline.json.unread.map((one) => one.file.split("/").pop()), ["broken.json"]);
    const other = await headgate(server, ["whatif", "--bundle", dir, "--user", ids.ann, "--app", ids.mail, "-o", "json"]);
    assert.equal(other.code, 1, "signInConditions must be said");
  } finally {
    rmSync(dir, { recursive: true });
  }
});
