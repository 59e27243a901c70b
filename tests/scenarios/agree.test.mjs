// What If, a real sign-in, a refresh and the sign-in log are four readers of one decision: on random
// policies they name the same policies as applying and come to the same end.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Browser } from "../actors/browser.mjs";
import { Client } from "../actors/client.mjs";
import { Server } from "../actors/server.mjs";
import { ids, policies, publicClient, seed, web } from "../actors/world.mjs";

const SEED = Number(process.env.AGREE_SEED ?? 20261125);
const TENANTS = Number(process.env.AGREE_TENANTS ?? 12);
const SIGN_INS = 4;

// mulberry32: a small generator with a seed of its own, so that a failure can be run again.
let state = SEED;
const random = () => {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};
const pick = (list) => list[Math.floor(random() * list.length)];
const some = (list, most) => [...new Set(Array.from({ length: 1 + Math.floor(random() * most) }, () => pick(list)))];
const chance = (p) => random() < p;

const people = ["u0", "u1", "u2", "u3"].map((name, i) => ({
  id: `aaaaaaaa-0000-4000-8000-00000000000${i}`, userPrincipalName: `${name}@contoso.test`, displayName: name,
  password: "Correct-Horse-9", totpSecret: "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU", mail: `${name}@contoso.test`,
  ...(i === 3 ? { userType: "Guest" } : {}), ...(i === 2 ? { roles: ["User Administrator"] } : {}),
}));
const groups = [
  { id: "bbbbbbbb-0000-4000-8000-000000000000", displayName: "Makers", members: [people[0].id, people[1].id] },
  { id: "bbbbbbbb-0000-4000-8000-000000000001", displayName: "Outer", members: ["bbbbbbbb-0000-4000-8000-000000000000", people[3].id] },
];
const places = [
  { id: "f0000000-0000-4000-8000-000000000000", "@odata.type": "#microsoft.graph.ipNamedLocation", displayName: "Office", isTrusted: true,
    ipRanges: [{ "@odata.type": "#microsoft.graph.iPv4CidrRange", cidrAddress: "198.51.100.0/24" }] },
  { id: "f0000000-0000-4000-8000-000000000001", "@odata.type": "#microsoft.graph.ipNamedLocation", displayName: "Guests' network", isTrusted: false,
    ipRanges: [{ "@odata.type": "#microsoft.graph.iPv6CidrRange", cidrAddress: "2001:db8:1::/48" }] },
];
const addresses = ["198.51.100.7", "203.0.113.9", "2001:db8:1::7", "2001:db8:2::9"];
const machines = {
  windows: "Mozilla/5.0 (Windows NT 10.0; Win64; x64)", iOS: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)",
  linux: "Mozilla/5.0 (X11; Linux x86_64)", macOS: "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0)",
};
// What is asked for, and whose data that is: the directory stands behind Graph's baseline scopes.
const services = [
  { resource: ids.mail, scope: "Mail.Send", audience: ids.mail },
  { resource: ids.graph, scope: "User.Read", audience: "00000002-0000-0000-c000-000000000000" },
];

const randomPolicy = (n) => ({
  displayName: `Policy ${n}`,
  state: pick(["enabled", "enabled", "enabled", "enabledForReportingButNotEnforced", "disabled"]),
  conditions: {
    clientAppTypes: pick([["all"], ["all"], ["browser"], ["mobileAppsAndDesktopClients"], ["exchangeActiveSync", "other"]]),
    applications: {
      includeApplications: pick([["All"], ["All"], ["Office365"], some([ids.mail, ids.sites, ids.management], 2)]),
      excludeApplications: pick([[], [], [], [ids.mail], ["Office365"]]),
    },
    users: {
      ...pick([{ includeUsers: ["All"] }, { includeUsers: ["All"] }, { includeGroups: some(groups.map((g) => g.id), 2) },
        { includeUsers: some(people.map((p) => p.id), 2) }, { includeRoles: ["fe930be7-5e62-47db-91af-98c3a49a38b1"] },
        { includeUsers: ["GuestsOrExternalUsers"] }]),
      ...pick([{}, {}, { excludeUsers: [pick(people).id] }, { excludeGroups: [pick(groups).id] }, { excludeUsers: ["GuestsOrExternalUsers"] }]),
    },
    ...(chance(0.35) ? { locations: pick([
      { includeLocations: ["All"], excludeLocations: ["AllTrusted"] }, { includeLocations: [pick(places).id] },
      { includeLocations: ["All"], excludeLocations: [pick(places).id] }, { includeLocations: ["AllTrusted"] },
    ]) } : {}),
    ...(chance(0.3) ? { platforms: { includePlatforms: pick([["all"], some(Object.keys(machines), 2)]), excludePlatforms: pick([[], ["linux"]]) } } : {}),
  },
  grantControls: pick([
    { operator: "OR", builtInControls: ["block"] }, { operator: "OR", builtInControls: ["block"] },
    { operator: "OR", builtInControls: ["mfa"] }, { operator: "OR", builtInControls: ["mfa"] },
    { operator: "OR", builtInControls: ["mfa", "compliantDevice"] }, { operator: "AND", builtInControls: ["mfa", "compliantDevice"] },
    { operator: "OR", authenticationStrength: { id: "00000000-0000-0000-0000-000000000002" } },
  ]),
});

let server;
before(async () => {
  const world = seed();
  world.users.push(...people);
  for (const application of world.applications)
    application.grants = [...application.grants.filter((g) => g.resource !== ids.mail), { resource: ids.mail, scopes: ["Mail.Send"] }];
  server = await Server.start({ seed: { ...world, groups, namedLocations: places } });
});
after(() => server.stop());

const evaluate = async ({ person, service, client, ip, platform }) =>
  server.do("POST", "/v1.0/identity/conditionalAccess/evaluate", {
    signInIdentity: { "@odata.type": "#microsoft.graph.userSignIn", userId: person.id },
    signInContext: {
      "@odata.type": "#microsoft.graph.applicationContext",
      // A confidential client that asks for an ID token is an audience itself.
      includeApplications: client === web ? [service.audience, web.id] : [service.audience],
    },
    signInConditions: {
      ipAddress: ip, devicePlatform: platform,
      clientAppType: client === web ? "browser" : "mobileAppsAndDesktopClients",
    },
  });

const newest = async (person, interactive) => {
  const filter = `userPrincipalName eq '${person.userPrincipalName}'` +
    (interactive ? "" : " and signInEventTypes/any(t: t eq 'nonInteractiveUser')");
  const rows = await server.admin("GET", `/beta/auditLogs/signIns?$top=1&$filter=${encodeURIComponent(filter)}`, undefined,
    { prefer: "include-unknown-enum-members" });
  return rows.json.value[0];
};

const idle = ["notApplied", "notEnabled", "reportOnlyNotApplied"];
const appliedInLog = (row) => row.appliedConditionalAccessPolicies.filter((p) => !idle.includes(p.result)).map((p) => p.id).sort();
const appliedInWhatIf = (answer) => answer.value.filter((p) => p.policyApplies).map((p) => p.id).sort();

test(`what is predicted, what happens and what is logged agree on ${TENANTS} random sets of policies (seed ${SEED})`, async () => {
  const ends = { allow: 0, challenge: 0, block: 0 };
  for (let tenant = 0; tenant < TENANTS; tenant++) {
    const made = [];
    for (let n = 0; n < 5; n++) made.push((await server.do("POST", policies, randomPolicy(n))).id);
    for (let n = 0; n < SIGN_INS; n++) {
      const at = { person: pick(people), service: pick(services), client: pick([web, publicClient]), ip: pick(addresses), platform: pick(Object.keys(machines)) };
      await server.clock.advance("PT1M"); // a code is good once
      const predicted = await evaluate(at);
      const outcome = predicted.verdict.outcome;
      ends[outcome]++;
      const browser = new Browser(server, { ip: at.ip, userAgent: machines[at.platform] });
      const client = new Client(server, { ...at.client, ip: at.ip });
      const scope = `openid offline_access ${at.service.resource}/${at.service.scope}`;
      const got = await client.signIn(browser, { user: at.person.userPrincipalName, password: at.person.password, secret: at.person.totpSecret }, { scope });
      const ended = got.page?.text ?? JSON.stringify(got.error ?? got.status);
      const said = JSON.stringify({ at, said: predicted.verdict.sentence, needs: predicted.verdict.needs, ended, seen: browser.seen });

      const row = await newest(at.person, true);
      assert.deepEqual(appliedInLog(row), appliedInWhatIf(predicted), `the log names the policies that What If named: ${said}`);
      if (outcome === "allow") {
        assert.equal(got.status, 200, said);
        assert.ok(!browser.seen.includes("code"), `nothing more is asked: ${said}`);
      } else if (outcome === "block") {
        assert.match(ended, /AADSTS53003/, said);
      } else if (predicted.verdict.needs.every((need) => ["Mfa", "RequireAuthenticationStrength"].includes(need))) {
        assert.equal(got.status, 200, said);
        assert.ok(browser.seen.includes("code"), `a code is asked for: ${said}`);
      } else assert.match(ended, /AADSTS53000/, said);

      if (got.status !== 200) continue;
      const again = await client.refresh(got.tokens.refresh_token, { scope });
      assert.equal(again.status, 200, `what was proved still holds: ${again.text} ${said}`);
      if (at.client === publicClient) {
        const later = await newest(at.person, false);
        assert.deepEqual(appliedInLog(later), appliedInWhatIf(predicted), `a refresh is judged alike: ${said}`);
      }
    }
    for (const id of made) await server.do("DELETE", `${policies}/${id}`);
  }
  for (const [outcome, n] of Object.entries(ends)) assert.ok(n > 0, `some sign-in ends with ${outcome}: ${JSON.stringify(ends)}`);
});
