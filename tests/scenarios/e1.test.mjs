// The main job: a flow runs on a connection, a policy changes, the run fails with the documented
// error, the owner signs in as the policy asks, repairs, and it succeeds (seed scenarios E1a–E1f,
// and what token lifetimes do to connections: TL-1, TL-9).
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Browser } from "../actors/browser.mjs";
import { MailSink } from "../actors/mail.mjs";
import { Server } from "../actors/server.mjs";
import { ids, people, policies, policy, seed } from "../actors/world.mjs";

const flows = "/providers/Microsoft.ProcessSimple/environments/~default/flows";
const apis = "/providers/Microsoft.PowerApps/apis/shared_office365/connections";
const version = "api-version=2016-11-01";
const owner = people.ann; // has a second factor registered

let server;
let mail;
before(async () => {
  mail = await MailSink.start();
  server = await Server.start({ seed: seed(), args: ["--set", `smtp.server=${mail.address}`] });
});
after(async () => {
  await server.stop();
  await mail.stop();
});

// A connection, signed in by its owner with what `person` can prove.
async function connect(name, person, ip = "127.0.0.1") {
  await server.do("PUT", `${apis}/${name}?${version}`, { properties: { displayName: "Outlook", owner: owner.user } });
  return signInto(name, person, ip);
}
async function signInto(name, person, ip = "127.0.0.1") {
  const { url } = await server.do("POST", `/api/connections/${name}/repair`, {});
  const browser = new Browser(server, { ip });
  const end = await browser.signIn(url, person);
  return { browser, page: end };
}
const connection = (name) => server.do("GET", `${apis}/${name}?${version}`);

async function makeFlow(name) {
  const flow = await server.do("POST", `${flows}?${version}`, {
    properties: {
      displayName: `Send mail with ${name}`,
      state: "Started",
      owner: owner.user,
      definition: {
        $schema: "https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#",
        contentVersion: "1.0.0.0",
        parameters: { $connections: { defaultValue: {}, type: "Object" }, $authentication: { defaultValue: {}, type: "SecureObject" } },
        triggers: { manual: { type: "Request", kind: "Button", inputs: { schema: { type: "object", properties: {} } } } },
        actions: {
          Send_an_email: {
            type: "OpenApiConnection",
            runAfter: {},
            inputs: {
              host: { apiId: "/providers/Microsoft.PowerApps/apis/shared_office365", connectionName: "shared_office365", operationId: "SendEmailV2" },
              parameters: { "emailMessage/To": "carol@example.org", "emailMessage/Subject": "Hello", "emailMessage/Body": "<p>It runs.</p>" },
              authentication: "@parameters('$authentication')",
            },
          },
        },
      },
      connectionReferences: {
        shared_office365: { connectionName: name, source: "Embedded", id: "/providers/Microsoft.PowerApps/apis/shared_office365" },
      },
    },
  });
  return flow.name;
}

const runs = async (flow) => (await server.do("GET", `${flows}/${flow}/runs?${version}`)).value;

// The runs of a flow once all have ended; asking again is the waiting.
async function ended(flow, count) {
  for (let i = 0; i < 2000; i++) {
    const all = await runs(flow);
    if (all.length >= count && all.every((r) => !["Running", "Waiting"].includes(r.properties.status))) return all;
  }
  throw new Error(`the runs of ${flow} do not end: ${JSON.stringify(await runs(flow))}\n${server.log.slice(-3000)}`);
}
async function run(flow) {
  const before = (await runs(flow)).length;
  await server.do("POST", `${flows}/${flow}/triggers/manual/run?${version}`, {});
  return (await ended(flow, before + 1))[0];
}
const actions = async (flow, one) => (await server.do("GET", `${flows}/${flow}/runs/${one.name}/actions?${version}`)).value;

test("E1a to E1f: the run breaks with the documented error and is repaired", async (t) => {
  const name = "e1connection";
  const { page } = await connect(name, { ...owner, secret: undefined });
  assert.equal(page.status, 200, page.text);
  assert.equal((await connection(name)).properties.overallStatus, "Connected");
  const flow = await makeFlow(name);
  const good = await run(flow);
  assert.equal(good.properties.status, "Succeeded", JSON.stringify(await actions(flow, good)));
  assert.deepEqual(mail.messages.at(-1).to, ["carol@example.org"]);

  const required = await server.do("POST", policies, policy("MFA for mail", { applications: [ids.mail], state: "enabledForReportingButNotEnforced" }));

  await t.test("E1e a report-only policy: runs go on and the log says what it would have done", async () => {
    assert.equal((await run(flow)).properties.status, "Succeeded");
    const filter = encodeURIComponent("signInEventTypes/any(t: t eq 'nonInteractiveUser')");
    const log = await server.admin("GET", `/v1.0/auditLogs/signIns?$filter=${filter}`, undefined, { prefer: "include-unknown-enum-members" });
    assert.equal(log.json.value[0].appliedConditionalAccessPolicies[0].result, "reportOnlyFailure");
  });

  await server.do("PATCH", `${policies}/${required.id}`, { state: "enabled" });

  await t.test("E1a the next run fails with AADSTS50076 for the service", async () => {
    const failed = await run(flow);
    assert.equal(failed.properties.status, "Failed");
    const [send] = await actions(flow, failed);
    assert.equal(send.properties.status, "Failed");
    assert.equal(send.properties.code, "Unauthorized");
    assert.match(
      send.properties.error.message,
      /AADSTS50076: Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access 'Office 365 Exchange Online'\./,
    );
  });

  await t.test("E1b the connection says that its token could not be refreshed", async () => {
    const { properties } = await connection(name);
    assert.equal(properties.overallStatus, "Error");
    assert.equal(properties.statuses[0].error.code, "Unauthorized");
    assert.match(properties.statuses[0].error.message, /^Failed to refresh access token for service: Office 365 Exchange Online\. .*AADSTS50076/s);
  });

  await t.test("E1c repair without MFA is refused, the connection stays as it is", async () => {
    const { page: stopped } = await signInto(name, { ...owner, secret: undefined });
    assert.ok(stopped.has("code"), "the second factor is asked for");
    assert.equal((await connection(name)).properties.overallStatus, "Error");
  });

  await t.test("E1f the policy is disabled: the next run succeeds without repair", async () => {
    await server.do("PATCH", `${policies}/${required.id}`, { state: "disabled" });
    assert.equal((await run(flow)).properties.status, "Succeeded");
    assert.equal((await connection(name)).properties.overallStatus, "Connected");
    await server.do("PATCH", `${policies}/${required.id}`, { state: "enabled" });
    assert.equal((await run(flow)).properties.status, "Failed");
  });

  await t.test("E1d repair with MFA keeps the id, runs succeed, failed ones are resubmitted", async () => {
    await server.clock.advance("PT1M"); // a code works once
    const { page: done } = await signInto(name, owner);
    assert.equal(done.status, 200, done.text);
    assert.equal((await connection(name)).name, name);
    assert.equal((await connection(name)).properties.overallStatus, "Connected");
    assert.equal((await run(flow)).properties.status, "Succeeded");

    const before = await runs(flow);
    const failed = before.filter((r) => r.properties.status === "Failed");
    assert.equal(failed.length, 2);
    await server.do("POST", `${flows}/${flow}/triggers/manual/histories/${failed[0].name}/resubmit?${version}`, {});
    assert.equal((await ended(flow, before.length + 1))[0].properties.status, "Succeeded");
    await server.do("POST", `/api/flows/${flow}/resubmitFailed`, {});
    const after = await ended(flow, before.length + 2); // the one resubmitted above is not run again
    assert.ok(after.slice(0, 2).every((r) => r.properties.status === "Succeeded"));
  });
});

test("TL-1 and TL-9 for connections: 91 unused days, and a revoked session, end them", async () => {
  await server.do("DELETE", `${policies}/${(await server.do("GET", policies)).value[0].id}`);
  await connect("idle", { ...owner, secret: undefined });
  const flow = await makeFlow("idle");
  assert.equal((await run(flow)).properties.status, "Succeeded");
  await server.clock.advance("P91D");
  const idle = await run(flow);
  assert.equal(idle.properties.status, "Failed");
  assert.match((await actions(flow, idle))[0].properties.error.message, /AADSTS70008: The refresh token has expired due to inactivity\..*was inactive for 90\.00:00:00\./s);

  await signInto("idle", { ...owner, secret: undefined });
  assert.equal((await run(flow)).properties.status, "Succeeded");
  await server.clock.advance("PT1M");
  await server.do("POST", `/v1.0/users/${owner.user}/revokeSignInSessions`);
  const revoked = await run(flow);
  assert.match((await actions(flow, revoked))[0].properties.error.message, /AADSTS50173/);
});
