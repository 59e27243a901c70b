// A browser without scripts: cookies, redirects, forms. It goes where pages send it until it
// would leave the server, and says where that was.
import { form } from "./http.mjs";
import { totp } from "./totp.mjs";

const unescape = (text) =>
  text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => ({ amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" })[name]);

const attribute = (tag, name) => {
  const found = tag.match(new RegExp(`\\b${name}="([^"]*)"`));
  return found ? unescape(found[1]) : undefined;
};

export class Page {
  constructor(answer) {
    this.status = answer.status;
    this.html = answer.text;
    this.headers = answer.headers;
  }
  get title() {
    return unescape(this.html.match(/<h1>([^<]*)/)?.[1] ?? "");
  }
  get text() {
    return unescape(this.html.replace(/<style[\s\S]*?<\/style>|<[^>]*>/g, " ").replace(/\s+/g, " ")).trim();
  }
  get action() {
    return attribute(this.html.match(/<form [^>]*>/)?.[0] ?? "", "action");
  }
  get fields() {
    const fields = {};
    for (const tag of this.html.match(/<input [^>]*>/g) ?? []) fields[attribute(tag, "name")] = attribute(tag, "value") ?? "";
    return fields;
  }
  get buttons() {
    return [...this.html.matchAll(/<button[^>]*value="([^"]*)"/g)].map((m) => m[1]);
  }
  has(name) {
    return new RegExp(`<input [^>]*name="${name}"`).test(this.html);
  }
}

export class Browser {
  constructor(server, { ip = "127.0.0.1", userAgent = "Mozilla/5.0 (X11; Linux x86_64)", language = "en", headers = {}, tls = {} } = {}) {
    Object.assign(this, { server, ip, userAgent, language, headers, tls, cookies: new Map() });
  }

  async open(url, options = {}) {
    const target = new URL(url, this.server.base);
    const answer = await this.server.send(target.href, {
      ...this.tls,
      ...options,
      headers: {
        cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; "),
        "user-agent": this.userAgent,
        "accept-language": this.language,
        "x-forwarded-for": this.ip,
        ...this.headers,
        ...options.headers,
      },
    });
    for (const line of answer.headers["set-cookie"] ?? []) this.#remember(line);
    const location = answer.headers.location;
    if (answer.status >= 300 && answer.status < 400 && location) {
      if (!location.startsWith(this.server.base) && !location.startsWith("/")) return { left: new URL(location) };
      return this.open(location);
    }
    this.page = new Page(answer);
    return this.page;
  }

  #remember(line) {
    const [pair, ...rest] = line.split(";");
    const [name, ...value] = pair.split("=");
    const maxAge = rest.map((r) => r.trim().match(/^max-age=(-?\d+)/i)?.[1]).find((v) => v !== undefined);
    if (maxAge !== undefined && Number(maxAge) <= 0) this.cookies.delete(name.trim());
    else this.cookies.set(name.trim(), value.join("="));
  }

  // Presses a button of the page with what was typed.
  submit(action, typed = {}) {
    return this.open(this.page.action, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: form({ ...this.page.fields, ...typed, action }),
    });
  }

  // Goes through the pages of a sign-in as a person with this name, password and authenticator
  // would, and stops where it leaves the server or nothing more can be done.
  async signIn(url, { user, password, secret, newPassword, consent = true, agree = true, stay = false } = {}) {
    let at = await this.open(url);
    this.seen = [];
    for (let i = 0; i < 12 && !at.left; i++) {
      const buttons = at.buttons;
      this.seen.push(buttons[0] ?? at.title);
      if (buttons.includes("username")) at = await this.submit("username", { username: user });
      else if (buttons.includes("password")) at = await this.submit("password", { password });
      else if (buttons.includes("code")) {
        const key = at.html.match(/<code>([A-Z2-7 ]+)<\/code>/)?.[1].replaceAll(" ", "") ?? secret;
        if (!key) return at;
        this.secret = key;
        at = await this.submit("code", { code: totp(key, await this.server.clock.now()) });
      } else if (buttons.includes("change")) {
        if (!newPassword) return at;
        at = await this.submit("change", { password, new_password: newPassword, again: newPassword });
      } else if (buttons.includes("view")) at = await this.submit("view");
      else if (buttons.includes("agree")) at = await this.submit(agree ? "agree" : "disagree");
      else if (buttons.includes("accept")) at = await this.submit(consent ? "accept" : "decline");
      else if (buttons.includes("stay")) at = await this.submit(stay ? "stay" : "leave");
      else return at;
      if (!at.left && at.html.includes('role="alert"')) return at;
    }
    return at;
  }
}
