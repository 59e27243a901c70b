// One HTTP exchange, with the server's own certificate authority. Nothing is followed,
// nothing is retried: the scenario sees what was sent.
import http from "node:http";
import https from "node:https";

export function send(url, { method = "GET", headers = {}, body, ca, socketPath, cert, key } = {}) {
  return new Promise((resolve, reject) => {
    const target = new URL(url);
    const library = target.protocol === "https:" ? https : http;
    const request = library.request(target, { method, headers, ca, cert, key, socketPath, agent: false }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({
          status: answer.statusCode,
          headers: answer.headers,
          text,
          get json() {
            return JSON.parse(text);
          },
        });
      });
      answer.on("error", reject);
    });
    request.on("error", reject);
    if (body !== undefined) request.write(body);
    request.end();
  });
}

export const form = (fields) => new URLSearchParams(fields).toString();
