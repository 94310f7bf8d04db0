// What goes wrong on purpose, what is limited, and what time it is.

import * as api from "./api.js";
import {act, asCode} from "./actions.js";
import {button, field, h, say, select, show, time, value} from "./dom.js";
import {operationOf, resolved} from "./form.js";
import {query} from "./router.js";

export async function faultsPage(context, name) {
  const [{apis}, document] = await Promise.all([api.run(api.apis()), api.openapi("_mock/openapi.json")]);
  const clockPlace = h("section", {class: "card"}), limitPlace = h("section", {class: "card"}), rulesPlace = h("section", {class: "card wide"});
  const addPlace = h("section", {class: "card wide"});
  await Promise.all([drawClock(), drawLimits(), drawRules(), drawAdd()]);
  context.fill(`Faults and clock of ${name}`, context.head, h("h1", {tabindex: "-1"}, "Faults and clock"),
    h("div", {class: "cards"}, addPlace, rulesPlace, clockPlace, limitPlace));

  async function drawRules() {
    const {faults} = await api.run(api.faults(name));
    show(rulesPlace, h("h2", {}, "Rules"), faults.length ? h("ul", {class: "rules"}, faults.map(rule => h("li", {class: rule.paused && "paused"},
      h("div", {}, h("strong", {}, rule.effects.map(effectText).join(" and ")), " ", value(matchText(rule.match)),
        h("p", {class: "muted"}, rule.id, " · ", fired(rule), rule.paused ? " · paused" : "")),
      h("div", {class: "buttons"},
        button(rule.paused ? "Resume" : "Pause", async () => { await act(api.pauseFault(name, rule.id, !rule.paused)); await drawRules(); },
          {"aria-label": `${rule.paused ? "Resume" : "Pause"} ${rule.id}`}),
        button("Remove", async () => { await act(api.removeFault(name, rule.id), `${rule.id} is removed.`); await drawRules(); },
          {"aria-label": `Remove ${rule.id}`})))))
      : h("p", {class: "muted"}, "No rule: every call is answered as the API does."));
  }

  async function drawAdd() {
    const effects = document.components.schemas.Effect.oneOf.map(each => resolved(document, each));
    const key = each => [each.properties.kind.enum[0], ...each.properties.distribution?.enum || []].join("/");
    const wanted = query();
    const apiName = select([["", "any API"], ...apis.map(each => [each.name, each.title])], wanted.get("api") || "");
    const operation = select([["", "any operation"]], "");
    const kind = select(effects.map(each => [key(each), `${key(each)}: ${each.description.split(/[.:;]/)[0].replaceAll("`", "")}`]), "status");
    const options = h("div", {class: "grid"}), chosen = {};
    const method = select([["", "any method"], "GET", "POST", "PUT", "PATCH", "DELETE"], "");
    const path = h("input", {placeholder: "/products/*"});
    const times = h("input", {inputmode: "numeric", value: "1"}), seconds = h("input", {inputmode: "decimal", placeholder: "without end"});
    const problem = h("p", {class: "error", role: "alert"});
    const shown = asCode(() => api.addFault(name, rule()));
    async function fillOperations() {
      const about = apis.find(each => each.name === apiName.value);
      const found = about ? await api.openapi(about.document) : null;
      const ids = found ? Object.values(found.paths).flatMap(item => Object.values(item)).map(each => each?.operationId).filter(Boolean) : [];
      show(operation, [["", "any operation"], ...ids.map(id => [id, id])].map(([id, text]) => h("option", {value: id}, text)));
      if (ids.includes(wanted.get("operation"))) operation.value = wanted.get("operation");
      await fillOptions();
    }
    async function fillOptions() {
      const effect = effects.find(each => key(each) === kind.value);
      const about = apis.find(each => each.name === apiName.value);
      const declared = about && operation.value ? Object.keys(operationOf(await api.openapi(about.document), operation.value).raw.responses).filter(each => each >= "400") : [];
      for (const each of Object.keys(chosen)) delete chosen[each];
      show(options, Object.entries(effect.properties).filter(([each]) => !["kind", "distribution"].includes(each)).map(([each, schema]) => {
        const required = effect.required.includes(each);
        const input = each === "status" && declared.length ? select(declared, declared.includes("503") ? "503" : declared.at(-1))
          : schema.enum ? select([["", "—"], ...schema.enum]) : schema.type === "boolean" ? select([["", "—"], ["true", "yes"], ["false", "no"]])
            : h("input", {inputmode: "decimal", value: required && schema.example ? schema.example : ""});
        chosen[each] = [input, schema];
        return field(`${each}${required ? " (required)" : ""}`, input);
      }));
      shown.refill();
    }
    const number = text => text.trim() === "" ? undefined : Number.isFinite(Number(text)) ? Number(text) : text;
    function rule() {
      const [base, distribution] = kind.value.split("/");
      const effect = {kind: base, ...(distribution && {distribution})};
      for (const [each, [input, schema]] of Object.entries(chosen)) {
        if (input.value !== "") effect[each] = schema.type === "boolean" ? input.value === "true" : schema.type === "string" ? input.value : number(input.value);
      }
      const match = Object.fromEntries(Object.entries({api: apiName.value, operation: operation.value, method: method.value, path: path.value}).filter(([, item]) => item));
      const made = {match, effects: [effect]};
      if (times.value) made.times = number(times.value);
      if (seconds.value) made.seconds = number(seconds.value);
      return made;
    }
    apiName.addEventListener("change", fillOperations);
    operation.addEventListener("change", fillOptions);
    kind.addEventListener("change", fillOptions);
    show(addPlace, h("h2", {}, "Make calls fail"), h("form", {novalidate: true, oninput: () => shown.refill(), async onsubmit(event) {
      event.preventDefault();
      try {
        const added = await api.run(api.addFault(name, rule()));
        problem.textContent = "";
        say(`${added.id} is on: ${added.effects.map(effectText).join(" and ")}.`);
        await drawRules();
      } catch (refusal) {
        if (!(refusal instanceof api.Refusal)) throw refusal;
        problem.textContent = refusal.message;
      }
    }}, h("div", {class: "grid"}, field("API", apiName), field("Operation", operation), field("Effect", kind, {double: true})), options,
    h("div", {class: "grid"}, field("How many times", times, {hint: "empty: every time"}), field("For how many seconds", seconds, {hint: "of the sandbox's clock"}),
      field("Method", method), field("Path", path)), problem,
    h("div", {class: "buttons"}, h("button", {class: "primary"}, "Add the fault")), shown));
    await fillOperations();
  }

  async function drawClock() {
    const clock = await api.run(api.clock(name));
    const at = h("input", {value: clock.now.slice(0, 19) + "Z", size: 22});
    const change = async body => { if (await act(api.setClock(name, body))) await drawClock(); };
    show(clockPlace, h("h2", {}, "Clock"), h("p", {class: "clock"}, time(clock.now), " ", h("span", {class: "badge"}, clock.mode)),
      h("div", {class: "buttons"},
        clock.mode === "frozen" ? button("Run on", () => change({mode: "running"})) : button("Freeze", () => change({mode: "frozen"})),
        button("+1 minute", () => change({mode: "advanced", seconds: 60})), button("+1 hour", () => change({mode: "advanced", seconds: 3600})),
        button("+1 day", () => change({mode: "advanced", seconds: 86400})),
        clock.mode !== "real" ? button("Follow the machine", () => change({mode: "real"})) : null),
      h("form", {class: "row", onsubmit(event) { event.preventDefault(); change({mode: "set", at: at.value}); }},
        field("Set to (UTC)", at), h("button", {}, "Set")),
      asCode(() => api.clock(name)));
  }

  async function drawLimits() {
    const [limits, csrf] = await Promise.all([api.run(api.limits(name)), api.run(api.csrf(name))]);
    const on = h("input", {type: "checkbox", checked: limits.enabled});
    const size = h("input", {inputmode: "numeric", value: limits.requests ?? "", placeholder: "the vendor's", size: 10});
    const tokens = h("input", {type: "checkbox", checked: csrf.enabled});
    const makeCall = () => api.setLimits(name, on.checked, size.value ? Number(size.value) : undefined);
    show(limitPlace, h("h2", {}, "Limits"),
      h("form", {onsubmit: async event => { event.preventDefault(); if (await act(makeCall(), "The limits are set.")) await drawLimits(); }},
        h("label", {class: "check"}, on, " Rate limits as the vendors have them"), field("Requests in a window", size),
        h("div", {class: "buttons"}, h("button", {}, "Set the limits")), asCode(makeCall)),
      h("label", {class: "check"}, tokens, " Writes of a session need a CSRF token"));
    tokens.addEventListener("change", () => act(api.setCsrf(name, tokens.checked), `CSRF tokens are ${tokens.checked ? "on" : "off"}.`));
  }
}

function effectText(effect) {
  const {kind, ...options} = effect;
  const text = Object.entries(options).map(([name, item]) => name === kind ? item : `${name} ${item}`).join(", ");
  return text ? `${kind} ${text}` : kind;
}

function matchText(match) {
  const text = Object.entries(match).map(([name, item]) => `${name} ${typeof item === "object" ? JSON.stringify(item) : item}`).join(", ");
  return text ? `for ${text}` : "for every call";
}

function fired(rule) {
  const of = rule.times ? ` of ${rule.times}` : "";
  return `fired ${rule.fired}${of} time${(rule.times || rule.fired) === 1 ? "" : "s"}${rule.seconds ? `, for ${rule.seconds} s` : ""}`;
}
