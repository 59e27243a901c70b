// What policies ask of a sign-in beside the second factor: T75, A21.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { Browser } from "../actors/browser.mjs";
import { claimsOf, Client } from "../actors/client.mjs";
import { Server } from "../actors/server.mjs";
import { totp } from "../actors/totp.mjs";
import { policies, policy, seed, web } from "../actors/world.mjs";

const locations = "/v1.0/identity/conditionalAccess/namedLocations";
const password = "Correct-Horse-9";
const office = "203.0.113.9";
const names = ["fresh", "waiting", "outside"];
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
});

const person = (name) => ({ user: `${name}@contoso.test`, password });
const secretOf = (page) => page.html.match(/<code>([A-Z2-7 ]+)<\/code>/)?.[1].replaceAll(" ", "");
const lastSignIn = async (name) => {
  const filter = encodeURIComponent(`userPrincipalName eq '${name}@contoso.test'`);
  return (await server.do("GET", `/v1.0/auditLogs/signIns?$filter=${filter}`)).value[0];
};
const onRegistration = (name, more = {}) => {
  const made = policy(name, more);
  made.conditions.applications = { includeUserActions: ["urn:user:registersecurityinfo"] };
  return made;
};

test("security information is registered where the policies on it allow, and only there", async () => {
  const place = await server.do("POST", locations, {
    "@odata.type": "#microsoft.graph.ipNamedLocation", displayName: "Office", isTrusted: true,
    ipRanges: [{ "@odata.type": "#microsoft.graph.iPv4CidrRange", cidrAddress: "203.0.113.0/24" }],
  });
  await server.do("POST", policies, policy("MFA"));
  const only = await server.do("POST", policies, onRegistration("Register in the office", {
    controls: ["block"], locations: { includeLocations: ["All"], excludeLocations: [place.id] },
  }));
  const away = new Browser(server, { ip: "198.51.100.7" });
  const refused = (await client.signIn(away, person("outside"))).page;
  assert.match(refused.text, /AADSTS53010/);
  assert.ok(!secretOf(refused), "no authenticator is offered");
  const row = await lastSignIn("outside");
  assert.equal(row.status.errorCode, 53010);
  assert.equal(row.appliedConditionalAccessPolicies.find((p) => p.id === only.id).result, "failure");
  const there = new Browser(server, { ip: office });
  const done = await client.signIn(there, person("outside"));
  assert.deepEqual(claimsOf(done.tokens.access_token).amr, ["pwd", "mfa"]);
  const later = new Browser(server, { ip: "198.51.100.7" });
  await server.clock.advance("PT1M");
  const signedIn = await client.signIn(later, { ...person("outside"), secret: there.secret });
  assert.ok(signedIn.tokens.access_token, "who has registered signs in from anywhere");
});

test("T75 what resources ask for does not keep a user from registering it; their device control does", async () => {
  await server.do("POST", policies, policy("Every resource"));
  const browser = new Browser(server);
  assert.ok((await client.signIn(browser, person("fresh"))).tokens.access_token);
  const both = policy("Every resource, managed", { controls: ["mfa", "compliantDevice"] });
  both.grantControls.operator = "AND";
  await server.do("POST", policies, both);
  const refused = (await client.signIn(new Browser(server), person("waiting"))).page;
  assert.match(refused.text, /AADSTS53010/);
});

test("a second factor that is asked for before the first cannot be had", async () => {
  await server.do("POST", policies, policy("MFA"));
  await server.do("POST", policies, onRegistration("MFA to register"));
  const refused = (await client.signIn(new Browser(server), person("waiting"))).page;
  assert.match(refused.text, /AADSTS53010/);
});

test("A21 registering becomes forbidden while the page waits: nothing is stored", async () => {
  await server.do("POST", policies, policy("MFA"));
  const browser = new Browser(server);
  await browser.open(client.authorizeUrl());
  await browser.submit("username", { username: "waiting@contoso.test" });
  const secret = secretOf(await browser.submit("password", { password }));
  await server.do("POST", policies, onRegistration("Nobody", { controls: ["block"] }));
  const refused = await browser.submit("code", { code: totp(secret, await server.clock.now()) });
  assert.match(refused.text, /AADSTS53010/);
  for (const one of (await server.do("GET", policies)).value)
    if (one.displayName === "Nobody") await server.do("DELETE", `${policies}/${one.id}`);
  const again = new Browser(server);
  await again.open(client.authorizeUrl());
  await again.submit("username", { username: "waiting@contoso.test" });
  assert.ok(secretOf(await again.submit("password", { password })), "a new authenticator is offered: there is none yet");
});
