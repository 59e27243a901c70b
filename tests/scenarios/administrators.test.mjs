// What an administrator of one thing may not do to another administrator, nor to himself.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { tokensOf, worldSeed } from "../actors/routes.mjs";
import { Server } from "../actors/server.mjs";
import { ids } from "../actors/world.mjs";

const people = [
  { id: "0c1d6a52-3f0e-4a55-8a52-6c1b7f3f1b01", name: "ursula", role: "User Administrator" },
  { id: "0c1d6a52-3f0e-4a55-8a52-6c1b7f3f1b02", name: "otto", role: "Security Operator" },
].map((one) => ({ ...one, user: `${one.name}@contoso.test`, password: "Correct-Horse-7" }));
const [ursula, otto] = people;
let server;
const tokens = {};

before(async () => {
  const world = worldSeed();
  world.users = [
    ...world.users,
    ...people.map((one) => ({ id: one.id, userPrincipalName: one.user, displayName: one.name, password: one.password, roles: [one.role] })),
  ];
  server = await Server.start({ seed: world });
  for (const one of people) tokens[one.name] = (await tokensOf(server, one)).graph.all;
});
after(() => server.stop());

const as = (one, method, path, body) =>
  server.send(path, {
    method,
    headers: { authorization: `Bearer ${tokens[one.name]}`, ...(body ? { "content-type": "application/json" } : {}) },
    body: body && JSON.stringify(body),
  });
const refused = (answer, text) => {
  assert.equal(answer.status, 403, answer.text);
  assert.match(answer.json.error.message, text);
};

test("a user administrator changes users, and no holder of a directory role but himself", async () => {
  const password = { passwordProfile: { password: "Another-Horse-9" } };
  for (const [method, path, body] of [
    ["PATCH", `/v1.0/users/${ids.ann}`, password],
    ["PATCH", `/v1.0/users/${otto.id}`, { accountEnabled: false }],
    ["DELETE", `/v1.0/users/${ids.ann}`],
    ["PATCH", `/beta/users/${ids.ann}/authentication/requirements`, { perUserMfaState: "disabled" }],
    ["POST", `/api/users/${ids.ann}/mfaReset`],
  ])
    refused(await as(ursula, method, path, body), /holds a directory role/);
  assert.equal((await as(ursula, "PATCH", `/v1.0/users/${ids.bob}`, password)).status, 204);
  assert.equal((await as(ursula, "PATCH", `/v1.0/users/${ursula.id}`, { jobTitle: "Administrator" })).status, 204);
  assert.equal((await server.do("GET", `/v1.0/users/${ids.ann}`)).accountEnabled ?? true, true, "she is still there");
});

test("nobody states signals of himself", async () => {
  const network = (user) => ({ user, address: "203.0.113.9", isCompliant: true, expiresIn: "PT1H" });
  refused(await as(otto, "POST", "/api/signals/compliantNetwork", network(otto.user)), /of yourself/);
  assert.equal((await as(otto, "POST", "/api/signals/compliantNetwork", network(ursula.user))).status, 204);
});

test("the host switches off the policies that are named: a list of none is not all of them", async () => {
  for (const policies of [[], null, "all", ["x"]]) {
    const answer = await server.admin("POST", "/api/breakGlass/disablePolicies", { policies });
    assert.equal(answer.status, 400, JSON.stringify(policies));
    assert.match(answer.text, /policies must be a list/);
  }
  assert.equal((await server.admin("POST", "/api/breakGlass/disablePolicies", {})).status, 200);
});
