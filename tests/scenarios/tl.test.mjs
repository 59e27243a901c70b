// Token lifetimes as seen at the token endpoint: TL-1, TL-3, TL-4, TL-8, TL-9. (What a
// connection sees of them is in e1.test.mjs.)
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Browser } from "../actors/browser.mjs";
import { claimsOf, Client } from "../actors/client.mjs";
import { Server } from "../actors/server.mjs";
import { people, seed, web } from "../actors/world.mjs";

const lifetimes = "/v1.0/policies/tokenLifetimePolicies";
let server;

// A clock moves only forward, so each scenario has a server of its own.
before(async () => (server = undefined));
const world = async () => (server = await Server.start({ seed: seed() }));
after(() => server?.stop());

const set = (definition) =>
  server.do("POST", lifetimes, {
    displayName: "Default", isOrganizationDefault: true,
    definition: [JSON.stringify({ TokenLifetimePolicy: { Version: 1, ...definition } })],
  });
const signedIn = async (person) => {
  const client = new Client(server, web);
  const { tokens } = await client.signIn(new Browser(server), person);
  return { client, token: tokens.refresh_token, access: tokens.access_token };
};
const errorOf = async (answer) => ({ status: (await answer).status, ...(await answer).json });

test("TL-1 unused for longer than MaxInactiveTime: 70008 with the documented text; used on day 89: it goes on", async () => {
  await world();
  const used = await signedIn(people.bob);
  const idle = await signedIn(people.bob);
  await server.clock.advance("P89D");
  assert.equal((await used.client.refresh(used.token)).status, 200);
  await server.clock.advance("P2D");
  assert.equal((await used.client.refresh(used.token)).status, 200);
  const dead = await errorOf(idle.client.refresh(idle.token));
  assert.equal(dead.status, 400);
  assert.equal(dead.error, "invalid_grant");
  assert.equal(dead.suberror, "bad_token");
  assert.deepEqual(dead.error_codes, [70008]);
  assert.match(
    dead.error_description,
    /^AADSTS70008: The refresh token has expired due to inactivity\. The token was issued on \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z and was inactive for 90\.00:00:00\./,
  );
  await server.stop();
});

test("TL-3 older than MaxAgeMultiFactor: 50076 whatever the use", async () => {
  await world();
  await set({ MaxAgeMultiFactor: "30.00:00:00" });
  await server.do("POST", "/v1.0/identity/conditionalAccess/policies", {
    displayName: "MFA", state: "enabled",
    conditions: { clientAppTypes: ["all"], applications: { includeApplications: ["All"] }, users: { includeUsers: ["All"] } },
    grantControls: { operator: "OR", builtInControls: ["mfa"] },
  });
  const { client, token } = await signedIn(people.ann);
  for (let day = 0; day < 30; day += 10) {
    assert.equal((await client.refresh(token)).status, 200, `day ${day}`);
    await server.clock.advance("P10D");
  }
  await server.clock.advance("PT1H");
  const dead = await errorOf(client.refresh(token));
  assert.deepEqual([dead.error, dead.suberror, dead.error_codes], ["interaction_required", "basic_action", [50076]]);
  await server.stop();
});

test("TL-4 older than MaxAgeSingleFactor: 50076", async () => {
  await world();
  await set({ MaxAgeSingleFactor: "10.00:00:00" });
  const { client, token } = await signedIn(people.bob);
  await server.clock.advance("P9D");
  assert.equal((await client.refresh(token)).status, 200);
  await server.clock.advance("P2D");
  assert.deepEqual((await errorOf(client.refresh(token))).error_codes, [50076]);
  await server.stop();
});

test("TL-8 AccessTokenLifetime: 60 to 90 minutes by default, then the configured value", async () => {
  await world();
  const { client, token, access } = await signedIn(people.bob);
  const span = (jwt) => claimsOf(jwt).exp - claimsOf(jwt).iat;
  assert.ok(span(access) >= 3600 && span(access) < 5400, `${span(access)} s`);
  await set({ AccessTokenLifetime: "04:00:00" });
  const answer = await client.refresh(token);
  assert.equal(answer.json.expires_in, 14400);
  assert.equal(span(answer.json.access_token), 14400);
  await server.stop();
});

test("TL-9 sessions revoked, or the password changed: 50173", async () => {
  await world();
  const revoked = await signedIn(people.bob);
  await server.clock.advance("PT1M");
  await server.do("POST", `/v1.0/users/${people.bob.user}/revokeSignInSessions`);
  assert.deepEqual((await errorOf(revoked.client.refresh(revoked.token))).error_codes, [50173]);

  const changed = await signedIn(people.bob);
  await server.clock.advance("PT1M");
  await server.do("PATCH", `/v1.0/users/${people.bob.user}`, { passwordProfile: { password: "Correct-Horse-22", forceChangePasswordNextSignIn: false } });
  assert.deepEqual((await errorOf(changed.client.refresh(changed.token))).error_codes, [50173]);
  assert.match((await new Client(server, web).signIn(new Browser(server), people.bob)).page.text, /not right/);
  await server.stop();
  server = undefined;
});

test("one token lifetime policy is the organization's default, and each says whether it is", async () => {
  await world();
  const definition = ['{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"02:00:00"}}'];
  const first = await set({ AccessTokenLifetime: "02:00:00" });
  const other = await server.do("POST", lifetimes, { displayName: "Other", definition });
  assert.equal((await server.do("GET", `${lifetimes}/${first.id}`)).isOrganizationDefault, true);
  assert.equal((await server.do("GET", `${lifetimes}/${other.id}`)).isOrganizationDefault, false);
  const taken = [
    await server.admin("POST", lifetimes, { displayName: "Second", definition, isOrganizationDefault: true }),
    await server.admin("PATCH", `${lifetimes}/${other.id}`, { isOrganizationDefault: true }),
  ];
  for (const answer of taken) {
    assert.equal(answer.status, 400);
    assert.match(answer.json.error.message, /another token lifetime policy is the organization's default/);
  }
  assert.equal((await server.admin("PATCH", `${lifetimes}/${first.id}`, { displayName: "Renamed", isOrganizationDefault: true })).status, 204);
  assert.equal((await server.admin("PATCH", `${lifetimes}/${first.id}`, { isOrganizationDefault: false })).status, 204);
  assert.equal((await server.admin("PATCH", `${lifetimes}/${other.id}`, { isOrganizationDefault: true })).status, 204);
  await server.stop();
});
