// Everything that happened in a sandbox on one axis, and the difference between two points of it.

import * as api from "./api.js";
import {act, asCode, ask} from "./actions.js";
import {changeList} from "./changes.js";
import {button, field, h, link, say, show, status, time, value} from "./dom.js";

const MOST = 300;

export async function timelinePage(context, name) {
  const [{actions}, found, sandbox] = await Promise.all([
    api.run(api.actions(name)), api.run(api.search(name, "", MOST)), api.run(api.look(name))]);
  const points = [];
  const result = h("section", {class: "card difference", "aria-live": "polite"});
  const list = h("ol", {class: "axis"});
  const events = [
    ...found.exchanges.map(each => ({place: each.number, order: 0, each, point: `after:${each.number}`})),
    ...actions.map(each => ({place: each.after, order: each.number, action: each,
      point: each.kind === "snapshot" && sandbox.snapshots.includes(each.text) ? `snapshot:${each.text}` : null})),
  ].sort((one, other) => other.place - one.place || other.order - one.order);
  const label = h("input", {required: true, value: "before", pattern: "[A-Za-z0-9_\\-][A-Za-z0-9._\\-]*"});
  context.fill(`Timeline of ${name}`, context.head,
    h("div", {class: "head"}, h("h1", {tabindex: "-1"}, "Timeline"), button("Take a snapshot", async () => {
      if (await ask("Take a snapshot", "The present records are kept under a name; going back to it is one call.", "Take it",
        () => api.snapshot(name, label.value), {inputs: [field("Name", label)]})) await context.again();
    }, {class: "primary"})),
    h("p", {class: "muted"}, "Choose two points to see what changed between them."),
    h("div", {class: "split open timeline"}, list, result));
  draw();
  await compare("seed", "now");

  function pointButton(point, text) {
    const place = points.indexOf(point);
    return button(place < 0 ? "○" : place === 0 ? "A" : "B", () => choose(point),
      {class: "point", "data-point": point, "aria-pressed": String(place >= 0), "aria-label": `Compare ${text}`});
  }

  function draw() {
    show(list,
      h("li", {class: "end"}, pointButton("now", "the present state"), h("span", {}, "Now, revision ", sandbox.revision)),
      events.map(event => event.each ? exchangeRow(event) : actionRow(event)),
      found.total > MOST ? h("li", {}, h("span"), h("span", {class: "muted"}, `${found.total - MOST} older exchanges are not shown`)) : null,
      h("li", {class: "end"}, pointButton("seed", "the seed records"), h("span", {}, "Seed records")));
  }

  function exchangeRow({each, point}) {
    return h("li", {class: each.changes.length ? "has-changes" : ""}, pointButton(point, `after exchange ${each.number}`),
      h("span", {class: "event"}, h("span", {class: "muted"}, time(each.at, false)), " ",
        link([h("span", {class: `method ${each.method}`}, each.method), " ", each.operation || value(each.path)], ["s", name, "traffic", each.number]), " ",
        status(each.status), each.fault ? [" ", h("span", {class: "badge warn", title: each.fault}, "fault")] : null,
        each.changes.length ? h("span", {class: "muted"}, ` ${each.changes.length} change${each.changes.length > 1 ? "s" : ""}`) : null));
  }

  function actionRow({action, point}) {
    const snapshot = point?.startsWith("snapshot:");
    return h("li", {class: "action"}, point ? pointButton(point, `snapshot ${action.text}`) : h("span", {class: "mark", "aria-hidden": "true"}, "•"),
      h("span", {class: "event"}, h("span", {class: "muted"}, time(action.at, false)), " ", h("span", {class: "badge"}, action.kind), " ", value(action.text),
        snapshot ? [" ", button("Go back to it", async () => {
          if (await act(api.restore(name, action.text))) { say(`The records are those of ${action.text}.`); await context.again(); }
        }, {class: "small"})] : null));
  }

  async function choose(point) {
    if (points.includes(point)) points.splice(points.indexOf(point), 1);
    else {
      if (points.length === 2) points.length = 0;
      points.push(point);
    }
    draw();
    list.querySelector(`[data-point="${CSS.escape(point)}"]`)?.focus();
    if (points.length < 2) {
      show(result, h("p", {class: "muted"}, points.length ? "Choose a second point." : "Choose two points."));
      return;
    }
    await compare(...[...points].sort((one, other) => age(one) - age(other)));
  }

  async function compare(from, to) {
    const shown = await act(api.difference(name, from, to));
    if (!shown || !context.isShown()) return;
    show(result, h("h2", {}, `From ${from} to ${to}`),
      h("p", {class: "muted"}, shown.total === 1 ? "1 record differs." : `${shown.total} records differ.`),
      changeList(name, shown.changes), asCode(() => api.difference(name, from, to)));
  }

  function age(point) {
    if (point === "seed") return -1;
    if (point === "now") return Infinity;
    return -events.findIndex(each => each.point === point) + events.length;
  }
}
