// An OAuth client as an application would be one: authorization code with PKCE.
import { createHash, randomBytes } from "node:crypto";

import { form } from "./http.mjs";

const b64 = (bytes) => bytes.toString("base64url");

export class Client {
  constructor(server, { id, secret, redirect, tenant = server.tenant, ip = "127.0.0.1", userAgent, tls = {} }) {
    Object.assign(this, { server, id, secret, redirect, tenant, ip, userAgent, tls });
  }

  authorizeUrl(parameters = {}) {
    this.verifier = b64(randomBytes(32));
    this.state = b64(randomBytes(8));
    this.nonce = b64(randomBytes(8));
    const query = form({
      client_id: this.id,
      response_type: "code",
      redirect_uri: this.redirect,
      scope: "openid profile offline_access User.Read",
      state: this.state,
      nonce: this.nonce,
      code_challenge: b64(createHash("sha256").update(this.verifier).digest()),
      code_challenge_method: "S256",
      ...parameters,
    });
    return `${this.server.base}/${this.tenant}/oauth2/v2.0/authorize?${query}`;
  }

  token(fields) {
    return this.server.send(`/${this.tenant}/oauth2/v2.0/token`, {
      method: "POST",
      ...this.tls,
      headers: {
        "content-type": "application/x-www-form-urlencoded", "x-forwarded-for": this.ip,
        ...(this.userAgent ? { "user-agent": this.userAgent } : {}),
      },
      body: form({ client_id: this.id, ...(this.secret ? { client_secret: this.secret } : {}), ...fields }),
    });
  }

  redeem(code, fields = {}) {
    return this.token({ grant_type: "authorization_code", code, redirect_uri: this.redirect, code_verifier: this.verifier, ...fields });
  }

  refresh(refreshToken, fields = {}) {
    return this.token({ grant_type: "refresh_token", refresh_token: refreshToken, ...fields });
  }

  // Through the pages to tokens. Without a code, what the browser ended at.
  async signIn(browser, person, parameters) {
    const end = await browser.signIn(this.authorizeUrl(parameters), person);
    if (!end.left) return { page: end };
    const code = end.left.searchParams.get("code");
    if (!code) return { error: Object.fromEntries(end.left.searchParams) };
    const answer = await this.redeem(code);
    return { status: answer.status, tokens: answer.json, callback: end.left };
  }
}

export const claimsOf = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
