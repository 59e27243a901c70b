// kill -9 in the middle of running flows: every acknowledged trigger has its one run, and each
// run comes to its end after the restart.
import assert from "node:assert/strict";
import http from "node:http";
import { after, before, test } from "node:test";

import { Server } from "../actors/server.mjs";
import { people, seed } from "../actors/world.mjs";

const flows = "/providers/Microsoft.ProcessSimple/environments/~default/flows";
const version = "api-version=2016-11-01";
const kills = 3;
const triggers = 40; // of each round

let server;
let target;
before(async () => {
  target = http.createServer((request, answer) => request.resume().on("end", () => answer.end("{}")));
  await new Promise((resolve) => target.listen(0, "127.0.0.1", resolve));
  server = await Server.start({ seed: seed(), args: ["--set", "sqlite.synchronous=full"] });
});
after(async () => {
  await server.stop();
  target.closeAllConnections();
  target.close();
});

// Every page of a list.
async function all(path) {
  const items = [];
  for (let at = path; at; ) {
    const page = await server.do("GET", at);
    items.push(...page.value);
    const next = page.nextLink ?? page["@odata.nextLink"];
    at = next && new URL(next).pathname + new URL(next).search;
  }
  return items;
}

test("no acknowledged trigger is lost or doubled by kill -9, and every run ends", async () => {
  const url = `http://127.0.0.1:${target.address().port}/`;
  const flow = await server.do("POST", `${flows}?${version}`, {
    properties: {
      displayName: "Two calls", state: "Started", owner: people.ann.user,
      definition: {
        $schema: "https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#",
        contentVersion: "1.0.0.0",
        triggers: { manual: { type: "Request", kind: "Http", inputs: { schema: {} } } },
        actions: {
          First: { type: "Http", runAfter: {}, inputs: { method: "POST", uri: url, body: "@triggerBody()" } },
          Keep: { type: "Compose", runAfter: { First: ["Succeeded"] }, inputs: "@body('First')" },
          Second: { type: "Http", runAfter: { Keep: ["Succeeded"] }, inputs: { method: "POST", uri: url } },
        },
      },
      connectionReferences: {},
    },
  });
  const callback = await server.do("POST", `${flows}/${flow.name}/triggers/manual/listCallbackUrl?${version}`, {});
  const { pathname, search } = new URL(callback.response.value);

  const acknowledged = [];
  for (let round = 0; round < kills; round++) {
    const sent = Array.from({ length: triggers }, (_, n) =>
      server
        .send(pathname + search, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ n }) })
        .then((answer) => answer.status === 202 && acknowledged.push(answer.headers["x-ms-workflow-run-id"]))
        .catch(() => {}), // cut off by the kill: not acknowledged
    );
    await Promise.race([Promise.all(sent), Promise.any(sent)]); // some are acknowledged, others on their way
    await server.kill("SIGKILL");
    await Promise.all(sent);
    await server.launch();
  }
  assert.ok(acknowledged.length > 0);
  assert.equal(new Set(acknowledged).size, acknowledged.length, "no id is given twice");

  let runs = [];
  for (let i = 0; i < 3000; i++) {
    runs = await all(`${flows}/${flow.name}/runs?${version}`);
    if (runs.every((r) => !["Running", "Waiting"].includes(r.properties.status))) break;
    // A run whose worker was killed goes on when its lease ends.
    if (i % 50 === 49) await server.clock.advance("PT1M");
  }
  const names = runs.map((r) => r.name);
  assert.equal(new Set(names).size, names.length, "no run stands there twice");
  for (const name of acknowledged) assert.ok(names.includes(name), `${name} is lost`);
  const bad = runs.filter((r) => r.properties.status !== "Succeeded");
  assert.deepEqual(bad.map((r) => r.properties), []);
});
