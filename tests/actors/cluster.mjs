// A PostgreSQL cluster of the test's own, on a socket in a directory of its own, ended by its
// process id. The newest of Debian's versions; PostgreSQL does not run as root.
import { execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const versions = "/usr/lib/postgresql";

const newest = () =>
  existsSync(versions) ? readdirSync(versions).map(Number).filter(Boolean).sort((a, b) => b - a)[0] : undefined;

// Whom to be, when this process is root's.
function other() {
  if (process.getuid() !== 0) return {};
  const number = (flag, user) => Number(execFileSync("id", [flag, user], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
  for (const user of ["postgres", "nobody"]) {
    try {
      return { uid: number("-u", user), gid: number("-g", user) };
    } catch {
      // Not on this machine.
    }
  }
  throw new Error("there is neither a user postgres nor nobody");
}

export class Cluster {
  static async start() {
    if (newest() === undefined) throw new Error("PostgreSQL is not installed; make deps installs it");
    const cluster = new Cluster();
    cluster.user = other();
    cluster.dir = mkdtempSync(join(tmpdir(), "headgate-cluster-"));
    if (cluster.user.uid !== undefined) chownSync(cluster.dir, cluster.user.uid, cluster.user.gid);
    cluster.#run("initdb", "-D", "data", "-U", "headgate", "-A", "trust", "-E", "UTF8", "-N", "--locale=C.UTF-8");
    // fsync is off: what dies in these tests is Headgate, not PostgreSQL.
    cluster.process = spawn(
      cluster.#program("postgres"),
      ["-D", "data", "-k", cluster.dir, "-c", "listen_addresses=", "-c", "fsync=off"],
      { ...cluster.user, cwd: cluster.dir, stdio: ["ignore", "ignore", "pipe"] },
    );
    cluster.ended = new Promise((resolve) => cluster.process.on("exit", resolve));
    await cluster.#ready();
    cluster.url = `postgresql:///postgres?host=${cluster.dir}&user=headgate`;
    return cluster;
  }

  #program = (name) => join(versions, String(newest()), "bin", name);

  #run(name, ...args) {
    execFileSync(this.#program(name), args, { ...this.user, cwd: this.dir, stdio: ["ignore", "ignore", "pipe"] });
  }

  // It says so in its log.
  #ready() {
    let log = "";
    return new Promise((resolve, reject) => {
      this.process.stderr.on("data", (chunk) => {
        log += chunk;
        if (log.includes("ready to accept connections")) resolve();
      });
      this.ended.then((code) => reject(new Error(`postgres ended (${code}) before it was ready:\n${log}`)));
    });
  }

  async stop() {
    this.process.kill("SIGINT");
    await this.ended;
    rmSync(this.dir, { recursive: true, force: true });
  }
}
