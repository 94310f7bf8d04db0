// What can be done: each action is one call, shown as code before or after it is made.

import * as api from "./api.js";
import {button, codeBlock, h, say, show} from "./dom.js";

/** Makes a call and says what came of it; returns its answer, undefined if it was refused. */
export async function act(call, done) {
  try {
    const answer = await api.run(call);
    if (done) say(done);
    return answer ?? null;
  } catch (refusal) {
    if (!(refusal instanceof api.Refusal)) throw refusal;
    say(refusal.message, "error");
    return undefined;
  }
}

/** The two forms of a call, folded away. */
export function asCode(makeCall) {
  const place = h("div");
  const fill = () => {
    const call = makeCall();
    show(place, codeBlock(api.asCurl(call), "Copy", "curl"), codeBlock(api.asPython(call), "Copy", "Python"));
  };
  const element = h("details", {class: "as-code", ontoggle: fill}, h("summary", {}, "This call as curl and Python"), place);
  element.refill = () => element.open && fill();
  return element;
}

/** Asks before a call that cannot simply be taken back; `inputs` are fields, `makeCall` reads them. */
export function ask(title, text, verb, makeCall, {inputs = [], danger = false} = {}) {
  const dialog = document.getElementById("dialog");
  const before = document.activeElement;
  return new Promise(resolve => {
    const problem = h("p", {class: "error", role: "alert"});
    const shown = asCode(makeCall);
    let answer;
    const form = h("form", {
      method: "dialog",
      oninput: () => shown.refill(),
      onsubmit: async event => {
        event.preventDefault();
        try {
          answer = (await api.run(makeCall())) ?? null;
          dialog.close();
        } catch (refusal) {
          if (!(refusal instanceof api.Refusal)) throw refusal;
          problem.textContent = refusal.message;
        }
      },
    },
    h("h2", {id: "dialog-title"}, title), h("p", {}, text), inputs, problem, shown,
    h("div", {class: "buttons"},
      h("button", {class: danger ? "danger" : "primary"}, verb), button("Cancel", () => dialog.close())));
    show(dialog, form);
    dialog.setAttribute("aria-labelledby", "dialog-title");
    dialog.addEventListener("close", () => {
      show(dialog);
      if (before && before.isConnected) before.focus();
      resolve(answer);
    }, {once: true});
    dialog.showModal();
  });
}

/** The strip at the foot of every page: the newest call, and those before it. */
export function callLog(place) {
  const calls = [];
  const list = h("ol", {class: "call-list"});
  const newest = h("span", {class: "call-line"}, "Every action here is a call of the control API; it appears in this line.");
  const all = h("details", {}, h("summary", {}, h("span", {class: "call-title"}, "Calls"), newest), list);
  show(place, all);
  const line = (call, status) => `${call.method} /_mock/${call.parts.join("/")} → ${status}`;
  api.watchCalls((call, status) => {
    calls.unshift([call, status]);
    calls.length = Math.min(calls.length, 30);
    if (call.method !== "GET" || calls.every(([each]) => each.method === "GET")) newest.textContent = line(call, status);
    if (all.open) fill();
  });
  const fill = () => show(list, calls.map(([call, status]) => h("li", {}, h("details", {ontoggle(event) {
    if (event.target.open && event.target.children.length === 1) {
      event.target.append(codeBlock(api.asCurl(call), "Copy", "curl"), codeBlock(api.asPython(call), "Copy", "Python"));
    }
  }}, h("summary", {}, line(call, status))))));
  all.addEventListener("toggle", event => { if (event.target === all && all.open) fill(); });
}
