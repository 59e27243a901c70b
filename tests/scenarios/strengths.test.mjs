// Strengths and the user's own MFA state: T73, T74, T84, A24, A25, CA-6.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { Browser } from "../actors/browser.mjs";
import { claimsOf, Client } from "../actors/client.mjs";
import { Server } from "../actors/server.mjs";
import { people, policies, policy, seed, web } from "../actors/world.mjs";

const multifactor = "00000000-0000-0000-0000-000000000002";
const phishingResistant = "00000000-0000-0000-0000-000000000004";
const password = "Correct-Horse-9";
const names = ["owner", "enabled"];
let server;
let client;
before(async () => {
  const users = names.map((name) => ({ userPrincipalName: `${name}@contoso.test`, displayName: name, password }));
  server = await Server.start({ seed: seed({ users: [...seed().users, ...users] }) });
  client = new Client(server, web);
});
after(() => server.stop());
beforeEach(async () => {
  for (const one of (await server.do("GET", policies)).value) await server.do("DELETE", `${policies}/${one.id}`);
  await server.clock.advance("PT1M");
});

const strength = (id) => ({ ...policy("Strong"), grantControls: { operator: "OR", builtInControls: [], authenticationStrength: { id } } });
const person = (name) => ({ user: `${name}@contoso.test`, password });
const requirements = (name) => `/beta/users/${name}@contoso.test/authentication/requirements`;
const lastSignIn = async (name) => {
  const filter = encodeURIComponent(`userPrincipalName eq '${name}@contoso.test'`);
  return (await server.do("GET", `/beta/auditLogs/signIns?$filter=${filter}`)).value[0];
};

test("A24 T74 a session of password and code is not enough for a stronger strength, and the page names it", async () => {
  const browser = new Browser(server);
  await server.do("POST", policies, strength(multifactor));
  const weak = await client.signIn(browser, people.ann);
  assert.deepEqual(browser.seen, ["username", "password", "code", "stay"], "a code reaches the multifactor strength");
  await server.do("POST", policies, strength(phishingResistant));
  const refused = (await client.signIn(browser, people.ann)).page;
  assert.match(refused.text, /AADSTS53003/);
  assert.match(refused.text, /Phishing-resistant MFA/);
  assert.deepEqual((await client.refresh(weak.tokens.refresh_token)).json.error_codes, [53003]);
  const log = await lastSignIn("ann");
  assert.deepEqual(log.appliedConditionalAccessPolicies.map((p) => p.authenticationStrength?.displayName).sort(), ["Multifactor authentication", "Phishing-resistant MFA"]);
  const { error } = await client.signIn(browser, people.ann, { prompt: "none" });
  assert.match(error.error_description, /AADSTS53003/);
});

test("A25 amr and acr say what happened, and a refresh does not raise them", async () => {
  const browser = new Browser(server);
  const single = await client.signIn(browser, people.ann);
  assert.deepEqual([claimsOf(single.tokens.access_token).amr, claimsOf(single.tokens.id_token).acr], [["pwd"], undefined]);
  await server.do("POST", policies, policy("MFA"));
  const both = await client.signIn(browser, people.ann);
  assert.deepEqual([claimsOf(both.tokens.access_token).amr, claimsOf(both.tokens.id_token).acr], [["pwd", "mfa"], "urn:microsoft:policies:mfa"]);
  for (const one of (await server.do("GET", policies)).value) await server.do("DELETE", `${policies}/${one.id}`);
  assert.deepEqual(claimsOf((await client.refresh(single.tokens.refresh_token)).json.access_token).amr, ["pwd"]);
  assert.deepEqual(claimsOf((await client.refresh(both.tokens.refresh_token)).json.access_token).amr, ["pwd", "mfa"]);
});

test("T84 a user whose own state is enforced: 50079 while no method is registered, 50076 with one, and the log names who asked", async () => {
  const owner = await client.signIn(new Browser(server), person("owner"));
  assert.equal((await server.do("GET", requirements("owner"))).perUserMfaState, "disabled");
  await server.do("PATCH", requirements("owner"), { perUserMfaState: "enforced" });
  assert.deepEqual((await client.refresh(owner.tokens.refresh_token)).json.error_codes, [50079]);
  const browser = new Browser(server);
  assert.ok((await client.signIn(browser, person("owner"))).tokens.access_token);
  assert.deepEqual((await client.refresh(owner.tokens.refresh_token)).json.error_codes, [50076], "the old token never gets the proof");
  const row = await lastSignIn("owner");
  assert.equal(row.authenticationRequirement, "multiFactorAuthentication");
  assert.deepEqual(row.authenticationRequirementPolicies.map((p) => p.requirementProvider), ["user"]);
  assert.equal(row.conditionalAccessStatus, "notApplied");
  const bad = await server.admin("PATCH", requirements("owner"), { perUserMfaState: "sometimes" });
  assert.equal(bad.status, 400);
});

test("CA-6 enabled becomes enforced when a method is registered", async () => {
  await server.do("PATCH", requirements("enabled"), { perUserMfaState: "enabled" });
  const browser = new Browser(server);
  assert.ok((await client.signIn(browser, person("enabled"))).tokens.access_token);
  assert.ok(browser.secret, "an authenticator was registered");
  assert.equal((await server.do("GET", requirements("enabled"))).perUserMfaState, "enforced");
  assert.equal((await server.do("GET", "/v1.0/users/enabled@contoso.test")).perUserMfaState, undefined, "it is no property of users");
});
