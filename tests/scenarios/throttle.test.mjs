// Wrong passwords: what they cost whoever sends them, and whom they do not keep out (security.md G21).
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Browser } from "../actors/browser.mjs";
import { Client } from "../actors/client.mjs";
import { Server } from "../actors/server.mjs";
import { people, seed, web } from "../actors/world.mjs";

let server;
let client;
before(async () => {
  server = await Server.start({ seed: seed() });
  client = new Client(server, web);
});
after(() => server.stop());

const tried = async (browser, user, password) => {
  await browser.open(client.authorizeUrl({ prompt: "login", login_hint: user }));
  return browser.submit("password", { password });
};
const isThrottled = (page) => /too many attempts/.test(page.html.match(/role="alert"[^>]*>([^<]*)/)?.[1] ?? "");
const isIn = (page) => page.left !== undefined || page.buttons.includes("stay");

test("strangers lock out strangers, never a browser that the user signed in with before", async () => {
  const known = new Browser(server, { ip: "10.5.5.5" });
  assert.equal((await client.signIn(known, people.bob)).status, 200);
  assert.equal((await client.signIn(known, people.ann)).status, 200);
  const other = new Browser(server, { ip: "10.5.5.6" });
  assert.equal((await client.signIn(other, people.ann)).status, 200);
  let last;
  for (let i = 0; i < 11; i++) last = await tried(new Browser(server, { ip: `10.0.1.${i}` }), people.bob.user, "wrong");
  assert.ok(isThrottled(last), "the account is locked for whoever is not known");
  assert.ok(isThrottled(await tried(new Browser(server, { ip: "10.9.9.9" }), people.bob.user, people.bob.password)));
  assert.ok(isThrottled(await tried(other, people.bob.user, people.bob.password)), "a browser that knows another user is a stranger");
  assert.ok(isIn(await tried(known, people.bob.user, people.bob.password)), "the known browser is let in");

  const copied = new Browser(server, { ip: "10.9.9.8" });
  await copied.open(client.authorizeUrl());
  copied.cookies.set("__Host-hg_known", known.cookies.get("__Host-hg_known"));
  assert.ok(isThrottled(await tried(copied, people.bob.user, people.bob.password)), "the mark is worth nothing in another browser");

  for (let i = 0; i < 11; i++) last = await tried(known, people.bob.user, "wrong");
  assert.ok(isThrottled(last), "its own wrong passwords are counted too");
  assert.ok(isThrottled(await tried(known, people.bob.user, people.bob.password)));
  await server.clock.advance("PT2H");
  assert.ok(isIn(await tried(known, people.bob.user, people.bob.password)));
});

test("an address may be wrong a hundred times in ten minutes, over all names", async () => {
  const at = (ip) => new Browser(server, { ip });
  for (let i = 0; i < 100; i++) {
    const ip = `2001:db8:7:7::${(i + 1).toString(16)}`;
    assert.ok(!isThrottled(await tried(at(ip), `nobody${i}@contoso.test`, "wrong")), `${i}`);
  }
  assert.ok(isThrottled(await tried(at("2001:db8:7:7:1::1"), people.ann.user, people.ann.password)), "a /64 is one address");
  assert.ok(!isThrottled(await tried(at("2001:db8:7:8::1"), people.ann.user, people.ann.password)));
  await server.clock.advance("PT11M");
  assert.ok(!isThrottled(await tried(at("2001:db8:7:7::1"), people.ann.user, people.ann.password)));
});
