// The list service through its connector: a polling trigger on new items, GetItems and PostItem,
// under the policies of the service.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Server } from "../actors/server.mjs";
import { ids, people, policies, policy, seed } from "../actors/world.mjs";

const api = "/providers/Microsoft.PowerApps/apis/shared_sharepointonline";
const flows = "/providers/Microsoft.ProcessSimple/environments/~default/flows";
const version = "api-version=2016-11-01";
const site = "https://contoso.test/sites/ops";
const lists = `/apim/sharepointonline/datasets/${encodeURIComponent(encodeURIComponent(site))}/tables`;

let server;
before(async () => {
  server = await Server.start({
    seed: seed({
      connections: [{ id: "sites", owner: people.ann.user, connector: "shared_sharepointonline", signedIn: { methods: ["password"] } }],
    }),
  });
});
after(() => server.stop());

const call = (operationId, parameters) => ({
  type: "OpenApiConnection",
  inputs: { host: { apiId: api, connectionName: "shared_sharepointonline", operationId }, parameters: { dataset: site, ...parameters }, authentication: "@parameters('$authentication')" },
});
const runs = async (flow) => (await server.do("GET", `${flows}/${flow}/runs?${version}`)).value;
async function ended(flow, count) {
  let all = [];
  for (let i = 0; i < 3000; i++) {
    all = await runs(flow);
    if (all.length >= count && all.every((run) => !["Running", "Waiting"].includes(run.properties.status))) return all;
  }
  throw new Error(`${JSON.stringify(all)}\n${server.log.slice(-2000)}`);
}
const titles = async (table) => (await server.do("GET", `${lists}/${table}/items`)).value.map((item) => item.Title);

test("each new item starts a run that reads and writes lists with its owner's token", async (t) => {
  const requests = (await server.do("POST", lists, { displayName: "Requests" })).Name;
  const copies = (await server.do("POST", lists, { displayName: "Copies" })).Name;
  await server.do("POST", `${lists}/${requests}/items`, { Title: "before the flow" });
  const made = await server.do("POST", `${flows}?${version}`, {
    properties: {
      displayName: "Copy", state: "Started", owner: people.ann.user,
      definition: {
        $schema: "https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#",
        contentVersion: "1.0.0.0",
        parameters: { $connections: { defaultValue: {}, type: "Object" }, $authentication: { defaultValue: {}, type: "SecureObject" } },
        triggers: {
          When_an_item_is_created: {
            ...call("GetOnNewItems", { table: requests }),
            recurrence: { frequency: "Minute", interval: 1 },
            splitOn: "@triggerOutputs()?['body/value']",
          },
        },
        actions: {
          Copy: { ...call("PostItem", { table: copies, "item/Title": "@concat('copy of ', triggerOutputs()?['body/Title'])" }), runAfter: {} },
          Look: { ...call("GetItems", { table: copies, $filter: "Title eq 'copy of second'" }), runAfter: { Copy: ["Succeeded"] } },
        },
      },
      connectionReferences: { shared_sharepointonline: { connectionName: "sites", source: "Embedded", id: api } },
    },
  });
  const flow = made.name;
  await server.clock.advance("PT1M"); // the first poll learns where the list stands
  assert.deepEqual(await runs(flow), []);

  await t.test("two new items, two runs", async () => {
    for (const Title of ["first", "second"]) await server.do("POST", `${lists}/${requests}/items`, { Title });
    await server.clock.advance("PT1M");
    const done = await ended(flow, 2);
    assert.deepEqual(done.map((run) => run.properties.status), ["Succeeded", "Succeeded"]);
    assert.deepEqual((await titles(copies)).sort(), ["copy of first", "copy of second"]);
    await server.clock.advance("PT5M"); // nothing new, no run
    assert.equal((await runs(flow)).length, 2);
  });

  await t.test("a policy on the service stops the trigger, and the connection says so", async () => {
    const rule = await server.do("POST", policies, policy("No sites", { applications: [ids.sites], controls: ["block"] }));
    await server.do("POST", `${lists}/${requests}/items`, { Title: "third" });
    await server.clock.advance("PT2H");
    assert.equal((await runs(flow)).length, 2);
    const { properties } = await server.do("GET", `${api}/connections/sites?${version}`);
    assert.equal(properties.overallStatus, "Error");
    assert.match(properties.statuses[0].error.message, /AADSTS53003/);
    await server.do("PATCH", `${policies}/${rule.id}`, { state: "disabled" });
    await server.clock.advance("PT2H");
    assert.equal((await ended(flow, 3))[0].properties.status, "Succeeded", "what came meanwhile is not lost");
    assert.ok((await titles(copies)).includes("copy of third"));
  });
});
