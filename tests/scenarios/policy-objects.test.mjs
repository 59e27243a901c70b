// What policies name and what stands beside them: authentication strengths, authentication
// contexts, security defaults.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { headgate } from "../actors/cli.mjs";
import { Server } from "../actors/server.mjs";
import { ids, policies, policy, seed } from "../actors/world.mjs";

const strengths = "/v1.0/identity/conditionalAccess/authenticationStrength/policies";
const other = "/v1.0/policies/authenticationStrengthPolicies";
const contexts = "/v1.0/identity/conditionalAccess/authenticationContextClassReferences";
const defaults = "/v1.0/policies/identitySecurityDefaultsEnforcementPolicy";
const phishingResistant = "00000000-0000-0000-0000-000000000004";
const keys = { displayName: "Keys", allowedCombinations: ["fido2"] };
const demands = (id, more = {}) => ({ ...policy("Strong", { users: [ids.bob], ...more }), grantControls: { operator: "OR", builtInControls: [], authenticationStrength: { id } } });
let server;

before(async () => {
  server = await Server.start({ seed: seed() });
});
after(() => server.stop());
beforeEach(async () => {
  for (const one of (await server.do("GET", policies)).value) await server.do("DELETE", `${policies}/${one.id}`);
  for (const one of (await server.do("GET", strengths)).value) if (one.policyType === "custom") await server.do("DELETE", `${strengths}/${one.id}`);
  for (const one of (await server.do("GET", contexts)).value) await server.do("DELETE", `${contexts}/${one.id}`);
  await server.do("PATCH", defaults, { isEnabled: false });
});

test("the built-in strengths are there, can be read and not changed", async () => {
  const list = (await server.do("GET", `${strengths}?$orderby=id`)).value;
  assert.deepEqual(list.map((one) => [one.id.slice(-1), one.policyType, one.requirementsSatisfied]), [["2", "builtIn", "mfa"], ["3", "builtIn", "mfa"], ["4", "builtIn", "mfa"]]);
  assert.equal(list[0].allowedCombinations.length, 19);
  assert.deepEqual((await server.do("GET", `${other}/${phishingResistant}`)).allowedCombinations, ["windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor"]);
  for (const [method, path, body] of [["PATCH", "", { displayName: "x" }], ["DELETE", ""], ["POST", "/updateAllowedCombinations", { allowedCombinations: ["fido2"] }]]) {
    const refused = await server.admin(method, `${strengths}/${phishingResistant}${path}`, body);
    assert.equal(refused.status, 403, method);
    assert.equal(refused.json.error.code, "AccessDenied");
  }
});

test("a strength of one's own: created, read, renamed, other combinations, deleted", async () => {
  const answer = await server.admin("POST", strengths, { ...keys, description: "Only keys" });
  assert.equal(answer.status, 201);
  const made = answer.json;
  assert.equal(made.policyType, "custom");
  assert.equal(made.requirementsSatisfied, "mfa");
  const url = `${other}/${made.id}`;
  assert.deepEqual({ ...(await server.do("GET", url)), "@odata.context": 0 }, { ...made, "@odata.context": 0 });
  assert.equal((await server.admin("PATCH", url, { displayName: "Keys only" }, { "if-match": made["@odata.etag"] })).status, 204);
  assert.equal((await server.admin("PATCH", url, { displayName: "x" }, { "if-match": made["@odata.etag"] })).status, 412);
  const changed = await server.do("POST", `${url}/updateAllowedCombinations`, { allowedCombinations: ["password,sms", "fido2"] });
  assert.deepEqual(changed.previousCombinations, ["fido2"]);
  assert.deepEqual(changed.currentCombinations, ["password,sms", "fido2"]);
  const now = await server.do("GET", url);
  assert.equal(now.displayName, "Keys only");
  assert.deepEqual(now.allowedCombinations, ["password,sms", "fido2"]);
  for (const body of [{ allowedCombinations: [] }, { allowedCombinations: ["telepathy"] }, { displayName: "x" }])
    assert.equal((await server.admin("POST", `${url}/updateAllowedCombinations`, body)).status, 400, JSON.stringify(body));
  assert.equal((await server.admin("DELETE", url)).status, 204);
  assert.equal((await server.admin("GET", url)).status, 404);
});

test("a policy shows its strength as it is now; a strength in use stays", async () => {
  const made = await server.do("POST", strengths, keys);
  const strong = await server.do("POST", policies, demands(made.id));
  assert.deepEqual(strong.grantControls.authenticationStrength.allowedCombinations, ["fido2"]);
  await server.do("POST", `${strengths}/${made.id}/updateAllowedCombinations`, { allowedCombinations: ["windowsHelloForBusiness"] });
  assert.deepEqual((await server.do("GET", `${policies}/${strong.id}`)).grantControls.authenticationStrength.allowedCombinations, ["windowsHelloForBusiness"]);
  const usage = await server.do("GET", `${strengths}/${made.id}/usage`);
  assert.deepEqual([usage.mfa.map((one) => one.id), usage.none], [[strong.id], []]);
  const refused = await server.admin("DELETE", `${strengths}/${made.id}`);
  assert.equal(refused.status, 400);
  assert.match(refused.json.error.message, /used by the policy 'Strong'/);
  await server.do("DELETE", `${policies}/${strong.id}`);
  await server.do("DELETE", `${strengths}/${made.id}`);
});

test("V20 a policy does not demand a strength that is not there", async () => {
  const refused = await server.admin("POST", policies, demands("11111111-2222-4333-8444-555566667777"));
  assert.equal(refused.status, 400);
  assert.equal((await server.admin("POST", policies, demands(phishingResistant))).status, 201);
});

test("authentication contexts c1 to c99 have names; PATCH makes one", async () => {
  assert.equal((await server.admin("POST", contexts, { id: "c1", displayName: "Payments", isAvailable: true })).status, 201);
  assert.equal((await server.admin("POST", contexts, { id: "c1", displayName: "Again" })).status, 409);
  assert.equal((await server.admin("PATCH", `${contexts}/c99`, { displayName: "Last" })).status, 201);
  assert.equal((await server.admin("PATCH", `${contexts}/c99`, { description: "The last one" })).status, 204);
  assert.deepEqual((await server.do("GET", contexts)).value.map((one) => [one.id, one.displayName, one.description, one.isAvailable]), [["c1", "Payments", null, true], ["c99", "Last", "The last one", false]]);
  for (const id of ["c0", "c100", "x1", "c01"]) assert.equal((await server.admin("POST", contexts, { id, displayName: "x" })).status, 400, id);
  assert.equal((await server.admin("DELETE", `${contexts}/c99`)).status, 204);
  assert.equal((await server.admin("GET", `${contexts}/c99`)).status, 404);
});

test("V19 security defaults and enabled policies exclude each other, both ways", async () => {
  assert.equal((await server.do("GET", defaults)).isEnabled, false);
  const made = await server.do("POST", policies, policy("MFA for bob", { users: [ids.bob] }));
  const refused = await server.admin("PATCH", defaults, { isEnabled: true });
  assert.equal(refused.status, 400);
  assert.match(refused.json.error.message, /'MFA for bob' is enabled/);
  await server.do("PATCH", `${policies}/${made.id}`, { state: "enabledForReportingButNotEnforced" });
  assert.equal((await server.admin("PATCH", defaults, { isEnabled: true })).status, 204);
  assert.equal((await server.do("GET", defaults)).isEnabled, true);
  const back = await server.admin("PATCH", `${policies}/${made.id}`, { state: "enabled" });
  assert.equal(back.status, 400);
  assert.match(back.json.error.message, /security defaults are on/);
  assert.equal((await server.admin("POST", policies, policy("Another"))).status, 400);
  await server.do("POST", policies, policy("Another", { state: "disabled" }));
  await server.do("PATCH", defaults, { isEnabled: false });
  await server.do("PATCH", `${policies}/${made.id}`, { state: "enabled" });
  assert.equal((await server.admin("PATCH", defaults, { isEnabled: "yes" })).status, 400);
});

test("the command line: strengths, contexts, security defaults", async () => {
  const run = async (...args) => {
    const done = await headgate(server, args);
    assert.equal(done.code, 0, `${args.join(" ")}: ${done.err}`);
    return done.out === "" ? undefined : done.json;
  };
  assert.equal((await run("auth-strength", "list")).length, 3);
  assert.equal((await run("auth-strength", "show", "Phishing-resistant MFA")).id, phishingResistant);
  await run("auth-context", "set", "c1", "--display-name", "Payments", "--available", "true");
  assert.deepEqual((await run("auth-context", "list")).map((one) => [one.id, one.isAvailable]), [["c1", true]]);
  await run("security-defaults", "on", "--reason", "a new tenant");
  assert.equal((await run("security-defaults", "show")).isEnabled, true);
  await run("security-defaults", "off");
});
