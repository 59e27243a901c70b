// An unmodified msal-node signs in with a password, meets a policy, and passes the claims back
// through TOTP to a token.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { ConfidentialClientApplication, CryptoProvider, InteractionRequiredAuthError, PublicClientApplication } from "@azure/msal-node";

import { Browser } from "../actors/browser.mjs";
import { Server } from "../actors/server.mjs";
import { ids, people, policies, policy, publicClient, seed, web } from "../actors/world.mjs";

let server;
before(async () => (server = await Server.start({ seed: seed() })));
after(() => server.stop());

// MSAL trusts NODE_EXTRA_CA_CERTS; in one process its network module is given instead.
const network = () => {
  const exchange = async (url, options, method) => {
    const answer = await server.send(url, { method, headers: options?.headers, body: options?.body });
    return { headers: answer.headers, body: answer.json, status: answer.status };
  };
  return {
    sendGetRequestAsync: (url, options) => exchange(url, options, "GET"),
    sendPostRequestAsync: (url, options) => exchange(url, options, "POST"),
  };
};
const settings = (client) => ({
  auth: {
    clientId: client.id,
    clientSecret: client.secret,
    authority: `${server.base}/${server.tenant}`,
    knownAuthorities: [new URL(server.base).host],
  },
  system: { networkClient: network() },
});
const scopes = ["User.Read"];

async function code(app, client, browser, person, more = {}) {
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
  const url = await app.getAuthCodeUrl({ scopes, redirectUri: client.redirect, codeChallenge: challenge, codeChallengeMethod: "S256", ...more });
  const end = await browser.signIn(url, person);
  assert.ok(end.left, `ended at: ${end.text}`);
  const result = await app.acquireTokenByCode({
    scopes, redirectUri: client.redirect, code: end.left.searchParams.get("code"), codeVerifier: verifier, ...more,
  });
  return result;
}

for (const [kind, client, make] of [
  ["confidential", web, (s) => new ConfidentialClientApplication(s)],
  ["public", publicClient, (s) => new PublicClientApplication(s)],
]) {
  test(`a ${kind} client: password, silent renewal, then a policy and its claims challenge`, async () => {
    const app = make(settings(client));
    const browser = new Browser(server);
    const first = await code(app, client, browser, people.ann);
    assert.equal(first.account.username, people.ann.user);
    assert.equal(first.account.homeAccountId, `${ids.ann}.${ids.tenant}`);
    const renewed = await app.acquireTokenSilent({ scopes, account: first.account, forceRefresh: true });
    assert.ok(renewed.accessToken);

    const made = await server.do("POST", policies, policy("MFA"));
    let error;
    try {
      await app.acquireTokenSilent({ scopes, account: first.account, forceRefresh: true });
    } catch (caught) {
      error = caught;
    }
    assert.ok(error instanceof InteractionRequiredAuthError, String(error));
    assert.match(error.errorMessage, /AADSTS50076/);
    assert.deepEqual(JSON.parse(error.claims).access_token.capolids.values, [made.id]);

    await server.clock.advance("PT1M"); // a code works once
    const stepped = await code(app, client, browser, people.ann, { claims: error.claims });
    assert.ok(browser.seen.includes("code"), "TOTP was asked for");
    assert.deepEqual(stepped.idTokenClaims.amr, ["pwd", "mfa"]);
    await server.do("DELETE", `${policies}/${made.id}`);
  });
}
