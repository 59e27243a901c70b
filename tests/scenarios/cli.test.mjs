// The command line against a running server: what each command does, prints and returns.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { Browser } from "../actors/browser.mjs";
import { headgate } from "../actors/cli.mjs";
import { Client } from "../actors/client.mjs";
import { MailSink } from "../actors/mail.mjs";
import { Server } from "../actors/server.mjs";
import { people, policy, seed, web } from "../actors/world.mjs";

let server;
let mail;
let folder;
before(async () => {
  mail = await MailSink.start();
  server = await Server.start({ seed: seed(), args: ["--set", `smtp.server=${mail.address}`] });
  folder = mkdtempSync(join(tmpdir(), "headgate-cli-"));
});
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server.stop();
  await mail.stop();
});

const file = (name, content) => {
  writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  return join(folder, name);
};
const run = (line, options) => headgate(server, line.split(" ").map((word) => word.replaceAll("+", " ")), options);

// One after another: command line ('+' is a blank in a word), exit code, what its JSON has.
async function walk(rows) {
  for (const [line, code, wanted, options] of rows) {
    const done = await run(line, options);
    assert.equal(done.code, code, `${line}: ${done.err}`);
    if (wanted instanceof RegExp) assert.match(done.out + done.err, wanted, line);
    else if (typeof wanted === "function") assert.ok(wanted(done.json), `${line}: ${done.out}`);
    else if (wanted) assert.deepEqual({ ...done.json, ...wanted }, done.json, line);
  }
}

test("users and groups", async () => {
  const password = file("password", "Correct-Horse-9\n");
  await walk([
    [`user add zoe@contoso.test --display-name Zoe+Z --password-file ${password}`, 0, { displayName: "Zoe Z", accountEnabled: true }],
    ["user add zoe@contoso.test --display-name Zoe+Z --password-file -", 5, /already exists/, { input: "Correct-Horse-9" }],
    ["user show zoe", 0, { userPrincipalName: "zoe@contoso.test" }],
    ["user set zoe --department Ops --enabled false", 0],
    ["user show zoe --fields department,accountEnabled", 0, { department: "Ops", accountEnabled: false }],
    ["user set zoe", 2, /was not told what to change/],
    [`user password zoe --password-file ${password}`, 0],
    ["user revoke zoe --no-input", 2, /nothing was done.*\n.*--yes/],
    ["user revoke zoe --yes", 0, { value: true }],
    ["user mfa-reset ann --yes", 0],
    ["group add Ops --description People+on+call", 0, { displayName: "Ops", securityEnabled: true }],
    ["group add-member Ops zoe", 0],
    ["group show Ops", 0, (group) => group.members.length === 1 && group.members[0].userPrincipalName === "zoe@contoso.test"],
    ["group remove-member Ops zoe --yes", 0],
    ["group show Ops", 0, (group) => group.members.length === 0],
    ["group list --filter displayName+eq+'Ops'", 0, (groups) => groups.length === 1],
    ["group remove Ops --yes", 0],
    ["user remove zoe --yes", 0],
    ["user show zoe", 3, /there is no user 'zoe'/],
    ["user list", 0, (users) => users.length === 2],
    ["user list --top 1", 0, (users) => users.length === 1],
  ]);
});

test("applications", async () => {
  await walk([
    ["app add Thing --redirect-uri http://localhost:1/callback", 0, (app) => app.web.redirectUris[0] === "http://localhost:1/callback"],
    ["app add-secret Thing --secret-name first", 0, (secret) => secret.secretText.length >= 32 && secret.displayName === "first"],
    ["app show Thing", 0, (app) => app.passwordCredentials.length === 1 && !("secretText" in app.passwordCredentials[0])],
    ["app add Other --redirect-uri not+a+uri", 1, /redirect/i],
    ["app remove Thing --yes", 0],
    ["app show Thing", 3, /there is no application 'Thing'/],
  ]);
});

test("policies and named locations", async () => {
  const one = file("one.json", policy("MFA for everyone", { state: "disabled" }));
  const changed = file("changed.json", { ...policy("MFA for everyone", { state: "disabled" }), grantControls: { operator: "OR", builtInControls: ["block"] } });
  const bad = file("bad.json", { ...policy("x"), state: "on" });
  const [office, untrusted] = [true, false].map((isTrusted) => file(`office-${isTrusted}.json`, {
    "@odata.type": "#microsoft.graph.ipNamedLocation", displayName: "Office", isTrusted,
    ipRanges: [{ "@odata.type": "#microsoft.graph.iPv4CidrRange", cidrAddress: "192.0.2.0/24" }],
  }));
  await walk([
    [`policy validate ${one}`, 0, (rows) => rows[0].ok],
    [`policy validate ${bad} -o ndjson`, 1, /"ok":false/],
    [`policy apply ${one}`, 0, (rows) => rows[0].action === "created"],
    [`policy apply ${one}`, 0, (rows) => rows[0].action === "unchanged"],
    [`policy apply ${changed}`, 0, (rows) => rows[0].action === "changed"],
    [`policy apply ${bad}`, 1, /state/],
    ["policy show MFA+for+everyone", 0, (shown) => shown.grantControls.builtInControls[0] === "block"],
    ["policy report-only MFA+for+everyone", 0],
    ["policy show MFA+for+everyone --fields state", 0, { state: "enabledForReportingButNotEnforced" }],
    ["policy list --filter state+eq+'disabled'", 0, (all) => all.length === 0],
    ["policy disable MFA+for+everyone", 0],
    ["policy remove MFA+for+everyone", 2, /not confirmed/],
    ["policy remove MFA+for+everyone --yes", 0],
    ["policy enable MFA+for+everyone", 3, /there is no policy/],
    [`location apply ${office}`, 0, (rows) => rows[0].action === "created"],
    ["location show Office", 0, { isTrusted: true }],
    ["location remove Office --yes", 1, /set isTrusted to false first/],
    [`location apply ${untrusted}`, 0, (rows) => rows[0].action === "changed"],
    ["location remove Office --yes", 0],
  ]);
});

test("token-lifetime policies", async () => {
  await walk([
    ["token-policy create --display-name Short --lifetime MaxInactiveTime=10.00:00:00 --organization-default", 0, { displayName: "Short" }],
    ["token-policy update Short --lifetime AccessTokenLifetime=01:00:00 --merge", 0],
    ["token-policy show Short", 0, (shown) => /MaxInactiveTime.*10\.00:00:00/.test(shown.definition[0]) && /AccessTokenLifetime/.test(shown.definition[0])],
    ["token-policy update Short --lifetime AccessTokenLifetime=01:00:00", 0, /MaxInactiveTime/],
    ["token-policy create --display-name Long --lifetime MaxInactiveTime=forever", 1, /'forever' is not a time span/],
    ["token-policy remove Short --yes", 0],
  ]);
});

test("the sign-in log", async () => {
  await new Client(server, web).signIn(new Browser(server), people.bob);
  await walk([
    ["signin list --user bob@contoso.test", 0, (rows) => rows.length >= 1 && rows[0].userPrincipalName === "bob@contoso.test"],
    ["signin list --user nobody@contoso.test", 0, (rows) => rows.length === 0],
    ["signin show 7d1c3a52-5c0f-4f0e-9a55-2b7c8f3f9d10", 3, /7d1c3a52/],
  ]);
  const [first] = (await run("signin list --top 1")).json;
  await walk([[`signin show ${first.id}`, 0, { id: first.id }]]);
});

test("connections, flows and runs", async () => {
  const flow = file("flow.json", {
    properties: {
      displayName: "Say hello", state: "Stopped",
      definition: {
        $schema: "https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#",
        contentVersion: "1.0.0.0",
        triggers: { manual: { type: "Request", kind: "Button", inputs: { schema: {} } } },
        actions: { Greet: { type: "Compose", runAfter: {}, inputs: "@concat('Hello ', triggerBody()?['name'])" } },
      },
      connectionReferences: {},
    },
  });
  const body = file("body.json", { name: "Ann" });
  await walk([
    ["connection create shared_office365 --owner ann@contoso.test --connection-name outlook", 0, (made) => made.name === "outlook" && made.consentLink.startsWith("https://")],
    ["connection create shared_nothing --owner ann@contoso.test", 3, /shared_nothing/],
    ["connection list", 0, (all) => all.length === 1],
    ["connection show outlook", 0, (shown) => shown.properties.overallStatus === "Error"],
    ["connection repair outlook", 0, (answer) => answer.consentLink.startsWith("https://")],
    ["connection remove outlook --yes", 0],
    ["connection show outlook", 3, /there is no connection/],
    [`flow validate ${flow}`, 0, (rows) => rows[0].ok],
    [`flow create ${flow} --owner ann@contoso.test`, 0, (made) => made.properties.state === "Stopped"],
    ["flow trigger Say+hello", 1, /Say hello|not|state|WorkflowTriggerIsNotEnabled/],
    ["flow on Say+hello", 0],
    [`flow trigger Say+hello --file ${body}`, 0, (runs) => runs[0].properties.status === "Succeeded"],
    ["run list Say+hello --status Succeeded", 0, (runs) => runs.length === 1],
    ["run list Say+hello --status Failed", 0, (runs) => runs.length === 0],
    ["run show Say+hello", 0, (shown) => shown.properties.actions.Greet.status === "Succeeded"],
    ["run resubmit Say+hello", 0, (runs) => runs[0].properties.status === "Succeeded"],
    ["run list Say+hello", 0, (runs) => runs.length === 2],
    [`flow update Say+hello ${flow} --flow-name Say+hello`, 0],
    ["flow off Say+hello", 0],
    ["flow list", 0, (all) => all[0].properties.state === "Stopped"],
    ["flow show Say+hello", 0, (shown) => shown.properties.displayName === "Say hello"],
    [`flow run ${flow} --trigger-body ${body}`, 0, /Hello Ann/],
    ["flow remove Say+hello --yes", 0],
    ["run list Say+hello", 3, /there is no flow/],
  ]);
});

test("the clock, settings and the doctor", async () => {
  const { now } = (await run("clock show")).json;
  const later = (await run("clock advance 91d")).json.now;
  assert.equal(Math.round((new Date(later) - new Date(now)) / 86400000), 91);
  await walk([
    ["clock set 2001-01-01T00:00:00Z", 5, /The clock goes forward only/],
    ["doctor", 0, (rows) => rows.some((row) => row.check === "server" && row.state === "ok")],
    ["config validate", 0],
    ["config validate --set log.format=xml", 1, /log\.format = xml: text or json/],
    ["config show --set log.format=json", 0, /; --set\nformat = json/],
  ]);
});

test("SIGHUP takes over what it can and names what needs a restart", async () => {
  const settings = file("headgate.conf", "[log]\nformat = text\n");
  const own = await Server.start({ seed: seed(), args: ["--config", settings] });
  const said = async (pattern) => {
    for (let i = 0; i < 1000 && !pattern.test(own.log); i++) await own.send("/livez");
    assert.match(own.log, pattern);
  };
  try {
    const sign = () => new Client(own, web).signIn(new Browser(own), people.bob);
    await sign();
    await said(/^\d{4}-\S+Z signin\.\S+ .*user=/m);
    file("headgate.conf", "[log]\nformat = json\n[limits]\nconnections = 99\n");
    own.process.kill("SIGHUP");
    await said(/settings were read again; these need a restart: limits\.connections/);
    await sign();
    await said(/^\{"time":"[^"]+","event":"signin\./m);
    file("headgate.conf", "[log]\nformat = xml\n");
    own.process.kill("SIGHUP");
    await said(/the settings stay as they were: .*log\.format = xml: text or json/);
  } finally {
    await own.stop();
  }
});

test("what is wrong on the command line, and without a server", async () => {
  await walk([
    ["user lst", 2, /Did you mean|user list/],
    ["user list --tpo 1", 2, /--top/],
    ["user show", 2, /'user show' needs USER/],
    ["help user add", 0, /headgate user add UPN/],
    ["completion bash", 0, /complete/],
    ["man user add", 0, /\.TH/],
    ["version", 0, /\d+\.\d+\.\d+/],
    ["help exit-codes", 0, /5 +it is there already/],
    ["user add yan@contoso.test --display-name Yan", 2, /a password is needed/],
  ]);
  const alone = await headgate(server, ["user", "list"], { data: folder });
  assert.equal(alone.code, 1);
  assert.match(alone.err, /no server answers at .*admin\.sock/);
  const asJson = await headgate(server, ["user", "list", "--json"], { data: folder });
  assert.equal(typeof JSON.parse(asJson.err || asJson.out).error.message, "string");
});
