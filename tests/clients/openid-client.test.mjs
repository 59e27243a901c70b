// openid-client as published: discovery, code with PKCE, userinfo, refresh, logout.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import * as oidc from "openid-client";

import { Browser } from "../actors/browser.mjs";
import { Server } from "../actors/server.mjs";
import { people, seed, spare, web } from "../actors/world.mjs";

let server;
before(async () => (server = await Server.start({ seed: seed() })));
after(() => server.stop());

// fetch with the server's certificate authority.
async function fetchFromServer(url, { method, headers, body } = {}) {
  const answer = await server.send(String(url), { method, headers: Object.fromEntries(new Headers(headers)), body: body?.toString() });
  return new Response(answer.status === 204 ? null : answer.text, { status: answer.status, headers: answer.headers });
}

test("discovery, code with PKCE, userinfo, refresh, logout", async () => {
  const config = await oidc.discovery(
    new URL(`${server.base}/${server.tenant}/v2.0`), web.id, undefined, oidc.ClientSecretBasic(web.secret),
    { [oidc.customFetch]: fetchFromServer },
  );
  config[oidc.customFetch] = fetchFromServer;
  assert.ok(config.serverMetadata().supportsPKCE());
  oidc.enableNonRepudiationChecks(config); // verifies signatures against the published keys

  const verifier = oidc.randomPKCECodeVerifier();
  const state = oidc.randomState();
  const nonce = oidc.randomNonce();
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: web.redirect, scope: "openid profile email offline_access", state, nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256",
  });
  const browser = new Browser(server);
  const { left } = await browser.signIn(url.href, people.bob);
  const tokens = await oidc.authorizationCodeGrant(config, left, {
    pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true,
  });
  const claims = tokens.claims();
  assert.equal(claims.preferred_username, people.bob.user);

  const info = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
  assert.equal(info.name, "Bob Builder");
  assert.equal(info.email, people.bob.user);

  const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token);
  assert.equal(renewed.claims().sub, claims.sub);
  assert.equal(renewed.claims().nonce, undefined);

  const logout = oidc.buildEndSessionUrl(config, {
    post_logout_redirect_uri: "http://localhost/signed-out", id_token_hint: renewed.id_token, state: "bye",
  });
  const out = await browser.open(logout.href);
  assert.equal(out.left?.href, "http://localhost/signed-out?state=bye");
  const again = await browser.signIn(oidc.buildAuthorizationUrl(config, {
    redirect_uri: web.redirect, scope: "openid", prompt: "none", state, nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256",
  }).href, {});
  assert.equal(again.left.searchParams.get("error"), "login_required");
});

test("an application that wants its ID tokens signed with ES256 gets them so", async () => {
  const object = "/v1.0/applications/c8d9e0f1-1a2b-4c3d-8e4f-5a6b7c8d9e06";
  assert.equal((await server.admin("PATCH", object, { idTokenSignedResponseAlg: "none" })).status, 400);
  await server.do("PATCH", object, { idTokenSignedResponseAlg: "ES256" });
  const config = await oidc.discovery(
    new URL(`${server.base}/${server.tenant}/v2.0`), spare.id, { id_token_signed_response_alg: "ES256" },
    oidc.ClientSecretBasic(spare.secret), { [oidc.customFetch]: fetchFromServer },
  );
  config[oidc.customFetch] = fetchFromServer;
  oidc.enableNonRepudiationChecks(config);
  const verifier = oidc.randomPKCECodeVerifier();
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: spare.redirect, scope: "openid offline_access",
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256",
  });
  const { left } = await new Browser(server).signIn(url.href, people.bob);
  const tokens = await oidc.authorizationCodeGrant(config, left, { pkceCodeVerifier: verifier, idTokenExpected: true });
  assert.ok(tokens.claims().sub);
  assert.ok((await oidc.refreshTokenGrant(config, tokens.refresh_token)).claims().sub);
});
