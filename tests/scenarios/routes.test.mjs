// Bad input at every route of the table, whatever the route: a clear 4xx in the shape of its
// surface, and nothing changed. The rows come from the program itself (tests/actors/routes.mjs).
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Browser } from "../actors/browser.mjs";
import { Client } from "../actors/client.mjs";
import { bodyOf, fill, resources, routes, tokensOf, valuesOf, worldSeed } from "../actors/routes.mjs";
import { Server } from "../actors/server.mjs";
import { people, web } from "../actors/world.mjs";

const table = routes();
const every = table.flatMap((row) => row.methods.map((method) => ({ ...row, method, where: `${method} ${row.pattern}` })));
const guarded = every.filter((row) => row.scopes !== null);
const writes = every.filter((row) => !["GET", "DELETE", "OPTIONS"].includes(row.method) && !["oauth", "page"].includes(row.surface));
const nothing = "0f0f0f0f-0000-4000-8000-000000000000";

let server;
let foreign; // another server: other keys, another tenant, the same audiences
let values;
let admin;
let plain; // of somebody without a directory role
let stranger;
before(async () => {
  [server, foreign] = await Promise.all([worldSeed(), { ...worldSeed(), tenant: { id: "0f0f0f0f-7d2b-4c6e-9a41-0b8d2f6e7c10", domain: "contoso.test", displayName: "Other" } }].map((seed) => Server.start({ seed })));
  admin = await tokensOf(server, people.ann);
  plain = await tokensOf(server, people.bob);
  stranger = await tokensOf(foreign, people.ann);
  values = await valuesOf(server);
});
after(() => Promise.all([server.stop(), foreign.stop()]));

const path = (row, other) => fill(row.pattern, values, other);
const json = { "content-type": "application/json" };

// What a row with `{id}` in it is about, and all lists: read by the host's operator. What
// changes by being read or with time alone is left out: signatures, the clock, the sign-in log.
async function snapshot() {
  const readable = every.filter((row) => row.method === "GET" && !["page", "runtime"].includes(row.surface) && !["/api/clock", "/{version}/auditLogs/signIns"].includes(row.pattern));
  const answers = await Promise.all(readable.map(async (row) => [row.where, await server.admin("GET", path(row))]));
  return Object.fromEntries(
    answers.map(([where, { status, text }]) => [where, `${status} ${status < 300 ? text.replace(/([?&]|\\u0026)(se|sig)=[^"&\\]*/g, "") : ""}`]),
  );
}
async function changesNothing(what) {
  const was = await snapshot();
  await what();
  assert.deepEqual(await snapshot(), was);
}

// The error shape of each surface.
function refused(answer, row, status) {
  const where = `${row.where}: ${answer.status} ${answer.text.slice(0, 300)}`;
  const statuses = [status ?? []].flat();
  assert.ok(statuses.length > 0 ? statuses.includes(answer.status) : answer.status >= 400 && answer.status < 500, `${where}; wanted ${statuses}`);
  if (row.method === "HEAD") return;
  if (row.surface === "page") {
    assert.match(answer.headers["content-type"], /^text\/html/, where);
    assert.match(answer.text, /<h1>[^<]+<\/h1>/, where);
    assert.ok(answer.headers["content-security-policy"].includes("default-src 'none'"), where);
    return;
  }
  assert.match(answer.headers["content-type"] ?? "", /^application\/json/, where);
  if (row.surface === "oauth") {
    assert.equal(typeof answer.json.error, "string", where);
    assert.ok(answer.json.error_description.length > 0, where);
    return;
  }
  assert.equal(typeof answer.json.error.code, "string", where);
  assert.ok(answer.json.error.message.length > 0, where);
  if (row.surface === "graph") assert.ok(answer.json.error.innerError["request-id"], where);
}

const valid = (row) => {
  const body = ["GET", "DELETE", "OPTIONS"].includes(row.method) ? {} : bodyOf(row.method, row.pattern);
  return body.json ? { headers: json, body: JSON.stringify(body.json) } : { headers: {} };
};
// A call that would be good, but for its token.
const withToken = (row, token) => {
  const { headers, body } = valid(row);
  return server.send(path(row), { method: row.method, body, headers: { ...headers, ...(token ? { authorization: token } : {}) } });
};

test("every row can be called: what stands in its path and in its body is known", () => {
  for (const row of every) {
    path(row);
    valid(row);
  }
});

test("no token, a broken one, one of another server or of another resource: 401 with a challenge", () =>
  changesNothing(async () => {
    for (const row of guarded) {
      const good = admin[row.kind].all;
      const [head, payload, signature] = good.split(".");
      const other = Object.keys(resources).find((one) => resources[one].resource !== resources[row.kind].resource && !(row.surface === "own" && ["flow", "graph", "own"].includes(one)));
      const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url");
      const claims = JSON.parse(Buffer.from(payload, "base64url"));
      const raised = Buffer.from(JSON.stringify({ ...claims, scp: `${claims.scp} ${row.scopes}` })).toString("base64url");
      const tokens = [
        undefined, "Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", `Basic ${Buffer.from("a:b").toString("base64")}`, `Bearer ${good}x`,
        `Bearer ${head}.${payload}.`, `Bearer ${none}.${payload}.`, `Bearer ${head}.${raised}.${signature}`, `Bearer ${"x".repeat(8000)}`,
        `Bearer ${stranger[row.kind].all}`, `Bearer ${admin[other].all}`,
      ];
      for (const token of tokens) {
        const answer = await withToken(row, token);
        refused(answer, { ...row, where: `${row.where} with ${token?.slice(0, 30)}` }, 401);
        assert.match(answer.headers["www-authenticate"] ?? "", /^Bearer /, row.where);
      }
    }
  }));

test("a token without the permission, or of a user without the role: 403", () =>
  changesNothing(async () => {
    for (const row of guarded.filter(({ scopes }) => scopes !== "")) refused(await withToken(row, `Bearer ${admin[row.kind].none}`), row, 403);
    for (const row of guarded.filter(({ roles }) => roles !== "")) refused(await withToken(row, `Bearer ${plain[row.kind].all}`), row, 403);
  }));

test("what belongs to somebody else is not shown and not touched", () =>
  changesNothing(async () => {
    for (const row of guarded.filter(({ names, roles }) => roles === "" && (names.includes("flow") || names.includes("connection"))))
      refused(await withToken(row, `Bearer ${plain[row.kind].all}`), row, [403, 404]);
  }));

test("a token to read oneself with ends nobody else's sessions, whatever roles its user has", () =>
  changesNothing(async () => {
    const { tokens } = await new Client(server, web).signIn(new Browser(server), people.ann);
    const answer = await server.send(`/v1.0/users/${people.bob.user}/revokeSignInSessions`, { method: "POST", headers: { authorization: `Bearer ${tokens.access_token}` } });
    refused(answer, { surface: "graph", where: "revokeSignInSessions" }, 403);
  }));

// By the host's operator, who may all: what is left to be wrong is the request.
const operator = (row, target, { headers = {}, body, method = row.method } = {}) =>
  server.send(`http://localhost${target}`, { method, body, socketPath: server.ready.adminSocket, headers: { ...headers, ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }) } });

// Mail is sent by users alone.
const caller = (row, target, options) =>
  row.surface === "mail"
    ? server.send(target, { method: row.method, ...options, headers: { ...options.headers, authorization: `Bearer ${admin.mail.all}` } })
    : operator(row, target, options);

// What is not there, by the name in the pattern.
const unknown = {
  version: ["v9", 404], tenant: ["nobody.test", 400], environment: ["elsewhere", 403], id: [nothing, 404], flow: [nothing, 404],
  trigger: ["nothing", 404], run: ["08584060430990475017101442980CU07", 404], action: ["Nothing", 404], api: ["shared_nothing", 404],
  connection: ["nothing", 404], dataset: ["nothing", 400], table: [nothing, 404], member: [nothing, 404],
  assignment: [nothing, 404],
  signal: ["weather", 404], user: [nothing, 404],
  agreement: [nothing, 404], document: [nothing, 404],
};
// Rows where an unknown name is none: PUT makes it; a list of the connections of an API is empty.
const open = { "{connection}": /^PUT / , "{api}": /^GET .*\/scopes\/admin\/.*\/connections$/ };

test("what is not there: 404 in the surface's shape; malformed names never more than a 4xx", () =>
  changesNothing(async () => {
    for (const row of every.filter(({ surface }) => surface !== "runtime"))
      for (const name of row.names) {
        const [value, status] = unknown[name] ?? assert.fail(`${row.where}: say what an unknown {${name}} is`);
        if (open[`{${name}}`]?.test(row.where)) continue;
        refused(await operator(row, path(row, { [name]: value }), valid(row)), { ...row, where: `${row.where} unknown ${name}` }, status);
        for (const odd of ["%27%22%3C%3E", "%25%32%30", "x".repeat(3000), "%E2%80%AE", "-1", "99999999999999999999"])
          refused(await operator(row, path(row, { [name]: odd }), valid(row)), { ...row, where: `${row.where} odd ${name} ${odd.slice(0, 20)}` });
      }
  }));

test("a method that the path has not: 405 with Allow", () =>
  changesNothing(async () => {
    for (const row of every) {
      const same = every.filter((one) => one.pattern.replace(/\{\w+\}/g, "{}") === row.pattern.replace(/\{\w+\}/g, "{}")).map((one) => one.method);
      // A word of one row may be what {id} stands for in another.
      const taken = every.filter((one) => new RegExp(`^${one.pattern.replace(/\{\w+\}/g, "[^/]+").replace(/\$/g, "\\$")}$`).test(path(row))).map((one) => one.method);
      const method = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].find((one) => ![...same, ...taken].includes(one));
      const answer = await operator(row, path(row), { method });
      refused(answer, { ...row, where: `${row.where} as ${method}` }, 405);
      const allowed = answer.headers.allow.split(", ");
      assert.ok(same.every((one) => allowed.includes(one)) && !allowed.includes(method), `${row.where}: ${allowed}`);
    }
  }));

const broken = [
  ["broken JSON", "application/json", '{"displayName": "x",', 400],
  ["more behind the object", "application/json", "{} {}", 400],
  ["an array", "application/json", "[]", 400],
  ["a text", "application/json", '"x"', 400],
  ["null", "application/json", "null", 400],
  ["a key twice", "application/json", '{"displayName":"x","displayName":"y"}', 400],
  ["nested too deeply", "application/json", '{"x":' + "[".repeat(200) + "]".repeat(200) + "}", [400, 413]],
  ["not UTF-8", "application/json", Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]), 400],
  ["a lone surrogate", "application/json", '{"displayName":"\\ud800"}', 400],
  ["text", "text/plain", "{}", 415],
  ["a form", "application/x-www-form-urlencoded", "displayName=x", 415],
  ["no media type", undefined, "{}", 415],
];

test("bodies of another kind, broken ones and too deep ones: 400 or 415", () =>
  changesNothing(async () => {
    for (const row of writes) {
      const body = bodyOf(row.method, row.pattern);
      const cases = body.json ? broken : body.any && row.surface === "flow" ? [broken[0], broken[1], broken[7]] : [];
      for (const [what, type, text, status] of cases)
        refused(await caller(row, path(row), { headers: type ? { "content-type": type } : {}, body: text }), { ...row, where: `${row.where}: ${what}` }, status);
      if (body.json && !body.optional) refused(await caller(row, path(row), { headers: json, body: "" }), { ...row, where: `${row.where}: an empty body` }, 400);
    }
  }));

test("members that nobody knows are refused where Graph and Headgate's own routes do", () =>
  changesNothing(async () => {
    for (const row of writes) {
      const body = bodyOf(row.method, row.pattern);
      if (!body.json || !body.strict) continue;
      const answer = await operator(row, path(row), { headers: json, body: JSON.stringify({ ...body.json, displayNameX: "x" }) });
      refused(answer, { ...row, where: `${row.where}: an unknown member` }, 400);
      assert.match(answer.json.error.message, /displayNameX/, row.where);
    }
  }));

// Every text of a body but those that are annotations, made longer than Graph's longest.
const longer = (value) =>
  typeof value === "string" ? value + "x".repeat(1025)
  : value && typeof value === "object" && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, name.startsWith("@") ? one : longer(one)]))
    : value;

test("texts past their limit are refused where Graph and Headgate's own routes have one", () =>
  changesNothing(async () => {
    for (const row of writes) {
      const body = bodyOf(row.method, row.pattern);
      if (!body.strict || JSON.stringify(longer(body.json)) === JSON.stringify(body.json) || row.pattern.endsWith("$ref")) continue;
      refused(await operator(row, path(row), { headers: json, body: JSON.stringify(longer(body.json)) }), { ...row, where: `${row.where}: long texts` }, 400);
    }
  }));

test("a body past the limit is refused by its length, in the surface's shape", () =>
  changesNothing(async () => {
    for (const row of every.filter(({ method }) => ["POST", "PUT", "PATCH", "DELETE"].includes(method)))
      refused(await operator(row, path(row), { headers: { ...json, "content-length": 64 << 20 } }), { ...row, where: `${row.where}: 64 MiB` }, 413);
  }));

test("a query that cannot be read is refused or says nothing, and no parameter makes a server fail", () =>
  changesNothing(async () => {
    for (const row of every.filter(({ method }) => method === "GET"))
      for (const query of ["%zz", "%ff", "$filter=displayName%20like%20'a'", "$top=-1", "$top=99999999999999999999", "$skiptoken=x", "$select=%00", "a=1&".repeat(200), "state=x&code=x&error=x", "code=x", "redirect_uri=javascript:alert(1)&client_id=x"]) {
        const answer = await operator(row, `${path(row)}?${query}`);
        assert.ok(answer.status < 500, `${row.where}?${query.slice(0, 40)}: ${answer.status} ${answer.text.slice(0, 300)}`);
        if (answer.status >= 400) refused(answer, { ...row, where: `${row.where}?${query.slice(0, 40)}` });
      }
  }));

// The pages and the protocol endpoints, which take forms.
test("forms that are none, broken, doubled or too long: a 4xx page or protocol error", () =>
  changesNothing(async () => {
    const forms = [
      ["JSON", "application/json", "{}"], ["no media type", undefined, "a=b"], ["a bad escape", "application/x-www-form-urlencoded", "%zz"],
      ["not UTF-8", "application/x-www-form-urlencoded", "ctx=%ff"], ["nothing", "application/x-www-form-urlencoded", ""],
      ["a NUL", "application/x-www-form-urlencoded", "client_id=%00"], ["many fields", "application/x-www-form-urlencoded", "a=1&".repeat(2000)],
      ["parameters of an attack", "application/x-www-form-urlencoded", "client_id=x&client_id=y&redirect_uri=javascript:alert(1)&ctx=x&csrf=x&post_logout_redirect_uri=http://evil.test"],
    ];
    for (const row of every.filter(({ surface, method }) => ["oauth", "page"].includes(surface) && method === "POST"))
      for (const [what, type, body] of forms) {
        const answer = await server.send(path(row), { method: "POST", body, headers: type ? { "content-type": type } : {} });
        // A sign-out without a session is done already, whatever else was sent.
        if (row.pattern.endsWith("/logout") && answer.status === 200) continue;
        refused(answer, { ...row, where: `${row.where}: ${what}` });
      }
  }));

test("signed URLs: without the signature, with another's, or changed, they open nothing", () =>
  changesNothing(async () => {
    for (const row of every.filter(({ surface }) => surface === "runtime")) {
      const signed = new URL(values.invoke).searchParams;
      const queries = ["", "sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=x", `sp=%2Fruns%2Fx%2Fread&sig=${signed.get("sig")}`, `sig=${signed.get("sig")}`, `sp=%2Ftriggers%2Fmanual%2Frun&sig=${"A".repeat(43)}`];
      for (const query of queries) refused(await server.send(`${path(row)}?${query}`, { method: row.method }), { ...row, where: `${row.where}?${query}` }, 401);
      refused(await server.send(`${path(row, { workflow: "nothing" })}?${signed}`, { method: row.method }), row, 401);
    }
    const invoke = { ...table.find(({ surface, pattern }) => surface === "runtime" && pattern.endsWith("/invoke")), method: "POST", where: "the trigger's URL" };
    for (const [what, type, body, status] of [...broken.slice(0, 2), broken[7], ["a method of another", undefined, undefined, 405]])
      refused(await server.send(values.invoke, { method: status === 405 ? "PUT" : "POST", body, headers: type ? { "content-type": type } : {} }), { ...invoke, where: what }, status);
  }));

// These change what they are sent to, and come last.
test("a header of another character set is kept as text, and the run it began can be read", async () => {
  const answer = await server.send(values.invoke, { method: "POST", headers: { "x-note": "caf\xe9", "content-type": "application/\xff" }, body: "x" });
  assert.equal(answer.status, 202);
  const { outputsLink } = (await server.do("GET", `${fill("/providers/Microsoft.ProcessSimple/environments/{environment}/flows/{flow}/runs/", values)}${answer.headers["x-ms-workflow-run-id"]}`)).properties.trigger;
  const { headers, body } = (await server.send(outputsLink.uri)).json;
  assert.equal(headers["x-note"], "café");
  assert.deepEqual(body, { "$content-type": "application/ÿ", $content: "eA==" });
});

test("members that nobody knows are taken where the platform's clients send them", async () => {
  for (const row of writes) {
    const body = bodyOf(row.method, row.pattern);
    if (!body.json || body.strict || body.status || row.surface === "mail") continue;
    const answer = await operator(row, path(row), { headers: json, body: JSON.stringify({ ...body.json, "x-unknown": "x" }) });
    assert.ok(answer.status < 300, `${row.where}: ${answer.status} ${answer.text.slice(0, 300)}`);
  }
});
