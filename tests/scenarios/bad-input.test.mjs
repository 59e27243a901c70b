// Bad input that is not of one route (those are in routes.test.mjs): addresses, the token endpoint,
// policies, seed files.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { Browser } from "../actors/browser.mjs";
import { Client } from "../actors/client.mjs";
import { form } from "../actors/http.mjs";
import { binary, Server } from "../actors/server.mjs";
import { ids, people, policies, policy, seed, web } from "../actors/world.mjs";

let server;
before(async () => (server = await Server.start({ seed: seed(), args: ["--set", "server.plain_listen=127.0.0.1:0"] })));
after(() => server.stop());

const refused = (answer, where) => {
  assert.ok(answer.status >= 400 && answer.status < 500, `${where}: ${answer.status} ${answer.text.slice(0, 300)}`);
  assert.equal(typeof answer.json.error.code, "string", where);
  assert.ok(answer.json.error.message.length > 0, where);
};

test("paths, versions and query options that there are not", async () => {
  refused(await server.admin("GET", "/v1.0/nothing"), "unknown path");
  refused(await server.admin("GET", "/v2.0/users"), "unknown version");
  refused(await server.admin("GET", "/v1.0/users?$filter=displayName%20like%20'a'"), "unknown operator");
  for (const filter of ["foo eq 1", "bogus", "displayName eq 'a' and foo ne null", "bogus/any(x:x eq 'a')"]) {
    const answer = await server.admin("GET", `/v1.0/users?$filter=${encodeURIComponent(filter)}`);
    refused(answer, filter);
    assert.match(answer.json.error.message, /Could not find a property named '(foo|bogus)'/, filter);
  }
  const flow = await server.do("POST", "/providers/Microsoft.ProcessSimple/environments/~default/flows?api-version=2016-11-01", {
    properties: {
      displayName: "Any", state: "Stopped", owner: people.ann.user, connectionReferences: {},
      definition: {
        $schema: "https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#",
        contentVersion: "1.0.0.0",
        triggers: { manual: { type: "Request", kind: "Button", inputs: { schema: {} } } },
        actions: { A: { type: "Compose", runAfter: {}, inputs: 1 } },
      },
    },
  });
  const runs = (filter) => server.admin("GET", `/providers/Microsoft.ProcessSimple/environments/~default/flows/${flow.name}/runs?api-version=2016-11-01&$filter=${encodeURIComponent(filter)}`);
  for (const filter of ["bogus", "foo eq 'x'", "status eq 'Bogus'", "startTime ge 'x'"]) refused(await runs(filter), filter);
  for (const filter of ["status eq 'Failed'", "Status eq 'Suspended'", "startTime ge 2026-01-01T00:00:00Z and status eq 'Succeeded'"])
    assert.equal((await runs(filter)).status, 200, filter);
  const unknown = await server.send("/nobody.test/v2.0/.well-known/openid-configuration");
  assert.equal(unknown.status, 400);
  assert.match(unknown.json.error_description, /^AADSTS90002: Tenant 'nobody\.test' not found/);
});

test("the meaning of an error's number is a page in the reader's language, and no number is told so", async () => {
  const page = (query, language) => server.send(`/error${query}`, { headers: { "accept-language": language } });
  const rows = [
    ["?code=50076", "sl", 200, /<h1>Kaj pomeni[^]*AADSTS50076[^]*<p lang="en">Due to a configuration change/],
    ["?code=aadsts70008", "en", 200, /AADSTS70008[^]*inactivity[^]*The authorization code has expired/],
    ["?code=1", "el", 404, /<html lang="el">[^]*<h1>Τι σημαίνει/],
    ["?code=%3Cscript%3E", "en", 404, /There is no error of this number/],
    ["", "en", 404, /There is no error of this number/],
    ["?code=50079", "en", 200, /to access &#39;…&#39;/],
  ];
  for (const [query, language, status, text] of rows) {
    const answer = await page(query, language);
    assert.equal(answer.status, status, query);
    assert.match(answer.text, text, query);
    assert.ok(!answer.text.includes("<script"), query);
    assert.match(answer.headers["content-security-policy"], /default-src 'none'/);
  }
});

test("there are no personal accounts, by whichever name they are asked for", async () => {
  for (const name of ["consumers", "Consumers", "9188040d-6c67-4c5b-b112-36a304b66dad"]) {
    const discovery = await server.send(`/${name}/v2.0/.well-known/openid-configuration`);
    assert.deepEqual([discovery.status, discovery.json.error_codes], [400, [9002346]], name);
    const page = await new Browser(server).open(new Client(server, { ...web, tenant: name }).authorizeUrl());
    assert.equal(page.status, 400);
    assert.match(page.text, /AADSTS9002346/, name);
  }
});

test("a logout that is refused says so, and names the parameter", async () => {
  const rows = [
    ["id_token_hint=x", /AADSTS50027[^]*'id_token_hint'/],
    ["state=a&state=b", /AADSTS90014[^]*'state'/],
  ];
  for (const [query, text] of rows) {
    const page = await new Browser(server).open(`/${server.tenant}/oauth2/v2.0/logout?${query}`);
    assert.deepEqual([page.status, page.title], [400, "You were not signed out"], query);
    assert.match(page.text, text);
  }
});

test("prompt=consent shows what is asked for, also when all of it was agreed to", async () => {
  const browser = new Browser(server);
  await browser.signIn(new Client(server, web).authorizeUrl(), people.bob);
  const page = await browser.open(new Client(server, web).authorizeUrl({ prompt: "consent" }));
  assert.ok(page.buttons.includes("accept"));
  assert.deepEqual([...page.html.matchAll(/<li>([^<]*)/g)].map((m) => m[1]), ["openid", "profile", "offline_access", "User.Read"]);
});

test("another host than the server's own: 421, also when a proxy says so; the admin socket takes any", async () => {
  const url = `${server.ready.plain}/common/discovery/instance`;
  const at = (host, headers = {}) => server.send(url, { headers: { host, ...headers } });
  for (const host of ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:8443", new URL(server.base).host]) assert.equal((await at(host)).status, 200, host);
  for (const host of ["evil.test", "localhost.evil.test", "127.0.0.2", "[::2]", "evil.test:443"]) assert.equal((await at(host)).status, 421, host);
  assert.equal((await at("localhost", { "x-forwarded-host": "evil.test" })).status, 421);
  assert.equal((await at("localhost", { forwarded: "host=evil.test" })).json.tenant_discovery_endpoint.startsWith(server.base), true);
  assert.equal((await server.admin("GET", "/v1.0/users", undefined, { host: "evil.test" })).status, 200);
});

test("server.base_url is a host of the server", async () => {
  const other = await Server.start({ seed: seed(), args: ["--set", "server.base_url=https://id.contoso.test", "--set", "server.plain_listen=127.0.0.1:0"] });
  try {
    const at = (host, headers = {}) => other.send(`${other.ready.plain}/common/discovery/instance`, { headers: { host, ...headers } });
    for (const host of ["id.contoso.test", "ID.contoso.test:8443", "localhost"]) assert.equal((await at(host)).status, 200, host);
    assert.equal((await at("localhost", { "x-forwarded-host": "id.contoso.test" })).status, 200);
    assert.equal((await at("contoso.test")).status, 421);
  } finally {
    await other.stop();
  }
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

test("a scope that does not resolve is refused at every redemption, and the server goes on", async () => {
  const client = new Client(server, web);
  const { tokens } = await client.signIn(new Browser(server), people.bob);
  const graph = "https://graph.microsoft.com";
  const rows = [
    ["Nope.Nope", "invalid_scope", 650053],
    ["openid Nope.Nope", "invalid_scope", 650053],
    ["https://nobody/.default", "invalid_resource", 500011],
    ["https://nobody/.default openid", "invalid_resource", 500011],
    [`${graph}/.default User.Read`, "invalid_scope", 70011],
  ];
  for (const [scope, error, number] of rows) {
    const refreshed = await client.refresh(tokens.refresh_token, { scope });
    assert.deepEqual([refreshed.status, refreshed.json.error, refreshed.json.error_codes], [400, error, [number]], `refresh ${scope}`);
    const left = await new Browser(server).signIn(client.authorizeUrl(), people.bob);
    const redeemed = await client.redeem(left.left.searchParams.get("code"), { scope });
    assert.deepEqual([redeemed.status, redeemed.json.error, redeemed.json.error_codes], [400, error, [number]], `code ${scope}`);
  }
  assert.equal((await client.refresh(tokens.refresh_token)).status, 200);
  const logged = (await server.do("GET", `/v1.0/auditLogs/signIns?$filter=${encodeURIComponent("isInteractive eq false")}`)).value.map((row) => row.status.errorCode);
  for (const number of [650053, 500011, 70011]) assert.ok(logged.includes(number), `the log has ${number}`);
});

test("a broken policy is refused with the rule it breaks, and a good one afterwards is not", async () => {
  const bad = await server.admin("POST", policies, { ...policy("x"), state: "on" });
  refused(bad, "state");
  assert.match(bad.json.error.message, /state/);
  const made = await server.do("POST", policies, policy("fine", { state: "disabled" }));
  await server.do("DELETE", `${policies}/${made.id}`);
});

const scope = (more = {}) => ({ id: "11111111-2222-4333-8444-555566667778", value: "Do.It", type: "User", isEnabled: true, ...more });

test("a value that an application, a user or a group cannot have is refused with its path, and nothing changes", async () => {
  const find = async (appId) => (await server.do("GET", "/v1.0/applications")).value.find((app) => app.appId === appId);
  const app = `/v1.0/applications/${(await find(ids.spare)).id}`;
  const user = `/v1.0/users/${ids.bob}`;
  const group = `/v1.0/groups/${(await server.do("POST", "/v1.0/groups", { displayName: "Plain" })).id}`;
  await server.do("PATCH", `/v1.0/applications/${(await find(ids.web)).id}`, { identifierUris: ["api://taken"] });
  const rows = [
    [app, { web: { redirectUris: "x" } }, /'web\.redirectUris' of application must be an array of strings/],
    [app, { web: { redirectUris: null } }, /'web\.redirectUris' .*must not be null/],
    [app, { web: { redirectUri: [] } }, /named 'web\.redirectUri' does not exist on the type 'webApplication'/],
    [app, { web: { implicitGrantSettings: { enableIdTokenIssuance: "yes" } } }, /'web\.implicitGrantSettings\.enableIdTokenIssuance' .*true or false/],
    [app, { spa: { redirectUris: [1] } }, /'spa\.redirectUris'/],
    [app, { publicClient: [] }, /'publicClient' .*an object/],
    [app, { api: { oauth2PermissionScopes: "x" } }, /'api\.oauth2PermissionScopes' .*an array of objects/],
    [app, { api: { oauth2PermissionScopes: [scope(), scope({ type: "Everybody" })] } }, /'api\.oauth2PermissionScopes\[1\]\.type' .*User or Admin/],
    [app, { api: { oauth2PermissionScopes: [scope({ value: "" })] } }, /value is required for property 'api\.oauth2PermissionScopes\[0\]\.value'/],
    [app, { api: { oauth2PermissionScopes: [scope({ isEnabled: null })] } }, /isEnabled' .*must not be null/],
    [app, { requiredResourceAccess: [{ resourceAppId: "x" }] }, /'requiredResourceAccess\[0\]\.resourceAppId' .*a GUID/],
    [app, { signInAudience: "Foo" }, /'signInAudience' .*AzureADMyOrg/],
    [app, { signInAudience: null }, /'signInAudience' .*must not be null/],
    [app, { isFallbackPublicClient: null }, /'isFallbackPublicClient' .*must not be null/],
    [app, { accountEnabled: null }, /'accountEnabled' .*must not be null/],
    [app, { identifierUris: null }, /'identifierUris' .*must not be null/],
    [app, { identifierUris: ["x"] }, /identifierUris: 'x' is no absolute URI/],
    [app, { identifierUris: ["API://taken"] }, /identifierUris already exists/],
    [app, { identifierUris: [`api://${ids.web}`] }, /identifierUris already exists/],
    [app, { identifierUris: ["https://graph.microsoft.com"] }, /identifierUris already exists/],
    [app, { postLogoutRedirectUris: ["javascript:alert(1)"] }, /postLogoutRedirectUris: 'javascript:alert\(1\)'/],
    [app, { displayName: "" }, /value is required for property 'displayName'/],
    [user, { accountEnabled: null }, /'accountEnabled' of user must not be null/],
    [user, { userType: "Foo" }, /'userType' of user must be Member or Guest/],
    [user, { userType: null }, /'userType' of user must not be null/],
    [user, { userPrincipalName: null }, /value is required for property 'userPrincipalName'/],
    [user, { passwordPolicies: "Foo" }, /'passwordPolicies' .*DisablePasswordExpiration/],
    [user, { businessPhones: null }, /'businessPhones' .*must not be null/],
    [user, { passwordProfile: null }, /'passwordProfile' .*must not be null/],
    [user, { passwordProfile: { password: "Correct-Horse-9", when: 1 } }, /'passwordProfile\.when' does not exist/],
    [user, { passwordProfile: { password: "Correct-Horse-9", forceChangePasswordNextSignIn: "yes" } }, /forceChangePasswordNextSignIn' of user must be/],
    [group, { groupTypes: ["DynamicMembership"] }, /'groupTypes' .*Unified/],
    [group, { securityEnabled: null }, /'securityEnabled' .*must not be null/],
    [group, { visibility: "Foo" }, /'visibility' .*Private/],
  ];
  for (const [path, change, message] of rows) {
    const where = `${path} ${JSON.stringify(change)}`;
    const before = await server.do("GET", path);
    const answer = await server.admin("PATCH", path, change);
    assert.deepEqual([answer.status, answer.json?.error.code], [400, "Request_BadRequest"], where);
    assert.match(answer.json.error.message, message, where);
    assert.deepEqual(await server.do("GET", path), before, where);
  }
  refused(await server.admin("POST", "/v1.0/applications", { displayName: "New", identifierUris: ["api://taken"] }), "POST");
  refused(await server.admin("POST", "/v1.0/users", { displayName: "N", userPrincipalName: "n@contoso.test", accountEnabled: null, passwordProfile: { password: "Correct-Horse-9" } }), "POST");
});

test("the next page of a collection is one of the same question", async () => {
  for (const name of ["odd-1", "odd-2", "odd-3"]) await server.do("POST", "/v1.0/groups", { displayName: name, description: "odd" });
  let page = await server.do("GET", "/v1.0/groups?$filter=description%20eq%20'odd'&$select=displayName&$orderby=displayName%20desc&$count=true&$top=1");
  const names = [];
  for (;;) {
    assert.equal(page["@odata.count"], 3);
    assert.deepEqual(page.value.map(Object.keys), [["id", "displayName"]]);
    names.push(page.value[0].displayName);
    const next = page["@odata.nextLink"];
    if (!next) break;
    const { pathname, search } = new URL(next);
    page = await server.do("GET", pathname + search);
  }
  assert.deepEqual(names, ["odd-3", "odd-2", "odd-1"]);
});

test("a user who was shut out stays out when accountEnabled is null", async () => {
  await server.do("PATCH", `/v1.0/users/${ids.bob}`, { accountEnabled: false });
  refused(await server.admin("PATCH", `/v1.0/users/${ids.bob}`, { accountEnabled: null }), "null");
  assert.equal((await server.do("GET", `/v1.0/users/${ids.bob}`)).accountEnabled, false);
});

test("a seed that is wrong ends the start with its path, the member and the rule; nothing is made of it", () => {
  const dir = mkdtempSync(join(tmpdir(), "headgate-seed-"));
  const file = join(dir, "seed.json");
  const good = seed();
  const [ann, bob] = good.users;
  const [app] = good.applications;
  const rows = [
    ["{", /expected/],
    ["[]", /a seed is a JSON object/],
    [Buffer.from([0x7b, 0xff]), /UTF-8/],
    [{ ...good, tenants: [] }, /tenants: unknown member of a seed/],
    [{ users: good.users }, /tenant is missing/],
    [{ ...good, tenant: { ...good.tenant, id: "x" } }, /tenant\.id: 'x' is no GUID/],
    [{ ...good, tenant: { ...good.tenant, colour: "red" } }, /tenant: colour: unknown member/],
    [{ ...good, users: {} }, /users must be an array/],
    [{ ...good, users: [ann, "bob"] }, /users\[1\]: .*object/],
    [{ ...good, users: [ann, { ...bob, pasword: "x" }] }, /users\[1\]: .*pasword/],
    [{ ...good, users: [ann, { ...bob, password: 1 }] }, /users\[1\]: password must be a string/],
    [{ ...good, users: [ann, { ...bob, password: "short" }] }, /users\[1\]: .*at least 8/],
    [{ ...good, users: [ann, { ...bob, userPrincipalName: "bob@elsewhere.test" }] }, /users\[1\]: .*domain/],
    [{ ...good, users: [{ ...ann, roles: ["Queen"] }] }, /users\[0\]: roles: there is no role 'Queen'/],
    [{ ...good, users: [{ ...ann, totpSecret: "1" }] }, /users\[0\]: totpSecret is not base32/],
    [{ ...good, groups: [{ displayName: "G", members: ["nobody"] }] }, /groups\[0\]: members: there is no user 'nobody'/],
    [{ ...good, applications: [{ ...app, secrets: "x" }] }, /applications\[0\]: secrets must be an array/],
    [{ ...good, applications: [{ ...app, grants: [{ resource: ids.graph, scope: "x" }] }] }, /applications\[0\]: scope: unknown member/],
    [{ ...good, applications: [{ ...app, web: { redirectUris: ["http://evil.test/x"] } }] }, /applications\[0\]: web\.redirectUris/],
    [{ ...good, applications: [{ ...app, web: { redirectUris: "x" } }] }, /applications\[0\]: .*'web\.redirectUris'/],
    [{ ...good, applications: [good.applications[1], { ...app, accountEnabled: null }] }, /applications\[1\]: .*'accountEnabled'/],
    [{ ...good, applications: good.applications.map((one) => ({ ...one, identifierUris: ["api://same"] })) }, /applications\[1\]: .*identifierUris already exists: 'api:\/\/same'/],
    [{ ...good, users: [{ ...ann, userType: "Foo" }] }, /users\[0\]: .*'userType'/],
    [{ ...good, namedLocations: [{ displayName: "x" }] }, /namedLocations\[0\]: /],
    [{ ...good, conditionalAccessPolicies: [{ ...policy("x"), state: "on" }] }, /conditionalAccessPolicies\[0\]: .*state/],
    [{ ...good, tokenLifetimePolicies: [{ displayName: "x", definition: ["{}"] }] }, /tokenLifetimePolicies\[0\]: definition/],
    [{ ...good, connections: [{ id: "x", owner: "nobody", connector: "shared_office365" }] }, /connections\[0\]: .*nobody/],
    ...[{ device: "x" }, { ip: 5 }, { ip: "x" }, { country: [] }].map((signedIn) => [{ ...good, connections: [{ id: "x", owner: bob.userPrincipalName, connector: "shared_office365", signedIn }] }, /connections\[0\]: signedIn: ip, country or device is malformed/]),
    [{ ...good, connections: [{ id: "x", owner: bob.userPrincipalName, connector: "shared_office365", signedIn: { device: {}, when: "x" } }] }, /connections\[0\]: when: unknown member/],
    [{ ...good, connections: [{ id: "x", owner: bob.userPrincipalName, connector: "shared_office365", signedIn: { at: 5 } }] }, /connections\[0\]: signedIn\.at is no instant/],
    [{ ...good, flows: [{ owner: bob.userPrincipalName, properties: { definition: {} } }] }, /flows\[0\]: /],
  ];
  try {
    for (const [content, rule] of rows) {
      writeFileSync(file, typeof content === "string" || Buffer.isBuffer(content) ? content : JSON.stringify(content));
      const args = ["serve", "--dev", "--data", join(dir, "data"), "--listen", "127.0.0.1:0", "--seed", file];
      const run = spawnSync(binary, args, { encoding: "utf8", timeout: 60000 });
      assert.equal(run.status, 1, `${rule}: ${run.status} ${run.stdout}${run.stderr}`);
      const line = run.stderr.split("\n").find((one) => one.startsWith("headgate: error: ")) ?? "";
      assert.ok(line.includes(file), run.stderr);
      assert.match(line, rule);
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
});
