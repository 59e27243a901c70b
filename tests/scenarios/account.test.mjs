// The account page: who am I, how did I prove it, what does this session open.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Browser } from "../actors/browser.mjs";
import { Client } from "../actors/client.mjs";
import { Server } from "../actors/server.mjs";
import { ids, people, policies, policy, seed, web } from "../actors/world.mjs";

let server;
before(async () => {
  server = await Server.start({ seed: seed() });
});
after(() => server.stop());

test("nobody is signed in", async () => {
  const page = await new Browser(server).open("/account");
  assert.equal(page.status, 200);
  assert.match(page.text, /Nobody is signed in/);
});

test("what a session opens follows the policies of the moment", async () => {
  const browser = new Browser(server);
  await new Client(server, web).signIn(browser, people.bob);
  const open = await browser.open("/account");
  assert.match(open.text, /Bob Builder .*bob@contoso\.test .*How you proved who you are Password /);
  assert.match(open.text, /Office 365 Exchange Online: open .*Office 365 SharePoint Online: open/);

  await server.do("POST", policies, policy("MFA for mail", { applications: [ids.mail] }));
  await server.do("POST", policies, policy("No sites", { applications: [ids.sites], controls: ["block"] }));
  await server.do("POST", policies, policy("Only a report", { controls: ["block"], state: "enabledForReportingButNotEnforced" }));
  const after = await browser.open("/account");
  assert.match(after.text, /Microsoft Graph: open .*Office 365 Exchange Online: asks for more proof .*Office 365 SharePoint Online: closed by a policy/);

  const greek = new Browser(server, { language: "el" });
  greek.cookies = browser.cookies;
  assert.match((await greek.open("/account")).text, /Office 365 SharePoint Online: κλειστό από πολιτική/);
});

test("a second factor opens what asks for one, and signing out ends it", async () => {
  const browser = new Browser(server);
  await new Client(server, web).signIn(browser, people.ann, { scope: `openid ${ids.mail}/Mail.Send` });
  assert.match((await browser.open("/account")).text, /Password and a second factor .*Office 365 Exchange Online: open/);
  await browser.open(`/${server.tenant}/oauth2/v2.0/logout`);
  await browser.submit("signout");
  assert.match((await browser.open("/account")).text, /Nobody is signed in/);
});
