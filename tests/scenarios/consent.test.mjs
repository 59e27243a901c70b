// Which permissions of an application a user gets, and who may agree to them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Browser } from "../actors/browser.mjs";
import { claimsOf, Client } from "../actors/client.mjs";
import { Server } from "../actors/server.mjs";
import { ids, people, seed, spare, web } from "../actors/world.mjs";

const orders = "a1b2c3d4-0000-4000-8000-0000000000aa";
const scopes = [
  { id: "11111111-2222-4333-8444-555566667701", value: "Orders.Read", type: "User", isEnabled: true },
  { id: "11111111-2222-4333-8444-555566667702", value: "Orders.Manage", type: "Admin", isEnabled: true },
  { id: "11111111-2222-4333-8444-555566667703", value: "Orders.Erase", type: "User", isEnabled: false },
];
const granted = (app) => (app.appId === ids.spare ? { ...app, grants: [...app.grants, { resource: orders, scopes: ["Orders.Manage"] }] } : app);

let server;
before(async () => {
  const world = seed();
  const api = { appId: orders, displayName: "Orders", identifierUris: ["api://orders"], api: { oauth2PermissionScopes: scopes } };
  server = await Server.start({ seed: { ...world, applications: [...world.applications.map(granted), api] } });
});
after(() => server.stop());

const ask = (application, person, scope) => new Client(server, application).signIn(new Browser(server), person, { scope });
const told = ({ page, error }) => `${page?.text ?? ""} ${error?.error_description ?? JSON.stringify(error ?? "")}`;

test("a scope that is switched off does not exist, with the resource's URI and with its id", async () => {
  for (const prefix of ["api://orders", orders]) assert.match(told(await ask(web, people.ann, `openid ${prefix}/Orders.Erase`)), /AADSTS650053/, prefix);
});

test("what an administrator must agree to is refused to a user, of Graph and of an application", async () => {
  for (const scope of ["api://orders/Orders.Manage", "Directory.ReadWrite.All", "User.Read Policy.ReadWrite.ConditionalAccess"]) {
    const end = await ask(web, people.bob, `openid ${scope}`);
    assert.match(told(end), /AADSTS90094: An administrator must consent to the permissions that .*Web app.* asks for/, scope);
    assert.equal(end.tokens, undefined, scope);
  }
  const { tokens } = await ask(web, people.bob, "openid api://orders/Orders.Read");
  assert.equal(claimsOf(tokens.access_token).scp, "Orders.Read");
});

test("an administrator agrees for himself, and that is for nobody else", async () => {
  const { tokens } = await ask(web, people.ann, "openid api://orders/Orders.Manage");
  assert.equal(claimsOf(tokens.access_token).scp, "Orders.Manage");
  assert.match(told(await ask(web, people.bob, "openid api://orders/Orders.Manage")), /AADSTS90094/);
});

test("what a seed grants is agreed to for everybody", async () => {
  const { tokens } = await ask(spare, people.bob, "openid api://orders/Orders.Manage");
  assert.equal(claimsOf(tokens.access_token).scp, "Orders.Manage");
});
