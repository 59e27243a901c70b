// Bad input at the routes that change something: a clear 4xx in the surface's own shape, and
// nothing changed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Browser } from "../actors/browser.mjs";
import { Client } from "../actors/client.mjs";
import { form } from "../actors/http.mjs";
import { Server } from "../actors/server.mjs";
import { ids, people, policies, policy, seed, web } from "../actors/world.mjs";

let server;
let bearer;
before(async () => {
  server = await Server.start({ seed: seed() });
  const { tokens } = await new Client(server, web).signIn(new Browser(server), people.ann);
  bearer = tokens.access_token; // for Graph, with User.Read alone
});
after(() => server.stop());

const flows = "/providers/Microsoft.ProcessSimple/environments/~default/flows";
const writes = [
  ["POST", "/v1.0/users"],
  ["PATCH", `/v1.0/users/${ids.bob}`],
  ["POST", "/v1.0/groups"],
  ["POST", "/v1.0/applications"],
  ["POST", policies],
  ["POST", "/v1.0/identity/conditionalAccess/namedLocations"],
  ["POST", "/v1.0/policies/tokenLifetimePolicies"],
  ["POST", flows],
  ["PUT", "/providers/Microsoft.PowerApps/apis/shared_office365/connections/x"],
];
const snapshot = async () => {
  const lists = await Promise.all(
    ["/v1.0/users", "/v1.0/groups", "/v1.0/applications", policies, "/v1.0/policies/tokenLifetimePolicies", flows].map((path) => server.do("GET", path)),
  );
  return JSON.stringify(lists.map((list) => list.value));
};
const shape = (answer, where) => {
  assert.ok(answer.status >= 400 && answer.status < 500, `${where}: ${answer.status} ${answer.text.slice(0, 300)}`);
  const { error } = answer.json;
  assert.equal(typeof error.code, "string", where);
  assert.ok(error.message.length > 0, where);
};

test("broken JSON, other content types, too large bodies and unknown members are refused and change nothing", async () => {
  const before = await snapshot();
  const bodies = [
    ["broken JSON", "application/json", '{"displayName": "x",'],
    ["no object", "application/json", "[]"],
    ["a key twice", "application/json", '{"displayName":"x","displayName":"y"}'],
    ["too deep", "application/json", "[".repeat(200) + "]".repeat(200)],
    ["another content type", "text/plain", "{}"],
    ["no body", "application/json", ""],
    ["unknown members", "application/json", '{"displayNameX":"x"}'],
    ["not UTF-8", "application/json", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])],
    ["too large", "application/json", JSON.stringify({ displayName: "x".repeat(2 << 20) })],
  ];
  for (const [method, path] of writes)
    for (const [what, type, body] of bodies) {
      const answer = await server.send("http://localhost" + path, {
        method, socketPath: server.ready.adminSocket, body,
        headers: { "content-type": type, "content-length": Buffer.byteLength(body) },
      }).catch((error) => {
        // A body that is refused by its length is not read to its end.
        if (what === "too large" && ["EPIPE", "ECONNRESET"].includes(error.code)) return { status: 413 };
        throw error;
      });
      if (what === "too large") assert.equal(answer.status, 413, `${method} ${path}`);
      else shape(answer, `${method} ${path}: ${what}`);
    }
  assert.equal(await snapshot(), before);
});

test("no token, a broken one, one of another audience and one without the permission are refused", async () => {
  const before = await snapshot();
  for (const [method, path] of writes) {
    const at = (headers) => server.send(path, { method, headers: { "content-type": "application/json", ...headers }, body: "{}" });
    const none = await at({});
    assert.equal(none.status, 401, path);
    assert.ok(none.headers["www-authenticate"], path);
    shape(none, path);
    const broken = await at({ authorization: `Bearer ${bearer.slice(0, -4)}AAAA` });
    assert.equal(broken.status, 401, path);
    const other = await at({ authorization: `Bearer ${bearer}` });
    assert.ok([401, 403].includes(other.status), `${path}: ${other.status}`);
    shape(other, path);
  }
  assert.equal(await snapshot(), before);
});

test("another tenant, method or path", async () => {
  const unknown = await server.send("/nobody.test/v2.0/.well-known/openid-configuration");
  assert.equal(unknown.status, 400);
  assert.match(unknown.json.error_description, /^AADSTS90002: /);
  const method = await server.admin("PUT", policies);
  assert.equal(method.status, 405);
  assert.equal(method.headers.allow, "GET, HEAD, POST");
  shape(await server.admin("GET", "/v1.0/nothing"), "unknown path");
  shape(await server.admin("GET", "/v2.0/users"), "unknown version");
  shape(await server.admin("GET", "/v1.0/users?$filter=displayName%20like%20'a'"), "unknown operator");
});

test("the token endpoint: what is wrong is said as RFC 6749 has it", async () => {
  const token = (body, headers = {}) =>
    server.send(`/${server.tenant}/oauth2/v2.0/token`, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded", ...headers }, body });
  const rows = [
    [form({}), 400, "invalid_request"],
    [form({ client_id: "x", grant_type: "authorization_code", code: "y" }), 400, "unauthorized_client"],
    [form({ client_id: ids.web, grant_type: "refresh_token", refresh_token: "x" }), 401, "invalid_client"],
    [form({ client_id: ids.web, client_secret: "wrong", grant_type: "refresh_token", refresh_token: "x" }), 401, "invalid_client"],
    [form({ client_id: ids.web, client_secret: web.secret, grant_type: "refresh_token", refresh_token: "x" }), 400, "invalid_grant"],
    [form({ client_id: ids.web, client_secret: web.secret, grant_type: "password" }), 400, "unsupported_grant_type"],
    ["client_id=a&client_id=b&grant_type=refresh_token", 400, "invalid_request"],
    ["%zz", 400, "invalid_request"],
  ];
  for (const [body, status, error] of rows) {
    const answer = await token(body);
    assert.deepEqual([answer.status, answer.json.error], [status, error], body);
    assert.match(answer.json.error_description, /^AADSTS\d+: .* Trace ID: /, body);
  }
  const json = await token("{}", { "content-type": "application/json" });
  assert.equal(json.status, 400);
});

test("a broken policy is refused with the rule it breaks, and a good one afterwards is not", async () => {
  const bad = await server.admin("POST", policies, { ...policy("x"), state: "on" });
  shape(bad, "state");
  assert.match(bad.json.error.message, /state/);
  const made = await server.do("POST", policies, policy("fine", { state: "disabled" }));
  await server.do("DELETE", `${policies}/${made.id}`);
});
