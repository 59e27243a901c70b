// The program as a person or script runs it against a server.
import { execFile } from "node:child_process";

import { binary } from "./server.mjs";

// {code, out, err, json}; never throws for an exit code.
export function headgate(server, args, { input = "", data = server.ready.adminSocket.replace(/\/admin\.sock$/, "") } = {}) {
  return new Promise((resolve) => {
    const child = execFile(binary, [...args, "--data", data], { encoding: "utf8" }, (error, out, err) =>
      resolve({
        code: error ? error.code : 0, out, err,
        get json() {
          return JSON.parse(out);
        },
      }),
    );
    child.stdin.end(input);
  });
}
