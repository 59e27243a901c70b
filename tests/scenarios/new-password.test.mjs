// A new password in the sign-in: because a policy demands it, because of a risk, because an
// administrator set the old one.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { Browser } from "../actors/browser.mjs";
import { claimsOf, Client } from "../actors/client.mjs";
import { Server } from "../actors/server.mjs";
import { policies, policy, seed, spare, web } from "../actors/world.mjs";

const password = "Correct-Horse-9";
const newPassword = "Other-Battery-10";
const secret = "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU";
const names = ["changing", "risky", "forced", "careful", "silent", "remedied"];
let server;
let client;
before(async () => {
  const users = names.map((name) => ({ userPrincipalName: `${name}@contoso.test`, displayName: name, password, totpSecret: secret }));
  server = await Server.start({ seed: seed({ users: [...seed().users, ...users] }) });
  client = new Client(server, web);
});
after(() => server.stop());
beforeEach(async () => {
  for (const one of (await server.do("GET", policies)).value) await server.do("DELETE", `${policies}/${one.id}`);
  await server.clock.advance("PT1M");
});

const person = (name, more = {}) => ({ user: `${name}@contoso.test`, password, secret, newPassword, ...more });
const change = (control = "passwordChange", userRiskLevels = []) => {
  const made = policy("Change", { controls: ["mfa", control] });
  made.grantControls.operator = "AND";
  made.conditions.userRiskLevels = userRiskLevels;
  return made;
};

test("a policy demands a new password: after the second factor, once a session, and the old one is worth nothing", async () => {
  const old = await client.signIn(new Browser(server), person("changing"));
  await server.clock.advance("PT1M");
  await server.do("POST", policies, change());
  const browser = new Browser(server);
  const { tokens } = await client.signIn(browser, person("changing"));
  assert.deepEqual(browser.seen, ["username", "password", "code", "change", "stay"]);
  assert.deepEqual(claimsOf(tokens.access_token).amr, ["pwd", "mfa"]);
  assert.equal((await client.refresh(tokens.refresh_token)).status, 200, "the grant knows that it was changed");
  assert.deepEqual((await client.refresh(old.tokens.refresh_token)).json.error_codes, [50173]);
  const other = await new Client(server, spare).signIn(browser, person("changing"));
  assert.deepEqual([browser.seen, typeof other.tokens.access_token], [[], "string"], "the session knows it too");
  const again = await client.signIn(new Browser(server), person("changing"));
  assert.match(again.page.html, /role="alert"/, "the old password is wrong");
});

test("what does not fit is said on the page, and nothing is changed", async () => {
  await server.do("POST", policies, change());
  const browser = new Browser(server);
  const at = (await client.signIn(browser, person("careful", { newPassword: undefined }))).page;
  assert.ok(at.has("again"));
  const rows = [
    [{ password, new_password: newPassword, again: newPassword + "x" }, /not the same/],
    [{ password, new_password: "short", again: "short" }, /at least 8/],
    [{ password, new_password: password, again: password }, /present one/],
    [{ password: "wrong", new_password: newPassword, again: newPassword }, /present password is not right/],
  ];
  for (const [typed, message] of rows) {
    const page = await browser.submit("change", typed);
    assert.match(page.text, message);
    assert.ok(!page.html.includes(newPassword), "what was typed is not in the page");
  }
  for (const one of (await server.do("GET", policies)).value) await server.do("DELETE", `${policies}/${one.id}`);
  await server.clock.advance("PT1M");
  assert.ok((await client.signIn(new Browser(server), person("careful"))).tokens.access_token, "with the old one");
});

for (const [name, control] of [["risky", "passwordChange"], ["remedied", "riskRemediation"]])
  test(`${control} of a risky user remediates the risk`, async () => {
    const { id } = await server.do("GET", `/v1.0/users/${name}@contoso.test`);
    await server.do("POST", policies, change(control, ["high"]));
    const before = await client.signIn(new Browser(server), person(name));
    assert.ok(before.tokens.access_token, "no risk, no question");
    await server.do("POST", "/v1.0/identityProtection/riskyUsers/confirmCompromised", { userIds: [id] });
    assert.deepEqual((await client.refresh(before.tokens.refresh_token)).json.error_codes, [50076], "MFA is asked for first");
    await server.clock.advance("PT1M");
    const browser = new Browser(server);
    assert.ok((await client.signIn(browser, person(name))).tokens.access_token);
    assert.ok(browser.seen.includes("change"));
    const risk = await server.do("GET", `/v1.0/identityProtection/riskyUsers/${id}`);
    assert.deepEqual([risk.riskLevel, risk.riskState, risk.riskDetail], ["none", "remediated", "userPerformedSecuredPasswordChange"]);
    await server.clock.advance("PT1M");
    const next = new Browser(server);
    assert.ok((await client.signIn(next, person(name, { password: newPassword }))).tokens.access_token);
    assert.ok(!next.seen.includes("change"), "the risk is gone");
  });

test("an administrator's password is changed at the next sign-in, with a second factor if that is said", async () => {
  const path = "/v1.0/users/forced@contoso.test";
  for (const [flag, seen] of [["forceChangePasswordNextSignIn", ["username", "password", "change", "stay"]], ["forceChangePasswordNextSignInWithMfa", ["username", "password", "code", "change", "stay"]]]) {
    await server.do("PATCH", path, { passwordProfile: { password: "Given-Horse-11", [flag]: true } });
    await server.clock.advance("PT1M");
    const browser = new Browser(server);
    const { tokens } = await client.signIn(browser, person("forced", { password: "Given-Horse-11" }));
    assert.ok(tokens.access_token);
    assert.deepEqual(browser.seen, seen);
    await server.clock.advance("PT1M");
    const next = new Browser(server);
    await client.signIn(next, person("forced", { password: newPassword }));
    assert.deepEqual(next.seen, ["username", "password", "stay"], "once");
  }
});

test("silently it is 50135", async () => {
  const browser = new Browser(server);
  await client.signIn(browser, person("silent"));
  await server.do("POST", policies, { ...change(), grantControls: { operator: "OR", builtInControls: ["passwordChange"] } });
  const { error } = await client.signIn(browser, person("silent"), { prompt: "none" });
  assert.match(error.error_description, /AADSTS50135/);
});
