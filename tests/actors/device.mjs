// A device: a key of its own, a request for a certificate, and the certificate it got.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Browser } from "./browser.mjs";
import { Client } from "./client.mjs";
import { ids } from "./world.mjs";

const openssl = (args) => execFileSync("openssl", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
const withKey = (key, args) => {
  const dir = mkdtempSync(join(tmpdir(), "headgate-key-"));
  writeFileSync(join(dir, "key"), key, { mode: 0o600 });
  try {
    return openssl([...args, "-key", join(dir, "key")]);
  } finally {
    rmSync(dir, { recursive: true });
  }
};

export const registration = { id: "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9", scope: "offline_access 01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9/adrs_access" };

export const newKey = (algorithm = ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"]) => openssl(["genpkey", "-algorithm", ...algorithm]);
export const newRequest = (key) => withKey(key, ["req", "-new", "-subj", "/CN=whatever"]);
// A certificate for that key which nobody else signed.
export const selfSigned = (key, name) => withKey(key, ["req", "-new", "-x509", "-days", "30", "-subj", `/CN=${name}`, "-addext", "extendedKeyUsage=clientAuth"]);

export class Device {
  constructor(server, { system = "Windows", version = "10.0.26100", ...more } = {}) {
    Object.assign(this, { server, system, version, more, key: newKey() });
  }

  // The user's token for the registration service; `claims` for a step-up.
  async token(person, client, { browser = new Browser(this.server), ...parameters } = {}) {
    const end = await new Client(this.server, client).signIn(browser, person, { scope: registration.scope, ...parameters });
    if (!end.tokens?.access_token) throw new Error(end.page?.text ?? JSON.stringify(end));
    return end.tokens.access_token;
  }

  send(path, token, body, tls) {
    return this.server.send(path, {
      method: "POST", ...tls, body: JSON.stringify(body),
      headers: { "content-type": "application/json", authorization: `Bearer ${token}`, "x-forwarded-for": "127.0.0.1" },
    });
  }

  ask(token, more = {}) {
    return this.send("/api/devices/register", token, {
      certificateRequest: newRequest(this.key), displayName: "A device", operatingSystem: this.system, operatingSystemVersion: this.version, ...this.more, ...more,
    });
  }

  async register(person, client) {
    const answer = await this.ask(await this.token(person, client));
    if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`);
    Object.assign(this, answer.json);
    return this;
  }

  // What the MDM, or an administrator, says of it.
  set(properties) {
    return this.server.do("PATCH", `/v1.0/devices/${this.id}`, properties);
  }

  get tls() {
    return { key: this.key, cert: this.certificate };
  }
}
