// What changed, field by field.

import {h, link, short, value} from "./dom.js";

export const recordLink = (sandbox, table, key) =>
  link([table, " ", value(key)], ["s", sandbox, "records", table, key], {class: "record"});

/** Changes in the form of the journal (`table` is whole) or of a difference (`api` and `table`). */
export function changeList(sandbox, changes) {
  if (!changes.length) return h("p", {class: "muted"}, "Nothing was changed.");
  return h("div", {class: "changes"}, changes.map(change => {
    const table = change.table.includes(".") ? change.table : `${change.api}.${change.table}`;
    return h("section", {class: "change"},
      h("h3", {}, h("span", {class: `badge ${change.change}`}, change.change), " ", recordLink(sandbox, table, change.key)),
      change.fields ? fieldTable(change.fields) : change.record ? recordTable(change.record, true) : null);
  }));
}

function fieldTable(fields) {
  return h("table", {class: "fields"},
    h("thead", {}, h("tr", {}, ["Field", "Before", "After"].map(text => h("th", {scope: "col"}, text)))),
    h("tbody", {}, Object.entries(fields).map(([name, {before, after}]) => h("tr", {},
      h("th", {scope: "row"}, name), h("td", {}, h("del", {}, value(short(before)))),
      h("td", {}, h("ins", {}, value(short(after))))))));
}

/** A record as names and values; with `folded`, only those that it has. */
export function recordTable(record, folded = false) {
  const entries = Object.entries(record).filter(([, item]) => !folded || (item !== null && item !== ""));
  return h("table", {class: "fields"}, h("tbody", {}, entries.map(([name, item]) =>
    h("tr", {}, h("th", {scope: "row"}, name), h("td", {}, value(short(item)))))));
}
