// A real headgate on loopback, in a directory of its own, ended by its process id.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, watch, writeFileSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { send } from "./http.mjs";

export const binary = process.env.HEADGATE_BIN ?? "build/src/main/headgate";

export class Server {
  static async start({ seed, args = [], env = {} } = {}) {
    const server = new Server();
    server.dir = mkdtempSync(join(tmpdir(), "headgate-test-"));
    server.args = [
      "serve", "--dev", "--data", join(server.dir, "data"), "--listen", "127.0.0.1:0",
      "--ready-file", join(server.dir, "ready.json"),
      // The proxies whose X-Forwarded-For counts: scenarios choose client addresses that way.
      "--set", "server.trusted_proxies=127.0.0.1,::1",
      "--set", "sqlite.synchronous=normal",
      ...args,
    ];
    if (seed) {
      writeFileSync(join(server.dir, "seed.json"), JSON.stringify(seed));
      server.args.push("--seed", join(server.dir, "seed.json"));
    }
    server.env = env;
    await server.launch();
    return server;
  }

  // Starts the process; also again after kill(), on the same data.
  async launch() {
    const readyFile = join(this.dir, "ready.json");
    rmSync(readyFile, { force: true });
    this.log = "";
    this.process = spawn(binary, this.args, { env: { ...process.env, ...this.env }, stdio: ["ignore", "ignore", "pipe"] });
    this.process.stderr.on("data", (chunk) => (this.log += chunk));
    this.exited = new Promise((resolve) => {
      this.process.on("exit", (code, signal) => resolve({ code, signal }));
      this.process.on("error", (error) => resolve({ code: error.message }));
    });
    await this.#ready(readyFile);
    this.ready = JSON.parse(readFileSync(readyFile, "utf8"));
    this.base = this.ready.base;
    this.tenant = this.ready.tenantId;
    this.ca = readFileSync(this.ready.caFile);
  }

  #ready(file) {
    return new Promise((resolve, reject) => {
      const watcher = watch(this.dir, () => existsSync(file) && done());
      const done = () => {
        watcher.close();
        resolve();
      };
      if (existsSync(file)) done();
      this.exited.then(({ code, signal }) => {
        watcher.close();
        reject(new Error(`headgate ended (${code ?? signal}) before it was ready:\n${this.log}`));
      });
    });
  }

  send(path, options = {}) {
    const url = path.startsWith("http") ? path : this.base + path;
    return send(url, { ca: this.ca, ...options });
  }

  // The host's operator, over DATA/admin.sock.
  async admin(method, path, body, headers = {}) {
    return send("http://localhost" + path, {
      method,
      socketPath: this.ready.adminSocket,
      headers: body === undefined ? headers : { "content-type": "application/json", ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  }

  // The same, where anything but success is a failure of the scenario.
  async do(method, path, body) {
    const answer = await this.admin(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.text ? answer.json : undefined;
  }

  clock = {
    advance: async (duration) => this.#clock({ advance: duration }),
    set: async (instant) => this.#clock({ set: instant }),
    now: async () => new Date((await this.send(this.ready.clock)).json.now),
  };

  async #clock(body) {
    const answer = await this.send(this.ready.clock, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (answer.status !== 200) throw new Error(`clock: ${answer.status} ${answer.text}`);
    return new Date(answer.json.now);
  }

  kill(signal = "SIGKILL") {
    this.process.kill(signal);
    return this.exited;
  }

  async stop() {
    const ended = await this.kill("SIGTERM");
    rmSync(this.dir, { recursive: true, force: true });
    if (ended.code !== 0) throw new Error(`headgate ended with ${ended.code ?? ended.signal}:\n${this.log}`);
  }
}
