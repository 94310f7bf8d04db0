// The list of sandboxes, and what a new user sees in its place.

import * as api from "./api.js";
import {act, asCode, ask} from "./actions.js";
import {button, codeBlock, download, field, h, link, say, select, show, status, time, value} from "./dom.js";
import {go} from "./router.js";

const POLL = 2000;

export async function sandboxesPage(context) {
  const {apis, personas, default_persona: usual} = await api.run(api.apis());
  let known = (await api.run(api.sandboxes())).sandboxes;
  const list = h("div");
  const draw = () => show(list, known.length ? table(known, draw, reload) : firstUse(apis));
  async function reload() {
    known = (await api.run(api.sandboxes())).sandboxes;
    if (context.isShown()) draw();
  }
  context.fill("Sandboxes", h("div", {class: "head"},
    h("h1", {tabindex: "-1"}, "Sandboxes"), createForm(personas, usual, reload)), list);
  draw();
  let before = JSON.stringify(known.map(each => [each.name, each.exchanges, each.revision]));
  const timer = setInterval(async () => {
    if (document.hidden || document.getElementById("dialog").open) return;
    try {
      const found = (await api.run(api.sandboxes())).sandboxes;
      const now = JSON.stringify(found.map(each => [each.name, each.exchanges, each.revision]));
      if (now === before || !context.isShown()) return;
      const first = !known.length;
      before = now;
      known = found;
      if (first && found.length === 1 && found[0].exchanges) {
        say("The first call has arrived.");
        go("s", found[0].name, "traffic");
      } else draw();
    } catch { /* the next look may succeed */ }
  }, POLL);
  context.onLeave(() => clearInterval(timer));
}

/** Opens a sandbox unless it is open. */
export async function openSandbox(name) {
  if (!(await api.run(api.sandboxes())).sandboxes.some(each => each.name === name)) await api.run(api.create(name));
}

function createForm(personas, usual, reload) {
  const name = h("input", {required: true, placeholder: "test-shop", autocomplete: "off", size: 14});
  const persona = select(personas, usual);
  const seed = h("input", {inputmode: "numeric", placeholder: "server's", pattern: "-?[0-9]{1,15}", size: 8});
  const makeCall = () => api.create(name.value, persona.value, seed.value ? Number(seed.value) : undefined);
  const shown = asCode(makeCall);
  return h("details", {class: "create"}, h("summary", {class: "button primary"}, "New sandbox"),
    h("form", {class: "card row", oninput: () => shown.refill(), async onsubmit(event) {
      event.preventDefault();
      if (await act(makeCall(), `Sandbox ${name.value} is open.`) !== undefined) {
        event.target.reset();
        event.target.parentElement.open = false;
        await reload();
      }
    }}, field("Name, and the key that opens it", name), field("Persona", persona), field("Seed", seed),
    h("button", {class: "primary"}, "Create"), shown));
}

function table(found, draw, reload) {
  const rows = [...found].reverse().map(each => h("tr", {},
    h("th", {scope: "row"}, link(value(each.name), ["s", each.name, "traffic"])),
    h("td", {"data-label": "Persona"}, each.persona), h("td", {class: "number", "data-label": "Seed"}, each.seed),
    h("td", {"data-label": "Clock"}, h("span", {class: "muted"}, each.clock.mode), " ", time(each.clock.now)),
    h("td", {class: "number", "data-label": "Records"}, each.records.toLocaleString("en")),
    h("td", {class: "last", "data-label": "Last call"}, each.last_call ? [status(each.last_call.status), " ",
      link(`#${each.last_call.number} ${each.last_call.operation || each.last_call.method}`,
        ["s", each.name, "traffic", each.last_call.number])] : h("span", {class: "muted"}, "none")),
    h("td", {class: "notes", "data-label": "Notes"}, notes(each)),
    h("td", {class: "row-actions"}, menu(each, reload))));
  return h("div", {class: "scroll"}, h("table", {class: "list sandboxes stack"},
    h("thead", {}, h("tr", {}, ["Sandbox", "Persona", "Seed", "Clock", "Records", "Last call", "Notes"]
      .map(text => h("th", {scope: "col", class: ["Seed", "Records"].includes(text) && "number"}, text)),
    h("th", {scope: "col"}, h("span", {class: "offscreen"}, "Actions")))),
    h("tbody", {}, rows)));
}

function notes(each) {
  const found = [];
  if (each.faults) found.push(link(`${each.faults} fault${each.faults > 1 ? "s" : ""}`, ["s", each.name, "faults"], {class: "badge warn"}));
  if (each.rate_limits) found.push(h("span", {class: "badge"}, "rate limits"));
  if (each.csrf) found.push(h("span", {class: "badge"}, "CSRF"));
  if (each.snapshots.length) found.push(h("span", {class: "badge"}, `${each.snapshots.length} snapshot${each.snapshots.length > 1 ? "s" : ""}`));
  if (each.defects) found.push(h("span", {class: "badge bad"}, `${each.defects} blocked`));
  return found.length ? found.flatMap(note => [note, " "]) : h("span", {class: "muted"}, "—");
}

function menu({name}, reload) {
  const copy = h("input", {required: true, value: `${name}-copy`});
  return [
    button("Fork", async () => {
      if (await ask(`Fork ${name}`, "A new sandbox with these records; it costs nothing until it is written to.",
        "Fork", () => api.fork(name, copy.value), {inputs: [field("Name of the new sandbox", copy)]})) await reload();
    }, {"aria-label": `Fork ${name}`}),
    button("Export", async () => {
      const found = await act(api.exported(name), "The seed file is downloaded.");
      if (found) download(`${name}.json`, JSON.stringify(found, null, 1));
    }, {"aria-label": `Export ${name}`}),
    button("Reset", async () => {
      if (await ask(`Reset ${name}`, "Records, clock, faults and journal start anew; snapshots stay.", "Reset",
        () => api.reset(name), {danger: true}) !== undefined) await reload();
    }, {"aria-label": `Reset ${name}`}),
    button("Delete", async () => {
      if (await ask(`Delete ${name}`, "Everything in it is forgotten; the next use of its key opens a fresh one.",
        "Delete", () => api.remove(name), {danger: true}) !== undefined) await reload();
    }, {"aria-label": `Delete ${name}`}),
  ];
}

function firstUse(apis) {
  const ready = apis.filter(each => !each.signs_in);
  const line = h("div");
  const choice = select(apis.map(each => [each.name, each.title]), ready[0]?.name, {onchange: draw});
  function draw() {
    const chosen = apis.find(each => each.name === choice.value);
    show(line, codeBlock(chosen.first_call.replace(chosen.base_url, baseUrl(chosen)), "Copy", "first call"));
  }
  draw();
  return h("section", {class: "card first"},
    h("h2", {}, "Send the first call"),
    h("p", {}, "A sandbox opens by itself when its name is used as the key of a call: any word that begins with ",
      h("code", {}, "test"), ". Two keys are two sandboxes that never meet."),
    h("ol", {},
      h("li", {}, h("p", {}, "Point your program at the base URL of an API (", link("all of them", ["apis"]), "), or take this line:"),
        field("API", choice), line),
      h("li", {}, h("p", {class: "waiting", role: "status"}, "Waiting for the first call; it will appear here by itself."))),
    ready.length ? h("p", {}, "No terminal at hand? ", button("Make a first call from here", async () => {
      const chosen = apis.find(each => each.name === choice.value && !each.signs_in) || ready[0];
      if (await act(api.create("test")) === undefined) return;
      const made = await act(api.call("test", chosen.name, "GET", chosen.first_path), "The first call has arrived.");
      if (made) go("s", "test", "traffic", made.number);
    }, {class: "primary"})) : null);
}

/** The base URL of an API as this browser reaches it. */
export const baseUrl = each => new URL(each.path.replace(/^\//, ""), api.site).href.replace(/\/$/, "");
