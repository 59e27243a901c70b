// What conditional access judges by, and how it reaches it: countries, platforms, client types.
// conditional-access.md 2, 3.3 and part 9; security.md A01, A09, A12.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";

import { Browser } from "../actors/browser.mjs";
import { Client } from "../actors/client.mjs";
import { mmdb } from "../actors/mmdb.mjs";
import { binary, Server } from "../actors/server.mjs";
import { people, policies, policy, publicClient, seed, web } from "../actors/world.mjs";

const locations = "/v1.0/identity/conditionalAccess/namedLocations";
const maribor = {
  country: { iso_code: "SI" }, city: { names: { en: "Maribor" } }, subdivisions: [{ names: { en: "Podravska" } }],
  location: { latitude: 46.5547, longitude: 15.6467 },
};
const world = {
  "198.51.100.0/24": maribor,
  "203.0.113.0/25": { country: { iso_code: "AT" } },
  "203.0.113.128/25": { registered_country: { iso_code: "AT" } },
  "2001:db8:5::/48": { country: { iso_code: "SI" } },
};
let server, places;

const replace = (bytes) => {
  writeFileSync(`${places}.new`, bytes);
  renameSync(`${places}.new`, places);
};
const hangUp = async (says) => {
  const from = server.log.length;
  server.process.kill("SIGHUP");
  while (!says.test(server.log.slice(from))) await new Promise((resolve) => server.process.stderr.once("data", resolve));
};

before(async () => {
  server = await Server.start({ seed: seed() });
  places = join(server.dir, "places.mmdb");
  await server.kill("SIGTERM");
  replace(mmdb(world));
  server.args.push("--set", `geo.database=${places}`);
  await server.launch();
});
after(() => server.stop());
afterEach(async () => {
  for (const one of (await server.do("GET", policies)).value) await server.do("DELETE", `${policies}/${one.id}`);
});

const signIn = (browser) => new Client(server, web).signIn(new Browser(server, browser), people.bob);
const last = async () =>
  (await server.do("GET", `/v1.0/auditLogs/signIns?$top=1&$filter=${encodeURIComponent(`userPrincipalName eq '${people.bob.user}'`)}`)).value[0];
// 0, or the AADSTS number of the refusal; the log must say the same.
const outcome = async (browser) => {
  const end = await signIn(browser);
  const shown = end.tokens?.access_token ? 0 : Number(end.page?.text.match(/AADSTS(\d+)/)?.[1]);
  const row = await last();
  assert.equal(row.status.errorCode, shown);
  assert.equal(row.conditionalAccessStatus, shown ? "failure" : "notApplied");
  return shown;
};
const country = (displayName, codes, includeUnknownCountriesAndRegions) =>
  server.do("POST", locations, {
    "@odata.type": "#microsoft.graph.countryNamedLocation", displayName, countriesAndRegions: codes,
    includeUnknownCountriesAndRegions, countryLookupMethod: "clientIpAddress",
  });
const block = (conditions) => {
  const body = policy("Blocked", { controls: ["block"] });
  return server.do("POST", policies, { ...body, conditions: { ...body.conditions, ...conditions } });
};

test("the country of an address is its own, over IPv4 and IPv6, and the log tells the place", async () => {
  const slovenia = await country("Slovenia", ["SI"], false);
  await block({ locations: { includeLocations: [slovenia.id] } });
  assert.equal(await outcome({ ip: "198.51.100.7" }), 53003);
  const { location, networkLocationDetails } = await last();
  assert.deepEqual(location, {
    city: "Maribor", state: "Podravska", countryOrRegion: "SI",
    geoCoordinates: { altitude: null, latitude: 46.5547, longitude: 15.6467 },
  });
  assert.deepEqual(networkLocationDetails, [{ networkType: "namedNetwork", networkNames: ["Slovenia"] }]);
  assert.equal(await outcome({ ip: "2001:db8:5::9" }), 53003);
  assert.equal(await outcome({ ip: "::ffff:198.51.100.7" }), 53003, "A09: the same client, IPv4 written as IPv6");
  assert.equal(await outcome({ ip: "203.0.113.9" }), 0, "Austria");
  assert.equal((await last()).location.countryOrRegion, "AT");
});

test("T17 a country location without unknown countries does not hold for an address without country", async () => {
  const slovenia = await country("Slovenia", ["SI"], false);
  await block({ locations: { includeLocations: [slovenia.id] } });
  for (const ip of ["192.0.2.1", "2001:db8:6::1"]) assert.equal(await outcome({ ip }), 0, ip);
  assert.deepEqual((await last()).location, { city: "", state: "", countryOrRegion: "", geoCoordinates: { altitude: null, latitude: null, longitude: null } });
});

test("T18 with unknown countries it does, also where only the registration of the network has a country", async () => {
  const slovenia = await country("Slovenia or nowhere", ["SI"], true);
  await block({ locations: { includeLocations: [slovenia.id] } });
  for (const ip of ["192.0.2.1", "203.0.113.200", "2001:db8:6::1"]) assert.equal(await outcome({ ip }), 53003, ip);
});

test("A12 everybody blocked but from one country: without country, and without database, blocked", async () => {
  const slovenia = await country("Slovenia", ["SI"], false);
  await block({ locations: { includeLocations: ["All"], excludeLocations: [slovenia.id] } });
  assert.equal(await outcome({ ip: "198.51.100.7" }), 0);
  assert.equal(await outcome({ ip: "192.0.2.1" }), 53003);
  replace(mmdb({ "192.0.2.0/24": maribor }));
  await hangUp(/settings were read again/);
  assert.equal(await outcome({ ip: "192.0.2.1" }), 0, "a new file counts at once");
  assert.equal(await outcome({ ip: "198.51.100.7" }), 53003);
  replace("no database");
  await hangUp(/geo\.database .*places\.mmdb.*stays as it was/);
  assert.equal(await outcome({ ip: "192.0.2.1" }), 0, "a broken file is not taken");
  const none = await Server.start({ seed: seed() });
  try {
    const made = await none.do("POST", locations, { "@odata.type": "#microsoft.graph.countryNamedLocation", displayName: "S", countriesAndRegions: ["SI"], includeUnknownCountriesAndRegions: false });
    const body = policy("Only from Slovenia", { controls: ["block"] });
    await none.do("POST", policies, { ...body, conditions: { ...body.conditions, locations: { includeLocations: ["All"], excludeLocations: [made.id] } } });
    const end = await new Client(none, web).signIn(new Browser(none, { ip: "198.51.100.7" }), people.bob);
    assert.match(end.page.text, /AADSTS53003/, "no database: no country, so nobody is in Slovenia");
  } finally {
    await none.stop();
  }
  replace(mmdb(world));
  await hangUp(/settings were read again/);
});

const agents = {
  windows: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36",
  chromeOs: "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36",
  iphone: "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/604.1",
};
const hint = (name) => ({ "sec-ch-ua-platform": `"${name}"` });

test("T13 a policy on Windows does not hold for a platform that cannot be told", async () => {
  await block({ platforms: { includePlatforms: ["windows"] } });
  assert.equal(await outcome({ userAgent: agents.windows }), 53003);
  assert.equal((await last()).deviceDetail.operatingSystem, "Windows");
  for (const userAgent of ["", agents.chromeOs, "x".repeat(8000), agents.iphone]) assert.equal(await outcome({ userAgent }), 0, userAgent.slice(0, 40));
});

test("T14 all platforms but the known ones stops Chrome OS, and what tells nothing (A01)", async () => {
  await block({ platforms: { includePlatforms: ["all"], excludePlatforms: ["android", "iOS", "windows", "macOS", "linux"] } });
  for (const userAgent of [agents.chromeOs, "", "x".repeat(8000)]) assert.equal(await outcome({ userAgent }), 53003, userAgent.slice(0, 40));
  for (const userAgent of [agents.windows, agents.iphone]) assert.equal(await outcome({ userAgent }), 0);
  assert.equal(await outcome({ userAgent: agents.chromeOs, headers: hint("Windows") }), 53003, "a hint overrides nothing");
  assert.equal(await outcome({ userAgent: "x", headers: hint("Windows") }), 0, "and counts where nothing else is told");
});

test("the kind of client is told by the protocol: confidential and single-page are browsers, public is an app", async () => {
  await block({ clientAppTypes: ["mobileAppsAndDesktopClients"] });
  assert.equal(await outcome({}), 0);
  assert.equal((await last()).clientAppUsed, "Browser");
  const end = await new Client(server, publicClient).signIn(new Browser(server), people.bob);
  assert.match(end.page.text, /AADSTS53003/);
  assert.equal((await last()).clientAppUsed, "Mobile Apps and Desktop clients");
});

const state = (signal, body) => server.do("POST", `/api/signals/${signal}`, { user: people.bob.user, ...body });
const risky = "/v1.0/identityProtection/riskyUsers";

test("a user's risk counts at once, at sign-ins and for tokens that were given before", async () => {
  const made = await new Client(server, web).signIn(new Browser(server), people.bob);
  await block({ userRiskLevels: ["high"] });
  assert.equal(await outcome({}), 0, "not assessed is no level of risk");
  await state("userRisk", { level: "medium", source: "SIEM 7" });
  assert.equal(await outcome({}), 0, "high does not mean medium");
  await state("userRisk", { level: "high" });
  assert.equal(await outcome({}), 53003);
  assert.equal((await last()).riskLevelAggregated, "high");
  const refused = await new Client(server, web).refresh(made.tokens.refresh_token);
  assert.equal(refused.json.error_codes?.[0], 53003, "live on refresh (3.8)");

  const { id } = await server.do("GET", `/v1.0/users/${people.bob.user}`);
  const listed = (await server.do("GET", `${risky}?$filter=${encodeURIComponent("riskLevel eq 'high'")}`)).value;
  assert.deepEqual(listed.map((one) => [one.id, one.userPrincipalName, one.riskState]), [[id, people.bob.user, "atRisk"]]);
  await server.do("POST", `${risky}/dismiss`, { userIds: [id] });
  assert.equal(await outcome({}), 0);
  const after = await server.do("GET", `${risky}/${id}`);
  assert.deepEqual([after.riskLevel, after.riskState, after.riskDetail], ["none", "dismissed", "adminDismissedAllRiskForUser"]);
  const history = (await server.do("GET", `${risky}/${id}/history`)).value;
  assert.deepEqual(history.map((one) => one.riskLevel), ["none", "high", "medium"]);
  assert.equal((await new Client(server, web).refresh(made.tokens.refresh_token)).status, 200, "what was refused was not revoked");
  await server.do("POST", `${risky}/confirmCompromised`, { userIds: [id] });
  assert.equal(await outcome({}), 53003);
  await server.do("POST", `${risky}/confirmSafe`, { userIds: [id] });
});

test("a sign-in's risk is of one address and for a time; none is a level, unknown is not", async () => {
  await block({ signInRiskLevels: ["none"] });
  assert.equal(await outcome({ ip: "198.51.100.7" }), 0, "nobody assessed it");
  assert.equal((await last()).riskLevelDuringSignIn, "hidden");
  await state("signInRisk", { address: "::ffff:198.51.100.7", level: "none", expiresIn: "PT1H" });
  assert.equal(await outcome({ ip: "198.51.100.7" }), 53003, "assessed: none");
  assert.equal((await last()).riskLevelDuringSignIn, "none");
  assert.equal(await outcome({ ip: "198.51.100.8" }), 0, "another address");
  await server.clock.advance("PT1H");
  assert.equal(await outcome({ ip: "198.51.100.7" }), 0, "it is over");
  await state("signInRisk", { address: "198.51.100.7", level: "none", expiresIn: "PT1H" });
  await state("signInRisk", { address: "198.51.100.7", level: "unknown", expiresIn: "PT1H" });
  assert.equal(await outcome({ ip: "198.51.100.7" }), 0, "withdrawn");
});

test("insider risk is a set of levels, of which a user has one", async () => {
  await block({ insiderRiskLevels: "moderate,elevated" });
  assert.equal(await outcome({}), 0);
  for (const [level, want] of [["minor", 0], ["moderate", 53003], ["elevated", 53003], ["none", 0]]) {
    await state("insiderRisk", { level });
    assert.equal(await outcome({}), want, level);
  }
});

test("A27 what a client says of its own risks counts for nothing, and malformed signals are refused", async () => {
  await block({ userRiskLevels: ["none", "low"], signInRiskLevels: ["none"] });
  assert.equal(await outcome({ headers: { "x-risk-level": "none", "x-user-risk": "low" } }), 0);
  const bad = [
    ["userRisk", { level: "severe" }], ["userRisk", { level: "hidden" }], ["userRisk", {}], ["userRisk", { level: "low", address: "192.0.2.1" }],
    ["signInRisk", { level: "low", address: "192.0.2.1" }], ["signInRisk", { level: "low", address: "here", expiresIn: "PT1H" }],
    ["signInRisk", { level: "low", address: "192.0.2.1", expiresIn: "P31D" }], ["compliantNetwork", { isCompliant: "yes", address: "192.0.2.1", expiresIn: "PT1H" }],
    ["gpsLocation", { country: "si", expiresIn: "PT1H" }], ["gpsLocation", { country: "SI" }], ["insiderRisk", { level: "high" }],
  ];
  for (const [signal, body] of bad)
    assert.equal((await server.admin("POST", `/api/signals/${signal}`, { user: people.bob.user, ...body })).status, 400, `${signal} ${JSON.stringify(body)}`);
  assert.equal((await server.admin("POST", "/api/signals/weather", { user: people.bob.user, level: "low" })).status, 404);
  assert.equal((await server.admin("POST", "/api/signals/userRisk", { user: "nobody@contoso.test", level: "low" })).status, 404);
});

test("T16 the MFA service's trusted IPs are trusted places, IPv4 written as IPv6 too (A09)", async () => {
  await block({ locations: { includeLocations: ["All"], excludeLocations: ["AllTrusted"] } });
  assert.equal(await outcome({ ip: "198.51.100.7" }), 53003);
  await server.do("PATCH", "/api/mfaSettings", { trustedIps: ["198.51.100.9/24"] });
  assert.deepEqual(await server.do("GET", "/api/mfaSettings"), { trustedIps: ["198.51.100.9/24"] });
  for (const ip of ["198.51.100.7", "::ffff:198.51.100.7"]) assert.equal(await outcome({ ip }), 0, ip);
  for (const ip of ["198.51.101.0", "2001:db8:5::9"]) assert.equal(await outcome({ ip }), 53003, ip);
  for (const trustedIps of [["2001:db8::/32"], ["x"], "198.51.100.0/24", Array(51).fill("198.51.100.0/24")])
    assert.equal((await server.admin("PATCH", "/api/mfaSettings", { trustedIps })).status, 400, JSON.stringify(trustedIps).slice(0, 40));
  await server.do("PATCH", "/api/mfaSettings", { trustedIps: [] });
  assert.equal(await outcome({ ip: "198.51.100.7" }), 53003);
});

test("doctor tells whether there is a country database and how old it is", async () => {
  const row = (...set) =>
    new Promise((resolve) =>
      execFile(binary, ["doctor", "--json", "--data", join(server.dir, "data"), ...set.flatMap((one) => ["--set", one])], (_, out) =>
        resolve(JSON.parse(out).find((one) => one.check === "country database"))));
  assert.equal((await row()).state, "advice");
  const file = join(server.dir, "dated.mmdb");
  writeFileSync(file, mmdb(world, { built: new Date("2024-02-29T00:00:00Z") }));
  const old = await row(`geo.database=${file}`, "geo.max_age=365d");
  assert.deepEqual([old.state, old.detail], ["advice", "built 2024-02-29T00:00:00Z"]);
  writeFileSync(file, mmdb(world));
  assert.equal((await row(`geo.database=${file}`)).state, "ok");
  assert.equal((await row(`geo.database=${file}.none`)).state, "problem");
});
