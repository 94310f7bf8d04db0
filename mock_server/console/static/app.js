// The console: which page is shown, and what stands around it.

import * as api from "./api.js";
import {callLog} from "./actions.js";
import {h, link, show} from "./dom.js";
import {start} from "./router.js";
import {apisPage, documentationPage} from "./apis.js";
import {casesPage} from "./cases.js";
import {faultsPage} from "./faults.js";
import {recordPage, recordsPage, tablesPage} from "./records.js";
import {sandboxesPage} from "./sandboxes.js";
import {timelinePage} from "./timeline.js";
import {trafficPage} from "./traffic.js";

const TABS = [["traffic", "Traffic"], ["records", "Records"], ["timeline", "Timeline"], ["faults", "Faults and clock"]];

/** The head of each page of a sandbox. */
function sandboxHead(name, tab) {
  return h("div", {class: "sandbox-head"},
    h("p", {class: "crumbs"}, link("Sandboxes", ["sandboxes"]), " / ", h("bdi", {}, name)),
    h("nav", {"aria-label": "Sandbox", class: "tabs"}, TABS.map(([key, text]) =>
      link(text, ["s", name, key], {"aria-current": key === tab && "page"}))));
}

const inSandbox = (tab, page) => async (context, name, ...rest) => {
  await page({...context, head: sandboxHead(name, tab)}, name, ...rest);
};

start(document.getElementById("main"), {
  sandboxes: sandboxesPage,
  apis: (context, name, operation) => (name ? documentationPage : apisPage)(context, name, operation),
  cases: casesPage,
  "s/traffic": inSandbox("traffic", trafficPage),
  "s/records": inSandbox("records", (context, name, table, key) =>
    (table === undefined ? tablesPage : key === undefined ? recordsPage : recordPage)(context, name, table, key)),
  "s/timeline": inSandbox("timeline", timelinePage),
  "s/faults": inSandbox("faults", faultsPage),
}, refusal => refusal instanceof api.Refusal);
callLog(document.getElementById("calls"));
