// Registered devices: CA-4, and what conditional access judges by them (conditional-access.md 1.3,
// 1.4, 3.8 and part 9). The proof is the private key alone.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";

import { Browser } from "../actors/browser.mjs";
import { claimsOf, Client } from "../actors/client.mjs";
import { Device, newKey, newRequest, selfSigned } from "../actors/device.mjs";
import { Server } from "../actors/server.mjs";
import { ids, people, policies, policy, publicClient, seed, web } from "../actors/world.mjs";

const outlook = { id: "7a2e3d4c-0000-4000-8000-0000000c11e8", redirect: "http://localhost/outlook" };
const field = "x-ssl-client-cert";
let server;

const world = () => {
  const made = seed();
  const grants = (app) => ({ ...app, grants: [...app.grants, { resource: "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9", scopes: ["adrs_access"] }] });
  made.applications = made.applications.map(grants);
  made.applications.push({
    appId: outlook.id, displayName: "Mail for phones", publicClient: { redirectUris: [outlook.redirect] }, tags: ["ApprovedClientApp"],
    grants: [{ resource: ids.graph, scopes: ["openid", "profile", "offline_access", "User.Read"] }],
  });
  return made;
};

before(async () => {
  server = await Server.start({ seed: world(), args: ["--set", "device.mtls=on", "--set", `device.proxy_field=${field}`] });
});
after(() => server.stop());
afterEach(async () => {
  for (const one of (await server.do("GET", policies)).value) await server.do("DELETE", `${policies}/${one.id}`);
});

const signIn = (client, device, browser = {}, parameters) =>
  new Client(server, client).signIn(new Browser(server, { tls: device?.tls ?? {}, ...browser }), people.bob, parameters);
const last = async () =>
  (await server.do("GET", `/v1.0/auditLogs/signIns?$top=1&$filter=${encodeURIComponent(`userPrincipalName eq '${people.bob.user}'`)}`)).value[0];
const numberOf = (end) => (end.tokens?.access_token ? 0 : Number((end.page?.text ?? end.error?.error_description).match(/AADSTS(\d+)/)?.[1]));
const outcome = async (...sign) => numberOf(await signIn(...sign));
const require = (controls, more = {}) => {
  const body = policy("Devices", { controls });
  return server.do("POST", policies, { ...body, ...more, conditions: { ...body.conditions, ...more.conditions } });
};
const registered = (options) => new Device(server, options).register(people.bob, web);
const iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/604.1";

test("CA-4 a compliant device or an approved client: none 53000, silently 50097, either of them in", async () => {
  const device = await registered();
  const phone = await registered({ system: "iOS", version: "17.0" });
  const before = new Browser(server);
  assert.equal((await new Client(server, publicClient).signIn(before, people.bob)).status, 200);
  await require(["compliantDevice", "approvedApplication"]);

  assert.equal(await outcome(publicClient), 53000, "no device");
  assert.equal((await last()).status.errorCode, 53000);
  const silent = await new Client(server, publicClient).signIn(before, people.bob, { prompt: "none" });
  assert.equal(numberOf(silent), 50097, "silently, without any device");
  assert.equal(await outcome(publicClient, device), 53000, "registered, not compliant");
  await device.set({ isCompliant: true, isManaged: true });
  assert.equal(await outcome(publicClient, device), 0, "compliant");
  const { deviceDetail } = await last();
  assert.deepEqual([deviceDetail.deviceId, deviceDetail.isCompliant, deviceDetail.isManaged, deviceDetail.trustType], [device.deviceId, true, true, "Workplace"]);
  assert.equal(await outcome(outlook, phone, { userAgent: iphone }), 0, "an approved client on a registered phone");
  assert.equal(await outcome(outlook, null, { userAgent: iphone }), 53000, "who only says that it is one");
  assert.equal(await outcome(outlook, device), 0);
});

test("the client alone: 53002 without approval, 53009 without protection, until an agent states it", async () => {
  const phone = await registered({ system: "iOS", version: "17.0" });
  await require(["approvedApplication"]);
  assert.equal(await outcome(publicClient, phone), 53002);
  assert.equal(await outcome(outlook, phone), 0);
  for (const one of (await server.do("GET", policies)).value) await server.do("DELETE", `${policies}/${one.id}`);
  await require(["compliantApplication"]);
  assert.equal(await outcome(outlook, phone), 53009);
  const state = (application) => server.do("POST", "/api/signals/appProtection", { user: people.bob.user, application, isProtected: true, expiresIn: "PT1H" });
  await state(publicClient.id);
  assert.equal(await outcome(outlook, phone), 53009, "another application's protection");
  await state(outlook.id);
  assert.equal(await outcome(outlook, phone), 0);
});

test("only the key proves a device: neither names, nor certificates of others, nor lost ones do", async () => {
  const device = await registered();
  await device.set({ isCompliant: true });
  await require(["compliantDevice"]);
  assert.equal(await outcome(web, device), 0);
  const forged = { tls: { key: device.key, cert: selfSigned(device.key, device.deviceId) } };
  assert.equal(await outcome(web, forged), 53000, "a certificate that our authority did not sign");
  assert.equal(await outcome(web, null, { headers: { "x-device-id": device.deviceId } }), 53000);

  const renewed = await device.send("/api/devices/renew", await device.token(people.bob, web), { certificateRequest: newRequest(device.key) }, device.tls);
  assert.equal(renewed.status, 200);
  const next = { tls: { key: device.key, cert: renewed.json.certificate } };
  assert.equal(await outcome(web, next), 0, "the new certificate");
  assert.equal(await outcome(web, device), 0, "the one before, should the answer not have arrived");
  const bare = await device.send("/api/devices/renew", await device.token(people.bob, web), { certificateRequest: newRequest(device.key) });
  assert.equal(bare.status, 403, "without the proof nothing is renewed");

  await device.set({ accountEnabled: false });
  assert.equal(await outcome(web, next), 53000, "disabled");
  await device.set({ accountEnabled: true });
  assert.equal(await outcome(web, next), 0);
  await server.do("DELETE", `/v1.0/devices/${device.id}`);
  assert.equal(await outcome(web, next), 53000, "deleted");
});

test("behind a proxy the certificate comes in its field, which counts from trusted proxies alone", async () => {
  const device = await registered();
  await device.set({ isCompliant: true });
  await require(["compliantDevice"]);
  const passed = { headers: { [field]: encodeURIComponent(device.certificate) } };
  assert.equal(await outcome(web, null, passed), 0);
  for (const value of ["", "x", "%", encodeURIComponent("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")])
    assert.equal(await outcome(web, null, { headers: { [field]: value } }), 53000, value.slice(0, 20));
  const open = await Server.start({ seed: world(), args: ["--set", "server.trusted_proxies=192.0.2.1", "--set", `device.proxy_field=${field}`] });
  try {
    const own = await new Device(open).register(people.bob, web);
    await open.do("PATCH", `/v1.0/devices/${own.id}`, { isCompliant: true });
    await open.do("POST", policies, policy("Devices", { controls: ["compliantDevice"] }));
    const browser = new Browser(open, { headers: { [field]: encodeURIComponent(own.certificate) } });
    assert.equal(numberOf(await new Client(open, web).signIn(browser, people.bob)), 53000, "who is no trusted proxy");
    assert.equal(numberOf(await new Client(open, web).signIn(new Browser(open, { tls: own.tls }), people.bob)), 53000, "device.mtls is off");
  } finally {
    await open.stop();
  }
});

test("registering asks the policies on that action, and takes requests that are signed with good keys", async () => {
  await require(["mfa"], { conditions: { applications: { includeApplications: [], includeUserActions: ["urn:user:registerdevice"] } } });
  const device = new Device(server);
  const refused = await device.ask(await device.token(people.ann, web));
  assert.equal(refused.status, 401);
  assert.match(refused.json.error.message, /^AADSTS50076/);
  const challenge = refused.headers["www-authenticate"].match(/claims="([^"]+)"/)[1];
  const claims = Buffer.from(challenge, "base64").toString();
  const token = await device.token(people.ann, web, { claims });
  assert.deepEqual(claimsOf(token).amr, ["pwd", "mfa"]);
  assert.equal((await device.ask(token)).status, 201);

  for (const certificateRequest of ["", "x", "AAAA", newKey(), newRequest(newKey()).replace(/[A-Z](?=[^\n]*\n-----END)/, (c) => (c === "A" ? "B" : "A")), newRequest(newKey(["RSA", "-pkeyopt", "rsa_keygen_bits:1024"])), newRequest(newKey(["ED25519"]))])
    assert.equal((await device.ask(token, { certificateRequest })).status, 400, certificateRequest.slice(0, 60));
  for (const more of [{ trustType: "ServerAd" }, { isCompliant: true }, { deviceId: ids.bob }, { displayName: "" }])
    assert.equal((await device.ask(token, more)).status, 400, JSON.stringify(more));
  const owners = await server.do("GET", `/v1.0/devices/${(await device.ask(token)).json.id}/registeredOwners`);
  assert.deepEqual(owners.value.map((one) => one.id), [ids.ann]);
});

test("a device's system overrides what the browser says of itself", async () => {
  const device = await registered({ system: "Linux", version: "6.1" });
  await require(["block"], { conditions: { platforms: { includePlatforms: ["linux"] } } });
  assert.equal(await outcome(web, device, { userAgent: iphone }), 53003);
  assert.equal(await outcome(web, null, { userAgent: iphone }), 0);
});

test("T21 to T23 and T25 filters for devices see the directory's device, and nothing without one", async () => {
  const device = await registered({ manufacturer: "Microsoft", model: "Surface Pro" });
  const filtered = async (mode, rule) => {
    for (const one of (await server.do("GET", policies)).value) await server.do("DELETE", `${policies}/${one.id}`);
    await require(["block"], { conditions: { devices: { deviceFilter: { mode, rule } } } });
  };
  await filtered("include", 'device.trustType -ne "ServerAD"');
  assert.equal(await outcome(web), 53003, "T21: unregistered");
  await device.set({ trustType: "ServerAd" });
  assert.equal(await outcome(web, device), 0, "hybrid joined");
  await filtered("include", 'device.trustType -eq "Workplace"');
  assert.equal(await outcome(web), 0, "T22: unregistered");
  await device.set({ trustType: "Workplace" });
  assert.equal(await outcome(web, device), 53003);
  await filtered("exclude", 'device.extensionAttribute1 -eq "SAW"');
  await device.set({ extensionAttributes: { extensionAttribute1: "SAW" } });
  assert.equal(await outcome(web, device), 53003, "T23: neither managed nor compliant, so the attribute is null");
  await device.set({ isCompliant: true });
  assert.equal(await outcome(web, device), 0);
  await filtered("include", 'device.model -contains "face"');
  assert.equal(await outcome(web, device), 53003, "T25");
  await filtered("include", 'device.physicalIds -contains "[ZTDId]:abc"');
  await device.set({ physicalIds: ["[ZTDId]:abcdef"] });
  assert.equal(await outcome(web, device), 0, "T24: a whole element");
  await device.set({ physicalIds: ["[ZTDId]:abc"] });
  assert.equal(await outcome(web, device), 53003);
});

test("a web application's grant keeps the device as it was, a public client's follows it, and both end with it", async () => {
  const device = await registered();
  await device.set({ isCompliant: true });
  await require(["compliantDevice"]);
  const confidential = await signIn(web, device);
  const mobile = await signIn(publicClient, device);
  const refresh = async (client, made, tls = {}) => {
    const answer = await new Client(server, { ...client, tls }).refresh(made.tokens.refresh_token);
    if (answer.status === 200) made.tokens.refresh_token = answer.json.refresh_token ?? made.tokens.refresh_token;
    return answer.json.error_codes?.[0] ?? 0;
  };
  assert.deepEqual([await refresh(web, confidential), await refresh(publicClient, mobile)], [0, 0]);
  await device.set({ isCompliant: false });
  assert.deepEqual([await refresh(web, confidential), await refresh(publicClient, mobile)], [0, 53000]);
  await device.set({ accountEnabled: false });
  assert.deepEqual([await refresh(web, confidential), await refresh(publicClient, mobile)], [50097, 50097]);
});

test("tokens redeemed with a device's proof are bound to it, and token protection asks for that", async () => {
  const device = await registered();
  const other = await registered();
  const redeemWith = async (tls) => {
    const client = new Client(server, { ...publicClient, tls });
    const end = await client.signIn(new Browser(server, { tls: device.tls }), people.bob);
    return end;
  };
  const bound = await redeemWith(device.tls);
  const refresh = async (tls) => {
    const answer = await new Client(server, { ...publicClient, tls }).refresh(bound.tokens.refresh_token);
    if (answer.status === 200) bound.tokens.refresh_token = answer.json.refresh_token;
    return answer.json.error_codes?.[0] ?? 0;
  };
  assert.equal(await refresh(device.tls), 0);
  assert.equal(await refresh({}), 50097, "stolen");
  assert.equal(await refresh(other.tls), 50097, "on another device");
  assert.equal(await refresh(device.tls), 0, "and still good where it belongs");
  const body = policy("Token protection", { controls: [] });
  await server.do("POST", policies, {
    ...body, grantControls: null, sessionControls: { secureSignInSession: { isEnabled: true } },
    conditions: { ...body.conditions, clientAppTypes: ["mobileAppsAndDesktopClients"] },
  });
  assert.equal(await refresh(device.tls), 0);
  assert.equal(await outcome(publicClient), 530084, "a sign-in without a device");
  assert.equal((await redeemWith({})).tokens.error_codes[0], 530084, "a code redeemed without the proof");
});
