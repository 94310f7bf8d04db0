// What is in a sandbox: tables, records, and one record with what became of it.

import * as api from "./api.js";
import {asCode} from "./actions.js";
import {changeList, recordLink, recordTable} from "./changes.js";
import {button, h, link, say, short, show, status, time, value} from "./dom.js";
import {operationForm, operationOf} from "./form.js";
import {go, query, setQuery} from "./router.js";

const PAGE = 50, MOST_COLUMNS = 7;
const WORDS = {create: "New", update: "Edit", deletes: "Delete", archives: "Archive", deactivates: "Deactivate"};

const documentOf = async name => {
  const {apis} = await api.run(api.apis());
  return api.openapi(apis.find(each => each.name === name).document);
};

export async function tablesPage(context, name) {
  const [{tables}, {apis}] = await Promise.all([api.run(api.tables(name)), api.run(api.apis())]);
  const title = each => apis.find(one => one.name === each)?.title || each;
  const groups = [...new Set(tables.map(each => each.api))];
  context.fill(`Records of ${name}`, context.head, h("h1", {tabindex: "-1"}, "Records"),
    h("div", {class: "cards"}, groups.map(group => h("section", {class: "card"}, h("h2", {}, title(group)),
      h("ul", {class: "tables"}, tables.filter(each => each.api === group).map(each => h("li", {},
        link(each.name.split(".")[1].replaceAll("_", " "), ["s", name, "records", each.name]),
        h("span", {class: "muted number"}, each.records.toLocaleString("en")))))))));
}

export async function recordsPage(context, name, table) {
  const {tables} = await api.run(api.tables(name));
  const about = tables.find(each => each.name === table);
  let offset = Number(query().get("offset")) || 0, sort = query().get("sort") || "", words = query().get("q") || "";
  const count = h("p", {class: "muted count", role: "status"}), place = h("div"), pager = h("nav", {class: "pager", "aria-label": "Pages"});
  const input = h("input", {type: "search", value: words, placeholder: "Search the fields", "aria-label": "Search the fields",
    oninput() { clearTimeout(input.timer); input.timer = setTimeout(() => { words = input.value.trim(); offset = 0; load(); }, 200); }});
  const creates = (about?.operations || []).filter(each => each.does === "create");
  const formPlace = h("div");
  context.fill(table, context.head, crumbs(name, table),
    h("div", {class: "head"}, h("h1", {tabindex: "-1"}, table.split(".")[1].replaceAll("_", " ")),
      creates.map(each => button("New", () => openForm(each), {class: "primary", "aria-label": `New record by ${each.operation}`}))),
    formPlace, h("form", {class: "filter", role: "search", onsubmit(event) { event.preventDefault(); load(); }}, input), count, place, pager);
  await load();

  async function openForm(each) {
    const document = await documentOf(about.api);
    show(formPlace, h("section", {class: "card"}, operationForm({
      document, sandbox: name, apiName: about.api, title: `New record by ${each.operation}`, operation: operationOf(document, each.operation),
      begin: {path: each.path, query: each.query, body: each.body}, verb: "Create",
      async done(made) {
        const own = made.changes.find(change => change.table === table && change.change === "created");
        say(`Created; the API answered ${made.response.status}.`);
        if (own) go("s", name, "records", table, own.key); else context.again();
      },
    })));
    formPlace.querySelector("input, select, textarea")?.focus();
  }

  async function load() {
    setQuery({q: words, sort, offset: offset || ""});
    const found = await api.run(api.records(name, table, words, sort, offset, PAGE));
    if (!context.isShown()) return;
    const first = found.total ? offset + 1 : 0, last = offset + found.records.length;
    count.textContent = `${first.toLocaleString("en")}–${last.toLocaleString("en")} of ${found.total.toLocaleString("en")}`;
    const columns = columnsOf(found);
    show(place, found.total ? h("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": "Records"}, h("table", {class: "list records"},
      h("thead", {}, h("tr", {}, h("th", {scope: "col"}, "Key"), columns.map(heading))),
      h("tbody", {}, found.records.map(each => h("tr", {},
        h("th", {scope: "row"}, link(value(each.key), ["s", name, "records", table, each.key])),
        columns.map(column => h("td", {title: short(each.record[column])}, value(short(each.record[column])))))))))
      : h("p", {class: "empty"}, words ? "No record contains this." : "There are no records."));
    show(pager, offset ? button("Previous", () => { offset = Math.max(0, offset - PAGE); load(); }) : null,
      last < found.total ? button("Next", () => { offset += PAGE; load(); }) : null);
  }

  function heading(column) {
    const state = sort === column ? "ascending" : sort === `-${column}` ? "descending" : null;
    return h("th", {scope: "col", "aria-sort": state}, h("button", {type: "button", class: "sort", onclick() {
      sort = state === "ascending" ? `-${column}` : column;
      offset = 0;
      load();
    }}, column, h("span", {"aria-hidden": "true"}, state === "ascending" ? " ↑" : state === "descending" ? " ↓" : "")));
  }
}

/** The columns that say most: names first, then what is plain and there. */
function columnsOf(found) {
  const plain = found.fields.filter(name => name !== "id" && found.records.some(({record}) =>
    record[name] !== null && record[name] !== "" && typeof record[name] !== "object"));
  const weight = name => /name|title/.test(name) ? 0 : /code|number|serial/.test(name) ? 1 : /stock|quantity|level|(^|_)(price|rate|amount)$/.test(name) ? 2 : 3;
  return plain.map((name, place) => [weight(name), place, name]).sort((one, other) => one[0] - other[0] || one[1] - other[1])
    .slice(0, MOST_COLUMNS).map(([, , name]) => name);
}

const crumbs = (name, table) => h("p", {class: "crumbs"}, link("Records", ["s", name, "records"]), table ? [" / ", link(table, ["s", name, "records", table])] : null);

export async function recordPage(context, name, table, key) {
  const found = await api.run(api.record(name, table, key));
  const formPlace = h("div");
  const title = found.record?.name || found.record?.title || key;
  const document = found.operations.length ? await documentOf(found.api) : null;
  const doing = found.operations.filter(each => each.does !== "create" && found.record);
  const labels = doing.map(each => doing.filter(one => one.does === each.does).length > 1 ? `${WORDS[each.does]}: ${each.operation}` : WORDS[each.does]);
  const begin = each => ({path: each.path, query: each.query, body: each.body ?? (each.does === "update" ? bodyFor(document, each.operation, found) : undefined)});
  context.fill(`${table} ${key}`, context.head, crumbs(name, table),
    h("div", {class: "head"}, h("h1", {tabindex: "-1"}, h("bdi", {}, title)), h("span", {class: "muted"}, `${table} `, value(key))),
    found.record ? null : h("p", {class: "notice"}, "This record was removed; its history tells how."),
    h("div", {class: "buttons"}, doing.map((each, place) => button(labels[place], () => {
      show(formPlace, h("section", {class: "card"}, operationForm({
        document, sandbox: name, apiName: found.api, title: `${WORDS[each.does]} by ${each.operation}`, operation: operationOf(document, each.operation),
        begin: begin(each), verb: each.does === "update" ? "Save" : WORDS[each.does],
        async done(made) { say(`Done; the API answered ${made.response.status}.`); await context.again(); },
      })));
      formPlace.querySelector("input, select, textarea, button")?.focus();
    }))),
    formPlace, asCode(() => api.record(name, table, key)),
    h("div", {class: "columns"},
      h("div", {}, found.record ? section("Fields", recordTable(found.record)) : null,
        found.shown ? section("As the API shows it", h("pre", {tabindex: "0", "aria-label": "As the API shows it"}, value(JSON.stringify(found.shown, null, 2)))) : null),
      h("div", {}, section(`History (${found.history.length})`, found.history.length ? h("ol", {class: "history"}, found.history.map(each => h("li", {},
        h("p", {}, link(`#${each.number} ${each.operation || each.method}`, ["s", name, "traffic", each.number]), " ", status(each.status), " ",
          h("span", {class: "muted"}, time(each.at))),
        changeList(name, each.changes)))) : h("p", {class: "muted"}, "It is as it was seeded.")),
      section("Refers to", references(name, found.references)), section("Referred to by", references(name, found.referred_by)))));
}

const section = (title, content) => h("section", {class: "card"}, h("h2", {}, title), content);

const references = (name, all) => all.length ? h("ul", {class: "plain"}, all.map(each => h("li", {},
  recordLink(name, each.table, each.key), h("span", {class: "muted"}, ` ${each.place}`)))) : h("p", {class: "muted"}, "Nothing.");

/** What an update begins with: of the body's properties those that the record is shown with. */
function bodyFor(document, id, found) {
  const operation = operationOf(document, id);
  const media = operation?.content && Object.values(operation.content)[0];
  if (!media) return undefined;
  const shown = found.shown || found.record || {};
  const [wrapper] = Object.keys(shown);
  return {...shown, ...(shown[wrapper] && typeof shown[wrapper] === "object" && !Array.isArray(shown[wrapper]) ? {[wrapper]: shown[wrapper]} : {})};
}
