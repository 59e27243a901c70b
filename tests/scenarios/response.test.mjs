// A flow that answers the request that started it, and one that does not.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Server } from "../actors/server.mjs";
import { people, seed } from "../actors/world.mjs";

const flows = "/providers/Microsoft.ProcessSimple/environments/~default/flows";
const version = "api-version=2016-11-01";

let server;
before(async () => {
  server = await Server.start({ seed: seed() });
});
after(() => server.stop());

async function url(displayName, actions) {
  const flow = await server.do("POST", `${flows}?${version}`, {
    properties: {
      displayName, state: "Started", owner: people.ann.user, connectionReferences: {},
      definition: {
        $schema: "https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#",
        contentVersion: "1.0.0.0",
        triggers: { manual: { type: "Request", kind: "Http", inputs: { schema: {} } } },
        actions,
      },
    },
  });
  const callback = await server.do("POST", `${flows}/${flow.name}/triggers/manual/listCallbackUrl?${version}`, {});
  const { pathname, search } = new URL(callback.response.value);
  return pathname + search;
}
const post = (path, body, headers = {}) =>
  server.send(path, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });

test("the Response action's status, headers and body are the answer", async () => {
  const path = await url("Echo", {
    Answer: {
      type: "Response", kind: "Http", runAfter: {},
      inputs: { statusCode: 201, headers: { "x-shop": "Corner" }, body: { hello: "@triggerBody()?['name']" } },
    },
  });
  const answer = await post(path, { name: "Ann" }, { "x-ms-client-tracking-id": "order-7" });
  assert.equal(answer.status, 201);
  assert.deepEqual(answer.json, { hello: "Ann" });
  assert.equal(answer.headers["x-shop"], "Corner");
  assert.match(answer.headers["x-ms-workflow-run-id"], /^0858/);
  assert.equal(answer.headers["x-ms-client-tracking-id"], "order-7");
  const own = await post(path, { name: "Bob" });
  assert.equal(own.headers["x-ms-client-tracking-id"], own.headers["x-ms-workflow-run-id"]);
});

test("without one the answer is 202 at once", async () => {
  const answer = await post(await url("Quiet", { Keep: { type: "Compose", runAfter: {}, inputs: 1 } }), {});
  assert.equal(answer.status, 202);
  assert.match(answer.headers["x-ms-workflow-run-id"], /^0858/);
});

test("a run that ends before its Response answers 502", async () => {
  const path = await url("Broken", {
    Wrong: { type: "Compose", runAfter: {}, inputs: "@int(triggerBody()?['name'])" },
    Answer: { type: "Response", kind: "Http", runAfter: { Wrong: ["Succeeded"] }, inputs: { statusCode: 200 } },
  });
  const answer = await post(path, { name: "x" });
  assert.equal(answer.status, 502);
  assert.equal(answer.json.error.code, "NoResponse");
});
