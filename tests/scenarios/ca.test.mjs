// Conditional access and MFA: seed scenarios CA-1, CA-2, CA-3, CA-5.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { Browser } from "../actors/browser.mjs";
import { claimsOf, Client } from "../actors/client.mjs";
import { Server } from "../actors/server.mjs";
import { ids, people, policies, policy, seed, spare, web } from "../actors/world.mjs";

const locations = "/v1.0/identity/conditionalAccess/namedLocations";
const mailScope = `openid offline_access ${ids.mail}/Mail.Send`;
let server;

before(async () => {
  server = await Server.start({
    seed: seed({
      users: [
        ...seed().users,
        ...["ca1", "ca2", "ca3", "ca5"].map((name) => ({
          userPrincipalName: `${name}@contoso.test`, displayName: name, password: "Correct-Horse-9",
          totpSecret: "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU",
        })),
      ],
    }),
  });
});
after(() => server.stop());
beforeEach(async () => {
  for (const one of (await server.do("GET", policies)).value) await server.do("DELETE", `${policies}/${one.id}`);
});

const mailThroughGraph = () => {
  const world = seed();
  world.applications[0].grants[0].scopes = [...world.applications[0].grants[0].scopes, "Mail.Send", "Mail.Read"];
  return world;
};
const person = (name) => ({ user: `${name}@contoso.test`, password: "Correct-Horse-9", secret: "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU" });
const signins = async (user) =>
  (await server.do("GET", `/v1.0/auditLogs/signIns?$filter=${encodeURIComponent(`userPrincipalName eq '${user}'`)}`)).value;

test("CA-1 one cloud app asks for MFA: a second factor gives a token with pwd and mfa, without it none", async () => {
  const made = await server.do("POST", policies, policy("MFA for mail", { applications: [ids.mail] }));
  const client = new Client(server, web);
  const browser = new Browser(server);

  const without = await browser.signIn(client.authorizeUrl({ scope: mailScope }), { ...person("ca1"), secret: undefined });
  assert.ok(without.has("code"), "after the password the MFA step is shown");
  const wrong = await browser.submit("code", { code: "000000" });
  assert.equal(wrong.left, undefined, "a wrong code leads nowhere");
  assert.match(wrong.html, /role="alert"/);

  const done = await client.signIn(new Browser(server), person("ca1"), { scope: mailScope });
  assert.equal(done.status, 200);
  assert.deepEqual(claimsOf(done.tokens.access_token).amr, ["pwd", "mfa"]);
  const [row] = await signins("ca1@contoso.test");
  assert.equal(row.conditionalAccessStatus, "success");
  assert.deepEqual(row.appliedConditionalAccessPolicies.map((p) => [p.id, p.result]), [[made.id, "success"]]);
});

test("CA-2 all cloud apps: the first app asks for MFA, the next ones of the session do not", async () => {
  await server.do("POST", policies, policy("MFA everywhere"));
  const browser = new Browser(server);
  const first = new Client(server, web);
  const second = new Client(server, spare);
  assert.equal((await first.signIn(browser, person("ca2"))).status, 200);
  assert.ok(browser.seen.includes("code"), "MFA is asked for");
  const next = await second.signIn(browser, person("ca2"));
  assert.equal(next.status, 200);
  assert.deepEqual(browser.seen, [], "nothing is asked");
  assert.deepEqual(claimsOf(next.tokens.id_token).amr, ["pwd", "mfa"]);
});

test("CA-3 block everywhere but the corporate network, IPv4 and IPv6", async () => {
  const corporate = await server.do("POST", locations, {
    "@odata.type": "#microsoft.graph.ipNamedLocation",
    displayName: "Corporate network",
    isTrusted: true,
    ipRanges: [
      { "@odata.type": "#microsoft.graph.iPv4CidrRange", cidrAddress: "198.51.100.0/24" },
      { "@odata.type": "#microsoft.graph.iPv6CidrRange", cidrAddress: "2001:db8:1::/48" },
    ],
  });
  const made = await server.do("POST", policies, policy("Only from inside", {
    controls: ["block"],
    locations: { includeLocations: ["All"], excludeLocations: [corporate.id] },
    excludeUsers: [ids.ann],
  }));
  const at = (ip) => new Client(server, web).signIn(new Browser(server, { ip }), person("ca3"));
  for (const ip of ["198.51.100.7", "2001:db8:1::7"]) assert.equal((await at(ip)).status, 200, `${ip} is inside`);
  for (const ip of ["203.0.113.9", "2001:db8:2::9"]) {
    const outside = await at(ip);
    assert.match(outside.page.text, /AADSTS53003/, `${ip} is outside`);
    const [row] = await signins("ca3@contoso.test");
    assert.equal(row.status.errorCode, 53003);
    assert.equal(row.ipAddress, ip);
    assert.equal(row.conditionalAccessStatus, "failure");
    assert.deepEqual(
      row.appliedConditionalAccessPolicies.map((p) => [p.displayName, p.result, p.enforcedGrantControls]),
      [["Only from inside", "failure", ["Block"]]],
    );
    assert.equal(row.appliedConditionalAccessPolicies[0].id, made.id);
  }
});

test("CA-5 MFA for named users at the management portal: the other user is not asked", async () => {
  const named = (await server.do("GET", "/v1.0/users/ca5@contoso.test")).id;
  await server.do("POST", policies, policy("Admin portal", { applications: ["MicrosoftAdminPortals"], users: [named] }));
  const portal = `${server.base}/${server.tenant}/oauth2/v2.0/authorize?` + new URLSearchParams({
    client_id: ids.adminPortal, response_type: "code", scope: "openid profile",
    redirect_uri: `${server.base}/portal/admin/callback`, code_challenge_method: "S256",
    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
  });
  const first = new Browser(server);
  await first.signIn(portal, person("ca5"));
  assert.ok(first.seen.includes("code"), "the named user is asked for MFA");
  const other = new Browser(server);
  await other.signIn(portal, person("ca2"));
  assert.ok(other.seen.includes("password") && !other.seen.includes("code"), "the other user is not");
});

test("the context that the claims demand is asked for, and stands in the ID token once it is met", async () => {
  const client = new Client(server, web);
  const browser = new Browser(server);
  const plain = await client.signIn(browser, person("ca2"));
  assert.equal(claimsOf(plain.tokens.id_token).acr, undefined);
  await server.clock.advance("PT1M");
  const acr = "urn:microsoft:policies:mfa";
  const met = await client.signIn(browser, person("ca2"), { claims: JSON.stringify({ id_token: { acr: { essential: true, values: [acr] } } }) });
  assert.deepEqual(browser.seen[0], "code");
  assert.deepEqual([claimsOf(met.tokens.id_token).acr, claimsOf(met.tokens.id_token).amr], [acr, ["pwd", "mfa"]]);
});

test("a report-only policy changes nothing and is written down", async () => {
  await server.do("POST", policies, policy("Later", { state: "enabledForReportingButNotEnforced", controls: ["block"] }));
  assert.equal((await new Client(server, web).signIn(new Browser(server), people.bob)).status, 200);
  const answer = await server.admin("GET", `/v1.0/auditLogs/signIns?$filter=${encodeURIComponent("userPrincipalName eq 'bob@contoso.test'")}`, undefined, {
    prefer: "include-unknown-enum-members",
  });
  assert.equal(answer.json.value[0].appliedConditionalAccessPolicies[0].result, "reportOnlyFailure");
});

test("a policy on a service holds whether its data are asked for by name or as Graph's .default", async () => {
  const graph = "https://graph.microsoft.com";
  const own = await Server.start({ seed: mailThroughGraph() });
  try {
    const client = new Client(own, web);
    const before = await client.signIn(new Browser(own), people.ann, { scope: "openid offline_access User.Read" });
    const other = new Client(own, web);
    const code = await new Browser(own).signIn(other.authorizeUrl({ scope: "openid User.Read" }), people.ann);
    await own.do("POST", policies, policy("No mail", { applications: [ids.mail], controls: ["block"] }));
    for (const scope of [`${graph}/Mail.Send`, `${graph}/.default`, `${graph}//.default`, `${ids.graph}/.default`]) {
      const refreshed = await client.refresh(before.tokens.refresh_token, { scope });
      assert.deepEqual(refreshed.json.error_codes, [53003], `refreshed for ${scope}`);
      const shown = await client.signIn(new Browser(own), people.ann, { scope: `openid ${scope}` });
      assert.match(shown.page.text, /AADSTS53003/, `signed in for ${scope}`);
    }
    const redeemed = await other.redeem(code.left.searchParams.get("code"), { scope: `${graph}/.default` });
    assert.deepEqual(redeemed.json.error_codes, [53003], "a code redeemed for more than it was asked for");
    const profile = await client.refresh(before.tokens.refresh_token, { scope: "User.Read" });
    assert.equal(profile.status, 200, "what is no mail is open");
  } finally {
    await own.stop();
  }
});

test("a policy on the flow service holds for tokens that were asked for management.azure.com", async () => {
  const flows = "/providers/Microsoft.ProcessSimple/environments/~default/flows";
  const scope = "openid https://management.azure.com/user_impersonation";
  const world = seed();
  world.applications[0].grants.push({ resource: ids.management, scopes: ["user_impersonation"] });
  const own = await Server.start({ seed: world });
  try {
    const client = new Client(own, web);
    const read = (token) => own.send(flows, { headers: { authorization: `Bearer ${token}` } });
    const token = async (person, claims) => {
      const end = await new Browser(own).signIn(client.authorizeUrl({ scope, claims: JSON.stringify(claims) }), person);
      return (await client.redeem(end.left.searchParams.get("code"), { claims: JSON.stringify(claims) })).json.access_token;
    };
    const capable = { access_token: { xms_cc: { values: ["cp1"] } } };

    const weak = await token(people.bob, capable);
    const strong = await token(people.ann, { ...capable, id_token: { acr: { essential: true, values: ["urn:microsoft:policies:mfa"] } } });
    for (const one of [weak, strong]) assert.equal((await read(one)).status, 200, "without a policy");

    const asks = await own.do("POST", policies, policy("MFA for flows", { applications: [ids.flow] }));
    const asked = await read(weak);
    assert.equal(asked.status, 401);
    const [, claims] = /^Bearer realm="".*error="insufficient_claims", claims="([^"]+)"$/.exec(asked.headers["www-authenticate"]);
    assert.deepEqual(JSON.parse(Buffer.from(claims, "base64")).access_token.capolids.values, [asks.id]);
    assert.match(asked.json.error.message, /^AADSTS50079: |^AADSTS50076: /);
    assert.deepEqual(claimsOf(strong).amr, ["pwd", "mfa"]);
    assert.equal((await read(strong)).status, 200, "what the policy asks for was proved");
    assert.equal((await read(await token(people.bob, {}))).status, 403, "a client that cannot answer a challenge is told");

    await own.do("POST", policies, policy("No flows", { applications: [ids.flow], controls: ["block"] }));
    for (const one of [weak, strong]) {
      const blocked = await read(one);
      assert.equal(blocked.status, 403);
      assert.match(blocked.json.error.message, /^AADSTS53003: /);
    }
    const [row] = (await own.do("GET", "/v1.0/auditLogs/signIns")).value;
    assert.equal(row.resourceId, ids.management, "and it was issued as what it was asked for");
  } finally {
    await own.stop();
  }
});

test("a policy that wants what nothing asks for is refused while it is enabled", async () => {
  const on = (state) => ({ ...policy("Never asked", { state }), grantControls: { operator: "OR", builtInControls: [], customAuthenticationFactors: ["a-factor"] } });
  const refused = await server.admin("POST", policies, on("enabled"));
  assert.equal(refused.status, 400);
  assert.match(refused.json.error.innerError.date, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/, "the date of Graph names no zone");
  assert.match(refused.json.error.message, /^1037: grantControls\.customAuthenticationFactors: .*state 'disabled' or 'enabledForReportingButNotEnforced'/);
  const taken = await server.do("POST", policies, on("enabledForReportingButNotEnforced"));
  assert.equal((await server.admin("PATCH", `${policies}/${taken.id}`, { state: "enabled" })).status, 400);
  assert.equal((await server.do("GET", `${policies}/${taken.id}`)).state, "enabledForReportingButNotEnforced");
  assert.equal((await server.admin("PATCH", `${policies}/${taken.id}`, { state: "disabled" })).status, 204);
});

test("V20 a policy that is not disabled names users, groups, roles and applications that exist", async () => {
  const nobody = "11111111-2222-4333-8444-555566667777";
  const group = await server.do("POST", "/v1.0/groups", { displayName: "Named by a policy", mailEnabled: false, mailNickname: "named", securityEnabled: true });
  const roles = { globalAdministrator: "62e90394-69f5-4237-9190-012177145e10" };
  const exchange = "00000002-0000-0ff1-ce00-000000000000";
  const aadGraph = "00000002-0000-0000-c000-000000000000";
  const write = (part, member, value, state = "enabled") => {
    const body = policy("Names", { state });
    body.conditions[part] = { ...body.conditions[part], [member]: [value] };
    return server.admin("POST", policies, body);
  };
  const rows = [
    ["users", "includeUsers", ids.ann, [nobody, people.bob.user]],
    ["users", "excludeUsers", ids.ann.toUpperCase(), [nobody]],
    ["users", "includeGroups", group.id, [nobody, ids.ann]],
    ["users", "excludeGroups", group.id, [nobody]],
    ["users", "includeRoles", roles.globalAdministrator, [nobody, "Global Administrator"]],
    ["users", "excludeRoles", roles.globalAdministrator, [nobody]],
    ["applications", "includeApplications", ids.spare, [nobody, "Office 365", ids.ann]],
    ["applications", "excludeApplications", aadGraph, [nobody]],
    ["applications", "includeApplications", exchange, []],
  ];
  for (const [part, member, good, bad] of rows) {
    assert.equal((await write(part, member, good)).status, 201, `${member} ${good}`);
    for (const id of bad)
      for (const state of ["enabled", "enabledForReportingButNotEnforced"]) {
        const refused = await write(part, member, id, state);
        assert.equal(refused.status, 400, `${member} ${id}`);
        assert.ok(refused.json.error.message.startsWith(`1011: '${id}' in conditions.${part}.${member} is no `), refused.json.error.message);
      }
  }
  const later = (await write("users", "includeGroups", nobody, "disabled")).json;
  assert.equal((await server.admin("PATCH", `${policies}/${later.id}`, { state: "enabled" })).status, 400, "looked up when it is enabled");
});

test("V17 a named location that is trusted, or that a policy uses, is not deleted", async () => {
  const type = "#microsoft.graph.ipNamedLocation";
  const made = await server.do("POST", locations, {
    "@odata.type": type, displayName: "Branch", isTrusted: true,
    ipRanges: [{ "@odata.type": "#microsoft.graph.iPv4CidrRange", cidrAddress: "192.0.2.0/24" }],
  });
  const one = `${locations}/${made.id}`;
  const rule = await server.do("POST", policies, policy("In the branch", { controls: ["block"], locations: { includeLocations: [made.id] } }));
  const refused = async (why) => {
    const answer = await server.admin("DELETE", one);
    assert.equal(answer.status, 400);
    assert.match(answer.json.error.message, why);
    assert.equal((await server.admin("GET", one)).status, 200, "it is still there");
  };
  await refused(/trusted named location.*isTrusted to false/);
  assert.equal((await server.admin("PATCH", one, { "@odata.type": type, isTrusted: false })).status, 204);
  await refused(/used by the policy 'In the branch'/);
  assert.equal((await server.admin("PATCH", `${policies}/${rule.id}`, { state: "disabled" })).status, 204);
  assert.equal((await server.admin("DELETE", one)).status, 204);
});

test("the sign-in log tells what was required, of whom, with what browser", async () => {
  const requirement = async (user) => {
    const [row] = await signins(user);
    return [row.status.errorCode, row.authenticationRequirement];
  };
  const client = new Client(server, web);
  const strong = await client.signIn(new Browser(server), people.ann, { claims: JSON.stringify({ id_token: { acr: { essential: true, values: ["urn:microsoft:policies:mfa"] } } }) });
  assert.deepEqual(claimsOf(strong.tokens.id_token).amr, ["pwd", "mfa"]);
  assert.deepEqual(await requirement(people.ann.user), [0, "multiFactorAuthentication"], "the request asked for it");

  const weak = await client.signIn(new Browser(server), people.bob);
  assert.deepEqual(await requirement(people.bob.user), [0, "singleFactorAuthentication"]);

  await server.do("POST", policies, policy("MFA for all"));
  assert.deepEqual((await client.refresh(weak.tokens.refresh_token)).json.error_codes, [50079]);
  const silent = await server.do("GET", `/v1.0/auditLogs/signIns?$filter=${encodeURIComponent(`userPrincipalName eq '${people.bob.user}' and signInEventTypes/any(t: t eq 'nonInteractiveUser')`)}`);
  assert.deepEqual([silent.value[0].status.errorCode, silent.value[0].authenticationRequirement], [50079, "multiFactorAuthentication"], "what was missing was required");
  assert.deepEqual(silent.value[0].authenticationRequirementPolicies, [{ requirementProvider: "multiConditionalAccess", detail: "Conditional Access" }], "who asked");
  assert.equal((await client.signIn(new Browser(server), person("ca3"))).status, 200);
  assert.deepEqual(await requirement("ca3@contoso.test"), [0, "multiFactorAuthentication"], "what was proved was required");

  const [row] = await signins("ca3@contoso.test");
  const { resourceTenantId, homeTenantId, servicePrincipalId, servicePrincipalName, riskDetail, riskState, riskLevelAggregated, riskLevelDuringSignIn, riskEventTypes, riskEventTypes_v2 } = row;
  assert.deepEqual(
    { resourceTenantId, homeTenantId, servicePrincipalId, servicePrincipalName, riskDetail, riskState, riskLevelAggregated, riskLevelDuringSignIn, riskEventTypes, riskEventTypes_v2 },
    {
      resourceTenantId: ids.tenant, homeTenantId: ids.tenant, servicePrincipalId: "", servicePrincipalName: null,
      riskDetail: "none", riskState: "none", riskLevelAggregated: "hidden", riskLevelDuringSignIn: "hidden", riskEventTypes: [], riskEventTypes_v2: [],
    },
  );
  const apple = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)";
  const browsers = [
    ["Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox 128.0"],
    [`${apple} Version/17.1 Safari/605.1.15`, "Safari 17.1"],
    [`${apple} Chrome/120.0.0.0 Safari/537.36`, "Chrome 120.0.0.0"],
    [`${apple} Chrome/120.0.0.0 Safari/537.36 Edg/120.0.2210.91`, "Edge 120.0.2210.91"],
    ["curl/8.5.0", ""],
  ];
  for (const [userAgent, browser] of browsers) {
    await new Browser(server, { userAgent }).signIn(client.authorizeUrl(), { ...person("ca5"), password: "wrong" });
    const [wrong] = await signins("ca5@contoso.test");
    assert.deepEqual([wrong.status.errorCode, wrong.deviceDetail.browser, wrong.authenticationRequirement], [50126, browser, "singleFactorAuthentication"]);
  }
});
