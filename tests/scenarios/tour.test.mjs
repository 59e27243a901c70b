// The README's tour, command by command: what it promises a new user happens.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { Browser } from "../actors/browser.mjs";
import { Server, binary } from "../actors/server.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const section = readFileSync(join(root, "README.md"), "utf8").split("## A tour")[1].split("\n## ")[0];
const commands = [...section.matchAll(/```\n([\s\S]*?)```/g)]
  .flatMap((block) => block[1].split("\n"))
  .map((line) => line.trim())
  .filter((line) => line !== "");

let server;
before(async () => {
  server = await Server.start(); // as `make run` does, without a seed
});
after(() => server.stop());

// As typed, but for the place of the program and of its data.
function run(command) {
  const line = command.replace("build/headgate", '"$HEADGATE"').replace("--data data", '--data "$DATA"');
  const text = execFileSync("bash", ["-c", line], {
    cwd: root, encoding: "utf8", env: { ...process.env, HEADGATE: binary, DATA: join(server.dir, "data") },
  });
  return text === "" ? undefined : JSON.parse(text);
}
const maja = { user: "maker@contoso.test", password: "Correct-Horse-2" };
const status = (runs) => runs[0].properties.status;
const mails = () => readdirSync(join(server.dir, "data", "mail"));

test("ten commands lead from an empty machine to the repaired run", async () => {
  assert.ok(commands.length <= 10, commands.join("\n"));
  assert.equal(commands[0], "make run");
  const [, create, flow, trigger, policy, triggerAgain, show, repair, totp, resubmit] = commands;

  const made = run(create);
  assert.equal(made.name, "outlook");
  const first = await new Browser(server).signIn(made.consentLink, maja);
  assert.equal(first.status, 200, first.text);

  assert.equal(run(flow)["properties.state"], "Started");
  assert.equal(status(run(trigger)), "Succeeded");
  assert.equal(mails().length, 1);
  assert.match(readFileSync(join(server.dir, "data", "mail", mails()[0]), "utf8"), /^Subject: Good morning, it is \w+day/m);

  assert.equal(run(policy)[0].action, "created");
  assert.equal(status(run(triggerAgain)), "Failed");
  assert.match(run(show).properties.actions.Send_an_email.error.message, /AADSTS50076/);

  const secret = totp.split(" ").at(-1);
  assert.match(String(run(totp)), /^\d{6}$/);
  const again = await new Browser(server).signIn(run(repair).consentLink, { ...maja, secret });
  assert.equal(again.status, 200, again.text);
  assert.equal(status(run(resubmit)), "Succeeded");
  assert.equal(mails().length, 2);
});
