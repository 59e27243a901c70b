// Sign-ins that wait on a page, and tokens that wait in an application, while something changes:
// a new factor, a new password, a revocation, a policy.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { Browser } from "../actors/browser.mjs";
import { claimsOf, Client } from "../actors/client.mjs";
import { Server } from "../actors/server.mjs";
import { totp } from "../actors/totp.mjs";
import { policies, policy, seed, web } from "../actors/world.mjs";

const password = "Correct-Horse-9";
const names = ["parked", "reset", "racing", "judged", "forgetful"];
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

const idOf = async (name) => (await server.do("GET", `/v1.0/users/${name}@contoso.test`)).id;
const secretOf = (page) => page.html.match(/<code>([A-Z2-7 ]+)<\/code>/)?.[1].replaceAll(" ", "");
const codeOf = async (secret) => ({ code: totp(secret, await server.clock.now()) });
const pastPassword = async (browser, name, typed = password) => {
  await browser.open(client.authorizeUrl());
  await browser.submit("username", { username: `${name}@contoso.test` });
  return browser.submit("password", { password: typed });
};

test("a registration left open ends when the user has an authenticator: its own code is asked for", async () => {
  await server.do("POST", policies, policy("MFA"));
  const left = new Browser(server);
  const secret = secretOf(await pastPassword(left, "parked"));
  const own = new Browser(server);
  const ownSecret = secretOf(await pastPassword(own, "parked"));
  assert.notEqual(secret, ownSecret);
  assert.ok((await own.submit("code", await codeOf(ownSecret))).buttons.includes("leave"), "the first registration is done");

  const challenged = await left.submit("code", await codeOf(secret));
  assert.ok(challenged.has("code") && !secretOf(challenged), "a code is asked for, no secret is offered");
  const wrong = await left.submit("code", await codeOf(secret));
  assert.match(wrong.html, /role="alert"/);
  await server.clock.advance("PT1M");
  assert.ok((await left.submit("code", await codeOf(ownSecret))).buttons.includes("leave"), "the user's own authenticator is");
  await server.clock.advance("PT1M");
  const next = new Browser(server);
  await pastPassword(next, "parked");
  assert.match((await next.submit("code", await codeOf(secret))).html, /role="alert"/);
});

test("a new password or a revocation sends every waiting sign-in back to the password", async () => {
  const id = await idOf("reset");
  const changes = [
    ["/v1.0/users/" + id, "PATCH", { passwordProfile: { password: "Other-Horse-10" } }],
    [`/v1.0/users/${id}/revokeSignInSessions`, "POST", undefined],
  ];
  let typed = password;
  for (const [path, method, body] of changes) {
    const staying = new Browser(server);
    assert.ok((await pastPassword(staying, "reset", typed)).buttons.includes("leave"));
    const made = await server.do("POST", policies, policy("MFA"));
    const registering = new Browser(server);
    const secret = secretOf(await pastPassword(registering, "reset", typed));
    await server.clock.advance("PT1S");
    await server.do(method, path, body);
    await server.clock.advance("PT1S");
    const registered = await registering.submit("code", await codeOf(secret));
    assert.ok(registered.has("password"), `registration after ${method} ${path}`);
    await server.do("DELETE", `${policies}/${made.id}`);
    const stayed = await staying.submit("leave");
    assert.ok(!stayed.left && stayed.has("password"), `stay signed in after ${method} ${path}`);
    typed = "Other-Horse-10";
    assert.ok((await staying.submit("password", { password: typed })).buttons.includes("leave"), "the new password goes on");
  }
});

test("of two registrations at once one wins", async () => {
  await server.do("POST", policies, policy("MFA"));
  const browsers = [1, 2, 3, 4].map(() => new Browser(server));
  const secrets = [];
  for (const browser of browsers) secrets.push(secretOf(await pastPassword(browser, "racing")));
  const answers = await Promise.all(browsers.map(async (browser, i) => browser.submit("code", await codeOf(secrets[i]))));
  assert.equal(answers.filter((answer) => answer.buttons.includes("leave")).length, 1);
});

test("a policy that came while the last page waited decides, and the log says what it said", async () => {
  const waiting = [new Browser(server), new Browser(server)];
  for (const browser of waiting) assert.ok((await pastPassword(browser, "judged")).buttons.includes("stay"));
  const block = await server.do("POST", policies, policy("Nobody", { controls: ["block"] }));
  const refused = await waiting[0].submit("leave");
  assert.ok(!refused.left, "no code is issued");
  assert.match(refused.text, /AADSTS53003/);
  const filter = encodeURIComponent("userPrincipalName eq 'judged@contoso.test'");
  const [row] = (await server.do("GET", `/v1.0/auditLogs/signIns?$filter=${filter}`)).value;
  assert.deepEqual([row.status.errorCode, row.conditionalAccessStatus], [53003, "failure"]);
  assert.deepEqual(row.appliedConditionalAccessPolicies.map((p) => [p.id, p.result]), [[block.id, "failure"]]);

  await server.do("DELETE", `${policies}/${block.id}`);
  await server.do("POST", policies, policy("MFA"));
  const secret = secretOf(await waiting[1].submit("stay"));
  assert.ok(secret, "the second factor that the new policy wants is asked for");
  const done = await waiting[1].submit("code", await codeOf(secret));
  assert.deepEqual(claimsOf((await client.redeem(done.left.searchParams.get("code"))).json.access_token).amr, ["pwd", "mfa"]);
});

test("when second factors are forgotten, what was proved with them ends: sessions, refresh tokens, codes, waiting pages", async () => {
  await server.do("POST", policies, policy("MFA"));
  const person = { user: "forgetful@contoso.test", password };
  const browser = new Browser(server);
  const { tokens } = await client.signIn(browser, person);
  assert.deepEqual(claimsOf(tokens.access_token).amr, ["pwd", "mfa"]);
  const unredeemed = (await browser.open(client.authorizeUrl())).left.searchParams.get("code");
  const waiting = new Browser(server);
  assert.ok((await pastPassword(waiting, "forgetful")).has("code"));
  await server.clock.advance("PT1M");
  assert.equal((await server.admin("POST", `/api/users/${await idOf("forgetful")}/mfaReset`)).status, 204);

  const refreshed = await client.refresh(tokens.refresh_token);
  assert.deepEqual([refreshed.status, refreshed.json.error, refreshed.json.error_codes], [400, "invalid_grant", [50173]]);
  assert.deepEqual((await client.redeem(unredeemed)).json.error, "invalid_grant");
  assert.ok((await waiting.submit("code", await codeOf(browser.secret))).has("password"));
  const again = await client.signIn(browser, person);
  assert.deepEqual(claimsOf(again.tokens.access_token).amr, ["pwd", "mfa"]);
  assert.deepEqual(browser.seen, ["username", "password", "code", "stay"], "everything is asked anew, with a new authenticator");
});
