// limit.timeout of a call to a service that never answers.
import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import { after, before, test } from "node:test";

import { Server } from "../actors/server.mjs";
import { people, seed } from "../actors/world.mjs";

const flows = "/providers/Microsoft.ProcessSimple/environments/~default/flows";
const silent = http.createServer(() => {});

let server;
before(async () => {
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  server = await Server.start({ seed: seed() });
});
after(async () => {
  silent.closeAllConnections();
  silent.close();
  await server.stop();
});

test("a call that never gets an answer ends at its own timeout, and who waits for that runs", async () => {
  const actions = {
    Ask: { type: "Http", inputs: { method: "GET", uri: `http://127.0.0.1:${silent.address().port}/` }, limit: { timeout: "PT1S" } },
    Note: { type: "Compose", inputs: "late", runAfter: { Ask: ["TimedOut"] } },
  };
  const definition = {
    $schema: "https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#",
    contentVersion: "1.0.0.0",
    triggers: { manual: { type: "Request", kind: "Http", inputs: { schema: {} } } },
    actions,
  };
  const { name } = await server.do("POST", flows, { properties: { displayName: "Ask", owner: people.ann.user, state: "Started", definition } });
  await server.do("POST", `${flows}/${name}/triggers/manual/run`, {});
  let run;
  do [run] = (await server.do("GET", `${flows}/${name}/runs`)).value;
  while (!run || ["Running", "Waiting"].includes(run.properties.status));
  assert.equal(run.properties.status, "Succeeded");
  const made = (await server.do("GET", `${flows}/${name}/runs/${run.name}/actions`)).value;
  const byName = Object.fromEntries(made.map((one) => [one.name, [one.properties.status, one.properties.code]]));
  assert.deepEqual(byName.Ask, ["TimedOut", "ActionTimedOut"]);
  assert.equal(byName.Note[0], "Succeeded");
});
