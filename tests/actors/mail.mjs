// A mail server that keeps what it gets: the part of RFC 5321 that a sender needs.
import net from "node:net";

export class MailSink {
  static async start() {
    const sink = new MailSink();
    sink.messages = [];
    sink.server = net.createServer((socket) => sink.#talk(socket));
    await new Promise((resolve) => sink.server.listen(0, "127.0.0.1", resolve));
    sink.address = `127.0.0.1:${sink.server.address().port}`;
    return sink;
  }

  #talk(socket) {
    let buffer = "";
    let data = null;
    let envelope = { to: [] };
    const say = (line) => socket.write(line + "\r\n");
    say("220 sink");
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      buffer += chunk;
      for (let end; (end = buffer.indexOf("\r\n")) >= 0; ) {
        const line = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        if (data !== null) {
          if (line !== ".") data.push(line.replace(/^\./, ""));
          else {
            this.messages.push({ ...envelope, text: data.join("\n") });
            [data, envelope] = [null, { to: [] }];
            say("250 kept");
          }
        } else if (/^(EHLO|HELO)/i.test(line)) say("250 sink");
        else if (/^MAIL FROM:<(.*?)>/i.test(line)) (envelope.from = line.match(/<(.*?)>/)[1]), say("250 ok");
        else if (/^RCPT TO:<(.*?)>/i.test(line)) envelope.to.push(line.match(/<(.*?)>/)[1]), say("250 ok");
        else if (/^DATA/i.test(line)) (data = []), say("354 go on");
        else if (/^QUIT/i.test(line)) say("221 bye"), socket.end();
        else say("250 ok");
      }
    });
  }

  stop() {
    return new Promise((resolve) => this.server.close(resolve));
  }
}
