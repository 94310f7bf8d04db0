// Leads a Node.js program's connections to the vendors' hosts to the mock: those of http, https,
// fetch, undici, axios and whatever else connects a socket, in a Node.js of any version.
"use strict";

const settings = JSON.parse(process.env.MOCK_SERVER_INTERCEPTION || "null");

function matches(name, glob) {
  const pattern = glob.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*");
  return new RegExp(`^${pattern}$`).test(name);
}

// What to connect to in place of a host and a port: null for just that, or an Error.
function instead(host, port) {
  const name = String(host).toLowerCase().replace(/\.$/, "");
  for (const [pattern, served] of settings.vendors) {
    if (port === served && new RegExp(`^(?:${pattern})$`).test(name)) return settings.tls_port;
  }
  if (settings.allowed.some((glob) => matches(name, glob))) return null;
  if (port === 443) return settings.tls_port;
  if (port === 80) return settings.proxy_port;
  const refused = new Error(
    `mock-server: ${name}:${port} is refused, so that nothing leaves this machine; ` +
      `--allow-host ${name} lets it through`,
  );
  refused.code = "ECONNREFUSED";
  return refused;
}

if (settings) {
  const { Socket } = require("node:net");
  const connect = Socket.prototype.connect;
  // Node.js calls it with the arguments, or with one array of them; see `net.createConnection`.
  Socket.prototype.connect = function (...args) {
    let [options, ready] = Array.isArray(args[0]) ? args[0] : args;
    if (typeof options === "number" || /^\d+$/.test(String(options))) {
      const host = typeof args[1] === "string" ? args[1] : undefined;
      options = { port: Number(options), host };
      ready = args.find((each) => typeof each === "function");
    }
    if (options === null || typeof options !== "object" || options.path || !options.host) {
      return connect.apply(this, args);
    }
    const port = instead(options.host, Number(options.port));
    if (port === null) return connect.apply(this, args);
    if (port instanceof Error) {
      process.nextTick(() => this.destroy(port));
      return this;
    }
    if (typeof this.setServername === "function" && !options.servername) {
      this.setServername(options.host);
    }
    return connect.call(this, { ...options, host: "127.0.0.1", port }, ready);
  };
}
