// What was called, as it comes in; and one exchange with all that is known of it.

import * as api from "./api.js";
import {act, asCode, ask} from "./actions.js";
import {changeList, recordLink} from "./changes.js";
import {button, codeBlock, download, field, h, link, pretty, say, show, status, time, value} from "./dom.js";
import {go, query, setQuery} from "./router.js";

const PAGE = 100;

export async function trafficPage(context, name, number) {
  let words = query().get("q") || "", limit = PAGE;
  const detail = h("section", {class: "detail", "aria-label": "Exchange"});
  // On a narrow screen the exchange is above the list, which would move if it came later.
  let [found] = await Promise.all([search(), number && exchangeDetail(context, detail, name, Number(number))]);
  if (found.refusal && !found.wording) throw found.refusal;
  const problem = h("p", {class: "error", id: "filter-error", role: "alert"});
  const count = h("p", {class: "muted count", role: "status"});
  const rows = h("tbody");
  const more = button("Show more", async () => { limit = Math.min(limit + PAGE, 1000); await refresh(); });
  const live = h("span", {class: "live"}, "Connecting");
  const input = h("input", {
    type: "search", value: words, placeholder: "status:4xx operation:createProduct", "aria-label": "Filter",
    "aria-describedby": "filter-error filter-help", spellcheck: "false", autocomplete: "off",
    oninput() { clearTimeout(input.timer); input.timer = setTimeout(filter, 200); },
  });
  const table = h("table", {class: "list traffic"},
    h("thead", {}, h("tr", {}, ["#", "Time", "Call", "Status", "Changed"].map(text => h("th", {scope: "col"}, text)))), rows);
  context.fill(`Traffic of ${name}`, context.head,
    h("div", {class: "head"}, h("h1", {tabindex: "-1"}, "Traffic"), live),
    h("form", {class: "filter", role: "search", onsubmit(event) { event.preventDefault(); filter(); }}, input, help(input)),
    problem, count,
    h("div", {class: number ? "split open" : "split"}, h("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": "Exchanges"}, table, more), detail));
  draw();
  if (number && innerWidth < 900 && context.isShown()) detail.querySelector("h2").focus();
  follow();

  async function search() {
    try {
      return await api.run(api.search(name, words, limit));
    } catch (refusal) {
      if (!(refusal instanceof api.Refusal)) throw refusal;
      return {refusal, wording: Boolean(words) && refusal.status === 404};
    }
  }

  async function filter() {
    words = input.value.trim();
    limit = PAGE;
    setQuery({q: words});
    await refresh();
  }

  async function refresh() {
    const answer = await search();
    if (!context.isShown()) return;
    if (answer.refusal) {
      problem.textContent = answer.refusal.message;
      input.setAttribute("aria-invalid", "true");
      return;
    }
    problem.textContent = "";
    input.removeAttribute("aria-invalid");
    found = answer;
    draw();
  }

  function draw() {
    if (found.refusal) {
      problem.textContent = found.refusal.message;
      return;
    }
    const held = found.last - found.dropped;
    count.textContent = words ? `${found.total.toLocaleString("en")} of ${held.toLocaleString("en")} exchanges`
      : `${held.toLocaleString("en")} exchanges${found.dropped ? `; ${found.dropped.toLocaleString("en")} older ones are no longer held` : ""}`;
    more.hidden = found.total <= found.exchanges.length;
    show(rows, found.exchanges.length ? found.exchanges.map(row) : h("tr", {}, h("td", {colspan: 5, class: "empty"},
      words ? "No exchange is like this." : ["Nothing was called so far. The key of this sandbox is ", h("code", {}, name), "; ",
        link("the APIs", ["apis"]), " say where to use it."])));
  }

  function row(each) {
    const target = words ? `${encodeURIComponent(each.number)}?q=${encodeURIComponent(words)}` : each.number;
    const address = `#/s/${encodeURIComponent(name)}/traffic/${target}`;
    return h("tr", {class: each.number === Number(number) && "chosen", onclick(event) {
      if (!event.target.closest("a")) location.hash = address;
    }},
    h("td", {class: "number muted"}, each.number), h("td", {class: "muted"}, time(each.at, false)),
    h("td", {class: "call"}, h("a", {href: address, "aria-current": each.number === Number(number) && "true"},
      h("span", {class: `method ${each.method}`}, each.method), " ", value(each.path, {title: each.path})),
    h("span", {class: "operation"}, each.operation || "no operation", flags(each))),
    h("td", {}, status(each.status)), h("td", {class: "changed"}, changed(each.changes)));
  }

  function follow() {
    const stream = new EventSource(api.events(name, found.last ?? 0));
    let timer;
    const news = () => { clearTimeout(timer); timer = setTimeout(refresh, 120); };
    stream.onopen = () => { live.textContent = "Live"; live.classList.add("on"); };
    stream.onerror = () => { live.textContent = "Reconnecting"; live.classList.remove("on"); };
    stream.addEventListener("exchange", news);
    stream.addEventListener("gap", news);
    stream.addEventListener("reset", news);
    stream.addEventListener("end", () => {
      stream.close();
      live.textContent = "This sandbox is gone";
      live.classList.remove("on");
    });
    context.onLeave(() => { stream.close(); clearTimeout(timer); });
  }
}

function changed(changes) {
  if (!changes.length) return null;
  const [first] = changes;
  return [h("span", {class: `dot ${first.change}`, title: first.change}), value(`${first.table.split(".")[1]} ${first.key}`),
    changes.length > 1 ? h("span", {class: "muted"}, ` +${changes.length - 1}`) : null];
}

function flags(each) {
  return [
    each.fault && h("span", {class: "badge warn", title: each.fault}, "fault"),
    !each.sent && h("span", {class: "badge warn"}, "cut off"),
    each.problem && h("span", {class: "badge bad", title: each.problem}, "off contract"),
    each.error === "NotMocked" && h("span", {class: "badge"}, "not mocked"),
  ].filter(Boolean).map(flag => [" ", flag]);
}

function help(input) {
  const examples = ["status:4xx", "operation:createProduct", "method:POST", "path:/products/*", "has:changes", "has:fault", "-status:2xx"];
  return h("details", {class: "help", id: "filter-help"}, h("summary", {}, "Words"),
    h("div", {class: "card"}, h("p", {}, "Every word has to hold; a minus turns one around; a word without a name is looked for in paths and bodies."),
      h("p", {class: "chips"}, examples.map(text => button(text, () => {
        input.value = `${input.value.trim()} ${text}`.trim();
        input.dispatchEvent(new Event("input"));
        input.focus();
      }, {class: "chip"}))),
      h("p", {class: "muted"}, "Also: api:NAME, verdict:refused, record:API.TABLE/KEY, changed:API.TABLE/KEY, has:violations, has:defect, before:N, after:N.")));
}

async function exchangeDetail(context, place, name, number) {
  const [exchange, explained, code] = await Promise.all([
    api.run(api.exchange(name, number)), api.run(api.explain(name, number)).catch(() => null),
    api.run(api.code(name, number)).catch(() => null)]);
  if (!context.isShown()) return;
  const {request, response} = exchange;
  const rewind = button("Rewind to before this", async () => {
    if (await ask(`Rewind to before exchange ${number}`, "The records become what they were before this call. The journal and the clock go on.",
      "Rewind", () => api.rewind(name, number), {danger: true})) say(`The records are as they were before exchange ${number}.`);
  });
  const copy = h("input", {required: true, value: `${name.slice(0, 100)}-before-${number}`});
  const fork = button("Fork here", async () => {
    const made = await ask(`Fork from before exchange ${number}`, "A new sandbox with the records as they were before this call.",
      "Fork", () => api.fork(name, copy.value, {before: number}), {inputs: [field("Name of the new sandbox", copy)]});
    if (made) go("s", made.name, "traffic");
  });
  const seed = button("Seed file", async () => {
    const found = await act(api.exported(name, `before:${number}`), "The records from before this call are downloaded as a seed file.");
    if (found) download(`${name}-before-${number}.json`, JSON.stringify(found, null, 1));
  }, {title: "The records as they were before this call, to begin with in a test"});
  const again = button("Replay", async () => {
    const made = await act(api.replay(name, number));
    if (made) { say(`Sent again; it was answered ${made.response.status}.`); go("s", name, "traffic", made.number); }
  });
  const fail = exchange.operation && link("Fail next time", ["s", name, "faults"], {class: "button"});
  if (fail) fail.href += `?api=${encodeURIComponent(exchange.api)}&operation=${encodeURIComponent(exchange.operation)}`;
  show(place,
    h("div", {class: "detail-head"},
      h("h2", {tabindex: "-1"}, h("span", {class: `method ${request.method}`}, request.method), " ",
        exchange.operation || "no operation", " ", status(response.status)),
      link("Close", ["s", name, "traffic"], {class: "close", "aria-label": "Close the exchange"})),
    h("p", {class: "url"}, value(request.url)),
    h("p", {}, explained?.summary || exchange.verdict, ".", flags({...exchange})),
    h("div", {class: "buttons"}, again, rewind, fork, seed, fail),
    asCode(() => api.exchange(name, number)),
    section("Changes", changeList(name, exchange.changes), true),
    section("Request", [headers(request.headers), body(request.body)], true),
    section("Answer", [headers(response.headers), body(response.body)], true),
    explained && section("Why", why(name, explained), exchange.verdict !== "answered"),
    code && section("As code", [codeBlock(code.curl, "Copy", "curl"), codeBlock(code.pytest, "Copy", "pytest")], false));
}

const section = (title, content, open) => h("details", {class: "section", open}, h("summary", {}, h("h3", {}, title)), content);

const body = text => text ? h("pre", {class: "body", tabindex: "0", "aria-label": "Body"}, value(pretty(text))) : h("p", {class: "muted"}, "No body.");

const headers = all => h("details", {class: "headers"}, h("summary", {}, `${Object.keys(all).length} headers`),
  h("table", {class: "fields"}, h("tbody", {}, Object.entries(all).map(([key, item]) =>
    h("tr", {}, h("th", {scope: "row"}, key), h("td", {}, value(item)))))));

function why(name, explained) {
  const lists = [
    ["Validation", explained.validation.violations.length ? explained.validation.violations : ["no violation"]],
    ["Ignored", explained.ignored], ["Fault", explained.fault ? [explained.fault] : []],
    ["Error", explained.error ? [explained.error] : []], ["Problem", explained.problem ? [explained.problem] : []],
  ].filter(([, items]) => items.length);
  return [
    h("dl", {class: "facts"},
      explained.operation && [h("dt", {}, "Operation"), h("dd", {}, `${explained.operation.id}: ${explained.operation.summary}`)],
      lists.map(([title, items]) => [h("dt", {}, title), items.map(item => h("dd", {}, value(item)))]),
      [h("dt", {}, "Kept"), h("dd", {}, explained.kept ? "yes" : "nothing was written")],
      explained.read.length ? [h("dt", {}, "Read"), explained.read.slice(0, 20).map(each => h("dd", {}, recordLink(name, each.table, each.key)))] : null),
    h("h4", {}, "Where its rules come from"),
    h("table", {class: "fields provenance"}, h("tbody", {}, explained.provenance.map(each => h("tr", {},
      h("th", {scope: "row"}, each.part), h("td", {}, h("span", {class: `badge ${each.basis}`}, each.basis), " ", value(each.source)))))),
  ];
}
