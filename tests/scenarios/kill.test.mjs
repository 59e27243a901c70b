// kill -9 in the middle of running flows, again and again: every acknowledged trigger has its
// one run, each run comes to its end, and nothing that was recorded as done is done again.
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import http from "node:http";
import { after, before, test } from "node:test";

import { Cluster } from "../actors/cluster.mjs";
import { send } from "../actors/http.mjs";
import { Server } from "../actors/server.mjs";
import { people, seed } from "../actors/world.mjs";

const flows = "/providers/Microsoft.ProcessSimple/environments/~default/flows";
const version = "api-version=2016-11-01";
const running = 200; // runs under way at each kill, at the least
const further = 40; // of them begun anew in each round; the others wait from former ones
const late = 20; // triggers on their way when the kill comes
const unsure = 16; // calls of which the last answers may not have been stored at the kill

const rounds = Number(process.env.HEADGATE_KILLS ?? 20);
let state = Number(process.env.HEADGATE_SEED ?? 1) >>> 0 || 1;

// xorshift32: how far a round goes is drawn, and can be drawn again.
function random(below) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % below;
}

// What flows call: First is answered at once, Pause asks to come back in an hour for Second,
// and nothing is answered while it holds.
class Target extends EventEmitter {
  calls = []; // {action, run, key, n?: number of the trigger}, as they came
  holds = false;
  held = new Map(); // key → the connection that waits

  async start() {
    this.server = http.createServer((request, answer) => {
      const chunks = [];
      request.on("data", (chunk) => chunks.push(chunk)).on("end", () => this.#take(request, answer, Buffer.concat(chunks)));
    });
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    this.url = `http://127.0.0.1:${this.server.address().port}/`;
  }

  #take(request, answer, body) {
    const [action, run] = [request.url.slice(1), request.headers["x-ms-workflow-run-id"]];
    if (run === undefined) return answer.end();
    const call = { action, run, key: `${action} ${run}` };
    if (body.length > 0) call.n = JSON.parse(body).n;
    this.calls.push(call);
    if (this.holds) this.held.set(call.key, answer);
    else if (action === "Pause") answer.writeHead(202, { location: `${this.url}Second`, "retry-after": "3600" }).end();
    else answer.end("{}");
    this.emit("call");
  }

  // Resolves when the condition holds, looked at again with each call.
  async until(holds) {
    while (!holds()) await once(this, "call");
  }

  // The server is dead: what it sent before is here when a call of ours is. Which calls it
  // waited for.
  async forget() {
    await send(this.url);
    const keys = [...this.held.keys()];
    for (const answer of this.held.values()) answer.socket.destroy();
    this.held.clear();
    this.holds = false;
    return keys;
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

let target;
before(async () => {
  target = new Target();
  await target.start();
});
after(() => target.stop());

const call = (action) => ({ type: "Http", inputs: { method: "POST", uri: target.url + action, body: "@triggerBody()" } });
const definition = () => ({
  $schema: "https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#",
  contentVersion: "1.0.0.0",
  triggers: { manual: { type: "Request", kind: "Http", inputs: { schema: {} } } },
  actions: { First: { ...call("First"), runAfter: {} }, Pause: { ...call("Pause"), runAfter: { First: ["Succeeded"] } } },
});

class World {
  acknowledged = new Map(); // run → n of its trigger
  n = 0; // triggers sent
  cut = new Map(); // key of a call → how often the kill cut it off
  maybe = new Set(); // keys of calls whose answers may have been lost with the server

  static async start(args) {
    const world = new World();
    world.server = await Server.start({ seed: seed(), args });
    world.flow = await world.server.do("POST", `${flows}?${version}`, {
      properties: { displayName: "Two calls", state: "Started", owner: people.ann.user, definition: definition(), connectionReferences: {} },
    });
    const callback = await world.server.do("POST", `${flows}/${world.flow.name}/triggers/manual/listCallbackUrl?${version}`, {});
    const { pathname, search } = new URL(callback.response.value);
    world.trigger = pathname + search;
    return world;
  }

  // The runs of those that were acknowledged; a trigger that the kill cut off was not.
  async send(count) {
    const answers = Array.from({ length: count }, async () => {
      const n = this.n++;
      const answer = await this.server.admin("POST", this.trigger, { n }).catch(() => undefined);
      if (answer === undefined) return undefined;
      assert.equal(answer.status, 202, answer.text);
      const run = answer.headers["x-ms-workflow-run-id"];
      assert.ok(!this.acknowledged.has(run), `${run} is given twice`);
      this.acknowledged.set(run, n);
      return run;
    });
    return (await Promise.all(answers)).filter((run) => run !== undefined);
  }

  // The runs in this state, the newest first, page after page until there are enough.
  async runs(status, enough = Infinity) {
    const found = [];
    const filter = encodeURIComponent(`status eq '${status}'`);
    for (let at = `${flows}/${this.flow.name}/runs?${version}&$filter=${filter}`; at && found.length < enough; ) {
      const page = await this.server.do("GET", at);
      found.push(...page.value.map((run) => run.name));
      at = page.nextLink && new URL(page.nextLink).pathname + new URL(page.nextLink).search;
    }
    return found;
  }

  // All of them were told to come back later, and that is stored: the clock is not moved
  // while a worker has something in hand.
  async pause(fresh) {
    const paused = new Set();
    let seen = 0;
    await target.until(() => {
      for (; seen < target.calls.length; seen++) if (target.calls[seen].action === "Pause") paused.add(target.calls[seen].run);
      return fresh.every((run) => paused.has(run));
    });
    await this.server.clock.advance("PT1S");
  }

  // Where a kill can come.
  moments = [
    // Workers wait for the answers of new runs.
    async (fresh) => {
      await this.pause(fresh);
      target.holds = true;
      await this.send(late);
      await target.until(() => target.held.size > 0);
    },
    // They wait for the answers of runs that go on.
    async (fresh) => {
      await this.pause(fresh);
      target.holds = true;
      this.moved = this.server.clock.advance("PT1H").catch(() => {}); // the kill cuts it off
      await target.until(() => target.held.size > 0);
    },
    // Anywhere: between an answer and its being stored, too.
    async () => {
      const far = target.calls.length + random(2 * further);
      await target.until(() => target.calls.length >= far);
    },
  ];

  async round(number) {
    const count = number === 0 ? running : further;
    const fresh = await this.send(count);
    assert.equal(fresh.length, count);
    await this.moments[number % this.moments.length](fresh);
    const alive = new Set(await this.runs("Running", running));
    assert.ok(alive.size >= running, `${alive.size} runs are under way`);

    const triggers = this.send(late);
    await this.server.kill("SIGKILL");
    await Promise.all([triggers, this.moved]);
    if (!target.holds) for (const { key } of target.calls.slice(-unsure)) this.maybe.add(key);
    const inHand = await target.forget();
    for (const key of inHand) this.cut.set(key, (this.cut.get(key) ?? 0) + 1);

    // What the dead server had in hand is taken up at once: nobody moves the clock.
    const restarted = target.calls.length;
    await this.server.launch();
    const left = new Set(inHand);
    await target.until(() => {
      for (const { key } of target.calls.slice(restarted)) left.delete(key);
      return left.size === 0;
    });
  }

  async judge() {
    await this.server.clock.advance("PT3H");
    for (const status of ["Running", "Failed", "Cancelled"]) assert.deepEqual(await this.runs(status), []);
    const ended = await this.runs("Succeeded");
    const names = new Set(ended);
    assert.equal(names.size, ended.length, "no run stands there twice");
    for (const run of this.acknowledged.keys()) assert.ok(names.has(run), `${run} is lost`);

    // A trigger that was cut off may have its run, or none; no trigger has two.
    const byTrigger = new Map();
    const made = new Map();
    for (const { n, run, key } of target.calls) {
      made.set(key, (made.get(key) ?? 0) + 1);
      if (n === undefined) continue;
      assert.equal(byTrigger.get(n) ?? run, run, `trigger ${n} has two runs`);
      byTrigger.set(n, run);
    }
    assert.equal(byTrigger.size, ended.length);
    for (const [run, n] of this.acknowledged) assert.equal(byTrigger.get(n), run);
    for (const run of ended)
      for (const key of [`First ${run}`, `Pause ${run}`, `Second ${run}`]) {
        const least = 1 + (this.cut.get(key) ?? 0);
        const most = least + (this.maybe.has(key) ? 1 : 0);
        assert.ok(made.get(key) >= least && made.get(key) <= most, `${key}: ${made.get(key)} times, not ${least}`);
      }
  }
}

async function kill(t, args, times) {
  t.diagnostic(`${times} kills from seed ${state}`);
  target.calls.length = 0;
  const world = await World.start(args);
  try {
    for (let round = 0; round < times; round++) await world.round(round);
    await world.judge();
  } finally {
    await world.server.stop();
  }
}

test("kill -9 in the middle of 200 runs loses and doubles nothing", (t) => kill(t, ["--set", "sqlite.synchronous=full"], rounds));

test("nor does it on PostgreSQL", async (t) => {
  const cluster = await Cluster.start();
  try {
    await kill(t, ["--store", cluster.url], Math.ceil(rounds / 6));
  } finally {
    await cluster.stop();
  }
});
