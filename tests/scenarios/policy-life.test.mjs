// The life of a policy: versions, limits, what was deleted and comes back.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { Browser } from "../actors/browser.mjs";
import { headgate } from "../actors/cli.mjs";
import { Client } from "../actors/client.mjs";
import { Server } from "../actors/server.mjs";
import { ids, people, policies, policy, seed, web } from "../actors/world.mjs";

const locations = "/v1.0/identity/conditionalAccess/namedLocations";
const deleted = "/v1.0/identity/conditionalAccess/deletedItems";
const office = (more = {}) => ({
  "@odata.type": "#microsoft.graph.ipNamedLocation", displayName: "Office",
  ipRanges: [{ "@odata.type": "#microsoft.graph.iPv4CidrRange", cidrAddress: "192.0.2.0/24" }], ...more,
});
const off = (name) => policy(name, { state: "disabled" });
let server;

before(async () => {
  server = await Server.start({ seed: seed(), args: ["--set", "limits.policies=5", "--set", "limits.named_locations=2", "--set", "limits.location_ranges=3"] });
});
after(() => server.stop());
beforeEach(async () => {
  for (const list of [policies, locations, `${deleted}/policies`, `${deleted}/namedLocations`])
    for (const one of (await server.do("GET", list)).value) {
      if (one.isTrusted) await server.do("PATCH", `${list}/${one.id}`, { isTrusted: false });
      await server.do("DELETE", `${list}/${one.id}`);
    }
});

for (const [what, list, body, change] of [
  ["policy", policies, off("A"), { displayName: "B" }],
  ["named location", locations, office(), { displayName: "B" }],
])
  test(`A20 two administrators change a ${what} at once: the second is told, and nothing of his is kept`, async () => {
    const made = await server.admin("POST", list, body);
    assert.equal(made.status, 201);
    const etag = made.json["@odata.etag"];
    assert.equal(made.headers.etag, etag);
    const url = `${list}/${made.json.id}`;
    assert.equal((await server.admin("GET", url)).headers.etag, etag);
    assert.equal((await server.do("GET", list)).value[0]["@odata.etag"], etag);

    const first = await server.admin("PATCH", url, change, { "if-match": etag });
    assert.equal(first.status, 204);
    const second = await server.admin("PATCH", url, { displayName: "C" }, { "if-match": etag });
    assert.equal(second.status, 412);
    assert.equal(second.json.error.code, "PreconditionFailed");
    assert.equal((await server.admin("DELETE", url, undefined, { "if-match": etag })).status, 412);
    const now = await server.admin("GET", url);
    assert.equal(now.json.displayName, "B");
    assert.equal(now.headers.etag, first.headers.etag);
    assert.notEqual(now.headers.etag, etag);
    for (const given of [now.headers.etag, `"x", ${now.headers.etag.slice(2)}`, "*"]) {
      const etagNow = given === "*" ? given : given.replace(/\d+/, (await server.admin("GET", url)).headers.etag.match(/\d+/)[0]);
      assert.equal((await server.admin("PATCH", url, { displayName: "D" }, { "if-match": etagNow })).status, 204, given);
    }
  });

test("lists are counted, skipped and followed page by page", async () => {
  for (const name of ["A", "B", "C", "D"]) await server.do("POST", policies, off(name));
  const ask = (query) => server.do("GET", `${policies}?$orderby=displayName&${query}`);
  const names = (answer) => answer.value.map((one) => one.displayName).join("");
  assert.equal(names(await ask("$skip=1")), "BCD");
  assert.equal(names(await ask("$skip=9")), "");
  const page = await ask("$skip=1&$top=2&$count=true");
  assert.equal(names(page), "BC");
  assert.equal(page["@odata.count"], 4);
  const next = new URL(page["@odata.nextLink"]);
  assert.equal(names(await server.do("GET", next.pathname + next.search)), "D");
  assert.equal((await server.admin("GET", `${policies}?$skip=-1`)).status, 400);
  assert.equal((await server.admin("GET", `${policies}?$expand=conditions`)).status, 400);
});

test("a deleted policy is kept and comes back as it was, under its id", async () => {
  const made = await server.do("POST", policies, policy("Block mail", { applications: [ids.mail], controls: ["block"] }));
  const signsIn = async () => (await new Client(server, web).signIn(new Browser(server), people.bob, { scope: `openid ${ids.mail}/Mail.Send` })).status === 200;
  assert.equal(await signsIn(), false);
  assert.equal((await server.admin("DELETE", `${policies}/${made.id}`)).status, 204);
  assert.equal(await signsIn(), true, "what is deleted has no effect");
  assert.equal((await server.admin("GET", `${policies}/${made.id}`)).status, 404);
  const [kept] = (await server.do("GET", `${deleted}/policies`)).value;
  assert.equal(kept.id, made.id);
  assert.match(kept.deletedDateTime, /^\d{4}-/);
  assert.equal((await server.do("GET", `${deleted}/policies/${made.id}`)).displayName, "Block mail");

  const back = await server.admin("POST", `${deleted}/policies/${made.id}/restore`);
  assert.equal(back.status, 200);
  assert.equal(back.json.deletedDateTime, null);
  assert.equal(back.json.createdDateTime, made.createdDateTime);
  assert.deepEqual(back.json.conditions, made.conditions);
  assert.notEqual(back.json["@odata.etag"], made["@odata.etag"]);
  assert.equal(await signsIn(), false);
  assert.deepEqual((await server.do("GET", `${deleted}/policies`)).value, []);
  assert.equal((await server.admin("POST", `${deleted}/policies/${made.id}/restore`)).status, 404);
});

test("what was deleted can be forgotten", async () => {
  const made = await server.do("POST", policies, off("A"));
  await server.do("DELETE", `${policies}/${made.id}`);
  assert.equal((await server.admin("DELETE", `${deleted}/policies/${made.id}`)).status, 204);
  assert.equal((await server.admin("POST", `${deleted}/policies/${made.id}/restore`)).status, 404);
});

test("T90, V17 a trusted named location is deleted when it is trusted no more, and can be restored", async () => {
  const made = await server.do("POST", locations, office({ isTrusted: true }));
  const url = `${locations}/${made.id}`;
  assert.equal((await server.admin("DELETE", url)).status, 400);
  await server.do("PATCH", url, { "@odata.type": made["@odata.type"], isTrusted: false });
  await server.do("DELETE", url);
  const [kept] = (await server.do("GET", `${deleted}/namedLocations`)).value;
  assert.equal(kept.id, made.id);
  assert.match(kept.deletedDateTime, /^\d{4}-/);
  const back = await server.do("POST", `${deleted}/namedLocations/${made.id}/restore`);
  assert.deepEqual(back.ipRanges, made.ipRanges);
  assert.equal((await server.do("GET", url)).displayName, "Office");
});

test("a policy whose location has gone is not restored with a hole in it", async () => {
  const location = await server.do("POST", locations, office());
  const made = await server.do("POST", policies, policy("A", { users: [ids.bob], locations: { includeLocations: ["All"], excludeLocations: [location.id] } }));
  await server.do("DELETE", `${policies}/${made.id}`);
  await server.do("DELETE", `${locations}/${location.id}`);
  const refused = await server.admin("POST", `${deleted}/policies/${made.id}/restore`);
  assert.equal(refused.status, 400);
  assert.match(refused.json.error.message, new RegExp(location.id));
});

test("T34 the limit of policies counts every state, and what is deleted not", async () => {
  const made = [];
  for (const name of ["A", "B", "C", "D", "E"]) made.push(await server.do("POST", policies, off(name)));
  const refused = await server.admin("POST", policies, off("F"));
  assert.equal(refused.status, 400);
  assert.match(refused.json.error.message, /limit is 5 \(limits\.policies\)/);
  await server.do("DELETE", `${policies}/${made[0].id}`);
  await server.do("POST", policies, off("F"));
  assert.equal((await server.admin("POST", `${deleted}/policies/${made[0].id}/restore`)).status, 400, "no room to come back");
});

test("named locations have limits: how many with address ranges, and ranges of one", async () => {
  const range = (n) => ({ "@odata.type": "#microsoft.graph.iPv4CidrRange", cidrAddress: `198.51.${n}.0/24` });
  const most = await server.admin("POST", locations, office({ ipRanges: [1, 2, 3, 4].map(range) }));
  assert.equal(most.status, 400);
  assert.match(most.json.error.message, /limits\.location_ranges/);
  for (const name of ["A", "B"]) await server.do("POST", locations, office({ displayName: name, ipRanges: [1, 2, 3].map(range) }));
  const full = await server.admin("POST", locations, office());
  assert.equal(full.status, 400);
  assert.match(full.json.error.message, /limits\.named_locations/);
  await server.do("POST", locations, { "@odata.type": "#microsoft.graph.countryNamedLocation", displayName: "Slovenia", countriesAndRegions: ["SI"] });
});

test("what only the server says of a policy is not taken from a client", async () => {
  const made = await server.do("POST", policies, { ...off("A"), templateId: ids.web, createdDateTime: "2001-01-01T00:00:00Z", deletedDateTime: "2001-01-01T00:00:00Z" });
  assert.equal(made.templateId, null);
  assert.equal(made.deletedDateTime, null);
  assert.ok(made.createdDateTime > "2020");
  await server.do("PATCH", `${policies}/${made.id}`, { ...made, displayName: "B", createdDateTime: "2001-01-01T00:00:00Z" });
  const now = await server.do("GET", `${policies}/${made.id}`);
  assert.equal(now.createdDateTime, made.createdDateTime);
  assert.equal(now.displayName, "B");
});

const history = async (id, of = "policies") => (await server.do("GET", `/api/${of}/${id}/history`)).value;

test("every change of a policy is kept with author, reason, instant and what changed", async () => {
  const made = await server.do("POST", policies, { ...off("A"), "headgate.reason": "ticket 1" });
  const url = `${policies}/${made.id}`;
  const before = (await server.clock.now()).toISOString();
  await server.clock.advance("PT1H");
  await server.admin("PATCH", url, { displayName: "B", conditions: { applications: { includeApplications: [ids.mail, ids.sites] } } }, { "headgate-reason": "naïve" });
  await server.do("DELETE", url);
  await server.do("POST", `${deleted}/policies/${made.id}/restore`);
  const rows = await history(made.id);
  assert.deepEqual(rows.map((row) => [row.version, row.action, row.author, row.reason]), [
    [4, "restore", "host operator", ""], [3, "delete", "host operator", ""], [2, "update", "host operator", "naïve"], [1, "create", "host operator", "ticket 1"],
  ]);
  assert.ok(rows[2].at > before && rows[2].at > rows[3].at);
  assert.deepEqual(rows[2].changes, [
    { path: "displayName", from: "A", to: "B" },
    { path: "conditions.applications.includeApplications", from: ["All"], to: [ids.mail, ids.sites], added: [ids.mail, ids.sites], removed: ["All"] },
  ]);
  assert.equal(rows[2].object.displayName, "B");
  assert.deepEqual(rows[0].changes, []);
  assert.equal((await server.do("GET", url))["headgate.reason"], undefined);
});

test("a named location has a history too, and so has what the seed made", async () => {
  const made = await server.do("POST", locations, office());
  await server.do("PATCH", `${locations}/${made.id}`, { "@odata.type": made["@odata.type"], isTrusted: true });
  const [last] = await history(made.id, "namedLocations");
  assert.deepEqual(last.changes, [{ path: "isTrusted", from: false, to: true }]);
  assert.equal((await server.admin("GET", `/api/policies/${made.id}/history`)).status, 404, "it is no policy");
  const own = await Server.start({ seed: seed({ conditionalAccessPolicies: [{ id: ids.web, ...off("Seeded") }] }) });
  try {
    assert.deepEqual((await own.do("GET", `/api/policies/${ids.web}/history`)).value.map((row) => [row.action, row.author]), [["create", "seed"]]);
  } finally {
    await own.stop();
  }
});

test("a policy is rolled back to what it was, as a new version", async () => {
  const made = await server.do("POST", policies, off("A"));
  const url = `${policies}/${made.id}`;
  await server.do("PATCH", url, { displayName: "B", description: "x" });
  const etag = (await server.do("GET", url))["@odata.etag"];
  const rollback = (body, headers) => server.admin("POST", `/api/policies/${made.id}/rollback`, body, headers);
  assert.equal((await rollback({ version: 1 }, { "if-match": made["@odata.etag"] })).status, 412);
  const back = await rollback({ version: 1 }, { "if-match": etag });
  assert.equal(back.status, 200);
  const now = await server.do("GET", url);
  assert.equal(now.displayName, "A");
  assert.equal(now.description, null);
  assert.equal(now.createdDateTime, made.createdDateTime);
  const [last] = await history(made.id);
  assert.deepEqual([last.version, last.action, last.reason], [3, "rollback", "back to version 1"]);
  assert.equal((await rollback({ version: 9 })).status, 404);
  assert.equal((await rollback({})).status, 400);
  await server.do("DELETE", url);
  assert.equal((await rollback({ version: 1 })).status, 404, "what is deleted is restored first");
});

test("a rollback is checked as any other change", async () => {
  const location = await server.do("POST", locations, office());
  const made = await server.do("POST", policies, policy("A", { users: [ids.bob], locations: { includeLocations: [location.id] } }));
  await server.do("PATCH", `${policies}/${made.id}`, { conditions: { locations: null } });
  await server.do("DELETE", `${locations}/${location.id}`);
  const refused = await server.admin("POST", `/api/policies/${made.id}/rollback`, { version: 1 });
  assert.equal(refused.status, 400);
  assert.match(refused.json.error.message, new RegExp(location.id));
  assert.equal((await history(made.id)).length, 2);
});

test("the command line: reasons, history, differences, rollback, what was removed", async () => {
  const made = await server.do("POST", policies, off("Seven"));
  const run = async (...args) => {
    const done = await headgate(server, args);
    assert.equal(done.code, 0, `${args.join(" ")}: ${done.err}`);
    return done.out === "" ? undefined : done.json;
  };
  await run("policy", "report-only", "Seven", "--reason", "to see whom it hits");
  const rows = await run("policy", "history", "Seven");
  assert.deepEqual(rows.map((row) => row.reason), ["to see whom it hits", ""]);
  assert.match((await headgate(server, ["policy", "history", "Seven", "-o", "table"])).out, /host operator +to see whom it hits/);
  const diff = await run("policy", "diff", "Seven", "--from-version", "1", "--to-version", "2");
  assert.deepEqual(diff.map((row) => [row.path, row.to]), [["state", "enabledForReportingButNotEnforced"]]);
  assert.equal((await run("policy", "rollback", "Seven", "1", "--yes")).state, "disabled");
  await run("policy", "remove", "Seven", "--yes", "--reason", "of no use");
  assert.deepEqual((await run("policy", "deleted")).map((one) => one.id), [made.id]);
  assert.equal((await run("policy", "restore", "Seven")).id, made.id);
  assert.deepEqual((await history(made.id)).map((row) => row.action), ["restore", "delete", "rollback", "update", "create"]);
});
