// Terms of use: accepted, declined, expired, replaced, silent.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { Browser } from "../actors/browser.mjs";
import { Client } from "../actors/client.mjs";
import { Server } from "../actors/server.mjs";
import { ids, people, policies, policy, seed, web } from "../actors/world.mjs";

const agreements = "/v1.0/identityGovernance/termsOfUse/agreements";
const password = "Correct-Horse-9";
const names = ["reader", "refuser", "expiring", "versions", "silent", "opener", "background"];
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

const base64 = (text) => Buffer.from(text).toString("base64");
const file = (language, text, more = {}) => ({ fileName: `terms-${language}.txt`, language, fileData: { data: base64(text) }, ...more });
const person = (name) => ({ user: `${name}@contoso.test`, password });
const agreement = (more = {}) => ({
  displayName: "House rules", isViewingBeforeAcceptanceRequired: false,
  files: [file("en", "Be kind.", { isDefault: true }), file("sl", "Bodite prijazni.")], ...more,
});
const demand = (id) => {
  const made = policy("Terms", {});
  made.grantControls = { operator: "OR", builtInControls: [], termsOfUse: [id] };
  return made;
};
const create = async (more) => {
  const made = await server.do("POST", agreements, agreement(more));
  await server.do("POST", policies, demand(made.id));
  return made;
};
const acceptancesOf = async (made) => (await server.do("GET", `${agreements}/${made.id}/acceptances`)).value;
const askedAgain = async (browser, name) => {
  await client.signIn(browser, person(name));
  return browser.seen.includes("agree");
};

test("terms are shown in the user's language, and accepting them is recorded", async () => {
  const made = await create();
  const browser = new Browser(server, { language: "sl-SI,sl;q=0.9" });
  await browser.open(client.authorizeUrl());
  await browser.submit("username", { username: "reader@contoso.test" });
  const page = await browser.submit("password", { password });
  assert.match(page.text, /Bodite prijazni\./);
  assert.equal(page.title, "House rules");
  assert.ok((await browser.submit("agree")).buttons.includes("leave"), "the sign-in goes on");
  const [row, ...others] = await acceptancesOf(made);
  assert.deepEqual(others, []);
  assert.deepEqual([row.state, row.userPrincipalName, row.agreementId, row.expirationDateTime], ["accepted", "reader@contoso.test", made.id, null]);
  const files = (await server.do("GET", `${agreements}/${made.id}/files`)).value;
  assert.equal(files.find((one) => one.id === row.agreementFileId).language, "sl");
  assert.ok(!(await askedAgain(new Browser(server), "reader")), "once is enough");
  const mine = await client.signIn(browser, person("reader"), { scope: "https://graph.microsoft.com/AgreementAcceptance.Read" });
  const answer = await server.send("/v1.0/me/agreementAcceptances", { headers: { authorization: `Bearer ${mine.tokens.access_token}` } });
  assert.deepEqual(answer.json.value.map((one) => one.state), ["accepted"]);
});

test("who declines gets no access, and is asked again", async () => {
  const made = await create();
  const refused = (await client.signIn(new Browser(server), { ...person("refuser"), agree: false })).page;
  assert.match(refused.text, /AADSTS50158/);
  assert.deepEqual((await acceptancesOf(made)).map((row) => row.state), ["declined"]);
  const filter = encodeURIComponent("userPrincipalName eq 'refuser@contoso.test'");
  const [log] = (await server.do("GET", `/v1.0/auditLogs/signIns?$filter=${filter}`)).value;
  assert.deepEqual([log.status.errorCode, log.appliedConditionalAccessPolicies[0].result], [50158, "failure"]);
  assert.ok(await askedAgain(new Browser(server), "refuser"));
});

test("an acceptance ends when the agreement says, for refresh tokens too", async () => {
  await create({ userReacceptRequiredFrequency: "P30D" });
  const browser = new Browser(server);
  const { tokens } = await client.signIn(browser, person("expiring"));
  assert.ok(tokens.refresh_token);
  await server.clock.advance("P29D");
  const still = await client.refresh(tokens.refresh_token);
  assert.equal(still.status, 200);
  await server.clock.advance("P2D");
  const refused = await client.refresh(still.json.refresh_token);
  assert.deepEqual([refused.status, refused.json.error_codes], [400, [50158]]);
  assert.ok(await askedAgain(new Browser(server), "expiring"));
  assert.equal((await client.refresh(still.json.refresh_token)).status, 200, "accepting revives it");
});

test("a new major version is accepted anew, another one is not", async () => {
  const made = await create();
  await client.signIn(new Browser(server), person("versions"));
  const path = `${agreements}/${made.id}`;
  assert.equal((await server.admin("PATCH", path, { files: [file("en", "Be kind, please.")] })).status, 204);
  assert.ok(!(await askedAgain(new Browser(server), "versions")));
  assert.equal((await server.admin("PATCH", path, { file: { localizations: [file("en", "Be very kind.", { isMajorVersion: true })] } })).status, 204);
  assert.ok(await askedAgain(new Browser(server), "versions"));
  assert.ok(!(await askedAgain(new Browser(server), "versions")));
});

test("nobody can be asked silently; report-only says that he would have been", async () => {
  const browser = new Browser(server);
  const { tokens } = await client.signIn(browser, person("silent"));
  const made = await create();
  const { error } = await client.signIn(browser, person("silent"), { prompt: "none" });
  assert.equal(error.error, "interaction_required");
  assert.match(error.error_description, /AADSTS50158/);
  assert.deepEqual((await client.refresh(tokens.refresh_token)).json.error_codes, [50158]);
  for (const one of (await server.do("GET", policies)).value) await server.do("PATCH", `${policies}/${one.id}`, { state: "enabledForReportingButNotEnforced" });
  await client.signIn(new Browser(server), person("silent"));
  const filter = encodeURIComponent("userPrincipalName eq 'silent@contoso.test'");
  const [log] = JSON.parse((await server.admin("GET", `/v1.0/auditLogs/signIns?$filter=${filter}`, undefined, { prefer: "include-unknown-enum-members" })).text).value;
  assert.equal(log.appliedConditionalAccessPolicies[0].result, "reportOnlyInterrupted");
  assert.deepEqual(await acceptancesOf(made), []);
});

test("terms that must be opened first, and a PDF", async () => {
  const pdf = "%PDF-1.4\nnot much of one";
  await create({ isViewingBeforeAcceptanceRequired: true, files: [file("en", pdf, { fileName: "terms.pdf" })] });
  const browser = new Browser(server);
  await browser.open(client.authorizeUrl());
  await browser.submit("username", { username: "opener@contoso.test" });
  let page = await browser.submit("password", { password });
  assert.ok(page.buttons.includes("view"));
  page = await browser.submit("agree");
  assert.match(page.html, /role="alert"/);
  page = await browser.submit("view");
  const link = page.html.match(/<a href="([^"]+)"/)[1];
  const document = await server.send(link);
  assert.deepEqual([document.status, document.headers["content-type"], document.text], [200, "application/pdf", pdf]);
  assert.ok((await browser.submit("agree")).buttons.includes("leave"));
});

test("V20 agreements: a policy names one that exists, and one in use is not deleted", async () => {
  const refused = await server.admin("POST", policies, demand("11111111-2222-4333-8444-555566667777"));
  assert.equal(refused.status, 400);
  assert.match(refused.json.error.message, /^1011: '11111111-.*' in grantControls\.termsOfUse is no agreement's id/);
  const made = await create();
  const used = await server.admin("DELETE", `${agreements}/${made.id}`);
  assert.equal(used.status, 400);
  assert.match(used.json.error.message, /policy 'Terms'/);
  for (const one of (await server.do("GET", policies)).value) await server.do("DELETE", `${policies}/${one.id}`);
  assert.equal((await server.admin("DELETE", `${agreements}/${made.id}`)).status, 204);
  assert.equal((await server.admin("GET", `${agreements}/${made.id}`)).status, 404);
});

test("documents are checked: language, base64, kind, one default", async () => {
  const rows = [
    [{ files: [] }, /1 to 50 documents/],
    [{ files: [file("english", "x")] }, /language tag/],
    [{ files: [{ ...file("en", "x"), fileData: { data: "?" } }] }, /base64/],
    [{ files: [file("en", "\u0000")] }, /PDF or a text/],
    [{ files: [file("en", "x", { isDefault: true }), file("sl", "x", { isDefault: true })] }, /one document is the default/],
    [{ files: [file("en", "x"), file("EN", "x")] }, /two documents/],
    [{ files: [file("en", "x", { colour: "red" })] }, /files\.colour is not known/],
    [{ file: { colour: 1, localizations: [file("en", "x")] }, files: undefined }, /file\.colour is not known/],
    [{ userReacceptRequiredFrequency: "monthly" }, /P90D/],
    [{ termsExpiration: { frequency: "P30D" } }, /startDateTime/],
  ];
  for (const [more, message] of rows) {
    const answer = await server.admin("POST", agreements, agreement(more));
    assert.equal(answer.status, 400, JSON.stringify(more));
    assert.match(answer.json.error.message, message);
  }
  const stored = await server.do("POST", agreements, agreement({ termsExpiration: { startDateTime: "2030-01-01T00:00:00Z", frequency: "P365D" } }));
  assert.deepEqual(Object.keys(await server.do("GET", `${agreements}/${stored.id}?$expand=files`)).slice(-1), ["files"]);
});
