// Authentication contexts: T87 and what becomes of them afterwards.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { Browser } from "../actors/browser.mjs";
import { claimsOf, Client } from "../actors/client.mjs";
import { Server } from "../actors/server.mjs";
import { people, policies, policy, publicClient, seed, web } from "../actors/world.mjs";

const multifactor = "00000000-0000-0000-0000-000000000002";
let server;
let client;
before(async () => {
  server = await Server.start({ seed: seed() });
  client = new Client(server, web);
});
after(() => server.stop());
beforeEach(async () => {
  for (const one of (await server.do("GET", policies)).value) await server.do("DELETE", `${policies}/${one.id}`);
  await server.clock.advance("PT1M");
});

// A policy on contexts that demands a strength.
const onContexts = (contexts) => {
  const made = policy(`Step up for ${contexts}`);
  made.conditions.applications = { includeAuthenticationContextClassReferences: contexts };
  made.grantControls = { operator: "OR", builtInControls: [], authenticationStrength: { id: multifactor } };
  return made;
};
// What an API answers with (conditional-access.md 5.5), and what its client makes of it.
const challenge = (...contexts) =>
  Buffer.from(JSON.stringify({ access_token: { acrs: { essential: true, ...(contexts.length === 1 ? { value: contexts[0] } : { values: contexts }) } } })).toString("base64");
const claimsParameter = (header) => Buffer.from(header, "base64").toString();
const asked = (...contexts) => ({ claims: claimsParameter(challenge(...contexts)) });

test("T87 an API asks for c1: the refresh token does not do, /authorize runs the policy, the new token has acrs", async () => {
  const made = await server.do("POST", policies, onContexts(["c1"]));
  const browser = new Browser(server);
  const weak = await client.signIn(browser, people.ann);
  assert.equal(claimsOf(weak.tokens.access_token).acrs, undefined);
  assert.deepEqual(browser.seen, ["username", "password", "stay"], "nothing else asks for a second factor");

  const refused = await client.refresh(weak.tokens.refresh_token, asked("c1"));
  assert.deepEqual([refused.status, refused.json.error_codes], [400, [50076]]);
  assert.deepEqual(JSON.parse(refused.json.claims), {
    access_token: { capolids: { essential: true, values: [made.id] }, acrs: { essential: true, values: ["c1"] } },
  });
  assert.ok((await client.refresh(weak.tokens.refresh_token)).json.access_token, "without c1 it goes on");

  const strong = await client.signIn(browser, people.ann, { claims: refused.json.claims });
  assert.deepEqual(browser.seen, ["code"], "the session steps up");
  const claims = claimsOf(strong.tokens.access_token);
  assert.deepEqual([claims.acrs, claims.amr], [["c1"], ["pwd", "mfa"]]);
  assert.deepEqual(claimsOf((await client.refresh(strong.tokens.refresh_token)).json.access_token).acrs, ["c1"], "and it stays");
  const filter = encodeURIComponent(`userPrincipalName eq '${people.ann.user}' and signInEventTypes/any(t: t eq 'nonInteractiveUser')`);
  const [row] = (await server.do("GET", `/beta/auditLogs/signIns?$filter=${filter}`)).value;
  assert.deepEqual([row.authenticationContextClassReferences, row.incomingTokenType], [[{ id: "c1", detail: "previouslySatisfied" }], "refreshToken"]);
  const more = await client.refresh(strong.tokens.refresh_token, asked("c1", "c2"));
  assert.deepEqual(claimsOf(more.json.access_token).acrs.sort(), ["c1", "c2"], "of c2 no policy speaks");
});

test("a silent request for a context that the session does not satisfy is refused with the challenge", async () => {
  await server.do("POST", policies, onContexts(["c1"]));
  const browser = new Browser(server);
  await client.signIn(browser, people.ann);
  const { error } = await client.signIn(browser, people.ann, { prompt: "none", ...asked("c1") });
  assert.equal(error.error, "interaction_required");
  assert.match(error.error_description, /AADSTS50076/);
  const voluntary = { claims: JSON.stringify({ access_token: { acrs: { values: ["c1", "c3"] } } }) };
  const silent = await client.signIn(browser, people.ann, { prompt: "none", ...voluntary });
  assert.deepEqual(claimsOf(silent.tokens.access_token).acrs, ["c3"], "what is not essential is given when it is met");
});

test("what was satisfied is judged again: at the code, and at every refresh", async () => {
  const browser = new Browser(server);
  await server.do("POST", policies, onContexts(["c1"]));
  const { tokens } = await client.signIn(browser, people.ann, asked("c1"));
  assert.deepEqual(claimsOf(tokens.access_token).acrs, ["c1"]);
  await server.clock.advance("PT1M");
  const end = await browser.signIn(client.authorizeUrl(asked("c1")), people.ann);
  await server.do("POST", policies, { ...onContexts(["c1"]), grantControls: { operator: "OR", builtInControls: ["block"] } });
  const refused = await client.redeem(end.left.searchParams.get("code"));
  assert.deepEqual([refused.status, refused.json.error_codes], [400, [53003]], "A21: the code was for c1");
  const refreshed = await client.refresh(tokens.refresh_token);
  assert.equal(claimsOf(refreshed.json.access_token).acrs, undefined, "the refresh token goes on without it");
});

test("a public client's tokens have contexts too, and others' values are ignored", async () => {
  const native = new Client(server, publicClient);
  const { tokens } = await native.signIn(new Browser(server), people.ann, { claims: JSON.stringify({ access_token: { acrs: { essential: true, values: ["c7", "p1", "c100"] } } }) });
  assert.deepEqual(claimsOf(tokens.access_token).acrs, ["c7"]);
});
