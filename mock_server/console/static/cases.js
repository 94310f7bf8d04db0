// Test cases of an operation: look at them, send one, download them; and data sets.

import * as api from "./api.js";
import {asCode} from "./actions.js";
import {button, download, field, h, link, pretty, say, select, show, status, value} from "./dom.js";
import {query, setQuery} from "./router.js";
import {openSandbox} from "./sandboxes.js";

const KINDS = [["", "All kinds"], ["valid", "Valid"], ["boundary", "Boundary"], ["invalid", "Invalid"]];
const CASE_FORMATS = [["postman", "Postman collection"], ["postman-environment", "Postman environment"], ["bruno", "Bruno collection (zip)"],
  ["pytest", "pytest module"], ["curl", "Shell script with curl"], ["http", ".http file"], ["json", "JSON"], ["ndjson", "JSON lines"],
  ["csv", "CSV"], ["junit", "JUnit report"]];
const DATA_FORMATS = [["csv", "CSV"], ["xlsx", "Excel"], ["json", "JSON"], ["ndjson", "JSON lines"], ["sql", "SQL"], ["parquet", "Parquet"]];
const PAUSE = 250;

export async function casesPage(context) {
  const [{apis, personas, default_persona: usual}, {sandboxes}] = await Promise.all([api.run(api.apis()), api.run(api.sandboxes())]);
  const asked = query();
  const about = () => apis.find(each => each.name === choice.value);
  const choice = select(apis.map(each => [each.name, each.title]), apis.some(each => each.name === asked.get("api")) ? asked.get("api") : apis[0].name,
    {onchange: () => chooseApi()});
  const operation = h("select", {onchange: () => list()});
  const kind = select(KINDS, KINDS.some(([key]) => key === asked.get("kind")) ? asked.get("kind") : "", {onchange: () => { remember(); draw(); refill(); }});
  const names = sandboxes.map(each => each.name).reverse();
  const sandbox = select(names.includes("test") ? names : [["test", "test (opens with the first call)"], ...names], "test");
  const count = h("p", {class: "muted count", role: "status"}), place = h("div"), detail = h("section", {class: "detail"});
  const split = h("div", {class: "split"}, place, detail);
  let operations = [], made = null, turn = 0, waiting;

  const form = select(CASE_FORMATS), whole = h("input", {type: "checkbox"});
  const dataKind = h("select"), persona = select(personas, usual), dataForm = select(DATA_FORMATS);
  const records = h("input", {type: "number", min: 1, max: 10000, value: "100", required: true});
  const seed = h("input", {type: "number", value: "1", required: true});
  const casesCall = () => api.casesFile(choice.value, whole.checked ? operations : [operation.value], {kind: kind.value, format: form.value});
  const dataCall = () => api.dataFile(choice.value, dataKind.value,
    {persona: persona.value, count: Number(records.value), format: dataForm.value, seed: Number(seed.value)});
  const codes = [asCode(() => api.cases(choice.value, operation.value)), asCode(casesCall), asCode(dataCall)];
  const refill = () => codes.forEach(each => each.refill());

  context.fill("Cases and data", h("h1", {tabindex: "-1"}, "Cases and data"),
    h("p", {class: "muted"}, "Requests at and beyond what a document allows, each with the answer to expect, and files of records like those of a sandbox."),
    h("div", {class: "card"}, h("div", {class: "grid"}, field("API", choice), field("Operation", operation), field("Kind of case", kind), field("Send cases to the sandbox", sandbox)), codes[0]),
    h("div", {class: "operations"},
      fileForm("Download the cases", casesCall, codes[1], [field("Format", form)], h("label", {class: "check"}, whole, " Of all operations of the API, which may take half a minute")),
      fileForm("Download a data set", dataCall, codes[2], [field("Kind of record", dataKind), field("Persona", persona), field("Records", records),
        field("Seed", seed), field("Format", dataForm)])),
    h("h2", {}, "Cases"), count, split);
  context.onLeave(() => clearTimeout(waiting));
  await chooseApi(asked.get("operation"), true);

  function fileForm(title, makeCall, shown, inputs, more) {
    const verb = h("button", {class: "primary"}, "Download");
    return h("details", {class: "operation"}, h("summary", {}, title), h("form", {oninput: () => shown.refill(), async onsubmit(event) {
      event.preventDefault();
      if (verb.getAttribute("aria-disabled")) return;
      verb.setAttribute("aria-disabled", "true");
      verb.textContent = "The file is being made…";
      try {
        const {name, content} = await api.run(makeCall());
        download(name, content, content.type);
        say(`${name} is downloaded.`);
      } catch (refusal) {
        if (!(refusal instanceof api.Refusal)) throw refusal;
        say(refusal.message, "error");
      } finally {
        verb.removeAttribute("aria-disabled");
        verb.textContent = "Download";
      }
    }}, h("div", {class: "grid"}, inputs), more, h("div", {class: "buttons"}, verb), shown));
  }

  async function chooseApi(wanted, now) {
    const document = await api.openapi(about().document);
    operations = Object.values(document.paths).flatMap(item => Object.values(item).map(each => each?.operationId).filter(Boolean));
    const options = names => names.map(name => h("option", {value: name}, name));
    show(operation, options(operations));
    if (operations.includes(wanted)) operation.value = wanted;
    show(dataKind, options(about().kinds));
    // The first call lists the goods, the kind that most look for.
    dataKind.value = about().kinds.find(each => about().first_path.split(/[/?]/).includes(each)) ?? about().kinds[0];
    list(now);
  }

  function remember() {
    setQuery({api: choice.value, operation: operation.value, kind: kind.value});
  }

  function list(now) {
    if (!context.isShown()) return;
    const mine = ++turn;
    remember();
    refill();
    made = null;
    draw();
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      let found = null, problem = "";
      try {
        found = await api.run(api.cases(choice.value, operation.value));
      } catch (refusal) {
        if (!(refusal instanceof api.Refusal)) throw refusal;
        problem = refusal.message;
      }
      if (mine !== turn || !context.isShown()) return;
      made = found;
      draw(problem);
    }, now ? 0 : PAUSE);
  }

  function draw(problem) {
    close();
    if (!made) {
      count.textContent = problem || "The cases are being made…";
      return show(place);
    }
    const chosen = made.cases.filter(each => !kind.value || each.kind === kind.value);
    const notes = [`${chosen.length} of ${made.cases.length} cases`];
    if (made.left_out) notes.push(`left out, as their status depends on the records: ${made.left_out}`);
    for (const [name, why] of Object.entries(made.missing)) if (name === operation.value) notes.push(`no request is known that succeeds (${why})`);
    count.textContent = notes.join("; ");
    show(place, chosen.length ? h("div", {class: "scroll"}, h("table", {class: "list cases stack"},
      h("thead", {}, h("tr", {}, ["Case", "Kind", "Field", "Rule", "In the document", "Expected"].map(text => h("th", {scope: "col"}, text)))),
      h("tbody", {}, chosen.map(row)))) : null);
  }

  function row(each) {
    const open = button(each.id.split("-")[0], () => look(each, open), {class: "small", "aria-label": `Case ${each.id}`, "aria-expanded": "false"});
    return h("tr", {}, h("th", {scope: "row"}, open),
      h("td", {"data-label": "Kind"}, each.kind), h("td", {"data-label": "Field"}, value(each.field)), h("td", {"data-label": "Rule"}, h("bdi", {}, each.rule)),
      h("td", {"data-label": "Document"}, mark(each), " ", h("code", {}, each.spec)), h("td", {"data-label": "Expected"}, status(each.expected.status)));
  }

  function close() {
    for (const open of place.querySelectorAll("[aria-expanded=true]")) open.setAttribute("aria-expanded", "false");
    split.classList.remove("open");
    show(detail);
  }

  function look(each, open) {
    close();
    open.setAttribute("aria-expanded", "true");
    split.classList.add("open");
    const verdict = h("div", {role: "status"}), answer = h("div"), sent = h("div");
    const expected = h("div", {}, expectation(each));
    const title = h("h2", {tabindex: "-1"}, `Case ${each.id}`);
    show(detail, h("div", {class: "detail-head"}, title, button("Close", () => { close(); open.focus(); }, {class: "close"})),
      h("dl", {class: "facts"}, [["Kind", each.kind], ["Field", value(each.field)], ["Rule", h("bdi", {}, each.rule)],
        ["Document", h("code", {}, each.spec)], ["Source", [mark(each), " ", each.source]],
        ["Request", h("code", {}, lineOf(each.request))],
        ["Needs first", each.setup.length ? each.setup.map(step => h("div", {}, h("code", {}, lineOf(step.request)))) : "nothing"],
      ].map(([term, text]) => [h("dt", {}, term), h("dd", {}, text)])),
      bodyOf(each.request.body, "Body of the request", "It has no body."),
      each.field === "credential" ? h("p", {}, "No sandbox gets a call with another credential. Download this case, and send it from your program.")
        : h("div", {class: "buttons"}, button("Send", () => send(each, {verdict, expected, answer, sent}), {class: "primary", "aria-label": `Send case ${each.id}`})),
      h("div", {class: "pair"}, expected, h("div", {}, verdict, answer)), sent);
    title.focus();
  }

  async function send(each, {verdict, expected, answer, sent}) {
    const name = sandbox.value, calls = [];
    // A tag of its own, as long as the case's, lets a case be sent again where names must be unique.
    const tag = each.variables.tag[0] + Array.from({length: each.variables.tag.length - 1}, () => Math.floor(Math.random() * 36).toString(36)).join("");
    const texts = Object.entries(each.variables).map(([key, text]) => [key, typeof text === "string" ? text : text.repeat.repeat(text.times)]);
    const variables = {...made.variables, ...Object.fromEntries(texts), base_url: "", key: name, tag};
    const make = request => {
      calls.push(callOf(request, variables, name, choice.value));
      return api.run(calls.at(-1));
    };
    const refuse = text => show(verdict, h("p", {class: "notice error"}, text));
    show(verdict, h("p", {class: "notice"}, "The case is being sent…"));
    show(answer);
    show(sent);
    try {
      await openSandbox(name);
      // Control asks for a token itself, where one is needed: that call is of no sandbox.
      for (const step of each.setup.filter(one => !one.captures.token)) {
        const found = await make(step.request);
        if (!(found.response?.status < 300)) {
          return refuse(`The case needs ${lineOf(step.request)} first, which the API answered with ${found.response?.status ?? "nothing"}.`);
        }
        for (const [key, pointer] of Object.entries(step.captures)) {
          variables[key] = at(JSON.parse(found.response.body), pointer);
          if (variables[key] === undefined) {
            return refuse(`The case needs what ${lineOf(step.request)} has at ${pointer}; the records of ${name} have nothing there.`);
          }
        }
      }
      const found = await make(each.request);
      const got = found.response?.status, met = got === each.expected.status;
      show(verdict, h("p", {class: met ? "notice" : "notice error"}, met ? "The status is as expected; the answer is " : `Expected was ${each.expected.status}; the answer is `,
        link(`exchange ${found.number}`, ["s", name, "traffic", found.number]), "."));
      show(expected, expectation(each, text => text.replaceAll(each.variables.tag, tag)));
      show(answer, h("h3", {}, "Answered ", got === undefined ? "nothing" : status(got)), bodyOf(found.response?.body ?? null, "Answer", "It has no body."));
    } catch (refusal) {
      if (!(refusal instanceof api.Refusal)) throw refusal;
      refuse(refusal.status === 409 ? `It cannot be sent from here: ${refusal.message}. Download it, and send it from your program.` : refusal.message);
    } finally {
      show(sent, calls.map(call => asCode(() => call)));
    }
  }
}

const expectation = (each, change) => [h("h3", {}, "Expected ", status(each.expected.status)),
  bodyOf(each.expected.body, "Expected answer", "Only the status is expected.", change)];
const lineOf = request => `${request.method} ${request.url.replace("{{base_url}}", "")}`;
const mark = each => h("span", {class: `badge ${each.basis}`, title: each.source}, each.basis);
const at = (item, pointer) => pointer.split("/").slice(1).reduce((found, part) => found?.[part.replaceAll("~1", "/").replaceAll("~0", "~")], item);

function bodyOf(body, label, otherwise, change = text => text) {
  if (body === null || body === "") return h("p", {class: "muted"}, otherwise);
  return h("pre", {tabindex: "0", "aria-label": label}, value(change(typeof body === "string" ? pretty(body) : JSON.stringify(body, null, 2))));
}

/** The call by which control sends a request of a case, its variables filled in. */
function callOf(request, variables, sandbox, apiName) {
  const filled = (text, write = each => each) => text.replace(/\{\{(\w+)\}\}/g, (_, key) => write(String(variables[key])));
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([, text]) => !text.includes("{{token}}")).map(([key, text]) => [key, filled(text)]));
  if (request.basic_user !== null) headers.Authorization = `Basic ${btoa(`${filled(request.basic_user)}:`)}`;
  const options = Object.keys(headers).length ? {headers} : {};
  if (request.body !== null) options.text = filled(request.body);
  return api.call(sandbox, apiName, request.method, filled(request.url, encodeURIComponent), options);
}
