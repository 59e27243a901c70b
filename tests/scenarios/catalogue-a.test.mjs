// Cases of catalogue A that are about sessions and refresh tokens: A21, A22, A23, A26.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { Browser } from "../actors/browser.mjs";
import { claimsOf, Client } from "../actors/client.mjs";
import { Server } from "../actors/server.mjs";
import { people, policies, policy, publicClient, seed, web } from "../actors/world.mjs";

const locations = "/v1.0/identity/conditionalAccess/namedLocations";
let server;
let client;
let native;
before(async () => {
  server = await Server.start({ seed: seed() });
  client = new Client(server, web);
  native = new Client(server, publicClient);
});
after(() => server.stop());
beforeEach(async () => {
  for (const one of (await server.do("GET", policies)).value) await server.do("DELETE", `${policies}/${one.id}`);
  await server.clock.advance("PT1M");
});

const withSession = (sessionControls) => ({ ...policy("Session"), grantControls: null, sessionControls });
const background = async (user) => {
  const filter = encodeURIComponent(`userPrincipalName eq '${user}' and signInEventTypes/any(t: t eq 'nonInteractiveUser')`);
  return (await server.do("GET", `/beta/auditLogs/signIns?$filter=${filter}`)).value;
};

test("A21 a policy that comes while a code is unredeemed decides when it is redeemed", async () => {
  const end = await new Browser(server).signIn(client.authorizeUrl(), people.bob);
  const made = await server.do("POST", policies, policy("Nobody", { controls: ["block"] }));
  const refused = await client.redeem(end.left.searchParams.get("code"));
  assert.deepEqual([refused.status, refused.json.error_codes], [400, [53003]]);
  const [row] = await background(people.bob.user);
  assert.deepEqual([row.status.errorCode, row.appliedConditionalAccessPolicies.map((p) => [p.id, p.result])], [53003, [[made.id, "failure"]]]);
  await server.do("DELETE", `${policies}/${made.id}`);
  assert.equal((await client.redeem(end.left.searchParams.get("code"))).status, 400, "a code is for one try");
});

test("A22 T61 a sign-in frequency of an hour counts from the sign-in, however often the token was refreshed", async () => {
  await server.do("POST", policies, withSession({ signInFrequency: { isEnabled: true, value: 1, type: "hours", frequencyInterval: "timeBased", authenticationType: "primaryAndSecondaryAuthentication" } }));
  let { tokens } = await native.signIn(new Browser(server), people.bob);
  const began = claimsOf(tokens.access_token).auth_time * 1000;
  const at = (minutes, seconds) => server.clock.set(new Date(began + (minutes * 60 + seconds) * 1000).toISOString());
  await at(30, 0);
  tokens = (await native.refresh(tokens.refresh_token)).json;
  await at(59, 30);
  const last = await native.refresh(tokens.refresh_token);
  assert.equal(last.status, 200);
  await at(60, 2);
  const refused = await native.refresh(last.json.refresh_token);
  assert.deepEqual([refused.json.error_codes, refused.json.suberror], [[70043], "bad_token"]);
  assert.match(refused.json.error_description, /3600/);
  const [row] = await background(people.bob.user);
  assert.deepEqual([row.status.errorCode, row.incomingTokenType], [70043, "refreshToken"]);
  assert.deepEqual(row.appliedConditionalAccessPolicies[0].sessionControlsNotSatisfied, ["SignInFrequency"]);
});

test("A23 persistent browser 'never': a session that was kept before is no session any more", async () => {
  const browser = new Browser(server);
  await client.signIn(browser, { ...people.bob, stay: true });
  await client.signIn(browser, people.bob);
  assert.deepEqual(browser.seen, [], "kept");
  await server.do("POST", policies, withSession({ persistentBrowser: { isEnabled: true, mode: "never" } }));
  const { error } = await client.signIn(browser, people.bob, { prompt: "none" });
  assert.equal(error.error, "login_required");
  const again = await client.signIn(browser, people.bob);
  assert.ok(again.tokens.access_token);
  assert.deepEqual(browser.seen, ["password"], "the password is asked for, and not whether to stay");
  await client.signIn(browser, people.bob);
  assert.deepEqual(browser.seen, [], "the new session ends with the browser");
});

test("A26 a refresh token that was taken to another network is refused there, and written down", async () => {
  const place = await server.do("POST", locations, {
    "@odata.type": "#microsoft.graph.ipNamedLocation", displayName: "Office", isTrusted: true,
    ipRanges: [{ "@odata.type": "#microsoft.graph.iPv4CidrRange", cidrAddress: "203.0.113.0/24" }],
  });
  const made = await server.do("POST", policies, policy("Office only", { controls: ["block"], locations: { includeLocations: ["All"], excludeLocations: [place.id] } }));
  const here = new Client(server, { ...publicClient, ip: "203.0.113.9" });
  const { tokens } = await here.signIn(new Browser(server, { ip: "203.0.113.9" }), people.bob);
  const thief = new Client(server, { ...publicClient, ip: "198.51.100.7" });
  const refused = await thief.refresh(tokens.refresh_token);
  assert.deepEqual([refused.status, refused.json.error_codes, refused.json.suberror], [400, [53003], "message_only"]);
  const [row] = await background(people.bob.user);
  assert.deepEqual([row.ipAddress, row.status.errorCode, row.appliedConditionalAccessPolicies.find((p) => p.id === made.id).result], ["198.51.100.7", 53003, "failure"]);
  assert.equal((await here.refresh(tokens.refresh_token)).status, 200, "nothing was used up");
});
