// Every call of the control API that the console makes, and the same call as curl and as Python.

const here = new URL(".", document.baseURI);
/** Where the control API is. */
export const control = new URL("../", here);
/** Where the mocked APIs are; a prefix that a proxy puts in front is part of it. */
export const site = new URL("../../", here);
const usesToken = document.documentElement.dataset.token === "yes";

export class Refusal extends Error {
  constructor(status, answer) {
    super(answer.error || `the server answers ${status}`);
    this.status = status;
    this.fields = answer.fields || {};
    this.problems = answer.problems || [];
  }
}

const watchers = new Set();
/** Calls `watcher` with each call made: method, url, body, status, python. Returns what ends that. */
export function watchCalls(watcher) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

const path = parts => parts.map(encodeURIComponent).join("/");

function urlOf({parts, query}) {
  const url = new URL(path(parts), control);
  for (const [name, value] of Object.entries(query || {})) {
    for (const each of [value].flat()) {
      if (each !== undefined && each !== null && each !== "") url.searchParams.append(name, each);
    }
  }
  return url;
}

/** Makes a call that one of the functions below describes, and returns its JSON, or the name and content of its file. */
export async function run(call) {
  const url = urlOf(call);
  const options = {method: call.method, headers: {}, cache: "no-store"};
  if (call.body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(call.body);
  }
  let response, text, content;
  try {
    response = await fetch(url, options);
    if (call.isFile && response.ok) content = await response.blob();
    else text = await response.text();
  } catch {
    throw new Refusal(0, {error: "the server does not answer"});
  }
  for (const watcher of watchers) watcher(call, response.status);
  if (response.status === 401 && usesToken) location.reload();
  if (content) return {name: /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition"))[1], content};
  let answer = null;
  try {
    answer = text ? JSON.parse(text) : null;
  } catch {
    throw new Refusal(response.status, {error: `the answer is not JSON (${response.status})`});
  }
  if (!response.ok) throw new Refusal(response.status, answer || {});
  return answer;
}

const quote = text => `'${text.replaceAll("'", `'\\''`)}'`;

/** A call as a curl command. */
export function asCurl(call) {
  const parts = [call.isFile ? "curl -OJ" : "curl"];
  if (call.method !== "GET") parts.push(`-X ${call.method}`);
  if (usesToken) parts.push(`-H "Authorization: Bearer $MOCK_SERVER_TOKEN"`);
  if (call.body !== undefined) {
    parts.push("-H 'Content-Type: application/json'", `-d ${quote(JSON.stringify(call.body))}`);
  }
  parts.push(quote(urlOf(call).href));
  return parts.join(" ");
}

/** A call as Python. */
export function asPython(call) {
  const token = usesToken ? `, os.environ["MOCK_SERVER_TOKEN"]` : "";
  return `${usesToken ? "import os\n\n" : ""}from mock_server.control.client import Control

with Control(${py(site.href.replace(/\/$/, ""))}${token}) as control:
    ${call.python}
`;
}

/** A JSON value as Python writes it. */
export function py(value) {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (Array.isArray(value)) return `[${value.map(py).join(", ")}]`;
  if (typeof value === "object") {
    return `{${Object.entries(value).map(([key, item]) => `${py(key)}: ${py(item)}`).join(", ")}}`;
  }
  return JSON.stringify(value);
}

const args = options => Object.entries(options)
  .filter(([, value]) => value !== undefined && value !== null && value !== "")
  .map(([name, value]) => `, ${name}=${py(value)}`).join("");
const kept = options => Object.fromEntries(
  Object.entries(options).filter(([, value]) => value !== undefined && value !== ""));
const of = (method, name, parts, python, more = {}) => ({
  method, parts: ["sandboxes", name, ...parts], python: `control.sandbox(${py(name)})${python}`, ...more,
});

export const apis = () => ({method: "GET", parts: ["apis"], python: "control.apis()"});
export const cases = (api, operation) => ({
  method: "GET", parts: ["apis", api, "cases"], query: {operation}, python: `control.cases(${py(api)}, ${py(operation)})`,
});
const file = (parts, query, name, python) => ({method: "GET", parts: ["apis", ...parts], query, isFile: true,
  python: `from pathlib import Path; Path(${py(name)}).write_bytes(control.${python})`});
export const casesFile = (api, operations, options) => file([api, "cases", "file"], {operation: operations, ...options},
  `${api}-cases.${options.format}`, `export_cases(${[api, ...operations].map(py).join(", ")}${args(options)})`);
export const dataFile = (api, kind, options) => file([api, "data"], {kind, ...options},
  `${api}-${kind}.${options.format}`, `export_data(${py(api)}, ${py(kind)}${args(options)})`);
export const sandboxes = () => ({method: "GET", parts: ["sandboxes"], python: "control.sandboxes()"});
export const create = (name, persona, seed) => ({
  method: "POST", parts: ["sandboxes"], body: kept({name, persona, seed}),
  python: `control.create(${py(name)}${args({persona, seed})})`,
});
export const look = name => of("GET", name, [], ".look()");
export const reset = name => of("POST", name, ["reset"], ".reset()");
export const remove = name => of("DELETE", name, [], ".delete()");
export const fork = (name, copy, options = {}) => of("POST", name, ["fork"],
  `.fork(${py(copy)}${args(options)})`, {body: kept({name: copy, ...options})});
export const rewind = (name, before) => of("POST", name, ["rewind"], `.rewind(${before})`, {body: {before}});
export const exported = (name, at = "now") => of("GET", name, ["export"], `.export(at=${py(at)})`, {query: {at}});
export const seed = (name, document) => of("POST", name, ["seed"], `.seed(${py(document)})`, {body: document});
export const snapshot = (name, label) => of("POST", name, ["snapshots"],
  `.snapshot(${py(label)})`, {body: {name: label}});
export const restore = (name, label) => of("POST", name, ["snapshots", label, "restore"], `.restore(${py(label)})`);
export const difference = (name, from, to) => of("GET", name, ["difference"],
  `.difference(${py(from)}, ${py(to)})`, {query: {from, to}});
export const actions = name => of("GET", name, ["actions"], ".actions()");
export const search = (name, words, limit = 100) => of("GET", name, ["search"],
  `.evidence.search(${py(words)}, limit=${limit})`, {query: {q: words, limit}});
export const exchange = (name, number) => of("GET", name, ["journal", number], `.evidence.exchange(${number})`);
export const explain = (name, number) => of("GET", name, ["journal", number, "explanation"],
  `.evidence.explain(${number})`);
export const code = (name, number) => of("GET", name, ["journal", number, "code"], `.evidence.code(${number})`);
export const replay = (name, number) => of("POST", name, ["journal", number, "replay"], `.evidence.replay(${number})`);
export const call = (name, api, method, where, options = {}) => of("POST", name, ["calls"],
  `.call(${py(api)}, ${py(method)}, ${py(where)}${args(options)})`, {body: {api, method, path: where, ...options}});
export const tables = name => of("GET", name, ["tables"], ".records.tables()");
export const records = (name, table, q, sort, offset = 0, limit = 50) => of("GET", name, ["records"],
  `.records.page(${py(table)}${q ? `, ${py(q)}` : ""}${args({sort, offset: offset || null, limit})})`,
  {query: {table, q, sort, offset, limit}});
export const record = (name, table, key) => of("GET", name, ["record"],
  `.records.get(${py(table)}, ${py(key)})`, {query: {table, key}});
export const clock = name => of("GET", name, ["clock"], ".clock()");
const PYTHON_CLOCK = {
  real: () => ".follow_machine()",
  running: () => ".run()",
  frozen: () => ".freeze()",
  set: change => `.set_time(datetime.fromisoformat(${py(change.at)}))`,
  advanced: change => `.advance(${change.seconds})`,
};
export const setClock = (name, change) => of("PUT", name, ["clock"], PYTHON_CLOCK[change.mode](change), {
  body: change,
  ...(change.mode === "set" && {python:
    `from datetime import datetime; control.sandbox(${py(name)})${PYTHON_CLOCK.set(change)}`}),
});
export const faults = name => of("GET", name, ["faults"], ".faults()");
export const addFault = (name, rule) => of("POST", name, ["faults"], `.add_fault(${py(rule)})`, {body: rule});
export const removeFault = (name, rule) => of("DELETE", name, ["faults", rule], `.remove_fault(${py(rule)})`);
export const pauseFault = (name, rule, paused) => of("PUT", name, ["faults", rule],
  `.pause_fault(${py(rule)}, paused=${py(paused)})`, {body: {paused}});
export const limits = name => of("GET", name, ["rate-limits"], ".rate_limits()");
export const setLimits = (name, enabled, requests) => of("PUT", name, ["rate-limits"],
  `.rate_limits(${py(enabled)}${args({requests})})`, {body: kept({enabled, requests})});
export const csrf = name => of("GET", name, ["csrf"], ".csrf()");
export const setCsrf = (name, enabled) => of("PUT", name, ["csrf"], `.csrf(${py(enabled)})`, {body: {enabled}});

/** Where the live stream of a sandbox's exchanges is. */
export function events(name, since) {
  const url = new URL(path(["sandboxes", name, "events"]), control);
  url.search = new URLSearchParams({follow: "true", since});
  return url;
}

const documents = new Map();
/** The OpenAPI document at a path below the site. */
export function openapi(where) {
  if (!documents.has(where)) {
    documents.set(where, fetch(new URL(where.replace(/^\//, ""), site)).then(answer => answer.json()));
  }
  return documents.get(where);
}
